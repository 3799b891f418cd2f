"""The present moment and the city's calendar day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sipokat.domain.limits import LIMITS

WIB = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The calendar day in Lubuklinggau (Asia/Jakarta) on which `moment` falls."""
    return moment.astimezone(WIB).date()


# No phone can have written a report before the program was there: an earlier clock was wrong.
FIRST_DAY = datetime.combine(LIMITS.first_day, time(), UTC)
