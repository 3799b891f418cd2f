"""The clock of each desk, in working days of the city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from sipokat.domain import record
from sipokat.domain.clock import day_of, start_of
from sipokat.domain.office_hours import CLOCKS, closing, is_working

_LIMITS: dict[str, int] = CLOCKS["limits"]


def limit_of(desk: str) -> int | None:
    """The limit of a desk in working days; None for a desk without one."""
    return _LIMITS.get(desk)


def due_at(
    arrived_at: datetime, desk: str | None, overridden: Mapping[date, bool]
) -> datetime | None:
    """When the desk's limit ends for what arrived then; None for a desk without a limit."""
    limit = limit_of(desk) if desk else None
    return _end_of(day_of(arrived_at), limit, overridden) if limit else None


def due_twice(due: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    """When twice the desk's limit ends for what is due then: as many working days after that day,
    at closing time. The desk has a limit."""
    return _end_of(day_of(due), _LIMITS[desk], overridden)


def due_before_twice(at: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    """The moment before which everything must have been due whose `due_twice` is before `at`: so
    that a query finds it by `Report.due_at` alone. The desk has a limit."""
    day, left = day_of(at), _LIMITS[desk]
    while left:
        left -= is_working(day, overridden) and closing(day) < at
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))


def _end_of(day: date, limit: int, overridden: Mapping[date, bool]) -> datetime:
    """Closing time on the last of so many working days after this one."""
    left = limit
    while left:
        day += timedelta(days=1)
        left -= is_working(day, overridden)
    return closing(day)


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
