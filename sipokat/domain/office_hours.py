"""When the offices of the city are open: working days, and the hours of each.

Hours are ranges of days in `data/clocks.toml`, since Ramadan has its own. Public holidays and cuti
bersama come from the `holidays` library (some lunar dates are its estimates); the table of day
overrides, which the city keeps, has the last word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.clock import WIB, day_of
from sipokat.models import DayOverride
from sipokat.prepared import Prepared

CLOCKS: dict[str, Any] = tomllib.loads(
    files("sipokat.data").joinpath("clocks.toml").read_text("utf-8")
)
FRIDAY, SATURDAY = 4, 5
NOTHING, DAY = timedelta(0), timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Hours:
    """The hours of a range of days: each pair is an opening and a closing time."""

    since: date
    until: date
    monday_to_thursday: tuple[tuple[time, time], ...]
    friday: tuple[tuple[time, time], ...]


@cache
def _ranges() -> tuple[Hours, ...]:
    return tuple(
        Hours(
            raw.get("from", date.min),
            raw.get("until", date.max),
            _pairs(raw["monday_to_thursday"]),
            _pairs(raw["friday"]),
        )
        for raw in CLOCKS["hours"]
    )


def _pairs(written: list[str]) -> tuple[tuple[time, time], ...]:
    pairs = (one.split("-") for one in written)
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)


@cache
def _holidays(year: int) -> Mapping[date, str]:
    return dict(
        holidays.country_holidays(
            "ID", years=year, categories=("public", "government"), language="id"
        )
    )


def holiday_name(day: date) -> str:
    """What the calendar calls this public holiday or cuti bersama; empty for any other day."""
    return _holidays(day.year).get(day, "")


def overrides(session: Session) -> dict[date, bool]:
    """Days that the city itself declared working (True) or free (False)."""
    return dict(_OVERRIDES.rows(session, {}))


_OVERRIDES = Prepared(select(*table(DayOverride).c["day", "working"]))


def is_working(day: date, overridden: Mapping[date, bool]) -> bool:
    """Whether the offices of the city are open on this day."""
    if day in overridden:
        return overridden[day]
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(1000)
def spans(day: date) -> tuple[Span, ...]:
    """From when to when the offices are open on this day if it is a working day."""
    hours = next(one for one in _ranges() if one.since <= day <= one.until)
    pairs = hours.friday if day.weekday() == FRIDAY else hours.monday_to_thursday
    return tuple(
        (datetime.combine(day, opens, WIB), datetime.combine(day, closes, WIB))
        for opens, closes in pairs
    )


def closing(day: date) -> datetime:
    """Closing time of this day."""
    return spans(day)[-1][1]


def working_time(start: datetime, end: datetime, overridden: Mapping[date, bool]) -> timedelta:
    """How much of the time from `start` to `end` the offices were open; breaks are not counted.
    Nothing where `end` is not after `start`."""
    if end <= start:
        return NOTHING
    first, last = day_of(start), day_of(end)
    if first == last:
        return _open_within(first, start, end, overridden)
    found = _open_within(first, start, end, overridden) + _open_within(last, start, end, overridden)
    return found + _whole_days(first + DAY, last, overridden)


def _whole_days(first: date, behind: date, overridden: Mapping[date, bool]) -> timedelta:
    """How long the offices were open from the day `first` on, up to the day `behind` without it:
    as the calendar has it, and then what the city has declared otherwise."""
    found = NOTHING
    for year in range(first.year, behind.year + 1):
        since, until = max(first, date(year, 1, 1)), min(behind, date(year + 1, 1, 1))
        open_before = _open_before(year)
        found += open_before[(until - date(year, 1, 1)).days]
        found -= open_before[(since - date(year, 1, 1)).days]
    for day, working in overridden.items():
        if first <= day < behind and working is not is_working(day, {}):
            found += _whole_day(day) if working else -_whole_day(day)
    return found


@cache
def _open_before(year: int) -> tuple[timedelta, ...]:
    """How long the offices are open in this year before each of its days, and in all of it. The
    city's own days are left out."""
    found = [NOTHING]
    for ahead in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + ahead * DAY
        found.append(found[-1] + (_whole_day(day) if is_working(day, {}) else NOTHING))
    return tuple(found)


def _whole_day(day: date) -> timedelta:
    return sum((closes - opens for opens, closes in spans(day)), NOTHING)


def _open_within(
    day: date, start: datetime, end: datetime, overridden: Mapping[date, bool]
) -> timedelta:
    if not is_working(day, overridden):
        return NOTHING
    parts = (min(closes, end) - max(opens, start) for opens, closes in spans(day))
    return sum((max(part, NOTHING) for part in parts), NOTHING)
