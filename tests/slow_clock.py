"""A slow and obvious clock of the offices, for tests to compare the quick one with: it looks at
every minute by itself, and its days and hours are written out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

from sipokat.domain.clock import WIB

LIMITS = {"kelurahan": 2, "kecamatan": 3, "kota": 3}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# The two seasons that it knows: Ramadan of 2026 with the days around it, and the turn of the year
# with Ramadan of 2027.
SEASONS = ((date(2026, 2, 1), date(2026, 4, 30)), (date(2026, 12, 1), date(2027, 4, 30)))
# Public holidays and cuti bersama of these months that are no Saturday or Sunday.
HOLIDAYS = {
    *(date(2026, 2, 16), date(2026, 2, 17)),  # Imlek
    *(date(2026, 3, 18), date(2026, 3, 19)),  # Nyepi
    *(date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24)),  # Idul Fitri
    date(2026, 4, 3),  # Wafat Yesus Kristus
    *(date(2026, 12, 24), date(2026, 12, 25)),  # Natal
    *(date(2027, 1, 1), date(2027, 1, 5)),  # Tahun baru, Isra Mikraj
    date(2027, 2, 5),  # Imlek
    *(date(2027, 3, day) for day in (8, 9, 10, 11, 12, 15)),  # Nyepi and Idul Fitri
    *(date(2027, 3, 25), date(2027, 3, 26)),  # Paskah
}
RAMADAN = ((date(2026, 2, 19), date(2026, 3, 20)), (date(2027, 2, 8), date(2027, 3, 9)))


def is_free(day: date, overridden: Mapping[date, bool]) -> bool:
    if day in overridden:
        return not overridden[day]
    return day.strftime("%a") in ("Sat", "Sun") or day in HOLIDAYS


def is_open(day: date, clock: str) -> bool:
    """Whether the offices are open in the minute that begins then, on a day that is not free."""
    friday = day.strftime("%a") == "Fri"
    if any(first <= day <= last for first, last in RAMADAN):
        if friday:
            return "08:00" <= clock < "11:30" or "12:30" <= clock < "15:30"
        return "08:00" <= clock < "12:00" or "12:30" <= clock < "15:00"
    if friday:
        return "07:30" <= clock < "11:30" or "13:00" <= clock < "16:30"
    return "07:30" <= clock < "12:00" or "13:00" <= clock < "16:00"


@cache
def open_minutes(day: date) -> tuple[datetime, ...]:
    """Every minute of the day in which the offices are open, if it is not free."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=WIB)
    every = (midnight + number * MINUTE for number in range(24 * 60))
    return tuple(one for one in every if is_open(day, one.strftime("%H:%M")))


def working_time(start: datetime, end: datetime, overridden: Mapping[date, bool]) -> timedelta:
    """Count every open minute. Both moments are whole minutes."""
    day, found = start.astimezone(WIB).date(), 0
    while day <= end.astimezone(WIB).date():
        if not is_free(day, overridden):
            found += sum(start <= minute < end for minute in open_minutes(day))
        day += DAY
    return found * MINUTE


def due_at(arrived: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime | None:
    """Go on a day at a time; on the last one its last open minute ends the limit."""
    return None if desk not in LIMITS else _after(arrived, LIMITS[desk], overridden)


def due_twice(due: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    return _after(due, LIMITS[desk], overridden)


def _after(start: datetime, days: int, overridden: Mapping[date, bool]) -> datetime:
    day = start.astimezone(WIB).date()
    while days:
        day += DAY
        days -= 0 if is_free(day, overridden) else 1
    return open_minutes(day)[-1] + MINUTE
