"""Lists of reports: filtered and paged, always within what the person may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.clock import now
from sipokat.domain.offices import regions_of
from sipokat.domain.periods import days_of
from sipokat.domain.regions import in_scope
from sipokat.domain.visibility import on_desk_below, visible_reports
from sipokat.models import Region, Report, User

PAGE = 20


@dataclass(frozen=True)
class Filter:
    """What to list; an empty value filters nothing. `month` is `YYYY-MM` of the event's day;
    `late` is `all` for what is past its limit on any desk, `below` for desks below one's own."""

    status: str = ""
    category: str = ""
    region: str = ""
    month: str = ""
    late: str = ""


def list_reports(
    session: Session, user: User, wanted: Filter, before: int | None = None
) -> tuple[list[Report], int | None]:
    """A page of reports, newest first, and the cursor of the next page."""
    query = visible_reports(user)
    if wanted.status:
        query = query.where(Report.status == wanted.status)
    if wanted.category:
        query = query.where(Report.category == wanted.category)
    if wanted.region:
        query = query.where(in_scope(Report.region_code, wanted.region))
    if wanted.month:
        first, after = days_of(wanted.month)
        query = query.where(Report.happened_on >= first, Report.happened_on < after)
    if wanted.late:
        query = query.where(Report.due_at < now())
    if wanted.late == "below":
        query = query.where(on_desk_below(user))
    if before is not None:
        query = query.where(Report.id < before)
    found = list(session.scalars(query.order_by(Report.id.desc()).limit(PAGE + 1)).unique())
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].id if more else None


def own_desk(session: Session, user: User) -> list[Report]:
    """Reports that wait for the author's office to mend them."""
    query = (
        visible_reports(user)
        .where(Report.desk == Report.author_desk, Report.region_code.in_(regions_of(user)))
        .order_by(Report.arrived_at)
    )
    return list(session.scalars(query).unique())


def regions_below(session: Session, user: User) -> list[Region]:
    """The regions that the person may narrow a list to: one level down."""
    query = select(Region).where(Region.parent_code.in_(regions_of(user))).order_by(Region.code)
    return list(session.scalars(query))
