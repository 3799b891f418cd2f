"""The kecamatan, kelurahan and RT of a spreadsheet, however they are written there."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.offices import label_of
from sipokat.domain.refusals import WrongContent
from sipokat.domain.regions import at_desk, lies_in, named, there_on
from sipokat.models import Region

_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
# "3", "003", "RT 03", "Ketua RT. 003 / RW 01", "003/001"
_RW = r"rw\s*[.:\-]?\s*"
_RT = re.compile(
    rf"(?:ketua\s*)?(?:rt\s*[.:\-]?\s*)?(\d{{1,3}})(?:\s*(?:[/,\-]\s*(?:{_RW})?|{_RW})\d{{1,3}})?",
    re.I,
)


class Places:
    """The kecamatan and kelurahan of the city and their RT, as they are on a day. Which code an RT
    has is found by its name; only one that never was there gets a code by its number."""

    def __init__(self, session: Session, day: date) -> None:
        found = session.execute(
            select(Region.code, Region.parent_code, Region.level, Region.name, Region.official_name)
            .add_columns(Region.also, named(day).label("present"), there_on(day).label("there"))
            .where(Region.level.in_(("kecamatan", "kelurahan", "rt")))
        ).all()
        self.names: dict[str, str] = {row.code: row.present for row in found}
        self._codes: dict[str, dict[str, str]] = {"kecamatan": {}, "kelurahan": {}}
        self._rt: dict[tuple[str, str], str] = {}
        self._gone = {row.code for row in found if not row.there}
        for row in found:
            if row.there and row.level == "rt":
                self._rt[row.parent_code, row.present] = row.code
            elif row.there:
                for written in (row.code, row.also, row.official_name, row.name, row.present):
                    if written:
                        self._codes[row.level][key_of(written)] = row.code

    def kelurahan(self, written: str) -> str:
        """The code of this kelurahan. Raises WrongContent, with the name that may be meant."""
        if not written:
            _refuse("Kelurahan belum diisi. Isi di setiap baris.")
        return self._code("kelurahan", written)

    def kecamatan(self, written: str) -> str:
        """The code of this kecamatan, which may be called "Utara I" for short. Raises WrongContent
        as well."""
        if not written:
            _refuse("Kecamatan belum diisi. Tulis di kolom kecamatan, atau di belakang jabatannya.")
        return self._code("kecamatan", written)

    def _code(self, level: str, written: str) -> str:
        wanted, codes = key_of(written), self._codes[level]
        if wanted in codes:
            return codes[wanted]
        near = difflib.get_close_matches(wanted, codes, n=1, cutoff=0.75)
        meant = f" Mungkin {self.names[codes[near[0]]]}?" if near else ""
        _refuse(f"{level.capitalize()} “{written}” tidak ada.{meant}")

    def require_in(self, kelurahan: str, written: str) -> None:
        """Raises WrongContent where the kelurahan lies in another kecamatan than is written beside
        it. What names no kecamatan says nothing."""
        said = self._codes["kecamatan"].get(key_of(written))
        if kelurahan and said and not lies_in(kelurahan, said):
            right = self.names[at_desk(kelurahan, "kecamatan")]
            _refuse(f"{self.names[kelurahan]} ada di Kecamatan {right}, bukan {written}.")

    def rt(self, kelurahan: str, number: str) -> str:
        """The code of this RT. Raises WrongContent for one that is not there any more, or not
        yet."""
        code = self._rt.get((kelurahan, f"RT {number}"), f"{kelurahan}.{number}")
        if code in self._gone:
            _refuse(f"RT {number} {self.names[kelurahan]} tidak ada hari ini.")
        return code

    def is_there(self, code: str) -> bool:
        """Whether the region is in SIPOKAT."""
        return code in self.names

    def office(self, role: str, region: str, title: str | None = None) -> str:
        """The office in words, also of an RT that is not there yet: `Ketua RT 009 Petanang Ulu`."""
        above, _, number = region.rpartition(".")
        if role == "rt_head":
            return f"Ketua {self.names.get(region, f'RT {number}')} {self.names.get(above, above)}"
        return f"{label_of(role, title=title)} {self.names.get(region, region)}"


def kelurahan_names(session: Session, day: date) -> list[tuple[str, str]]:
    """The code and name of each kelurahan that is there on that day, by name."""
    there = select(Region.code, named(day).label("present"))
    rows = session.execute(there.where(Region.level == "kelurahan", there_on(day))).all()
    return sorted(((row.code, row.present) for row in rows), key=lambda one: one[1])


def rt_number(written: str) -> str:
    """The three digits of an RT. Raises WrongContent for what is none."""
    if not written:
        _refuse("RT belum diisi.")
    found = _RT.fullmatch(written.strip())
    if found is None or int(found[1]) == 0:
        _refuse(f"RT “{written}” tidak terbaca. Tulis angkanya saja, misalnya 003.")
    return f"{int(found[1]):03}"


def key_of(written: str) -> str:
    """The name of a kelurahan or kecamatan as it is compared: without blanks and signs, "Kel.",
    "Kec." and capitals, and with Roman numbers; a kecamatan without the name of the city before
    it."""
    plain = re.sub(r"^\s*(?:kel(?:urahan|\b)|kec(?:amatan|\b))\.?", "", written.lower())
    plain = re.sub(r"\b([1-4])\s*$", lambda found: _ROMAN[found[1]], plain)
    plain = re.sub(r"[\W_]+", "", plain)
    return re.sub(r"^lubuklinggau(?=(?:barat|timur|utara|selatan)i+$)", "", plain)


def _refuse(sentence: str) -> NoReturn:
    raise WrongContent(sentence)
