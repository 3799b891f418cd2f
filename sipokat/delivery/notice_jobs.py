"""The worker's jobs that tell people something."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime

import structlog
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import daily, lateness
from sipokat.domain.clock import day_of, now
from sipokat.domain.notices import digest, late, old, reminders, term_news

LOOK_SECONDS = 20  # how soon after its hour a digest is told
LATE_SECONDS = 30  # how soon after the end of a limit it is told that a report is late
TERM_SECONDS = 60  # how soon it is told that somebody begins or ends
OLD_SECONDS = 600  # how often it looks for old notices
log = structlog.get_logger()


Tell = Callable[[Session, date, datetime], bool]


class Morning:
    """What is told in the morning of every working day, as a kind of job of `worker.py`. Its job is
    the day's ordinal number. Two workers may claim it: the row of the day (`domain/daily.py`) lets
    only one of them tell it."""

    def __init__(self, name: str, tell: Tell) -> None:
        self._name, self._tell = name, tell
        self._told_on: date | None = None
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """The day for which it is to be told now; None when it was told, or is not to be. Asks the
        database only in its hours, and once it was told no more."""
        at = now()
        if self._told_on == day_of(at) or not digest.is_hour(at):
            return None
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_SECONDS
        day = digest.day_to_tell(db.session(), at)
        if day is None or not daily.is_done(db.session(), self._name, day):
            return day.toordinal() if day else None
        self._told_on = day
        return None

    def do(self, job: int, worker: str) -> None:
        """Tell it."""
        day = date.fromordinal(job)
        with writing() as session:
            told = self._tell(session, day, now())
        self._told_on = day
        log.info(f"{self._name}_told" if told else f"{self._name}_was_told", day=day.isoformat())

    def tidy(self) -> None:
        """Nothing is left behind."""


class Digests(Morning):
    """The morning digest of each desk."""

    def __init__(self) -> None:
        super().__init__(digest.NAME, digest.tell)


class Reminders(Morning):
    """The reminders of what came back to its author and nobody mends."""

    def __init__(self) -> None:
        super().__init__(reminders.NAME, reminders.tell)


class LateReports:
    """What has become late, as a kind of job: all of it is one job. A report is told by the worker
    that notes it in the report's row (`lateness.take_late`), in one transaction."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """1 when something is late of which nobody was told; looks twice a minute."""
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LATE_SECONDS
        return 1 if lateness.is_untold(db.session(), now()) else None

    def do(self, job: int, worker: str) -> None:
        """Tell it; where there is very much, the rest is claimed at once."""
        with writing() as session:
            told = late.tell(session, now())
        self._look_at = 0.0
        if told:  # else another worker was first
            log.info("late_told", reports=told)

    def tidy(self) -> None:
        """Nothing is left behind."""


class TermNews:
    """Who begins in an office, whose term ends soon or has ended, and what an RT leaves to its
    kelurahan, as a kind: all of it is one job. What was told is known by the notices themselves."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """1 when something is to be told; looks once a minute."""
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + TERM_SECONDS
        return 1 if term_news.to_tell(db.session(), now()) else None

    def do(self, job: int, worker: str) -> None:
        """Tell it."""
        with writing() as session:
            told = term_news.tell(session, now())
        if told:  # else another worker was first
            log.info("terms_told", notices=told)

    def tidy(self) -> None:
        """Nothing is left behind."""


class OldNotices:
    """Notices that are forgotten, as a kind: a portion is a job and a transaction of its own, so
    that neither writers nor other jobs wait long for it. Two workers may delete the same ones."""

    def __init__(self) -> None:
        self._look_at = 0.0

    def claim(self, worker: str) -> int | None:
        """1 when there are old ones; looks every ten minutes."""
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + OLD_SECONDS
        return 1 if old.are_there(db.session(), now()) else None

    def do(self, job: int, worker: str) -> None:
        """Forget a portion; the rest is claimed at once."""
        with writing() as session:
            count = old.forget(session, now())
        self._look_at = 0.0
        log.info("notices_forgotten", count=count)

    def tidy(self) -> None:
        """Nothing is left behind."""
