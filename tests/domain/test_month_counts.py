"""What stands for each month: kept with each move, and the same when it is counted anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain.check_figures import differences
from sipokat.domain.clock import WIB
from sipokat.domain.participation.counts import summed
from sipokat.domain.participation.facts import COUNTS, Share, changes, in_time, share_of
from sipokat.models import ClosedMonth, MonthCount
from tests.cast import DEWI, HARTONO, PETANANG_ULU, RAHMAN, SITI, YUSUF
from tests.steps import act, at_once, climb, report_of, revise, send

RT = RAHMAN.region
NOVEMBER = date(2026, 11, 5)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=WIB)


def counted(session: Session, month: str, region: str = RT) -> dict[str, int]:
    """The counts that are not 0."""
    session.rollback()
    row = session.get(MonthCount, (region, month), populate_existing=True)
    return {name: getattr(row, name) for name in COUNTS if row and getattr(row, name)}


def right() -> list[str]:
    return differences(db.engine.connect())


def test_each_kind_of_report_is_counted_as_what_it_is(session: Session) -> None:
    send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
    send(RAHMAN, "nihil", at=noon(NOVEMBER), on=NOVEMBER)
    assert counted(session, "2026-11") == {"real": 1, "nihil": 1, "on_time": 2}
    send(HARTONO, at=noon(NOVEMBER), on=NOVEMBER, region=RT)
    assert counted(session, "2026-11") == {"real": 2, "nihil": 1, "on_time": 2, "recorded": 1}
    send(HARTONO, "rekap_bulanan", at=noon(NOVEMBER), on=NOVEMBER)
    assert counted(session, "2026-11", PETANANG_ULU) == {"rekap": 1, "rekap_on_time": 1}
    assert right() == []


def test_what_falls_is_counted_no_more_and_comes_back_when_it_is_reopened(
    session: Session,
) -> None:
    rejected = act(HARTONO, send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER), "reject")
    withdrawn = act(RAHMAN, send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER), "withdraw")
    assert counted(session, "2026-11") == {}
    for report in (rejected, withdrawn):
        act(DEWI, report, "reopen")
    assert counted(session, "2026-11") == {"real": 2, "on_time": 2}
    climb(rejected, HARTONO, YUSUF, DEWI)
    assert counted(session, "2026-11") == {"real": 2, "on_time": 2}
    assert right() == []


def test_a_revision_that_speaks_of_another_month_moves_the_count(session: Session) -> None:
    returned = act(HARTONO, send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER), "return")
    assert counted(session, "2026-11") == {"real": 1, "on_time": 1}
    revise(RAHMAN, returned, on=date(2026, 10, 20))
    assert counted(session, "2026-11") == {}
    assert counted(session, "2026-10") == {"real": 1, "on_time": 1}
    assert right() == []


def test_it_is_on_time_by_when_it_was_written_if_the_clock_is_believable(session: Session) -> None:
    """Whoever has no signal until the 20th is not late; whose phone is a year off is judged by the
    day of receipt."""
    tenth, twentieth = noon(date(2026, 12, 10)), noon(date(2026, 12, 20))
    on = date(2026, 11, 28)
    send(RAHMAN, at=twentieth, on=on, written_at=tenth, sent_at=twentieth)
    assert counted(session, "2026-11") == {"real": 1, "on_time": 1}
    send(RAHMAN, at=twentieth, on=on, written_at=twentieth, sent_at=twentieth)
    year = timedelta(days=365)
    for wrong in (twentieth - year, twentieth + year):
        written = wrong - timedelta(days=10)
        send(RAHMAN, at=twentieth, on=on, written_at=written, sent_at=wrong)
    assert counted(session, "2026-11") == {"real": 4, "on_time": 1}
    assert right() == []


@pytest.mark.parametrize(
    ("month", "last"),
    [
        ("2026-11", datetime(2026, 12, 11, tzinfo=WIB)),
        ("2026-12", datetime(2027, 1, 11, tzinfo=WIB)),
    ],
)
def test_a_month_closes_at_the_end_of_the_10th_in_lubuklinggau(month: str, last: datetime) -> None:
    before, later = last - timedelta(microseconds=1), last + timedelta(days=90)
    assert in_time(month, before, later, clock_doubtful=False)
    assert not in_time(month, last, later, clock_doubtful=False)
    assert not in_time(month, before, later, clock_doubtful=True)


def test_many_at_once_are_all_counted(app: Flask, session: Session) -> None:
    """Reports of one RT come in while others of it are rejected: nobody waits for each other."""
    there = [send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER).number for _ in range(4)]
    deeds: list[Callable[[], object]] = [
        *(lambda: send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER) for _ in range(4)),
        *(lambda one=one: act(HARTONO, report_of(one), "reject") for one in there),
    ]
    outcomes = at_once(app, *deeds)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert counted(session, "2026-11") == {"real": 4, "on_time": 4}
    assert right() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("UPDATE month_count SET real = 2", f"2026-11 of {RT}: real is kept as 2"),
        ("DELETE FROM month_count", f"2026-11 of {RT}: real is kept as 0"),
        ("UPDATE tally SET count = 7", f"tally of {RT}: rejected is kept as 7"),
        ("DELETE FROM tally", f"tally of {RT}: rejected is kept as 0"),
    ],
)
def test_each_wrong_figure_is_named(session: Session, wrong: str, said: str) -> None:
    send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
    act(HARTONO, send(RAHMAN), "reject")
    assert right() == []
    with writing() as within:
        within.execute(text(wrong))
    assert right()[0].startswith(said)


def test_the_parts_of_a_closed_month_add_up(session: Session) -> None:
    one = {"month": "2026-10", "sent": 0, "on_time": 0, "nihil": 0, "recorded": 0}
    with writing() as within:
        within.add(ClosedMonth(**one, region_code=RT, parent_code=PETANANG_ULU, expected=1))
        above = ClosedMonth(**one, region_code=PETANANG_ULU, parent_code="16.73.04", expected=2)
        within.add(above)
    (said,) = right()
    assert said.startswith(f"closed 2026-10 of {PETANANG_ULU}: expected is kept as 2")


def test_the_command_names_differences_and_fails(app: Flask, session: Session) -> None:
    send(RAHMAN)
    run = app.test_cli_runner().invoke
    assert run(args=["check-figures"]).exit_code == 0
    with writing() as within:
        within.execute(update(MonthCount).values(nihil=3))
    answer = run(args=["check-figures"])
    assert answer.exit_code == 1
    assert "nihil is kept as 3, and counted anew it is 0" in answer.output
    assert "1 figures are not" in answer.output


SHARES = st.builds(
    share_of,
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["waiting", "returned", "verified", "rejected", "withdrawn"]),
            "category": st.sampled_from(["sampah", "nihil", "rekap_bulanan"]),
            "region_code": st.sampled_from([RT, SITI.region]),
            "period": st.sampled_from([None, "2026-10", "2026-11"]),
            "happened_on": st.dates(date(2026, 10, 1), date(2026, 12, 31)),
            "written_at": st.datetimes(timezones=st.just(WIB)),
            "received_at": st.datetimes(timezones=st.just(WIB)),
            "clock_doubtful": st.booleans(),
            "recorded_as": st.sampled_from([None, "Lurah"]),
        }
    ),
)


@given(st.lists(SHARES, min_size=1, max_size=8))
def test_whatever_a_report_becomes_only_its_last_share_counts(course: list[Share | None]) -> None:
    moves = zip([None, *course], course, strict=False)
    total = summed(one for before, after in moves for one in changes(before, after))
    last = course[-1]
    assert {share for share in total.values() if any(share[2:])} == ({last} if last else set())
