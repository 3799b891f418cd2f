"""One row of a spreadsheet, read as a person in an office."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sipokat.domain import people
from sipokat.domain.imports import named_office
from sipokat.domain.imports.columns import FIELDS
from sipokat.domain.imports.named_office import NamedOffice
from sipokat.domain.imports.places import Places, rt_number
from sipokat.domain.refusals import WrongContent

_MONTHS = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]
_LOST = "\ufffd"  # stands where a program could not read a letter
_FIRST_DAY = date(1990, 1, 1)
_EXCEL = date(1899, 12, 30)  # day 0 of a spreadsheet that was written since 1900
_BEFORE = r"(?:bapak|pak|ibu|bu|sdri|sdr|hj|h|drs|dra|dr|ir|tn|ny)"

Read = TypeVar("Read")
Other = TypeVar("Other")
Office = tuple[str, str, str | None]  # role, region, title


@dataclass(frozen=True)
class Wanted:
    """Whom a row names: `phone` as accounts keep it, `since` None where no day is given. `title` is
    that of somebody at the desk who is not its head, such as `sekretaris`."""

    line: int
    name: str
    phone: str
    role: str
    region: str
    title: str | None
    since: date | None

    @property
    def office(self) -> Office:
        """The office, by which people are compared."""
        return self.role, self.region, self.title


def read(
    line: int,
    cells: Sequence[str],
    columns: Mapping[str, int],
    places: Places,
    kelurahan: str | None,
    today: date,
) -> Wanted:
    """The person in a row; `kelurahan` is that of all rows where no column holds it. Raises
    WrongContent with one sentence for each thing that is wrong."""
    given = {key: text_in(cells, columns.get(key)) for key in FIELDS}
    tried = Tried()
    name = tried(lambda: _name(given["name"]), "")
    phone = tried(lambda: phone_of(given["phone"]), "")
    named = tried(lambda: named_office.read(given["role"]), None)
    role, region = _place(named, given, places, kelurahan, tried) if named else ("", "")
    since = tried(lambda: day(given["since"], today), None)
    if tried.wrong:
        raise WrongContent(" ".join(tried.wrong))
    return Wanted(line, name, phone, role, region, named.title if named else None, since)


class Tried:
    """Reads one thing after another and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def __call__(self, reader: Callable[[], Read], otherwise: Other) -> Read | Other:
        try:
            return reader()
        except WrongContent as refusal:
            self.wrong.append(refusal.message)
            return otherwise


def _place(
    named: NamedOffice, given: Mapping[str, str], places: Places, all_in: str | None, tried: Tried
) -> tuple[str, str]:
    """The role and the region of this office; `all_in` is the kelurahan of all rows."""
    role = named.role or ("lurah" if all_in or given["kelurahan"] else "camat")
    if role == "camat":
        place = given["kecamatan"] or named.place or given["kelurahan"]
        return role, tried(lambda: places.kecamatan(place), "")
    place = given["kelurahan"] or named.place
    above = tried(lambda: all_in or places.kelurahan(place), "")
    tried(lambda: places.require_in(above, given["kecamatan"]), None)
    if role == "lurah":
        return role, above
    number = tried(lambda: rt_number(given["rt"]), "")
    return role, tried(lambda: places.rt(above, number), "") if above and number else ""


def text_in(cells: Sequence[str], column: int | None) -> str:
    """What stands in that column of the row, with one blank between words."""
    return " ".join(cells[column].split()) if column is not None and column < len(cells) else ""


def _name(written: str) -> str:
    if not written:
        raise WrongContent("Nama belum diisi.")
    if written[0] in "=+@" or not any(map(str.isalpha, written)):
        raise WrongContent(f"“{written[:40]}” bukan nama.")
    if any(unicodedata.category(sign) == "Cc" or sign == _LOST for sign in written):
        raise WrongContent(f"Nama “{written[:40]}” berisi huruf yang rusak. Ketik ulang di berkas.")
    return people.require_name(written)


def phone_of(written: str) -> str:
    """The number as accounts keep it. A spreadsheet drops the zero of 0812 when it takes that for a
    number, and an apostrophe before it stands for text. Raises WrongContent."""
    typed = written.lstrip("'’`").strip()
    if re.match(r"8\d", typed):
        typed = f"0{typed}"
    number = people.normal_phone(typed)
    if number is None:
        if not typed:
            raise WrongContent("Nomor HP belum diisi.")
        raise WrongContent(
            f"Nomor HP “{written[:40]}” belum benar. Tulis satu nomor lengkap, misalnya 0812 3456 "
            "7890."
        )
    return number


def day(written: str, today: date) -> date | None:
    """The day: 2024-12-31, 31/12/2024, 31 Desember 2024, or the number by which a spreadsheet keeps
    it. None for an empty cell. Raises WrongContent."""
    if not written:
        return None
    try:
        found = _day(written.lower())
    except (ValueError, OverflowError):
        found = None
    if found is None or not _FIRST_DAY <= found <= today + timedelta(days=366):
        raise WrongContent(f"Tanggal “{written[:40]}” belum benar. Tulis misalnya 31/12/2024.")
    return found


def _day(text: str) -> date | None:
    if re.fullmatch(r"\d{5}", text):
        return _EXCEL + timedelta(days=int(text))
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{1,2})[ \-]([a-z]+)[ \-](\d{4})", text):
        return date(int(found[3]), _MONTHS.index(found[2][:3]) + 1, int(found[1]))
    return None


def folded(name: str) -> str:
    """The name as two of them are compared: without capitals, dots and kinds of apostrophes."""
    plain = re.sub(r"[’‘`´ʼ]", "'", name.casefold())
    return " ".join(re.sub(r"[.\s]+", " ", plain).split())


def core(name: str) -> str:
    """The same without titles: who is called so is taken for the same person in the same office."""
    plain = folded(name.partition(",")[0])
    return re.sub(rf"^(?:{_BEFORE} )+", "", plain)
