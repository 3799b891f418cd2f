"""Days are declared while reports come in and are decided: at the end every limit that runs is by
the calendar as it is then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import administration, day_changes, intake, office_hours
from sipokat.domain.deadlines import due_at
from sipokat.domain.refusals import NotNow
from sipokat.models import Report
from tests import steps
from tests.cast import AGUS, HARTONO, RAHMAN, SITI, YUSUF
from tests.services import tampering
from tests.services.speed import patience, tries
from tests.steps import act, afresh, report_of, revise, send, submission, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (17, 18, 19))


def set_day(day: date, working: bool | None) -> day_changes.Declared:
    """What the command does, whoever else writes."""
    return day_changes.set_day(
        lambda _: administration.diskominfo(user_of(AGUS)), day, working, "", MONDAY
    )


def by_the_calendar(session: Session) -> None:
    afresh(session)
    own = office_hours.overrides(session)
    for report in session.scalars(select(Report)).unique():
        runs = report.desk and report.desk != report.author_desk
        wanted = due_at(report.arrived_at, report.desk, own) if runs else None
        assert report.due_at == wanted, (report.number, report.desk)
    found = [one for one in tampering.faults() if not one.startswith("there is no checkpoint")]
    assert found == []


@contextmanager
def meanwhile(app: Flask, do: Callable[[], Any]) -> Iterator[None]:
    """The block runs in a transaction that is open when `do` begins in another connection. It ends
    when that has to wait for it, or has not waited at all."""
    done: list[Any] = []

    def other() -> None:
        with app.app_context():
            try:
                done.append(do())
            finally:
                db.session.remove()

    thread = threading.Thread(target=other)
    with writing():
        yield
        thread.start()
        with db.engine.connect() as watching:
            assert any(done or waits(watching) for _ in tries(30))
    thread.join(patience(60))
    assert done


def waits(connection: Any) -> bool:
    """Whether somebody waits for a lock. On SQLite nobody else has begun while the block writes."""
    if connection.dialect.name == "sqlite":
        return True
    waiting = connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    connection.rollback()
    return bool(waiting)


def test_a_report_that_was_judged_before_and_is_kept_after(session: Session) -> None:
    judged = intake.judge(user_of(RAHMAN), submission(on=MONDAY.date()), MONDAY)
    set_day(TUESDAY, False)
    with writing() as within:
        intake.keep(within, user_of(RAHMAN), judged)
    by_the_calendar(session)


def test_a_report_that_comes_in_at_that_moment(app: Flask, session: Session) -> None:
    with meanwhile(app, lambda: set_day(TUESDAY, False)):
        send(RAHMAN, at=MONDAY, on=MONDAY.date())
    by_the_calendar(session)


def test_a_report_that_is_decided_at_that_moment(app: Flask, session: Session) -> None:
    """Its limit at the desk that it leaves does not move, that at the next one does."""
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    with meanwhile(app, lambda: set_day(THURSDAY, False)):
        act(HARTONO, report, "verify", at=MONDAY)
    by_the_calendar(session)


def test_a_report_that_is_mended_at_that_moment(app: Flask, session: Session) -> None:
    report = act(HARTONO, send(RAHMAN), "return")
    soon = steps.today() + timedelta(days=1)
    while not office_hours.is_working(soon, {}):
        soon += timedelta(days=1)
    with meanwhile(app, lambda: set_day(soon, False)):
        revise(RAHMAN, report)
    by_the_calendar(session)


def test_days_reports_and_decisions_at_once(app: Flask, session: Session) -> None:
    waiting = [send(RAHMAN, at=MONDAY, on=MONDAY.date(), text=f"{n}.") for n in range(6)]
    again = {False: None, None: False}

    def days(day: date) -> Callable[[], None]:
        def declare() -> None:
            working: bool | None = None
            for _ in range(5):
                working = again[working]
                set_day(day, working)

        return declare

    def arrive() -> None:
        for number in range(6):
            send(SITI, at=MONDAY, on=MONDAY.date(), text=f"Baru {number}.")

    def decide() -> None:
        for report in waiting:
            seen = report_of(report.number)
            act(HARTONO, seen, "verify", at=MONDAY)
            act(YUSUF, report_of(report.number), "verify", at=MONDAY)

    outcomes = steps.at_once(app, days(TUESDAY), days(THURSDAY), arrive, decide)
    assert not [
        one for one in outcomes if isinstance(one, Exception) and not isinstance(one, NotNow)
    ]
    by_the_calendar(session)
    assert office_hours.overrides(session) == {TUESDAY: False, THURSDAY: False}
