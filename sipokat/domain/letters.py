"""The surat perintah by which somebody acts in an office, and how long it may be for.

A Plh. acts while the holder is away, a Plt. while the office is vacant, both until a day (UU
30/2014 about administration of government, art. 14). How long at most is the city's rule, in
`data/terms.toml`: a Plh. thirty days in a row, a Plt. three months, and once more in the same
vacancy (`domain/deputies.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sipokat.domain import offices
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES, RULES
from sipokat.domain.refusals import WrongContent
from sipokat.domain.roles import ROLES
from sipokat.domain.texts import written

LETTER_MAX = 60
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """A surat perintah: who shall act, in which office, as what, and for how long."""

    role: str
    region: str
    kind: str
    since: date
    until: date
    number: str
    dated: date


def require_sound(letter: Letter) -> None:
    """Raises WrongContent for what is wrong in the letter itself, all at once."""
    offices.require_office(letter.role, letter.region)
    wrong: dict[str, str] = {}
    if letter.kind not in DEPUTIES:
        wrong["kind"] = "Pilih Plh. atau Plt."
    if ROLES[letter.role].desk is None:
        wrong["role"] = f"Untuk {ROLES[letter.role].label} tidak ada Plh. atau Plt."
    number, today = letter.number.strip(), day_of(now())
    if not number:
        wrong["letter_number"] = "Isi nomor surat perintah."
    elif len(number) > LETTER_MAX:
        wrong["letter_number"] = f"Nomor surat paling banyak {LETTER_MAX} huruf."
    if letter.dated > today:
        wrong["letter_date"] = "Tanggal surat perintah belum tiba."
    if letter.until < letter.since:
        wrong["until"] = "Hari terakhir tidak boleh sebelum hari pertama."
    elif letter.until < today:
        wrong["until"] = "Hari terakhir sudah lewat."
    elif letter.since > today + timedelta(days=RULES["ahead"]["days"]):
        wrong["since"] = f"Hari pertama paling jauh {RULES['ahead']['days']} hari lagi."
    elif letter.kind == "plh" and letter.until >= letter.since + plh_days():
        wrong["until"] = f"Plh. paling lama {RULES['plh']['days']} hari."
    elif letter.kind == "plt" and letter.until >= months_after(letter.since):
        last = written(months_after(letter.since) - DAY)
        wrong["until"] = f"Plt. paling lama {RULES['plt']['months']} bulan, jadi sampai {last}."
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)


def plh_days() -> timedelta:
    """How long somebody is Plh. at most."""
    return timedelta(days=RULES["plh"]["days"])


def months_after(day: date) -> date:
    """The day on which the months of a Plt. that began on `day` are over: the same day of the
    month, or the first of the next where there is none."""
    months = day.month - 1 + RULES["plt"]["months"]
    year, month = day.year + months // 12, months % 12 + 1
    try:
        return day.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
