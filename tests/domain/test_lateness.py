"""Who is told of what is late, one level up and two, and that it is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import lateness, listing, queue
from sipokat.domain.lateness import LATE, TWICE, Late
from sipokat.domain.listing import Filter
from sipokat.models import Report
from tests import steps
from tests.cast import (
    AGUS,
    CAST,
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
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.steps import act, afresh, at_once, climb, send, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau
EVENING = timedelta(hours=12)  # 21.00: the day's closing time has passed


def day(number: int) -> datetime:
    """The evening so many days after that Monday."""
    return MONDAY + timedelta(days=number) + EVENING


# On which evening (days after Monday the 16th) each desk is late, and twice late. Kelurahan: two
# working days, Wednesday the 18th, and four, Friday the 20th. Kecamatan and kota: three and six,
# Thursday the 19th and Tuesday the 24th.
FIRST = {"kelurahan": 2, "kecamatan": 3, "kota": 3}
SECOND = {"kelurahan": 4, "kecamatan": 8, "kota": 8}
PATH = {"kelurahan": (), "kecamatan": (HARTONO,), "kota": (HARTONO, YUSUF)}


def lying(desk: str) -> Report:
    """Rahman's report, on this desk since that Monday morning."""
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    for person in PATH[desk]:
        report = act(person, report, "verify", at=MONDAY)
    assert report.desk == desk
    return report


def who_sees(session: Session, at: datetime) -> set[Person]:
    """Whom home, and the list behind it, tells that something is late below them."""
    seen = set()
    with time_machine.travel(at, tick=False):
        for person in CAST:
            user = user_of(person)
            count = queue.summary(session, user).late_below
            listed, _ = listing.list_reports(session, user, Filter(late="below"))
            assert count == len(listed)
            seen |= {person} if count else set()
    return seen


@pytest.mark.once
@pytest.mark.parametrize(
    ("desk", "once", "twice"),
    [
        ("kelurahan", {YUSUF}, {YUSUF, DEWI}),
        ("kecamatan", {DEWI}, {DEWI}),
        ("kota", {ZAINAL}, {ZAINAL}),
    ],
)
def test_one_level_up_when_late_and_two_at_twice_the_limit(
    session: Session, desk: str, once: set[Person], twice: set[Person]
) -> None:
    lying(desk)
    first, second = FIRST[desk], SECOND[desk]
    for number in sorted({0, first - 1, first, second - 1, second, 40}):
        wanted = set()
        if number >= first:
            wanted = once
        if number >= second:
            wanted = twice
        assert who_sees(session, day(number)) == wanted, number


def test_at_the_limit_itself_nothing_is_late(session: Session) -> None:
    due = lying("kelurahan").due_at
    assert due is not None
    assert who_sees(session, due) == set()
    assert who_sees(session, due + timedelta(seconds=1)) == {YUSUF}


def test_whoever_sits_on_both_desks_is_told_on_their_own(session: Session) -> None:
    lying("kelurahan")
    steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)
    assert who_sees(session, day(3)) == {YUSUF}


def test_a_desk_two_levels_up_by_another_office_is_told_as_that(session: Session) -> None:
    """Effendi, camat elsewhere, also stands over the last desk."""
    steps.add_term(EFFENDI, KOTA, role="asisten")
    lying("kota")
    assert who_sees(session, day(5)) == {ZAINAL, EFFENDI}


def test_what_its_author_has_to_mend_is_not_late(session: Session) -> None:
    act(HARTONO, lying("kelurahan"), "return", at=MONDAY)
    assert who_sees(session, day(40)) == set()


def test_nobody_more_is_told_at_three_times_the_limit() -> None:
    for desk in ("kelurahan", "kecamatan", "kota"):
        assert lateness.told(desk, 3) == ()


def test_the_rule_and_the_roles_that_watch_are_the_same(session: Session) -> None:
    """`watched` is `told` read from the other end."""
    watched = {
        (office.role.key, desk, stage)
        for person in CAST
        for office in lateness.held(user_of(person))
        for desk, stage in lateness.watched(office).items()
    }
    above = {
        (role, desk, stage)
        for desk in ("kelurahan", "kecamatan", "kota")
        for stage in (LATE, TWICE)
        for role in lateness.told(desk, stage)[1 if stage == LATE else 0 :]
    }
    assert watched == above


