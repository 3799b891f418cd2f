"""The worker closes each month once, on the day after its closing day or later."""

from __future__ import annotations

from datetime import date, datetime

import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.delivery.month_job import Closings
from sipokat.delivery.worker import work_once
from sipokat.domain.check_figures import differences
from sipokat.domain.clock import WIB
from sipokat.models import ClosedMonth
from tests.cast import PETANANG_ULU, RAHMAN, SITI
from tests.services.database import statements
from tests.steps import act, at_once, report_of, send

RT = RAHMAN.region


def at(*moment: int) -> time_machine.travel:
    return time_machine.travel(datetime(*moment, tzinfo=WIB), tick=False)


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=WIB)


def closed(session: Session) -> list[str]:
    session.rollback()
    query = select(ClosedMonth.month).where(ClosedMonth.region_code == RT)
    return list(session.scalars(query.order_by(ClosedMonth.month)))


def test_a_month_is_closed_when_its_closing_day_is_over(app: Flask, session: Session) -> None:
    send(RAHMAN, at=noon(11, 5), on=date(2026, 11, 5))
    job = Closings()
    with at(2026, 12, 10, 23, 59):
        assert not work_once(job, "a")
    with statements(app) as said, at(2026, 12, 10, 23, 59):
        assert not work_once(job, "a")
    assert said == [], "nothing is asked again on a day with nothing to close"
    with at(2026, 12, 11, 0, 1):
        assert work_once(job, "a")
        assert not work_once(job, "a")
    assert closed(session) == ["2026-11"]
    assert differences(db.engine.connect()) == []


def test_what_no_worker_closed_is_closed_later_the_oldest_first(session: Session) -> None:
    send(RAHMAN, at=noon(8, 5), on=date(2026, 8, 5))
    with at(2026, 12, 20, 9):
        job = Closings()
        for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
            assert work_once(job, "a")
            assert closed(session)[-1] == month
        assert not work_once(job, "a")


def test_two_workers_close_a_month_once(app: Flask, session: Session) -> None:
    send(RAHMAN, at=noon(11, 5), on=date(2026, 11, 5))
    with at(2026, 12, 11, 9):
        claims = [Closings().claim(name) for name in "ab"]
        assert len(set(claims)) == 1

        def close() -> None:
            assert claims[0] is not None
            Closings().do(claims[0], "w")

        assert at_once(app, close, close) == [None, None]
    assert closed(session) == ["2026-11"]


def test_what_was_closed_is_never_written_again(session: Session) -> None:
    number = send(RAHMAN, at=noon(11, 5), on=date(2026, 11, 5)).number
    with at(2026, 12, 11, 9):
        work_once(Closings(), "a")
    act(RAHMAN, report_of(number), "withdraw")
    send(SITI, at=noon(12, 20), on=date(2026, 11, 20))
    with at(2027, 1, 20, 9):
        job = Closings()
        while work_once(job, "a"):
            pass
    session.rollback()
    kept = session.get_one(ClosedMonth, ("2026-11", PETANANG_ULU))
    assert (kept.expected, kept.sent, kept.on_time) == (3, 1, 1)
    count = session.scalar(
        select(func.count()).select_from(ClosedMonth).where(ClosedMonth.month == "2026-11")
    )
    assert count == 81 + 4
