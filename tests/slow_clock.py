"""A slow and obvious clock of the offices, for tests to compare the quick one with: it looks at
every minute by itself, and its days and hours are written out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

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


def is_open(minute: datetime, overridden: Mapping[date, bool]) -> bool:
    """Whether the offices are open in the minute that begins then."""
    local = minute.astimezone(WIB)
    day, clock = local.date(), local.strftime("%H:%M")
    friday = day.strftime("%a") == "Fri"
    if is_free(day, overridden):
        return False
    if any(first <= day <= last for first, last in RAMADAN):
        if friday:
            return "08:00" <= clock < "11:30" or "12:30" <= clock < "15:30"
        return "08:00" <= clock < "12:00" or "12:30" <= clock < "15:00"
    if friday:
        return "07:30" <= clock < "11:30" or "13:00" <= clock < "16:30"
    return "07:30" <= clock < "12:00" or "13:00" <= clock < "16:00"


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def working_time(start: datetime, end: datetime, overridden: Mapping[date, bool]) -> timedelta:
    return sum((MINUTE for one in minutes(start, end) if is_open(one, overridden)), timedelta(0))


def due_at(arrived: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime | None:
    """Go on a day at a time, and on the last day minute by minute to closing time."""
    return None if desk not in LIMITS else _after(arrived, LIMITS[desk], overridden)


def due_twice(due: datetime, desk: str, overridden: Mapping[date, bool]) -> datetime:
    return _after(due, LIMITS[desk], overridden)


def _after(start: datetime, days: int, overridden: Mapping[date, bool]) -> datetime:
    midnight = start.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    while days:
        midnight += DAY
        days -= 0 if is_free(midnight.date(), overridden) else 1
    open_ones = [one for one in minutes(midnight, midnight + DAY) if is_open(one, overridden)]
    return open_ones[-1] + MINUTE
