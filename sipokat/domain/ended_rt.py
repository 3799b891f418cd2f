"""The desk of an RT that is there no more.

What still lies on it, or comes back to it, is mended or withdrawn by whoever sits at the desk of
its kelurahan, and by who wrote it as long as they head another RT, as after a move. Until its last
day the RT's own head does that. Nobody reads more by this than before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.domain import offices
from sipokat.domain.clock import day_of, now
from sipokat.domain.regions import last_days
from sipokat.domain.roles import RECORDING
from sipokat.models import Region, Report, User

DESK = "rt"


def last_day(session: Session, code: str) -> date | None:
    """The last day of this RT, if that is over; else None."""
    last = last_days(session, [code]).get(code)
    return last if last is not None and last < day_of(now()) else None


def inherited(user: User, codes: Iterable[str]) -> frozenset[str]:
    """Those of these RT that are there no more and whose desk the person may act at: whoever sits
    at the kelurahan's, or heads another RT."""
    held = offices.held(user)
    heads = {office.region for office in held if office.desk == DESK}
    # Somebody's own RT is there: else its head's office would have ended with it.
    mine = {one for one in codes if one not in heads and (heads or _is_above(held, one))}
    today = day_of(now())
    ends = last_days(db.session(), mine) if mine else {}
    return frozenset(code for code, last in ends.items() if code in mine and last and last < today)


def is_heir(user: User, report: Report) -> bool:
    """Whether the report lies on such a desk, and the person acts there for its author."""
    if report.desk != DESK or not inherited(user, [report.region_code]):
        return False
    return acts_from_above(user, report) or report.reporter_id == user.id


def acts_from_above(user: User, report: Report) -> bool:
    """Whether the person sits at the desk of the kelurahan of an RT that is there no more."""
    above = report.author_desk == DESK and _is_above(offices.held(user), report.region_code)
    return above and bool(inherited(user, [report.region_code]))


def _is_above(held: Iterable[offices.Office], code: str) -> bool:
    return RECORDING in offices.desks_among(held, code)


def lying(user: User) -> ColumnElement[bool]:
    """The condition for a report that lies on such a desk and that the person may mend there."""
    held = offices.held(user)
    kelurahan = [office.region for office in held if office.desk == RECORDING]
    mine: list[ColumnElement[bool]] = [Report.kelurahan_code.in_(kelurahan)] if kelurahan else []
    if any(office.desk == DESK for office in held):
        mine.append(Report.reporter_id == user.id)
    if not mine:
        return false()
    return and_(Report.desk == DESK, Report.desk_code.in_(gone()), or_(*mine))


def gone(day: ColumnElement[date] | None = None) -> Select[str]:
    """The codes of all RT that are there no more on this day, by default today, for a query."""
    today = day_of(now()) if day is None else day
    return select(Region.code).where(Region.level == DESK, Region.until < today)
