"""Imports as they are kept: the rows of a file until they are applied, and what was applied."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import texts
from sipokat.domain.clock import now
from sipokat.domain.imports.columns import FIELDS, Row, recognise
from sipokat.domain.imports.judging import judge
from sipokat.domain.imports.verdicts import Verdict
from sipokat.domain.refusals import NotFound, NotNow, WrongContent
from sipokat.models import ImportRow, PeopleImport, Region, User

ROWS_MAX = 10_000
DAYS_KEPT = 7  # so long rows that were not applied are kept
_FILE_NAME_MAX = 120
# NIK and number of a family card: SIPOKAT keeps neither, wherever they stand in a file.
_IDENTITY = re.compile(r"(?<!\d)(?!00)\d{16}(?!\d)")
_LIST_MAX = 20


def keep(session: Session, user: User, file_name: str, rows: Sequence[Row]) -> PeopleImport:
    """Keep the rows of a file, with the columns as they were recognised; nothing else is changed.
    Raises WrongContent for a file without people or with too many rows."""
    found = recognise(rows)
    if not found.rows:
        raise _wrong_file("Di bawah judul kolom tidak ada baris. Pilih berkas lain.")
    if len(found.rows) > ROWS_MAX:
        raise _wrong_file(f"Paling banyak {texts.dots(ROWS_MAX)} baris. Bagi berkasnya.")
    made = PeopleImport(
        made_by_id=user.id,
        made_at=now(),
        file_name=texts.read(file_name)[:_FILE_NAME_MAX] or "berkas",
        heads=json.dumps([_harmless(head) for head in found.heads], ensure_ascii=False),
        columns=json.dumps(found.columns),
    )
    session.add(made)
    session.flush()
    kept = [
        {"import_id": made.id, "line": line, "cells": _written([_harmless(one) for one in cells])}
        for line, cells in found.rows
    ]
    session.execute(insert(table(ImportRow)), kept)
    return made


def find(session: Session, import_id: int) -> PeopleImport:
    """The import with this id. Raises NotFound."""
    found = session.get(PeopleImport, import_id)
    if found is None:
        raise NotFound("Berkas ini tidak ditemukan.")
    return found


def newest(session: Session) -> list[PeopleImport]:
    """The imports that were made last, newest first."""
    query = select(PeopleImport).order_by(PeopleImport.id.desc()).limit(_LIST_MAX)
    return list(session.scalars(query))


def heads_of(one: PeopleImport) -> list[str]:
    """The names of the file's columns."""
    found: list[str] = json.loads(one.heads)
    return found


def columns_of(one: PeopleImport) -> dict[str, int]:
    """The column of each field, counted from 0."""
    found: dict[str, int] = json.loads(one.columns)
    return found


def samples_of(session: Session, one: PeopleImport) -> list[str]:
    """Of each column the first cell with something in it, to tell the columns apart by; empty where
    no row that is kept has one."""
    found = [""] * len(heads_of(one))
    rows = session.scalars(
        select(ImportRow.cells)
        .where(ImportRow.import_id == one.id, ImportRow.cells.is_not(None))
        .order_by(ImportRow.line)
    )
    for row in rows:
        cells: list[str] = json.loads(row or "[]")
        for place, cell in enumerate(cells):
            found[place] = found[place] or cell
        if all(found):
            break
    return found


def remap(
    session: Session, one: PeopleImport, columns: Mapping[str, int], kelurahan: str | None
) -> None:
    """Take these columns for the fields, and `kelurahan` for all rows where no column holds it.

    Raises NotNow once something was applied, and WrongContent for what is no field, column or
    kelurahan, and for one column that is chosen twice."""
    if one.applied_at is not None:
        raise NotNow("Berkas ini sudah diterapkan. Pilih berkasnya sekali lagi.")
    chosen = {key: place for key, place in columns.items() if key in FIELDS}
    if any(not 0 <= place < len(heads_of(one)) for place in chosen.values()):
        raise WrongContent("Pilih kolomnya.", {"columns": "Pilih kolomnya."})
    for key, place in chosen.items():
        if list(chosen.values()).count(place) > 1:
            sentence = "Kolom ini dipilih dua kali. Pilih satu kolom untuk satu isian."
            raise WrongContent(sentence, {key: sentence})
    if kelurahan and (session.get(Region, kelurahan) or Region(level="")).level != "kelurahan":
        raise WrongContent("Pilih kelurahannya.", {"semua": "Pilih kelurahannya."})
    one.columns = json.dumps(chosen)
    one.kelurahan = None if "kelurahan" in chosen else kelurahan or None


def verdicts(session: Session, one: PeopleImport) -> list[Verdict]:
    """The verdict on each row that was not applied and is still kept."""
    rows = session.execute(
        select(ImportRow.line, ImportRow.cells)
        .where(ImportRow.import_id == one.id, ImportRow.cells.is_not(None))
        .order_by(ImportRow.line)
    )
    kept = [(line, json.loads(cells or "[]")) for line, cells in rows]
    return judge(session, kept, columns_of(one), one.kelurahan)


def applied(session: Session, one: PeopleImport) -> list[ImportRow]:
    """The rows of it that were applied."""
    query = select(ImportRow).where(ImportRow.import_id == one.id, ImportRow.changes.is_not(None))
    return list(session.scalars(query.order_by(ImportRow.line)))


def forget(session: Session, one: PeopleImport) -> None:
    """Drop the cells of all its rows; what was changed by those that were applied stays."""
    mine = ImportRow.import_id == one.id
    session.execute(delete(ImportRow).where(mine, ImportRow.changes.is_(None)))
    session.execute(update(ImportRow).where(mine).values(cells=None))


def old_ones(session: Session) -> list[PeopleImport]:
    """The imports with rows that were not applied in DAYS_KEPT days."""
    waiting = exists().where(ImportRow.import_id == PeopleImport.id, ImportRow.cells.is_not(None))
    old = PeopleImport.made_at < now() - timedelta(days=DAYS_KEPT)
    return list(session.scalars(select(PeopleImport).where(old, waiting)))


def forget_old(session: Session) -> None:
    """Drop these rows, and the imports of which nothing is left then."""
    for one in old_ones(session):
        forget(session, one)
        if not applied(session, one):
            session.delete(one)


def _harmless(cell: str) -> str:
    return _IDENTITY.sub("", cell)


def _written(cells: Sequence[str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _wrong_file(sentence: str) -> WrongContent:
    return WrongContent(sentence, {"file": sentence})
