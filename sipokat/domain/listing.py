"""Lists of reports: filtered and paged, always within what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, false, not_, or_, select, union
from sqlalchemy.orm import Session, lazyload

from sipokat.database import table
from sipokat.domain import ended_rt, lateness, places
from sipokat.domain.clock import day_of, now
from sipokat.domain.deadlines import limit_of
from sipokat.domain.listed import Listed, as_listed, read_listed
from sipokat.domain.offices import Office, held, regions_of
from sipokat.domain.participation.card import is_kinerja
from sipokat.domain.periods import any_category, days_of, stands_in
from sipokat.domain.regions import in_scope, named
from sipokat.domain.report_search import finds
from sipokat.domain.roles import RECORDING
from sipokat.domain.visibility import (
    first_of,
    is_open,
    newest_in,
    newest_visible,
    reads,
    reports_in,
    scopes_of,
    seen_by,
    visible_open,
)
from sipokat.models import Region, Report, User
from sipokat.prepared import Prepared

PAGE = 20
OPEN = ("waiting", "returned", "open")  # the last one is both
# A row of a list names neither the author nor the photos.
ROW = (lazyload(Report.reporter), lazyload(Report.photos))


@dataclass(frozen=True)
class Filter:
    """What to list; an empty value filters nothing. `month` is `YYYY-MM` of the event's day;
    `late` is `all` for what is past its limit on any desk, `below` for what the person is told is
    late below their own (`lateness.late_below`); `by` is `own` for what the person's own offices
    have filed; `counted` is `YYYY-MM` for what stands and counts in that month
    (`periods.stands_in`); `desk` is the desk where it lies, for a decision or, on that of an
    RT, to be mended; `work` is `kinerja` for what counts as performance; `place` says
    where it lies (`places.WHICH`); `status` may also be `open`, what is not final; `said` is a
    report's number, or words that all stand in it."""

    status: str = ""
    category: str = ""
    region: str = ""
    month: str = ""
    late: str = ""
    by: str = ""
    counted: str = ""
    desk: str = ""
    work: str = ""
    place: str = ""
    said: str = ""


NOTHING = Filter()


def list_reports(
    session: Session, user: User, wanted: Filter, before: int | None = None
) -> tuple[list[Listed], int | None]:
    """A page of reports, newest first, and the cursor of the next page."""
    query: Select[Any] | Prepared
    if before is None and wanted == NOTHING and reads(user):
        query = _first_page(user.id, tuple(scopes_of(user)), PAGE + 1)
    else:
        query = as_listed(_query(session, user, wanted, before))
    found = read_listed(session, query)
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].id if more else None


@lru_cache(500)
def _first_page(user_id: str, scopes: tuple[str, ...], most: int) -> Prepared:
    """The first page of all. Everybody asks for the same one again and again, and to make a query
    takes longer than to run it."""
    return Prepared(as_listed(newest_in(user_id, scopes, most)))


def _query(session: Session, user: User, wanted: Filter, before: int | None) -> Select[Report]:
    conditions = conditions_of(session, user, wanted, now())
    if before is not None:
        conditions.append(Report.id < before)
    if wanted.by:
        own = [filed_by(office) for office in offices_filing(user)]
        query = select(Report).where(or_(false(), *own), *conditions)
        if wanted.region:
            query = query.where(in_scope(Report.region_code, wanted.region))
        return query.order_by(Report.id.desc()).limit(PAGE + 1)
    if wanted.late or wanted.desk or wanted.status in OPEN:
        query = select(Report).where(visible_open(user), *conditions)
        if wanted.region:
            query = query.where(reports_in(wanted.region, indexed=False))
        return query.order_by(Report.id.desc()).limit(PAGE + 1)
    if wanted.counted and wanted.region:
        return _of_its_month(user, wanted, conditions)
    return newest_visible(user, PAGE + 1, conditions, wanted.region)


def _of_its_month(
    user: User, wanted: Filter, conditions: list[ColumnElement[bool]]
) -> Select[Report]:
    """What is behind a figure of what is reported, from the index of that. All of it is found and
    its ids are sorted: to walk back from the newest report would take longer with each month."""
    within = in_scope(Report.region_code, wanted.region)
    found = select(Report.id).where(*conditions, any_category(), within, seen_by(user))
    return first_of([found], [(Report.id + 0).desc()], PAGE + 1)


