"""RT are added, split, merged, moved and renamed; reports stay with the RT of their time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    chain,
    events,
    offices,
    region_changes,
    regions,
    term_days,
    terms,
    titles,
    verification,
    visibility,
)
from sipokat.domain.clock import now
from sipokat.domain.refusals import NeverAllowed, NotNow, Refused, WrongContent
from sipokat.models import AdministrativeEntry, Region, Report, Term
from tests import steps
from tests.cast import (
    BEJO,
    CAST,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    Person,
)
from tests.services.matrix import examples
from tests.steps import OPERATOR, act, change_region, days, refused, send, user_of

RT = RAHMAN.region
NEW = f"{PETANANG_ULU}.014"


def begin(person: Person, region: str, since: date) -> None:
    with writing() as session:
        terms.begin(session, OPERATOR, user_of(person), "rt_head", region, since)


def entries(session: Session, code: str) -> list[str]:
    query = select(AdministrativeEntry.action).where(AdministrativeEntry.region_code == code)
    return list(session.scalars(query.order_by(AdministrativeEntry.id)))


def test_an_rt_that_goes_on_after_a_split_keeps_its_head_and_its_reports(session: Session) -> None:
    before = send(RAHMAN)
    change_region("split", RT, [RT, NEW], days(0))
    assert region_changes.successors(session, RT) == [NEW]
    begin(MARLINA, NEW, days(0))
    assert send(RAHMAN).region_code == RT
    after = send(MARLINA, region=NEW)
    rahman, marlina = user_of(RAHMAN), user_of(MARLINA)
    assert visibility.may_see(session, rahman, before)
    assert not visibility.may_see(session, marlina, before)
    assert not visibility.may_see(session, rahman, after)
    assert visibility.may_see(session, user_of(HARTONO), after)
    assert entries(session, NEW) == ["add_region"]


def test_an_rt_that_ends_by_a_split_ends_its_head_too(session: Session) -> None:
    before = send(RAHMAN)
    change_region("split", RT, [NEW, f"{PETANANG_ULU}.015"], days(0))
    rahman = user_of(RAHMAN)
    assert rahman.terms[0].until == days(-1)
    assert steps.report_of(before.number).region_code == RT
    assert visibility.may_see(session, rahman, before)
    refused(NeverAllowed, send, RAHMAN)
    assert send(RAHMAN, on=days(-2)).region_code == RT, "what he saw in its time"
    said = refused(WrongContent, begin, SITI, RT, days(0)).fields["since"]
    assert said.startswith("RT 001 hanya ada sampai ")
    assert "baru ada mulai" in refused(WrongContent, begin, SITI, NEW, days(-5)).message
    assert entries(session, RT) == ["add_region", "end_region"]


def test_merged_into_one_of_them_or_into_a_new_one(session: Session) -> None:
    his, hers = send(RAHMAN), send(SITI)
    change_region("merge", [RT, SITI.region], RT, days(2))
    assert user_of(RAHMAN).terms[0].until is None
    assert user_of(SITI).terms[0].until == days(1)
    assert region_changes.successors(session, SITI.region) == [RT]
    assert not visibility.may_see(session, user_of(RAHMAN), hers)
    change_region("merge", [RT, BEJO.region], NEW, days(3))
    assert user_of(RAHMAN).terms[0].until == days(2)
    assert [one.region_code for one in (his, hers)] == [RT, SITI.region]


def test_what_ends_already_is_not_merged_once_more(session: Session) -> None:
    change_region("merge", [RT, SITI.region], RT, days(2))
    said = refused(NotNow, change_region, "merge", [RT, SITI.region], RT, days(0)).message
    assert said.startswith("RT 002 memang berakhir pada")
    assert region_changes.successors(session, SITI.region) == [RT]


def test_a_kelurahan_is_neither_split_nor_merged(session: Session) -> None:
    for verb, said in (
        ("split", (PETANANG_ULU, [PETANANG_ULU, NEW], days(0))),
        ("merge", ([PETANANG_ULU, RT], PETANANG_ULU, days(0))),
    ):
        wrong = refused(WrongContent, change_region, verb, *said).fields
        assert wrong["code"] == "Petanang Ulu bukan RT. Yang diubah di sini hanya RT."
    assert session.get(Region, NEW) is None
    assert user_of(RAHMAN).terms[0].until is None


def test_moved_to_another_kelurahan_its_head_goes_on(session: Session) -> None:
    before = send(RAHMAN)
    to = f"{TABA_BARU}.020"
    change_region("move", RT, to, days(0))
    assert send(RAHMAN).region_code == to
    assert visibility.may_see(session, user_of(HARTONO), before)
    assert not visibility.may_see(session, user_of(SARI), before), "it stays where it was"
    assert [one.region for one in offices.held(user_of(RAHMAN))] == [to]


def test_an_rt_that_comes_with_its_head_is_entered_too(session: Session) -> None:
    begin(SITI, NEW, days(0))
    assert entries(session, NEW) == ["add_region"]


def test_renamed_from_a_day_on(session: Session) -> None:
    change_region("rename", PETANANG_ULU, "  Petanang  Raya ", days(1))
    assert regions.names_on(session, [PETANANG_ULU], days(0)) == {PETANANG_ULU: "Petanang Ulu"}
    assert regions.names_on(session, [PETANANG_ULU], days(1)) == {PETANANG_ULU: "Petanang Raya"}
    assert titles.title(session, "lurah", PETANANG_ULU) == "Lurah Petanang Ulu"
    change_region("rename", PETANANG_ULU, "Petanang", days(0))
    assert titles.title(session, "lurah", PETANANG_ULU) == "Lurah Petanang"
    refused(NotNow, change_region, "rename", PETANANG_ULU, "Petanang", days(0))


def test_a_term_that_would_begin_in_an_rt_that_is_no_more_is_taken_back(session: Session) -> None:
    change_region("add", NEW, days(-10))
    begin(SITI, NEW, days(5))
    change_region("dissolve", NEW, days(3))
    assert [one.region_code for one in user_of(SITI).terms] == [SITI.region]
    again = refused(WrongContent, change_region, "dissolve", NEW, days(4)).fields
    assert "hanya ada sampai" in again["since"]


@pytest.mark.parametrize(
    ("verb", "said", "field"),
    [
        ("add", (RT, 0), "code"),
        ("add", (f"{PETANANG_ULU}.14", 0), "code"),
        ("add", ("16.73.99.1001.001", 0), "code"),
        ("add", (PETANANG_ULU, 0), "code"),
        ("split", (NEW, [NEW, RT], 0), "code"),
        ("split", (RT, [RT], 0), "into"),
        ("split", (RT, [RT, SITI.region], 0), "into"),
        ("split", (RT, [RT, NEW], -40), "since"),
        ("merge", ([RT, RT], NEW, 0), "codes"),
        ("merge", ([RT, SITI.region], BEJO.region, 0), "into"),
        ("move", (RT, SITI.region, 0), "into"),
        ("dissolve", (PETANANG_ULU, 0), "code"),
        ("rename", (RT, " ", 0), "name"),
        ("rename", (RT, "R" * 81, 0), "name"),
        ("rename", ("16.73.99", "Utara", 0), "code"),
    ],
)
def test_changes_that_cannot_be(
    session: Session, verb: str, said: tuple[object, ...], field: str
) -> None:
    *others, number = said
    assert isinstance(number, int)
    count = len(session.scalars(select(Region)).all())
    error = refused(WrongContent, change_region, verb, *others, days(number))
    assert list(error.fields) == [field]
    session.rollback()
    assert len(session.scalars(select(Region)).all()) == count, "nothing of it is left"


place = st.integers(0, 7)  # counts round those RT that are there on that day and the day before
day = st.integers(0, 4)
step = st.one_of(
    st.tuples(st.just("split"), place, st.booleans(), day),
    st.tuples(st.just("merge"), place, place, st.booleans(), day),
    st.tuples(st.just("merge"), place, place, st.booleans(), day),
    st.tuples(st.just("move"), place, day),
    st.tuples(st.just("dissolve"), place, day),
    st.tuples(st.just("add"), day),
    st.tuples(st.just("begin"), place, place, day),
)
numbers = itertools.count(100)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(done=st.lists(step, min_size=1, max_size=6))
def test_whatever_happens_to_regions(session: Session, done: list[tuple[Any, ...]]) -> None:
    """No day has two heads, no head is in an RT that is not there, each report keeps its RT, and
    without a new term nobody reads more of what was there before. What came back to an RT is never
    stuck: its head mends it, or after its last day the kelurahan, and nobody else but who wrote it.
    """
    codes = [fresh(), fresh(), fresh()]
    heads = [steps.newcomer(f"Kepala {n}", "rt_head", code) for n, code in enumerate(codes)]
    heads.append(MARLINA)
    steps.afresh(session)
    reports = {send(one, region=one.region).number: one.region for one in heads[:2]}
    back = {act(HARTONO, send(one, region=one.region), "return").number: one for one in heads[:2]}
    reports |= {number: one.region for number, one in back.items()}
    saw = seen(session, [*CAST, *heads], reports)
    for verb, *said, on in done:
        there = running(session, codes, days(on))
        try:
            if verb == "begin":
                begin(heads[said[0] % 4], codes[said[1] % len(codes)], days(on))
            elif verb == "add" or len(there) > (verb == "merge"):
                change_region(
                    verb, *told(verb, there, codes, *said), days(on - (verb == "dissolve"))
                )
        except Refused:
            session.rollback()
        else:
            event(verb)
            sees = seen(session, [*CAST, *heads], reports)
            assert verb == "begin" or sees <= saw, verb
            saw = sees
    for number, code in reports.items():
        assert steps.report_of(number).region_code == code
    there = session.scalars(select(Term).where(Term.region_code.in_(codes))).all()
    for day in map(days, range(-3, 8)):
        running_then = [term for term in there if term_days.runs_on(term, day)]
        held = [term.region_code for term in running_then]
        assert len(held) == len(set(held)), day
        assert all(regions.exists_on(session.get_one(Region, one), day) for one in held)
    for number in (0, 5):
        with time_machine.travel(now() + timedelta(days=number)):
            for report, author in back.items():
                assert_held(session, report, author, [HARTONO, SARI, *heads])


def assert_held(session: Session, number: str, author: Person, people: list[Person]) -> None:
    """Who may mend this report today, which lies on the desk of its RT."""
    steps.afresh(session)
    report = steps.report_of(number)
    moves = events.moves_of(session, report)
    state = events.rebuild(report, moves)
    may = {
        one.phone
        for one in people
        if "revise" in chain.allowed(state, verification.actor_before(user_of(one), report))
    }
    today = steps.today()
    holds = {one.phone: set(offices.regions_of(user_of(one))) for one in people}
    if regions.exists_on(session.get_one(Region, report.region_code), today):
        assert may == {phone for phone, codes in holds.items() if report.region_code in codes}
        return
    event("the RT is there no more")
    heads_another = author.phone in holds and bool(holds[author.phone])
    assert may == {HARTONO.phone} | ({author.phone} if heads_another else set())


def running(session: Session, codes: list[str], on: date) -> list[str]:
    """Those of these RT that are there on this day and on the day before."""
    steps.afresh(session)
    found = [session.get(Region, code) for code in codes]
    return [
        one.code
        for one in found
        if one and regions.exists_on(one, on) and regions.exists_on(one, on - timedelta(days=1))
    ]


def fresh() -> str:
    return f"{PETANANG_ULU}.{next(numbers)}"


def told(verb: str, there: list[str], codes: list[str], *said: int) -> list[Any]:
    """What a verb is told, for these numbers. Codes that it needs anew are added to `codes`."""
    new = [fresh(), fresh()] if verb in ("split", "merge", "move", "add") else []
    codes.extend(new)
    if verb == "add":
        return [new[0]]
    chosen = there[said[0] % len(there)]
    if verb == "split":
        return [chosen, [chosen if said[1] else new[1], new[0]]]
    if verb == "merge":
        others = [one for one in there if one != chosen]
        return [[chosen, others[said[1] % len(others)]], chosen if said[2] else new[0]]
    return [chosen, *new[:1]]


def seen(session: Session, people: list[Person], reports: Iterable[str]) -> set[tuple[str, str]]:
    """Who sees which of these reports today."""
    steps.afresh(session)
    found: set[tuple[str, str]] = set()
    for one in people:
        user = user_of(one)
        query = visibility.visible_reports(user).with_only_columns(Report.number)
        theirs = session.scalars(query.where(Report.number.in_(reports))) if one.active else ()
        found |= {(user.name, number) for number in theirs}
    return found
