"""Whether anything stands for a region in a month, and which month its nihil is offered for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from sipokat.domain.periods import CLOSING_DAY, any_category, months, stands_in
from sipokat.models import Report


def stands(region_code: str, period: str) -> ColumnElement[bool]:
    """Whether any report of this month (`YYYY-MM`) stands for the region, nihil included."""
    return exists().where(Report.region_code == region_code, any_category(), stands_in(period))


@dataclass(frozen=True)
class Reported:
    """Whether something stands for the month that runs, `this`, and for the one before it."""

    this: str
    last: str
    has_this: bool
    has_last: bool

    def missing(self, today: date) -> str | None:
        """The month for which a report is asked for now, while it is empty: until the 10th the last
        one, afterwards this one. Nobody is led to say of a month that has hardly begun that nothing
        happened in it; the form itself takes both."""
        if today.day <= CLOSING_DAY:
            return None if self.has_last else self.last
        return None if self.has_this else self.this


def reported(session: Session, region_code: str, today: date) -> Reported:
    """How the region stands in these two months, in one statement."""
    this, last = months(today)
    asked = select(stands(region_code, this), stands(region_code, last))
    has_this, has_last = session.execute(asked).one()
    return Reported(this, last, bool(has_this), bool(has_last))


def nihil_month(session: Session, region_code: str, today: date) -> str | None:
    """The month for which nihil is offered now (`Reported.missing`)."""
    return reported(session, region_code, today).missing(today)
