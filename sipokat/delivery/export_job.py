"""The job that writes a table into a file. `domain/exports/work.py` has the rules of the rows.

A worker may be killed at any time: the file is then made again from the start, by whoever takes
the claim. A large file is written in turns of a few seconds, and packed by a thread, so that photos
and notices go on.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.delivery.export_files import ExportFiles
from sipokat.delivery.sheet_writer import Csv, Writer, Xlsx
from sipokat.domain.clock import WIB, now
from sipokat.domain.exports import finding, work
from sipokat.domain.exports.asking import asked_of
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.rules import RULES
from sipokat.domain.exports.table import Table
from sipokat.domain.regions import names_of
from sipokat.domain.texts import dots, written
from sipokat.models import Export, User
from sipokat.turns import Busy

LOOK_SECONDS = 2
TURN_SECONDS = 2.0
GLANCE_SECONDS = 0.2  # how long a turn waits for the thread that packs
PASSING = (OSError, OperationalError, InterfaceError, Busy)  # no fault of the table's
TIDY_SECONDS = 600
OWN = "Laporan sendiri"
log = structlog.get_logger()


class CannotBeMade(Exception):
    """`why` is a key of `finding.WHY`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Making:
    """A file that this worker is writing."""

    def __init__(self, session: Session, one: Export, files: ExportFiles) -> None:
        """Raises CannotBeMade for what its person may not have any more, and for too many rows."""
        self.id, self._files, self._format = one.id, files, one.format
        user = session.get_one(User, one.made_by_id)
        if not finding.within_reach(user, one):
            raise CannotBeMade("office")
        kind, asked = KINDS[one.what], asked_of(one)
        self.table: Table = kind.table(session, asked)
        if one.format == "xlsx" and self.table.total > RULES["xlsx_rows"]:
            raise CannotBeMade("rows")
        self._about = about(session, user, one, self.table)
        self._after: Any = None
        self.done, self.more, self.said_at = 0, True, time.monotonic()
        self._packing: Thread | None = None
        self._fault: Exception | None = None
        self.part = files.begin()
        self._path = self.part / f"file.{one.format}"
        self._writer: Writer = _writer(self._path, self.part, kind.title, one.format, self.table)

    def packed(self) -> bool:
        """Whether the file is whole. A thread packs it, so that other kinds go on meanwhile; raises
        what went wrong there."""
        if self._packing is None:
            self._packing = Thread(target=self._pack, daemon=True)
            self._packing.start()
        self._packing.join(GLANCE_SECONDS)
        if self._packing.is_alive():
            return False
        if self._fault is not None:
            raise self._fault
        return True

    def _pack(self) -> None:
        """Needs no database: a thread has no session."""
        try:
            self._writer.finish([*self._about, ("Baris", dots(self.done))])
        except Exception as fault:
            self._fault = fault

    def go_on(self) -> None:
        """Write for a few seconds, one portion at least; `more` says whether rows are left."""
        until = time.monotonic() + TURN_SECONDS
        while True:
            rows, self._after = self.table.portion(db.session(), self._after)
            for row in rows:
                self._writer.add(row)
            self.done += len(rows)
            self.more = self._after is not None
            if not self.more or time.monotonic() >= until:
                return

    def finish(self, worker: str) -> bool:
        """Name the packed file and tell its person. False, and no file, when the claim was
        lost meanwhile: what was taken back since may not come back by it."""
        name = work.file_name(self.id, worker, self._format)
        size = self._files.finish(self.part, self._path, name)
        if work.finish(self.id, worker, self.done, size):
            log.info("export_ready", export=self.id, rows=self.done, bytes=size)
            return True
        self._files.drop(name)
        return False

    def abandon(self) -> None:
        """Remove what was written. A thread that still packs finds nothing any more, and ends."""
        if self._packing is None or not self._packing.is_alive():
            self._writer.abandon()
        self._files.abandon(self.part)


