"""Compares a row with the people and offices that SIPOKAT has already."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import NoReturn

from sipokat.domain.imports import cells
from sipokat.domain.imports.cells import Wanted
from sipokat.domain.imports.known import Known, Person
from sipokat.domain.imports.places import Places
from sipokat.domain.imports.verdicts import Change, Verdict
from sipokat.domain.refusals import WrongContent

ANOTHER = "Namanya lain. Pastikan ini orang yang sama. Kalau orangnya berganti, jangan dicentang."
BESIDE = "{} sekarang dijabat {}. Kalau diganti, akhiri dulu jabatannya. Centang kalau keduanya."


def compared(shown: Verdict, one: Wanted, city: Known, places: Places, today: date) -> Verdict:
    """The verdict on a row, beside those who have an account or hold the office already. Raises
    WrongContent with the reason why it is refused."""
    owner = city.by_phone.get(one.phone)
    if owner is None:
        owner = _same_at_desk(one, city, today)
        if owner is not None:
            return _changed(shown, owner, one, [Change("phone", owner.phone, one.phone)])
        _require_free(one, None, city, places, today)
        return _beside(replace(shown, kind="new", note=_new_rt(one, places)), one, city, today)
    if not owner.active and owner.offices:
        _refuse(f"Akun {owner.name} dengan nomor ini ditutup. Buka dulu akunnya.")
    if city.holds(owner, one.office, today):
        return _changed(shown, owner, one, [])
    if owner.active and cells.core(owner.name) != cells.core(one.name):
        _refuse(f"Nomor ini sudah dipakai {owner.name}. Satu nomor untuk satu orang.")
    _require_free(one, owner, city, places, today)
    office = Change("office", "", shown.office)
    account = [] if owner.active else [Change("account", "ditutup", "dibuka")]
    found = _changed(shown, owner, one, [*account, office])
    found = replace(found, note=" ".join(filter(None, (found.note, _new_rt(one, places)))))
    return _beside(found, one, city, today)


def _same_at_desk(one: Wanted, city: Known, today: date) -> Person | None:
    """Who holds the office already under the same name, and so has a new number."""
    for person in city.holders(one.office, today):
        if person.active and cells.core(person.name) == cells.core(one.name):
            return person
    return None


def _require_free(
    one: Wanted, owner: Person | None, city: Known, places: Places, today: date
) -> None:
    """Raises WrongContent where somebody else heads the RT on a day from the first one on; where
    the person sits at the desk already under another title; or where somebody is Plt. in the
    office: that would end by the new head, and stay so when the import is undone."""
    since = one.since or today
    for held in city.seats(owner, one.office, since) if owner else ():
        office = places.office(held.role, held.region, held.title)
        _refuse(f"{one.name} menjadi {office}. Akhiri dulu jabatan itu.")
    if one.title is None and (plt := city.plt(one.office, since)):
        _refuse(f"{plt.name} menjadi Plt. {places.office(*one.office)}. Akhiri dulu jabatan itu.")
    if one.role != "rt_head":
        return
    for person in city.holders(one.office, since):
        if person is not owner:
            office = places.office(*one.office)
            _refuse(f"{office} sudah dijabat {person.name}. Akhiri dulu jabatannya.")


def _beside(found: Verdict, one: Wanted, city: Known, today: date) -> Verdict:
    """The same verdict, which asks where somebody else heads this desk already: a lurah who follows
    another one would sit beside her."""
    if one.title is not None or one.role == "rt_head":
        return found
    heads = [who.name for who in city.holders(one.office, today) if who.id != found.user_id]
    if not heads:
        return found
    note = BESIDE.format(found.office, ", ".join(heads))
    return replace(found, asks=True, note=" ".join(filter(None, (found.note, note))))


def _changed(shown: Verdict, owner: Person, one: Wanted, changes: list[Change]) -> Verdict:
    if cells.folded(owner.name) != cells.folded(one.name):
        changes = [Change("name", owner.name, one.name), *changes]
    kind = "changed" if changes else "unchanged"
    words = [set(re.findall(r"\w+", cells.core(name))) for name in (owner.name, one.name)]
    asks = bool(changes) and not words[0] & words[1]
    note, changed = ANOTHER if asks else "", tuple(changes)
    return replace(shown, kind=kind, changes=changed, user_id=owner.id, note=note, asks=asks)


def _new_rt(one: Wanted, places: Places) -> str:
    if one.role != "rt_head" or places.is_there(one.region):
        return ""
    return f"RT {one.region.rpartition('.')[2]} belum ada di SIPOKAT dan akan ditambahkan."


def _refuse(sentence: str) -> NoReturn:
    raise WrongContent(sentence)
