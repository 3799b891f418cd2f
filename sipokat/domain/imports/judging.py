"""Judges all rows of a spreadsheet, each by itself and beside the others of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import cells
from sipokat.domain.imports.cells import Wanted
from sipokat.domain.imports.columns import FIELDS, Row
from sipokat.domain.imports.comparing import compared
from sipokat.domain.imports.known import known_people
from sipokat.domain.imports.places import Places
from sipokat.domain.imports.verdicts import Verdict
from sipokat.domain.refusals import WrongContent


def judge(
    session: Session, rows: Iterable[Row], columns: Mapping[str, int], kelurahan: str | None
) -> list[Verdict]:
    """A verdict on each of the rows, in a fixed number of statements."""
    today = day_of(now())
    places, city = Places(session, today), known_people(session)
    missing = lacking(columns, kelurahan)
    read: list[Wanted | Verdict] = []
    for line, row in rows:
        try:
            if missing:
                raise WrongContent(f"Kolom {missing[0]} belum dipilih.")
            read.append(cells.read(line, row, columns, places, kelurahan, today))
        except WrongContent as refusal:
            name = cells.text_in(row, columns.get("name"))
            phone = cells.text_in(row, columns.get("phone"))
            read.append(Verdict(line, "refused", refusal.message, name, phone))
    good = [one for one in read if isinstance(one, Wanted)]
    by_phone = _grouped((one.phone, one) for one in good)
    by_office = _grouped((one.office, one) for one in good if one.title is None)
    verdicts = []
    for one in read:
        if isinstance(one, Verdict):
            verdicts.append(one)
            continue
        shown = Verdict(
            one.line,
            "refused",
            name=one.name,
            phone=one.phone,
            office=places.office(*one.office),
            wanted=one,
        )
        what = "RT ini" if one.role == "rt_head" else "Jabatan ini"
        try:
            _require_alone_in_file(one, by_phone[one.phone], "Nomor ini")
            _require_alone_in_file(one, by_office.get(one.office, [one]), what)
            verdicts.append(compared(shown, one, city, places, today))
        except WrongContent as refusal:
            verdicts.append(replace(shown, why=refusal.message))
    return verdicts


def lacking(columns: Mapping[str, int], kelurahan: str | None) -> list[str]:
    """The labels of the fields for which no column is chosen and that every person needs. Where a
    column names the office, not all of them need an RT, or a kelurahan."""
    return [
        field.label
        for key, field in FIELDS.items()
        if field.needed
        and key not in columns
        and not (key == "kelurahan" and kelurahan)
        and not (key in ("kelurahan", "rt") and "role" in columns)
    ]


def _grouped(pairs: Iterable[tuple[object, Wanted]]) -> dict[object, list[Wanted]]:
    found: dict[object, list[Wanted]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


def _require_alone_in_file(one: Wanted, same: Sequence[Wanted], what: str) -> None:
    """Raises WrongContent where other rows have the same number or RT. Of rows that say the same
    the first one counts; of others nobody knows which one is right."""
    others = [other for other in same if other is not one]
    if not others:
        return
    if all(_as_said(other) == _as_said(one) for other in others):
        if others[0].line < one.line:
            raise WrongContent(f"Sama dengan baris {others[0].line}.")
        return
    places = ", ".join(f"baris {other.line} ({other.name})" for other in others[:3])
    raise WrongContent(f"{what} juga di {places}. Perbaiki berkasnya.")


def _as_said(one: Wanted) -> tuple[object, ...]:
    return cells.folded(one.name), one.phone, one.office
