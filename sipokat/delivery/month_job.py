"""The worker's job that closes months."""

from __future__ import annotations

from datetime import date

import structlog

from sipokat.database import db, writing
from sipokat.domain.clock import day_of, now
from sipokat.domain.participation.closing import close, closed_on, to_close
from sipokat.domain.periods import months

log = structlog.get_logger()


class Closings:
    """Each month whose reporting is over, as a kind of job of `worker.py`, the oldest first. Its
    job is the ordinal number of the day on which the month is closed. Two workers may claim it: the
    row of the day (`domain/daily.py`) lets only one of them close it."""

    def __init__(self) -> None:
        self._nothing_on: date | None = None

    def claim(self, worker: str) -> int | None:
        """The first month that is not closed yet; None when there is none, and then the database is
        not asked again before tomorrow."""
        today = day_of(now())
        if self._nothing_on == today:
            return None
        over = to_close(db.session(), today)
        if over:
            return closed_on(over[0]).toordinal()
        self._nothing_on = today
        return None

    def do(self, job: int, worker: str) -> None:
        """Close it."""
        month = months(date.fromordinal(job))[1]
        with writing() as session:
            closed = close(session, month, now())
        log.info("month_closed" if closed else "month_was_closed", month=month)

    def tidy(self) -> None:
        """Nothing is left behind."""