def conditions_of(
    session: Session, user: User, wanted: Filter, at: datetime
) -> list[ColumnElement[bool]]:
    """What the filter asks of a report, but for its region and whose it is. What is late is so `at`
    that moment."""
    conditions = []
    if wanted.status == "open":
        conditions.append(is_open())
    elif wanted.status:
        conditions.append(Report.status == wanted.status)
    if wanted.category:
        conditions.append(Report.category == wanted.category)
    if wanted.month:
        first, after = days_of(wanted.month)
        conditions += [Report.happened_on >= first, Report.happened_on < after]
    if wanted.counted:
        conditions.append(stands_in(wanted.counted))
    if wanted.desk:
        conditions.append(lies_on(wanted.desk))
    if wanted.work:
        conditions.append(is_kinerja())
    if wanted.place:
        conditions.append(places.WHICH[wanted.place]())
    if wanted.late == "all":
        conditions.append(lateness.late_at(at, indexed=False))
    if wanted.late == "below":
        conditions.append(lateness.late_below(session, user, at, indexed=False))
    return conditions + finds(wanted.said)


def lies_on(desk: str) -> ColumnElement[bool]:
    """The condition for a report that lies on this desk: where a limit runs, else with its author,
    who mends it."""
    limited = Report.due_at.is_not(None)
    return and_(Report.desk == desk, limited if limit_of(desk) else not_(limited))


def offices_filing(user: User) -> list[Office]:
    """The offices in which the person files reports today."""
    return [office for office in held(user) if office.reports]


def filed_by(office: Office) -> ColumnElement[bool]:
    """The condition for a report of this office, whoever of it has written it."""
    return and_(Report.region_code == office.region, Report.author_desk == office.desk)


def own_desk(session: Session, user: User) -> list[Report]:
    """Reports that wait for the author's office to mend them."""
    query = select(Report).where(_to_mend(user)).order_by(Report.arrived_at).options(*ROW)
    return list(session.scalars(query)) if regions_of(user) else []


def _to_mend(user: User) -> ColumnElement[bool]:
    own = Report.desk_code.in_(regions_of(user))
    here = or_(own, _recorded(user), ended_rt.lying(user))
    return and_(here, Report.desk == Report.author_desk)


def own_reports(session: Session, user: User, last: int) -> tuple[list[Report], list[Report]]:
    """The reports that wait for the author's office to mend them, the longest first, and the `last`
    others that the person's offices have filed, newest first: one statement for both."""
    if not regions_of(user):
        return [], []
    ids = [select(Report.id).where(_to_mend(user))]
    for office in offices_filing(user):
        elsewhere = or_(Report.desk.is_(None), Report.desk != Report.author_desk)
        newest = select(Report.id).where(filed_by(office), elsewhere)
        ids.append(select(newest.order_by(Report.id.desc()).limit(last).subquery().c.id))
    query = select(Report).where(Report.id.in_(union(*ids).subquery().select()))
    found = list(session.scalars(query.order_by(Report.arrived_at).options(*ROW)))
    mending = [one for one in found if one.desk == one.author_desk]
    others = sorted((one for one in found if one not in mending), key=lambda one: -one.id)
    return mending, others[:last]


def _recorded(user: User) -> ColumnElement[bool]:
    """What the person wrote for an RT of a kelurahan at whose desk they still sit."""
    codes = [one.region for one in held(user) if one.desk == RECORDING]
    if not codes:
        return false()
    here = Report.kelurahan_code.in_(codes)
    return and_(is_open(), Report.recorded_as.is_not(None), Report.reporter_id == user.id, here)


def regions_below(session: Session, user: User) -> list[tuple[str, str, date | None]]:
    """The regions that the person may narrow a list to, one level down: their codes and names.
    Those that are no more have reports of their time, and come with their last day; those that
    begin later have none."""
    today = day_of(now())
    found = session.execute(_BELOW, {"codes": regions_of(user), "day": today})
    return [(code, name, last if last and last < today else None) for code, name, last in found]


_REGION = table(Region).c
_DAY: Any = bindparam("day", type_=Date)
_BELOW = (
    select(_REGION.code, named(_DAY).label("name"), _REGION.until)
    .where(_REGION.parent_code.in_(bindparam("codes", expanding=True)))
    .where(or_(_REGION.since.is_(None), _REGION.since <= _DAY))
    .order_by(_REGION.code)
)
