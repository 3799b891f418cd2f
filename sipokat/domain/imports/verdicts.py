"""What each row of a spreadsheet would change: a verdict, before anything is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import NoReturn

from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import cells
from sipokat.domain.imports.cells import Wanted
from sipokat.domain.imports.columns import FIELDS, Row
from sipokat.domain.imports.known import Known, Person, known_people
from sipokat.domain.imports.places import Places
from sipokat.domain.refusals import WrongContent

ANOTHER = "Pastikan ini orang yang sama. Kalau orangnya berganti, jangan diterapkan."
KINDS = ("refused", "changed", "new", "unchanged")


@dataclass(frozen=True)
class Change:
    """`field` is `account`, `name`, `phone` or `office`; `was` is empty where there was nothing."""

    field: str
    was: str
    became: str


@dataclass(frozen=True)
class Verdict:
    """What is to be done about a row: `new`, `unchanged`, `changed`, or `refused` and `why`.

    `name`, `phone` and `office` (in words) are those that the row asks for, as far as they could be
    read; `user_id` is whose account it changes, `note` what else would happen.
    """

    line: int
    kind: str
    why: str = ""
    name: str = ""
    phone: str = ""
    office: str = ""
    note: str = ""
    changes: tuple[Change, ...] = ()
    user_id: str | None = None
    wanted: Wanted | None = None

    @property
    def applies(self) -> bool:
        """Whether there is something to apply."""
        return self.kind in ("new", "changed")


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
    by_office = _grouped(((one.role, one.region), one) for one in good if one.role == "rt_head")
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
            office=places.office(one.role, one.region),
            wanted=one,
        )
        try:
            _require_alone_in_file(one, by_phone[one.phone], "Nomor ini")
            _require_alone_in_file(one, by_office.get((one.role, one.region), [one]), "RT ini")
            verdicts.append(_compared(shown, one, city, places, today))
        except WrongContent as refusal:
            verdicts.append(replace(shown, why=refusal.message))
    return verdicts


def lacking(columns: Mapping[str, int], kelurahan: str | None) -> list[str]:
    """The labels of the fields for which no column is chosen and that every person needs."""
    return [
        field.label
        for key, field in FIELDS.items()
        if field.needed and key not in columns and not (key == "kelurahan" and kelurahan)
    ]


def digest(verdicts: Iterable[Verdict]) -> str:
    """The same for the same verdicts: who applies them has seen these and no others."""
    said = "\n".join(repr(asdict(one)) for one in verdicts)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


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
            _refuse(f"Sama dengan baris {others[0].line}.")
        return
    places = ", ".join(f"baris {other.line} ({other.name})" for other in others[:3])
    _refuse(f"{what} juga di {places}. Perbaiki berkasnya.")


def _as_said(one: Wanted) -> tuple[str, ...]:
    return cells.folded(one.name), one.phone, one.role, one.region


def _compared(shown: Verdict, one: Wanted, city: Known, places: Places, today: date) -> Verdict:
    """The verdict on a row, beside those who have an account or hold the office already."""
    owner = city.by_phone.get(one.phone)
    if owner is None:
        owner = _same_at_desk(one, city, today)
        if owner is not None:
            return _changed(shown, owner, one, [Change("phone", owner.phone, one.phone)])
        _require_free(one, None, city, places, today)
        return replace(shown, kind="new", note=_new_rt(one, places))
    if not owner.active and owner.offices:
        _refuse(f"Akun {owner.name} dengan nomor ini ditutup. Buka dulu akunnya.")
    if city.holds(owner, one.role, one.region, today):
        return _changed(shown, owner, one, [])
    if owner.active and cells.core(owner.name) != cells.core(one.name):
        _refuse(f"Nomor ini sudah dipakai {owner.name}. Satu nomor untuk satu orang.")
    _require_free(one, owner, city, places, today)
    office = Change("office", "", places.office(one.role, one.region))
    account = [] if owner.active else [Change("account", "ditutup", "dibuka")]
    found = _changed(shown, owner, one, [*account, office])
    return replace(found, note=" ".join(filter(None, (found.note, _new_rt(one, places)))))


def _same_at_desk(one: Wanted, city: Known, today: date) -> Person | None:
    """Who holds the office already under the same name, and so has a new number."""
    for person in city.holders(one.role, one.region, today):
        if person.active and cells.core(person.name) == cells.core(one.name):
            return person
    return None


def _require_free(
    one: Wanted, owner: Person | None, city: Known, places: Places, today: date
) -> None:
    """Raises WrongContent where somebody else heads the RT on a day from the first one on, or is
    Plt. in the office: that would end by the new head, and stay so when the import is undone."""
    if plt := city.plt(one.role, one.region, one.since or today):
        office = places.office(one.role, one.region)
        _refuse(f"{plt.name} menjadi Plt. {office}. Akhiri dulu jabatan itu.")
    if one.role != "rt_head":
        return
    for person in city.holders(one.role, one.region, one.since or today):
        if person is not owner:
            office = places.office(one.role, one.region)
            _refuse(f"{office} sudah dijabat {person.name}. Akhiri dulu jabatannya.")


def _changed(shown: Verdict, owner: Person, one: Wanted, changes: list[Change]) -> Verdict:
    if cells.folded(owner.name) != cells.folded(one.name):
        changes = [Change("name", owner.name, one.name), *changes]
    kind = "changed" if changes else "unchanged"
    words = [set(re.findall(r"\w+", cells.core(name))) for name in (owner.name, one.name)]
    note = ANOTHER if changes and not words[0] & words[1] else ""
    return replace(shown, kind=kind, changes=tuple(changes), user_id=owner.id, note=note)


def _new_rt(one: Wanted, places: Places) -> str:
    if one.role != "rt_head" or places.is_there(one.region):
        return ""
    return f"RT {one.region.rpartition('.')[2]} belum ada di SIPOKAT dan akan ditambahkan."


def _refuse(sentence: str) -> NoReturn:
    raise WrongContent(sentence)
