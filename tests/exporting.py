"""Exports in tests: asked for, made by a worker inside the test, and read again."""

from __future__ import annotations

import csv
import io
import uuid
from pathlib import Path
from typing import Any

from flask import Flask
from python_calamine import CalamineWorkbook

from sipokat.database import db, writing
from sipokat.delivery.export_job import ExportJob
from sipokat.delivery.worker import work_once
from sipokat.domain.exports import asking
from sipokat.domain.exports.work import file_name
from sipokat.models import Export
from tests.cast import Person
from tests.steps import user_of


def ask(
    person: Person, what: str = "laporan", file_format: str = "xlsx", most: int = 3, **filters: str
) -> int:
    """This person asks for a table; the id of its row."""
    with writing() as session:
        one, _ = asking.ask(session, user_of(person), what, file_format, filters, "", most)
        return one.id


def job_of(app: Flask) -> ExportJob:
    """The kind of job, on the folder of this application."""
    return ExportJob(app.extensions["export_files"])


def make_all(app: Flask) -> int:
    """Make every file that waits, as a worker of a new name. How many turns it took."""
    job, turns, name = job_of(app), 0, str(uuid.uuid4())
    with app.app_context():
        while work_once(job, name):
            turns += 1
    return turns


def path_of(app: Flask, export_id: int) -> Path:
    """Where the file of this export is, or would be."""
    with app.app_context():
        one = db.session.get_one(Export, export_id)
        name = file_name(one.id, one.claim, one.format)
        db.session.remove()
    path: Path = app.extensions["export_files"].path(name)
    return path


def state(session: Any, export_id: int) -> Export:
    """The row of this export, as it is now."""
    session.rollback()
    session.expire_all()
    found: Export = session.get_one(Export, export_id)
    return found


def read_xlsx(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet, as another program reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def table(rows: list[list[Any]]) -> list[dict[str, Any]]:
    """The rows below the first one, by its names."""
    head, *rest = rows
    return [dict(zip(head, row, strict=True)) for row in rest]


def read_csv(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file of ours."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