def _writer(path: Path, folder: Path, title: str, file_format: str, table: Table) -> Writer:
    if file_format == "csv":
        return Csv(path, table.columns)
    return Xlsx(path, title, table.columns, folder)


def about(session: Session, user: User, one: Export, table: Table) -> list[tuple[str, str]]:
    """What the second sheet says: what it is, of whose regions, narrowed to what, when and by whom
    it was asked for, and how its figures are counted."""
    asked = asked_of(one)
    names = names_of(session, asked.scopes)
    local = one.asked_at.astimezone(WIB)
    facts = [
        ("Isi", KINDS[one.what].title),
        ("Wilayah", ", ".join(region_name(code, names) for code in asked.scopes) or OWN),
        ("Pilihan", one.said or "Semua"),
        ("Diminta", f"{written(local.date())}, {local:%H.%M} WIB"),
        ("Oleh", user.name),
    ]
    return facts + [("Cara menghitung", sentence) for sentence in table.counted]


def region_name(code: str, names: dict[str, str]) -> str:
    """`RT 001, Petanang Ulu`; the empty code is everywhere."""
    parent = names.get(code.rpartition(".")[0], "")
    name = names.get(code, code) or "Seluruh kota"
    return f"{name}, {parent}" if name.startswith("RT ") and parent else name


class ExportJob:
    """Exports that wait, as a kind of job of `worker.py`. A claim lasts over several jobs, each of
    which writes a part of the file."""

    def __init__(self, files: ExportFiles) -> None:
        self.files = files
        self._making: Making | None = None
        self._look_at = self._tidy_at = 0.0

    def claim(self, worker: str) -> int | None:
        """The file that this worker has begun, else one that waits; looks every two seconds."""
        if self._making:
            return self._making.id
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_SECONDS
        return work.claim(worker)

    def do(self, job: int, worker: str) -> None:
        """Write a part of the file, and with the last one make it whole and tell its person.

        A full disk or a database that is gone is no fault of the export's: it is given back. All
        else that fails is a try. Both are raised again.
        """
        self._look_at = 0.0
        try:
            self._go_on(job, worker)
        except CannotBeMade as refused:
            db.session.rollback()
            self._drop()
            work.fail(job, worker, refused.why)
            log.warning("export_not_made", export=job, why=refused.why)
        except Exception as error:
            log.error("export_waits", export=job, why=repr(error))
            db.session.remove()
            self._drop()
            passing = isinstance(error, PASSING)
            work.give_back(job, worker) if passing else work.count_try(job, worker)
            raise

    def _go_on(self, job: int, worker: str) -> None:
        if self._making is None:
            session = db.session()
            self._making = Making(session, session.get_one(Export, job), self.files)
        making = self._making
        if making.more:
            making.go_on()
        whole = not making.more and making.packed()
        if not self._say(making, worker, whole):
            self._drop()  # another worker has it, or it was taken back
        elif whole:
            making.finish(worker)
            self._making = None

    def _say(self, making: Making, worker: str, whole: bool) -> bool:
        """Say how far it is, now and then. False when the claim was lost."""
        if not whole and time.monotonic() < making.said_at + TURN_SECONDS:
            return True
        making.said_at = time.monotonic()
        self.files.touch(making.part)
        return work.progress(making.id, worker, making.done, max(making.table.total, making.done))

    def leave(self, worker: str) -> None:
        """The worker ends: another one may begin at once, and it is no try."""
        if self._making is not None:
            export_id = self._making.id
            self._drop()
            work.give_back(export_id, worker, at_once=True)

    def _drop(self) -> None:
        if self._making is not None:
            self._making.abandon()
            self._making = None

    def tidy(self) -> None:
        """Every ten minutes, delete the files whose days are over, that were taken back, or that
        killed workers have left, and forget the oldest rows."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + TIDY_SECONDS
        at = now()
        for name in work.recalled_files(db.session(), at):
            self.files.drop(name)
        self.files.sweep(work.kept_files(db.session(), at))
        if old := work.old_ones(db.session(), at):
            with writing() as session:
                work.forget(session, old)
