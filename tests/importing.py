"""Rows of a spreadsheet as they are loaded, judged, applied and undone, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, people
from sipokat.domain.imports import applying, cells, kept, undoing
from sipokat.domain.imports.verdicts import Verdict
from sipokat.models import PeopleImport, User
from tests.cast import AGUS
from tests.steps import user_of

HEADS = ["Nama", "Nomor HP", "Kelurahan", "RT"]
WATI = ["Wati", "81390000001", "Petanang Ulu", "9"]


def load(*rows: list[str], heads: Sequence[str] = HEADS) -> PeopleImport:
    lines = list(enumerate([list(heads), *rows], 1))
    with writing() as session:
        return kept.keep(session, user_of(AGUS), "data rt.xlsx", lines)


def verdict(session: Session, *rows: list[str]) -> Verdict:
    """That on the last of these rows."""
    return kept.verdicts(session, load(*rows))[-1]


def apply(one: PeopleImport, **given: Any) -> applying.Applied:
    with writing() as session:
        return applying.apply(session, administration.diskominfo(user_of(AGUS)), one, **given)


def undo(one: PeopleImport, most: int = 40) -> int:
    with writing() as session:
        by = administration.diskominfo(user_of(AGUS))
        return undoing.undo(session, by, one, most)[0]


def found(session: Session, phone: str) -> User:
    user = people.find_by_phone(session, cells.phone_of(phone))
    assert user is not None
    return user
