"""Times and numbers as people read them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from sipokat.domain.clock import WIB, day_of, now


def day(value: date, today: date | None = None) -> str:
    """`hari ini`, `kemarin`, else `23 Nov`, with the year when it is not this one."""
    today = today or day_of(now())
    if value == today:
        return "hari ini"
    if (today - value).days == 1:
        return "kemarin"
    return _date(value, "d MMM" if value.year == today.year else "d MMM y")


@lru_cache(4096)
def _date(value: date, pattern: str) -> str:
    """Babel takes a tenth of a millisecond for each, and a page has many of the same."""
    return str(format_date(value, pattern, locale="id_ID"))


def moment(value: datetime) -> str:
    """`23 Nov, 07.12`, by the city's clock."""
    local = value.astimezone(WIB)
    pattern = "d MMM" if local.year == now().astimezone(WIB).year else "d MMM y"
    return f"{format_date(local.date(), pattern, locale='id_ID')}, {local:%H.%M}"


def ago(value: datetime) -> str:
    """`hari ini, 07.12`, `kemarin, 07.12`, else as `moment` writes it."""
    local = value.astimezone(WIB)
    word = day(local.date())
    return f"{word}, {local:%H.%M}" if word in ("hari ini", "kemarin") else moment(value)


def age(value: datetime) -> str:
    """How long ago, in the largest whole unit: `3 hari`."""
    seconds = max(0, int((now() - value).total_seconds()))
    for unit, length in (("hari", 86400), ("jam", 3600), ("menit", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return "baru saja"


def month(period: str) -> str:
    """`2026-11` as `November 2026`."""
    return _date(date.fromisoformat(f"{period}-01"), "MMMM y")


def month_name(period: str) -> str:
    """`2026-11` as `November`."""
    return month(period).split(" ")[0]


@lru_cache(4096)
def figure(value: int | float) -> str:
    """`1.000`, `2,5`."""
    return str(format_decimal(value, locale="id_ID"))


def phone(number: str) -> str:
    """`+6281234567890` as `0812 3456 7890`."""
    digits = f"0{number.removeprefix('+62')}"
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def greeting(name: str) -> str:
    """`Selamat pagi, Pak Rahman`, by the city's clock."""
    hour = now().astimezone(WIB).hour
    word = next(
        w for end, w in ((11, "pagi"), (15, "siang"), (18, "sore"), (24, "malam")) if hour < end
    )
    return f"Selamat {word}, {name}"
