"""The present moment and the city's calendar day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sipokat.domain.limits import LIMITS

WIB = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The calendar day in Lubuklinggau (Asia/Jakarta) on which `moment` falls."""
    return moment.astimezone(WIB).date()


def start_of(day: date) -> datetime:
    """The moment at which this day begins in Lubuklinggau."""
    return datetime.combine(day, time(), WIB)


# No phone can have written a report before the program was there: an earlier clock was wrong.
FIRST_DAY = datetime.combine(LIMITS.first_day, time(), UTC)
DOUBTFUL = timedelta(hours=LIMITS.doubtful_hours)


def corrected(
    written_at: datetime | None, sent_at: datetime | None, received_at: datetime
) -> tuple[datetime, bool]:
    """When it was written by the server's clock, and whether the phone's clock is doubtful.

    The phone's error is the difference between its clock at sending and the server's at receipt;
    beyond 24 hours the clock is doubtful. Nothing counts as written after it was received.
    """
    offset = received_at - sent_at if sent_at else timedelta(0)
    try:
        written = min(written_at + offset, received_at) if written_at else received_at
    except OverflowError:  # a clock in the year 9999, or before all years
        return received_at, True
    if written < FIRST_DAY:
        return received_at, True
    return written, abs(offset) > DOUBTFUL
