"""The worker's jobs that tell people something."""

from __future__ import annotations

import time
from datetime import date

import structlog

from sipokat.database import db, writing
from sipokat.domain import daily
from sipokat.domain.clock import day_of, now
from sipokat.domain.notices import digest

LOOK_SECONDS = 20  # how soon after its hour a digest is told
log = structlog.get_logger()


class Digests:
    """The morning digest, as a kind of job of `worker.py`. Its job is the day's ordinal number. Two
    workers may claim it: the row of the day (`domain/daily.py`) lets only one of them tell it."""

    def __init__(self) -> None:
        self._told_on: date | None = None
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """The day whose digest is to be told now; None when it was told, or is not to be. Asks the
        database only in its hours, and once it was told no more."""
        at = now()
        if self._told_on == day_of(at) or not digest.is_hour(at):
            return None
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_SECONDS
        day = digest.day_to_tell(db.session(), at)
        if day is None or not daily.is_done(db.session(), digest.NAME, day):
            return day.toordinal() if day else None
        self._told_on = day
        return None

    def do(self, job: int, worker: str) -> None:
        """Tell it."""
        day = date.fromordinal(job)
        with writing() as session:
            told = digest.tell(session, day, now())
        self._told_on = day
        log.info("digest_told" if told else "digest_was_told", day=day.isoformat())

    def tidy(self) -> None:
        """Nothing is left behind."""
