"""The worker's job that asks by itself for missing reports."""

from __future__ import annotations

import time
from datetime import date

import structlog

from sipokat.database import db, writing
from sipokat.domain import daily
from sipokat.domain.clock import day_of, now
from sipokat.domain.nudges.asking import NAME, ask_by_itself
from sipokat.domain.nudges.rules import is_auto_time

LOOK_SECONDS = 60
log = structlog.get_logger()


class Nudges:
    """Asks every RT that is silent, on these days of a month, as a kind of job of `worker.py`. Its
    job is the day's ordinal number. Two workers may claim it: the row of the day
    (`domain/daily.py`) lets only one of them ask."""

    def __init__(self, days: tuple[int, ...]) -> None:
        self._days = days
        self._done_on: date | None = None
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """Today, when it is one of the days and nobody has done it; asks the database once a
        minute, and once it was done no more."""
        at = now()
        if self._done_on == day_of(at) or not is_auto_time(at, self._days):
            return None
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_SECONDS
        if not daily.is_done(db.session(), NAME, day_of(at)):
            return day_of(at).toordinal()
        self._done_on = day_of(at)
        return None

    def do(self, job: int, worker: str) -> None:
        """Ask them."""
        day = date.fromordinal(job)
        with writing() as session:
            count = ask_by_itself(session, day, now())
        self._done_on = day
        if count is None:  # another worker was first
            log.info("nudges_were_sent", day=day.isoformat())
        else:
            log.info("nudges_sent", day=day.isoformat(), count=count)

    def tidy(self) -> None:
        """Nothing is left behind."""
