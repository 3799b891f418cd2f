"""A day that the city declares free or working moves the limits that run, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, day_changes, desk_times, events, office_hours
from sipokat.domain.desk_times import MOVES_LIMIT, Stay
from sipokat.domain.refusals import NeverAllowed, WrongContent
from sipokat.models import AdministrativeEntry, DayOverride, Event, Report
from tests import slow_clock
from tests.cast import AGUS, DEWI, HARTONO, KOTA, MARLINA, RAHMAN, SARI, SITI, YUSUF
from tests.services import tampering
from tests.services.matrix import examples
from tests.steps import act, afresh, climb, refused, report_of, send, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (17, 18, 19))


def wib(day: date, hour: int = 16) -> datetime:
    return datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC)


def declare(day: date, working: bool | None, name: str = "", at: datetime = MONDAY) -> int:
    with writing() as session:
        return day_changes.declare(
            session, administration.diskominfo(user_of(AGUS)), day, working, name, at
        ).moved


def sent(at: datetime = MONDAY) -> Report:
    return send(RAHMAN, at=at, on=MONDAY.date())


def entries(session: Session, report: Report) -> list[Event]:
    afresh(session)
    return events.entries_of(session, [report])[report.id]


def stays(session: Session, report: Report) -> list[Stay]:
    told = entries(session, report)
    return desk_times.stays_of(report.author_desk, told, office_hours.overrides(session))


def faults() -> list[str]:
    """What the audit finds; no worker has written a checkpoint here."""
    return [one for one in tampering.faults() if not one.startswith("there is no checkpoint")]


def test_a_free_day_moves_the_limit_and_the_record_says_so(session: Session) -> None:
    report = sent()
    assert report.due_at == wib(WEDNESDAY)
    assert declare(TUESDAY, False, "Hari jadi kota") == 1
    report = report_of(report.number)
    assert report.due_at == wib(THURSDAY)
    last = entries(session, report)[-1]
    assert (last.action, last.version, last.actor.name) == (MOVES_LIMIT, None, "Agus Salim")
    assert (last.actor_role, last.actor_region) == ("diskominfo", KOTA)
    told = json.loads(last.detail or "")
    assert datetime.fromisoformat(told["due"]) == wib(THURSDAY)
    assert told["why"] == "Hari jadi kota"
    assert [one.due for one in stays(session, report)] == [wib(THURSDAY)]
    assert faults() == []
    act(HARTONO, report, "verify", at=MONDAY)
    assert faults() == []


def test_a_working_saturday_moves_it_forward_and_back_again(session: Session) -> None:
    friday, saturday, monday = (date(2026, 11, day) for day in (20, 21, 23))
    report = sent(wib(friday, 9))
    assert report.due_at == wib(date(2026, 11, 24))
    assert declare(saturday, True) == 1
    assert report_of(report.number).due_at == wib(monday)
    assert declare(saturday, None) == 1
    assert report_of(report.number).due_at == wib(date(2026, 11, 24))
    assert office_hours.overrides(session) == {}


def test_what_is_so_already_writes_nothing(session: Session) -> None:
    report = sent()
    assert declare(TUESDAY, None) == 0
    assert declare(TUESDAY, False) == 1
    count = len(entries(session, report))
    assert declare(TUESDAY, False) == 0
    assert len(entries(session, report)) == count
    assert len(session.scalars(_days()).all()) == 1
    assert declare(TUESDAY, False, "Banjir") == 0, "another name moves no limit"
    assert len(session.scalars(_days()).all()) == 2


def _days() -> object:
    return select(AdministrativeEntry).where(AdministrativeEntry.action == "set_day")


def test_the_administrative_record_tells_who_and_what(session: Session) -> None:
    declare(TUESDAY, False, "Hari jadi kota")
    declare(TUESDAY, True, "Hari jadi kota")
    declare(TUESDAY, None)
    told = [
        (one.region_code, one.actor.name if one.actor else "", one.was, one.became)
        for one in session.scalars(_days().order_by(AdministrativeEntry.id))
    ]
    free, working = (
        json.dumps(
            {"day": "2026-11-17", "name": "Hari jadi kota", "working": on}, ensure_ascii=False
        )
        for on in (False, True)
    )
    assert told == [
        (KOTA, "Agus Salim", None, free),
        (KOTA, "Agus Salim", free, working),
        (KOTA, "Agus Salim", working, None),
    ]


def test_only_limits_that_run_move(session: Session) -> None:
    over = climb(send(SITI, at=MONDAY, on=MONDAY.date()), HARTONO, YUSUF, DEWI)
    mending = act(HARTONO, sent(), "return", at=MONDAY)
    own = act(YUSUF, send(HARTONO, at=MONDAY, on=MONDAY.date()), "return", at=MONDAY)
    assert declare(TUESDAY, False) == 0
    for report in (over, mending, own):
        assert report_of(report.number).due_at is None
        assert entries(session, report)[-1].action != MOVES_LIMIT


def test_a_stay_that_is_over_keeps_its_end_and_its_hours(session: Session) -> None:
    """She decided a day late. That Tuesday was a holiday is declared only afterwards."""
    report = act(HARTONO, sent(), "verify", at=wib(THURSDAY, 15))
    before = stays(session, report)[0]
    assert before.is_late(wib(THURSDAY))
    assert before.kept == timedelta(hours=6 + 7.5 + 7.5 + 6.5)
    declare(TUESDAY, False, at=wib(THURSDAY))
    report = report_of(report.number)
    first, there = stays(session, report)
    assert first == before
    assert first.working_time(wib(THURSDAY), {TUESDAY: False}) == before.kept
    assert first.is_late(wib(THURSDAY))
    assert there.due == report.due_at


def test_it_was_late_and_is_not_any_more_is_late_again_later(session: Session) -> None:
    report = sent()
    declare(WEDNESDAY, False, at=wib(WEDNESDAY, 20))
    (stay,) = stays(session, report)
    assert not stay.is_late(wib(THURSDAY, 12))
    assert stay.is_late(wib(THURSDAY, 17))


def test_many_limits_at_once_make_one_chain(session: Session) -> None:
    for _ in range(3):
        for person in (RAHMAN, SITI, MARLINA):
            send(person, at=MONDAY, on=MONDAY.date())
    assert declare(TUESDAY, False) == 9
    hers = select(Report).where(Report.region_code == MARLINA.region).order_by(Report.id).limit(1)
    act(SARI, session.scalars(hers).unique().one(), "verify", at=MONDAY)
    numbers = list(session.scalars(select(Event.seq).order_by(Event.seq)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert faults() == []


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2072, 3, 19)])
def test_a_slip_in_the_year_is_refused(session: Session, day: date) -> None:
    assert "Periksa tahunnya" in refused(WrongContent, declare, day, False).message


def test_a_name_has_an_end(session: Session) -> None:
    refused(WrongContent, declare, TUESDAY, False, "x" * 81)


def test_somebody_is_named_for_whom_it_is_done(session: Session) -> None:
    def by_the_operator_alone() -> None:
        with writing() as within:
            day_changes.declare(within, administration.operator("budi"), TUESDAY, False)

    refused(NeverAllowed, by_the_operator_alone)
    assert office_hours.overrides(session) == {}


def test_after_the_calendar_changed_the_limits_are_reckoned_anew(session: Session) -> None:
    report = sent()
    with writing():
        session.add(DayOverride(day=TUESDAY, working=False))

    def move() -> int:
        with writing() as within:
            by = administration.diskominfo(user_of(AGUS))
            return day_changes.move_limits(within, by, "Kalender baru", MONDAY)

    assert (move(), move()) == (1, 0)
    assert report_of(report.number).due_at == wib(THURSDAY)


# By chance: whatever is declared when, the limits that run are the slow clock's.

hours = st.integers(0, 24 * 9)
doings = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from((RAHMAN, SITI)), hours),
        st.tuples(st.just("climb"), st.integers(0, 9), hours),
        st.tuples(st.just("declare"), st.integers(-2, 14), st.sampled_from((True, False, None))),
    ),
    min_size=2,
    max_size=8,
)
START = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)  # a fortnight before New Year


@pytest.mark.once
@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(doings)
def test_the_limits_that_run_are_the_slow_clocks(session: Session, doing: list[object]) -> None:
    with writing():
        session.execute(delete(DayOverride))
    at, mine = START, []
    with writing() as within:
        by = administration.diskominfo(user_of(AGUS))
        day_changes.move_limits(within, by, "", at)
    for what, which, how in doing:  # type: ignore[misc]
        if what == "declare":
            declare(at.date() + timedelta(days=which), how, at=at)
            continue
        at += timedelta(hours=how)
        if what == "send":
            mine.append(send(which, at=at, on=START.date()))
        elif mine:
            report = report_of(mine[which % len(mine)].number)
            holder = {"kelurahan": HARTONO, "kecamatan": YUSUF, "kota": DEWI}.get(report.desk or "")
            if holder:
                act(holder, report, "verify", at=at)
    own = office_hours.overrides(session)
    for one in mine:
        report = report_of(one.number)
        wanted = slow_clock.due_at(report.arrived_at, report.desk, own) if report.desk else None
        assert report.due_at == wanted
        *over, last = stays(session, report)
        assert last.due == wanted or report.desk is None
        assert all(stay.kept is not None for stay in over)
