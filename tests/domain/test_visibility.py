"""Who sees which reports: the one condition that every query for reports starts from."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import offices, visibility
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import at_desk, in_scope, level_of, lies_in, up_from
from sipokat.models import Region, Report
from tests import steps
from tests.cast import (
    AGUS,
    BARAT_I,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.steps import refused, send, user_of

# Codes that some locale may sort among those of a scope.
SIBLINGS = ("16.7", "16.73", "16.730", "16.73.01", "16.73.010", "16.731")
BELOW = ("16.73.01.1001", "16.73.01.1001.001", "16.73.010.1001")


def inside(code: str, scope: str) -> bool:
    """The rule, spelled out: the code begins with all parts of the scope."""
    parts = scope.split(".") if scope else []
    return code.split(".")[: len(parts)] == parts


def within(session: Session, scope: str) -> set[str]:
    return set(session.scalars(select(Region.code).where(in_scope(Region.code, scope))))


@pytest.fixture
def regions(session: Session) -> Session:
    with writing():
        for code in (*SIBLINGS, *BELOW):
            if session.get(Region, code) is None:
                session.add(Region(code=code, level="rt", name=code, official_name=code))
    return session


def test_a_scope_holds_what_lies_at_or_below_it_and_no_sibling(regions: Session) -> None:
    codes = set(regions.scalars(select(Region.code)))
    for scope in (*SIBLINGS, *BELOW, PETANANG_ULU, "99"):
        assert within(regions, scope) == {code for code in codes if inside(code, scope)}, scope


@pytest.mark.parametrize("code", ["16.73.01-1", "16.73.01A", "16.73.01 1", "16/73", "16.73.٠١"])
def test_a_code_that_the_range_could_misplace_is_no_region(session: Session, code: str) -> None:
    """`-` and the blank come before `.`, so such a code would lie in the scope of 16.73.01."""
    session.add(Region(code=code, level="rt", name=code, official_name=code))
    with pytest.raises(IntegrityError, match="ck_region_digits"):
        session.flush()
    session.rollback()


def test_the_root_scope_is_the_empty_code_and_no_condition(regions: Session) -> None:
    assert within(regions, "") == set(regions.scalars(select(Region.code)))
    assert "region_code" not in str(select(Report.id).where(in_scope(Report.region_code, "")))


def test_the_range_withstands_the_order_of_the_locale(regions: Session) -> None:
    """An Indonesian collation puts 16.73.010 among the codes below 16.73.01."""
    if regions.get_bind().dialect.name == "postgresql":
        provider = regions.scalar(
            text("SELECT datlocprovider::text FROM pg_database WHERE datname = current_database()")
        )
        assert provider == "i", "this database does not sort as ICU does"
    ordered = list(regions.scalars(select(Region.code).order_by(Region.code)))
    assert ordered == sorted(ordered, key=str.encode)


code_parts = st.lists(st.sampled_from(["1", "16", "73", "01", "010", "0"]), min_size=1, max_size=5)


@given(code_parts.map(".".join), code_parts.map(".".join) | st.just(""))
def test_two_codes_are_compared_by_the_same_rule_in_python(code: str, scope: str) -> None:
    assert lies_in(code, scope) == inside(code, scope)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.text("016.73/-A ~", min_size=1, max_size=12))
def test_the_range_condition_holds_for_any_scope(regions: Session, scope: str) -> None:
    codes = set(regions.scalars(select(Region.code)))
    assert within(regions, scope) == {code for code in codes if lies_in(code, scope)}


def test_parts_of_a_code() -> None:
    code = f"{PETANANG_ULU}.001"
    assert up_from(code) == (code, PETANANG_ULU, UTARA_I, KOTA)
    assert at_desk(code, "kecamatan") == UTARA_I
    assert [level_of(one) for one in up_from(code)] == ["rt", "kelurahan", "kecamatan", "kota"]


# Who sees whose.

SEES = {
    RAHMAN: {RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA},
    SITI: {SITI, HARTONO, YUSUF, DEWI, ZAINAL, RATNA},
    MARLINA: {MARLINA, SARI, YUSUF, DEWI, ZAINAL, RATNA},
    HARTONO: {HARTONO, YUSUF, DEWI, ZAINAL, RATNA},
    YUSUF: {YUSUF, DEWI, ZAINAL, RATNA},
    EFFENDI: {EFFENDI, DEWI, ZAINAL, RATNA},
}
EVERYBODY = (RAHMAN, SITI, MARLINA, HARTONO, SARI, YUSUF, EFFENDI, DEWI, ZAINAL, RATNA, AGUS)


def sees(session: Session, person: Person, number: str) -> bool:
    found = session.scalars(visibility.visible_reports(user_of(person))).unique()
    return number in [report.number for report in found]


def finds(session: Session, person: Person, number: str) -> bool:
    try:
        return visibility.find_report(session, user_of(person), number).number == number
    except (NotFound, NeverAllowed):
        return False


def test_who_sees_whose_reports(session: Session) -> None:
    numbers = {author: send(author).number for author in SEES}
    for author, person in product(SEES, EVERYBODY):
        expected = person in SEES[author]
        assert sees(session, person, numbers[author]) == expected, (author, person)
        assert finds(session, person, numbers[author]) == expected, (author, person)


def test_out_of_sight_and_no_such_thing_are_the_same(session: Session) -> None:
    number = send(RAHMAN).number

    def find(person: Person, wanted: str) -> Any:
        return visibility.find_report(session, user_of(person), wanted)

    hidden, nothing = refused(NotFound, find, SARI, number), refused(NotFound, find, SARI, "x")
    assert vars(hidden) == vars(nothing)
    refused(NeverAllowed, find, AGUS, number)
    refused(NeverAllowed, find, AGUS, "x")


def test_a_term_that_ended_shows_nothing_but_ones_own(session: Session) -> None:
    own, other = send(HARTONO).number, send(RAHMAN).number
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    assert sees(session, HARTONO, own)
    assert not sees(session, HARTONO, other)
    steps.end_term(HARTONO, steps.today())
    assert sees(session, HARTONO, other), "the last day belongs to the term"


def test_a_term_that_has_not_begun_shows_nothing(session: Session) -> None:
    number = send(RAHMAN).number
    tomorrow = steps.today() + timedelta(days=1)
    soon = steps.newcomer("Wati", "lurah", PETANANG_ULU, tomorrow)
    assert not sees(session, soon, number)


def test_several_terms_add_up(session: Session) -> None:
    here, there = send(RAHMAN).number, send(MARLINA).number
    steps.add_term(HARTONO, TABA_BARU)
    assert sees(session, HARTONO, here)
    assert sees(session, HARTONO, there)


def test_the_successor_sees_what_the_former_head_wrote(session: Session) -> None:
    number = send(RAHMAN).number
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    successor = steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today())
    assert sees(session, successor, number)
    assert sees(session, RAHMAN, number)


def test_a_sibling_code_is_not_below(regions: Session) -> None:
    """The camat of 16.73.01 sees nothing of 16.73.010."""
    with writing():
        regions.get_one(Region, "16.73.010.1001").level = "kelurahan"
    lurah = steps.newcomer("Lurah Lain", "lurah", "16.73.010.1001")
    number = send(lurah).number
    assert not sees(regions, steps.newcomer("Camat", "camat", "16.73.01"), number)
    assert sees(regions, steps.newcomer("Camat Lain", "camat", "16.73.010"), number)


# Which desks over a region a person holds.


@pytest.mark.parametrize(
    ("person", "region", "desks"),
    [
        (RAHMAN, RAHMAN.region, {"rt"}),
        (RAHMAN, SITI.region, set()),
        (RAHMAN, PETANANG_ULU, set()),
        (HARTONO, RAHMAN.region, {"kelurahan"}),
        (HARTONO, PETANANG_ULU, {"kelurahan"}),
        (HARTONO, MARLINA.region, set()),
        (HARTONO, UTARA_I, set()),
        (YUSUF, RAHMAN.region, {"kecamatan"}),
        (YUSUF, UTARA_I, {"kecamatan"}),
        (YUSUF, f"{BARAT_I}.1001", set()),
        (YUSUF, KOTA, set()),
        (DEWI, RAHMAN.region, {"kota"}),
        (DEWI, KOTA, {"kota"}),
        (RATNA, RAHMAN.region, set()),
        (AGUS, RAHMAN.region, set()),
    ],
    ids=str,
)
def test_desks_over_a_region(
    session: Session, person: Person, region: str, desks: set[str]
) -> None:
    assert offices.desks_over(user_of(person), region) == desks


def test_a_desk_holds_what_lies_on_it(session: Session) -> None:
    low = send(RAHMAN).number
    high = steps.climb(send(SITI), HARTONO).number

    def on_desk(person: Person) -> list[str]:
        query = select(Report).where(visibility.on_own_desk(user_of(person)))
        found = session.scalars(query).unique()
        return [report.number for report in found]

    assert on_desk(HARTONO) == [low]
    assert on_desk(YUSUF) == [high]
    for person in (SARI, EFFENDI, DEWI, ZAINAL, RATNA, AGUS, RAHMAN):
        assert on_desk(person) == []
