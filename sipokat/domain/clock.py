"""The present moment and the city's calendar day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The calendar day in Lubuklinggau (Asia/Jakarta) on which `moment` falls."""
    return moment.astimezone(WIB).date()


# No phone can have written a report before the program was there: an earlier clock was wrong.
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