@pytest.mark.parametrize("person", CAST, ids=str)
def test_who_watches(session: Session, person: Person) -> None:
    assert lateness.watches(user_of(person)) == (person in (YUSUF, EFFENDI, DEWI, ZAINAL))


# Telling it once.


def take(at: datetime, most: int = 100) -> list[Late]:
    with writing() as session:
        return lateness.take_late(session, at, most)


def test_each_stage_is_given_once(session: Session) -> None:
    number = lying("kelurahan").number
    assert take(day(1)) == []
    (late,) = take(day(2))
    assert (late.number, late.desk, late.desk_code, late.stage) == (
        number,
        "kelurahan",
        PETANANG_ULU,
        LATE,
    )
    assert late.tells == (("lurah", PETANANG_ULU), ("camat", UTARA_I))
    assert late.due_at == datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert take(day(2)) == take(day(3)) == []
    (late,) = take(day(4))
    assert (late.number, late.stage, late.tells) == (number, TWICE, (("pemerintahan", KOTA),))
    assert take(day(4)) == take(day(60)) == []


@pytest.mark.parametrize(
    ("desk", "tells"),
    [
        ("kecamatan", (("camat", UTARA_I), ("pemerintahan", KOTA))),
        ("kota", (("pemerintahan", KOTA), ("asisten", KOTA))),
    ],
)
def test_where_there_is_no_second_level_up_nothing_comes_twice(
    session: Session, desk: str, tells: tuple[tuple[str, str], ...]
) -> None:
    lying(desk)
    assert [(late.stage, late.tells) for late in take(day(30))] == [(LATE, tells)]
    assert take(day(60)) == []


def test_looked_at_too_late_both_stages_come_at_once(session: Session) -> None:
    lying("kelurahan")
    assert [late.stage for late in take(day(9))] == [LATE, TWICE]
    assert take(day(9)) == []


def test_each_arrival_may_be_late_anew(session: Session) -> None:
    report = lying("kelurahan")
    assert len(take(day(2))) == 1
    report = act(HARTONO, report, "verify", at=day(2))
    assert take(day(4)) == []
    assert [late.desk for late in take(day(8))] == ["kecamatan"]
    act(YUSUF, report, "return", at=day(8))
    assert [late.desk for late in take(day(30))] == ["kelurahan", "kelurahan"]


def test_what_was_decided_meanwhile_is_not_told(session: Session) -> None:
    climb(lying("kota"), DEWI)
    assert take(day(30)) == []


def test_no_more_than_asked_for_the_longest_late_first(session: Session) -> None:
    for hours, person in ((0, RAHMAN), (-96, SITI), (-48, MARLINA)):
        send(person, at=MONDAY + timedelta(hours=hours), on=MONDAY.date() - timedelta(days=9))
    found = [[(late.region_code, late.stage) for late in take(day(2), 2)] for _ in range(3)]
    first = [(SITI.region, LATE), (MARLINA.region, LATE), (SITI.region, TWICE)]
    assert found == [first, [(RAHMAN.region, LATE)], []]


def test_what_is_not_told_after_all_comes_again(session: Session) -> None:
    lying("kelurahan")

    def killed_while_telling() -> None:
        with writing() as within:
            assert len(lateness.take_late(within, day(2))) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        killed_while_telling()
    afresh(session)
    assert len(take(day(2))) == 1


def test_two_workers_at_once_take_each_report_once(app: Flask, session: Session) -> None:
    for _ in range(12):
        lying("kelurahan")
    db.session.commit()
    found = at_once(app, *[lambda: take(day(2), 5)] * 4)
    told = [late.id for one in found for late in one]
    assert len(told) == len(set(told)), found
    assert len({*told, *(late.id for late in take(day(2)))}) == 12


@pytest.mark.parametrize("person", [HARTONO, SARI, RATNA, AGUS, RAHMAN], ids=str)
def test_who_is_told_of_nothing_below(session: Session, person: Person) -> None:
    for desk in PATH:
        lying(desk)
    assert person not in who_sees(session, day(60))
