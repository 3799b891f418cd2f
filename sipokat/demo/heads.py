"""The reports that the active RT heads of the demo city send, and every step after that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from sipokat.demo.accounts import accounts
from sipokat.demo.life import Life
from sipokat.demo.reports import kinds, new_id, write
from sipokat.demo.sources import data, dice
from sipokat.demo.steps import Step
from sipokat.domain.clock import WIB
from sipokat.domain.periods import months
from sipokat.domain.regions import at_desk

DAYS = 182
# The head of this RT has not reported this month, so that her home offers "Lapor nihil".
SILENT = "16.73.04.1009.002"
RAINY = (10, 11, 12, 1, 2, 3, 4)  # the months of floods and strong winds
STREETS = ("sampah", "kesehatan_lingkungan", "pembangunan")
STORMS = 0.06  # how many of these months' reports of streets are of one instead
# How often RT heads write at each hour of the day, as weights.
HOURS = {
    5: 4,
    6: 9,
    7: 10,
    8: 8,
    9: 6,
    10: 5,
    11: 4,
    13: 4,
    15: 5,
    16: 9,
    17: 9,
    18: 5,
    19: 9,
    20: 7,
}


def half_year(office: str, today: date) -> Iterator[Step]:
    """Every step of every report of this RT in the half year before `today`.

    An RT with an account that the sign-in page offers has at least 14 reports, any other at least
    four."""
    chance = dice(f"rt {office}")
    seen: set[str] = set()
    offered = {row["region"] for row in accounts()}
    for day in _days(chance, today, 14 if office in offered else 4):
        yield from _everyday(chance, office, day, today, seen)
    yield from _nihil(chance, office, today, seen)


def monthly(office: str, first: date, today: date) -> Iterator[Step]:
    """Every step of the one report that this RT sends in each month since the `first` one."""
    chance = dice(f"monthly {office}")
    seen: set[str] = set()
    for month in reversed(past_months(today)):
        if month >= first:
            day = month + timedelta(days=chance.randint(7, 25))
            yield from _everyday(chance, office, day, today, seen)


def _days(chance: Random, today: date, least: int) -> list[date]:
    """The days on which this RT writes, oldest first: at least `least` of them, and more of them
    near `today`."""
    count = least + int(34 * chance.random() ** 2)
    back = sorted((int(DAYS * (1 - chance.random() ** 0.8)) for _ in range(count)), reverse=True)
    return [today - timedelta(days=days) for days in back]


def _everyday(
    chance: Random, office: str, day: date, today: date, seen: set[str]
) -> Iterator[Step]:
    """The steps of one report of this RT. Adds its month to `seen`, and `residents 2026-11` when it
    counts the residents of November, which only one report a month may do."""
    rows = kinds("rt")
    kind = chance.choices(rows, [row["weight"] for row in rows])[0]
    storm = dice(f"storm {office} {day}")
    if day.month in RAINY and kind["category"] in STREETS and storm.random() < STORMS:
        kind = storm.choice(kinds("rt", "bencana"))
    period = months(day)[0 if day.day >= 20 else 1]
    if kind["category"] == "kependudukan" and f"residents {period}" in seen:
        kind = rows[0]
    happened = day - timedelta(days=chance.choice((0, 0, 0, 0, 0, 1, 1, 2)))
    if kind.get("weekend"):
        happened = day = day - timedelta(days=(day.weekday() + 1) % 7)  # a Sunday
    if kind["category"] == "kependudukan":
        seen.add(f"residents {period}")
    draft = write(chance, kind, office, happened, period)
    written = _writing_time(chance, day)
    life = list(
        Life(chance, new_id(chance), draft).steps(_arrival(chance, office, written), written)
    )
    if office == SILENT and happened.strftime("%Y-%m") == today.strftime("%Y-%m"):
        return
    seen.add(happened.strftime("%Y-%m"))
    yield from life


def _writing_time(chance: Random, day: date) -> datetime:
    hour = chance.choices(list(HOURS), list(HOURS.values()))[0]
    return datetime.combine(day, time(hour, chance.randint(0, 59), chance.randint(0, 59)), WIB)


def _arrival(chance: Random, office: str, written: datetime) -> datetime:
    """When the report reached the server. From a blank spot that often takes hours or days."""
    if at_desk(office, "kelurahan") in data("city")["blank_spots"] and chance.random() < 0.7:
        return written + timedelta(seconds=int(min(70, chance.lognormvariate(1.9, 0.9)) * 3600))
    return written + timedelta(seconds=chance.randint(2, 240))


def _nihil(chance: Random, office: str, today: date, seen: set[str]) -> Iterator[Step]:
    """The steps of a nihil report for about half of the past months that have no other report. The
    two latest are left out."""
    kind = kinds("rt", "nihil")[0]
    for first in past_months(today)[2:]:
        period = first.strftime("%Y-%m")
        if period in seen or chance.random() < 0.5:
            continue
        day = first + timedelta(days=chance.randint(27, 34))
        happened = min(day, first + timedelta(days=27))
        draft = write(chance, kind, office, happened, period)
        written = _writing_time(chance, day)
        yield from Life(chance, new_id(chance), draft).steps(written, written)


def past_months(today: date) -> list[date]:
    """The first days of the five whole months that are over, newest first."""
    found, first = [], today.replace(day=1)
    for _ in range(5):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found
