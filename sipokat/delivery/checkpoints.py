"""Keeps the checkpoints of the record as files, one a day, and the worker's job that writes them.

`domain/checkpoints.py` says what is in one. The folder lies outside the database; whoever copies it
elsewhere each day can prove what the record was.
"""

from __future__ import annotations

import json
import re
import time
from datetime import date, datetime
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import select

from sipokat.database import db, record_keys
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain import checkpoints
from sipokat.domain.checkpoints import Kept
from sipokat.domain.clock import day_of, now
from sipokat.models import Event

LOOK_SECONDS = 10  # how soon after a day's beginning, or the city's first event, one is written
NAMES = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
log = structlog.get_logger()


class Checkpoints:
    """The folder of checkpoints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Kept]:
        """Every checkpoint, in the order of days. One that cannot be read has no content."""
        return [Kept(name, self._content(name)) for name in self._names()]

    def has(self, day: date) -> bool:
        """Whether this day's checkpoint is there."""
        return (self.folder / checkpoints.file_name(day.isoformat())).exists()

    def write(self, moment: datetime) -> bool:
        """Write the checkpoint of this moment, whole or not at all; it is synced when this returns.
        False while the record is empty. Raises OSError."""
        name = checkpoints.file_name(day_of(moment).isoformat())
        before = [one for one in self._names() if one < name]
        previous = before[-1].removesuffix(".json") if before else None
        made = checkpoints.make(db.session(), record_keys(), moment, previous)
        if made is None:
            return False
        PhotoStore(self.folder).keep(name, (json.dumps(made) + "\n").encode())
        log.info("checkpoint_written", last=made["last"])
        return True

    def _names(self) -> list[str]:
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if NAMES.fullmatch(path.name))

    def _content(self, name: str) -> object:
        try:
            return json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None


def checkpoints_of(app: Flask) -> Checkpoints:
    """The checkpoints of this application: in the folder of the settings, else beside its data."""
    return Checkpoints(Path(app.config["CHECKPOINTS"] or app.config["DATA"] / "checkpoints"))


class CheckpointJob:
    """The day's checkpoint, as a kind of job of `worker.py`. Its job is the day's ordinal number.
    Two workers may both write it: what they write is equally good."""

    def __init__(self, kept: Checkpoints) -> None:
        self.kept = kept
        self._written_on: date | None = None
        self._look_at = 0.0
        self._swept_on: date | None = None

    def claim(self, worker: str) -> int | None:
        """The day whose checkpoint is to be written now; None when it is there or the record is
        still empty. Looks every ten seconds, and once the day's is there no more."""
        today = day_of(now())
        if today == self._written_on or time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_SECONDS
        if self.kept.has(today):
            self._written_on = today
            return None
        return today.toordinal() if db.session.scalar(select(Event.seq).limit(1)) else None

    def do(self, job: int, worker: str) -> None:
        """Write it."""
        if self.kept.write(now()):
            self._written_on = date.fromordinal(job)

    def tidy(self) -> None:
        """Delete, once a day, what killed processes had begun to write."""
        today = day_of(now())
        if self._swept_on != today:
            PhotoStore(self.kept.folder).sweep()
            self._swept_on = today
