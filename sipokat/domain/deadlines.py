"""The clock of each desk, in working days of the city.

Public holidays and cuti bersama come from the `holidays` library (some lunar dates are its
estimates); the table of day overrides, which the city keeps, has the last word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import record
from sipokat.domain.clock import WIB, day_of, start_of
from sipokat.models import DayOverride
from sipokat.prepared import Prepared


@cache
def _clocks() -> tuple[dict[int, time], dict[str, int]]:
    raw = tomllib.loads(files("sipokat.data").joinpath("clocks.toml").read_text("utf-8"))
    closing = {int(day): time.fromisoformat(hours[1]) for day, hours in raw["hours"].items()}
    return closing, dict(raw["limits"])


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("ID", years=year, categories=("public", "government"))
    )


def overrides(session: Session) -> dict[date, bool]:
    """Days that the city itself declared working (True) or free (False)."""
    return dict(_OVERRIDES.rows(session, {}))


_OVERRIDES = Prepared(select(*table(DayOverride).c["day", "working"]))


def is_working(day: date, overridden: Mapping[date, bool]) -> bool:
    """Whether the offices of the city are open on this day."""
    if day in overridden:
        return overridden[day]
    closing, _ = _clocks()
    return day.weekday() in closing and day not in _holidays(day.year)


def limit_of(desk: str) -> int | None:
    """The limit of a desk in working days; None for a desk without one."""
    return _clocks()[1].get(desk)


def due_at(
    arrived_at: datetime, desk: str | None, overridden: Mapping[date, bool]
) -> datetime | None:
    """When the desk's limit ends for what arrived then; None for a desk without a limit."""
    limit = limit_of(desk) if desk else None
    return _end_of(day_of(arrived_at), limit, overridden) if limit else None


def due_twice(due: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    """When twice the desk's limit ends for what is due then: as many working days after that day,
    at closing time. The desk has a limit."""
    return _end_of(day_of(due), limit_of(desk) or 0, overridden)


def due_before_twice(at: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    """The moment before which everything must have been due whose `due_twice` is before `at`: so
    that a query finds it by `Report.due_at` alone."""
    day, left = day_of(at), limit_of(desk) or 0
    while left:
        left -= is_working(day, overridden) and _closing(day) < at
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))


def _end_of(day: date, limit: int, overridden: Mapping[date, bool]) -> datetime:
    """Closing time on the last of so many working days after this one."""
    left = limit
    while left:
        day += timedelta(days=1)
        left -= is_working(day, overridden)
    return _closing(day)


def _closing(day: date) -> datetime:
    closing, _ = _clocks()
    return datetime.combine(day, closing.get(day.weekday(), time(16, 0)), WIB)


def as_detail(due: datetime | None) -> dict[str, str]:
    """The end of a desk's limit as the event of the arrival keeps it; nothing where none runs."""
    return {"due": record.plain(due)} if due else {}


def days_between(first: date, last: date, overridden: Mapping[date, bool]) -> int:
    """Working days after `first` up to and with `last`."""
    days = _usual_days_between(first, last)
    for day, working in overridden.items():
        if first < day <= last:
            days += working - is_working(day, {})
    return days


@lru_cache(1000)
def _usual_days_between(first: date, last: date) -> int:
    """The same without the city's own days: a queue asks for a few of these again and again."""
    days = range((last - first).days)
    return sum(is_working(first + timedelta(days=n + 1), {}) for n in days)


def standing(
    due: datetime | None, now: datetime, overridden: Mapping[date, bool]
) -> tuple[str, bool] | None:
    """The clock in words and whether it is late; None where no clock runs."""
    if due is None:
        return None
    today, last = day_of(now), day_of(due)
    if now > due:
        late = max(1, days_between(last, today, overridden))
        return f"Terlambat {late} hari kerja", True
    left = days_between(today, last, overridden)
    return (f"Sisa {left} hari kerja" if left else "Batasnya hari ini"), False
