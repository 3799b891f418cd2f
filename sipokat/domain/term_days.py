"""On which days a term runs, of a term that was read and as a condition of a query. Both its first
and its last day are included; without a last day it runs on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from sipokat.models import Term


def runs_on(term: Term, day: date) -> bool:
    """Whether the term runs on that day."""
    return term.since <= day and not over_by(term, day)


def over_by(term: Term, day: date) -> bool:
    """Whether the term has ended before that day. Else it runs then, or will."""
    return term.until is not None and term.until < day


def running_on(day: date | ColumnElement[date], term: type[Term] = Term) -> ColumnElement[bool]:
    """The condition for a term that runs on that day."""
    return and_(term.since <= day, or_(term.until.is_(None), term.until >= day))


def not_over_by(day: date) -> ColumnElement[bool]:
    """The condition for a term that runs on that day or begins later."""
    return or_(Term.until.is_(None), Term.until >= day)


def runs_between(since: date, until: date | None) -> ColumnElement[bool]:
    """The condition for a term that runs on at least one of these days."""
    return and_(Term.since <= (until or date.max), not_over_by(since))
