"""The days on which the offices are open or closed otherwise than usual: those that the city has
declared, and those of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import office_hours
from sipokat.models import AdministrativeEntry, DayOverride

BEFORE, AHEAD = timedelta(days=31), timedelta(days=180)  # what the page shows
ACTION = "set_day"


class CalendarDay(NamedTuple):
    """A public holiday or cuti bersama that is no Saturday or Sunday, with its name."""

    day: date
    name: str


def declared(session: Session, today: date) -> list[DayOverride]:
    """What the city has declared of the last month and of all days to come, in their order."""
    query = select(DayOverride).where(DayOverride.day >= today - BEFORE)
    return list(session.scalars(query.order_by(DayOverride.day)))


def of_calendar(session: Session, today: date) -> list[CalendarDay]:
    """The free days of the calendar in the next half year, without those that were declared."""
    own = office_hours.overrides(session)
    days = (today + timedelta(days=n) for n in range(AHEAD.days))
    return [
        CalendarDay(day, office_hours.holiday_name(day))
        for day in days
        if day not in own and office_hours.holiday_name(day)
        if day.weekday() < office_hours.SATURDAY
    ]


def changes(session: Session, most: int) -> list[AdministrativeEntry]:
    """Who has declared what, newest first."""
    entry = AdministrativeEntry
    query = select(entry).where(entry.action == ACTION).order_by(entry.id.desc())
    return list(session.scalars(query.limit(most)))
