"""Whether anything stands for a region in a month, and which month its nihil is offered for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.periods import CLOSING_DAY, FALLEN, days_of, months
from sipokat.models import Report


def counts_in(period: str) -> ColumnElement[bool]:
    """The condition for a report that stands and counts in this month (`YYYY-MM`): as `facts.py`
    says it of one in hand."""
    first, after = days_of(period)
    within = (Report.happened_on >= first) & (Report.happened_on < after)
    this = or_(Report.period == period, Report.period.is_(None) & within)
    return and_(Report.status.not_in(FALLEN), this)


def stands(region_code: str, period: str) -> ColumnElement[bool]:
    """Whether any report of this month (`YYYY-MM`) stands for the region, nihil included."""
    return exists().where(Report.region_code == region_code, counts_in(period))


def nihil_month(session: Session, region_code: str, today: date) -> str | None:
    """The month for which nihil is offered now, while it is empty: until the 10th the last one,
    afterwards this one. Nobody is led to say of a month that has hardly begun that nothing
    happened in it; the form itself takes both."""
    this, last = months(today)
    asked = select(stands(region_code, this), stands(region_code, last))
    reported, reported_last = session.execute(asked).one()
    if today.day <= CLOSING_DAY:
        return None if reported_last else last
    return None if reported else this
