"""Times and numbers as people read them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from markupsafe import Markup, escape

from sipokat.domain import texts
from sipokat.domain.clock import WIB, day_of, now
from sipokat.domain.texts import figure as figure
from sipokat.domain.texts import phone as phone


class Passing(str):
    """Words that are true only for a while, `hari ini`, and `copy`, what stands for them in a copy
    of the page that the phone shows later, `23 Nov`.

    As a string it is the words of now. In a template it writes both, as `service-worker.js` expects
    them. Not for attributes, which can hold no markup: there use `moment`.
    """

    copy: str

    def __new__(cls, live: str, copy: str) -> Passing:
        made = super().__new__(cls, live)
        made.copy = copy
        return made

    def __html__(self) -> str:
        live, copy = escape(str(self)), escape(self.copy)
        return Markup("<!--live-->") + live + Markup("<!--/live--><!--copy ") + copy + Markup("-->")


def phrase(sentence: str, *parts: str) -> Passing:
    """The sentence with these parts in the place of each `{}`; each may be Passing or not."""
    return Passing(
        sentence.format(*parts), sentence.format(*(getattr(one, "copy", one) for one in parts))
    )


def date_words(value: date) -> str:
    """`23 Nov`, with the year when it is not this one."""
    return _date(value, "d MMM" if value.year == day_of(now()).year else "d MMM y")


def day_in_full(value: date) -> str:
    """`Kamis, 19 Nov 2026`"""
    return _date(value, "EEEE, d MMM y")


def day(value: date, today: date | None = None) -> str:
    """`hari ini`, `kemarin`, else `23 Nov`, with the year when it is not this one."""
    words = {0: "hari ini", 1: "kemarin"}.get(((today or day_of(now())) - value).days)
    return Passing(words, date_words(value)) if words else date_words(value)


@lru_cache(4096)
def _date(value: date, pattern: str) -> str:
    """Babel takes a tenth of a millisecond for each, and a page has many of the same."""
    return str(format_date(value, pattern, locale="id_ID"))


def moment(value: datetime) -> str:
    """`23 Nov, 07.12`, by the city's clock."""
    local = value.astimezone(WIB)
    return f"{date_words(local.date())}, {local:%H.%M}"


def ago(value: datetime) -> str:
    """`hari ini, 07.12`, `kemarin, 07.12`, else as `moment` writes it."""
    local = value.astimezone(WIB)
    word = day(local.date())
    return phrase(f"{{}}, {local:%H.%M}", word) if isinstance(word, Passing) else moment(value)


def age(value: datetime) -> Passing:
    """How long ago, in the largest whole unit: `3 hari`; in a copy `sejak 20 Nov, 07.12`."""
    return Passing(age_words(value), f"sejak {moment(value)}")


def age_words(value: datetime) -> str:
    """The same without what a copy says."""
    seconds = max(0, int((now() - value).total_seconds()))
    for unit, length in (("hari", 86400), ("jam", 3600), ("menit", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return "baru saja"


def limit(words: str, due: datetime) -> Passing:
    """The clock of a desk in words, `Sisa 1 hari kerja`; in a copy `Batas 24 Nov, 16.00`."""
    return Passing(words, f"Batas {moment(due)}")


def month(period: str) -> str:
    """`2026-11` as `November 2026`."""
    return texts.month(period)


def month_name(period: str) -> str:
    """`2026-11` as `November`."""
    return month(period).split(" ")[0]


def percent(part: float) -> str:
    """`87 %` of a part from 0 to 1. Only all of it is 100 %, and only nothing is 0 %."""
    rounded = round(part * 100)
    return f"{min(max(rounded, 1), 99) if 0 < part < 1 else rounded} %"


def greeting(name: str) -> Passing:
    """`Selamat pagi, Pak Rahman`, by the city's clock; in a copy the name."""
    hour = now().astimezone(WIB).hour
    word = next(
        w for end, w in ((11, "pagi"), (15, "siang"), (18, "sore"), (24, "malam")) if hour < end
    )
    return Passing(f"Selamat {word}, {name}", name)
