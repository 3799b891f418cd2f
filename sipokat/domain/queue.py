"""What lies on a desk, what is late below it, and what stands on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from sipokat.domain import lateness, queue_filter, tallies
from sipokat.domain.clock import now
from sipokat.domain.listed import Listed, as_listed, read_listed
from sipokat.domain.queue_filter import NOTHING, Wanted
from sipokat.domain.regions import in_scope, level_of, parts_of
from sipokat.domain.roles import DESKS
from sipokat.domain.visibility import (
    desks_of,
    first_of,
    is_open,
    on_own_desk,
    reads,
    reports_in,
    scopes_of,
    seen_in,
)
from sipokat.models import Report, User
from sipokat.prepared import Among, Prepared

PAGE = 20
Cursor = tuple[datetime, int]  # the arrival and the id of the last report of a page


@dataclass(frozen=True)
class Summary:
    """How many lie on the desk, since when the oldest, how many are late there or due today, and
    how many are late below. `recorded` of those on the desk were written down for an RT by its
    kelurahan."""

    waiting: int
    oldest: datetime | None
    late: int
    due: int
    late_below: int
    recorded: int


def desk_queue(
    session: Session,
    user: User,
    after: Cursor | None = None,
    wanted: Wanted = NOTHING,
    most: int | None = None,
) -> list[Listed]:
    """The desk's reports, oldest arrival first; one more than `most`, a page, when there are more.

    Bencana stands on top of the whole queue, see `urgent`, and so is not among them; but it is
    where the queue is narrowed.
    """
    desks = tuple(sorted({office.region for office in desks_of(user)}))
    most = (most or PAGE) + 1
    if desks and after is None and wanted == NOTHING:
        return read_listed(session, _first_page(desks, most))
    conditions = queue_filter.conditions(wanted)
    if wanted == NOTHING:
        conditions.append(Report.urgent.is_(False))
    if after:
        later = or_(Report.arrived_at > after[0], Report.id > after[1])
        conditions += [Report.arrived_at >= after[0], later]
    query = _lying(desks, most, conditions, wanted.group)
    return [] if query is None else read_listed(session, query)


def _lying(
    codes: tuple[str, ...], most: int, conditions: list[ColumnElement[bool]], group: str = ""
) -> Select[Any] | None:
    """What lies on these desks, oldest arrival first; None if no desk has this group."""
    parts = []
    for code in codes:
        here = queue_filter.from_group(group, code) if group else true()
        if here is not None:
            parts.append(select(Report.id).where(Report.desk_code == code, here, *conditions))
    return as_listed(first_of(parts, [Report.arrived_at, Report.id], most)) if parts else None


@lru_cache(500)
def _first_page(codes: tuple[str, ...], most: int) -> Prepared:
    """To make a query takes longer than to run it, and everybody has few and the same."""
    return Prepared(_lying(codes, most, [Report.urgent.is_(False)]))


def urgent(session: Session, user: User) -> list[Listed]:
    """Bencana in the person's regions that is not final: those on their own desk first."""
    if not reads(user):
        return []
    desks = tuple(office.region for office in desks_of(user))
    return read_listed(session, _urgent(user.id, tuple(scopes_of(user)), desks))


@lru_cache(500)
def _urgent(user_id: str, scopes: tuple[str, ...], desks: tuple[str, ...]) -> Prepared:
    on_own_desk = or_(false(), *(Report.desk_code == desk for desk in desks))
    return Prepared(
        as_listed(
            select(Report)
            # As the index of these spells it: `is_open` would let SQLite take that of all desks.
            .where(Report.urgent, Report.desk.is_not(None), seen_in(user_id, scopes))
            .order_by(case((on_own_desk, 0), else_=1), Report.received_at)
            .limit(50)
        )
    )


def waiting(session: Session, user: User) -> int:
    """How many reports lie on the person's desks."""
    desks = [office.region for office in desks_of(user)]
    return int(_WAITING.rows(session, desks)[0][0]) if desks else 0


_WAITING = Among(select(func.count(Report.id)), Report.desk_code)


def summary(session: Session, user: User) -> Summary:
    """The figures of the person's desk."""
    moment = now()
    late = Report.due_at < moment
    below = lateness.late_below(session, user, moment)
    query = select(
        func.count(Report.id),
        func.min(Report.arrived_at),
        func.count(case((late, 1))),
        func.count(case((lateness.due_today(moment), 1))),
        select(func.count(Report.id)).where(below).scalar_subquery(),
        _recorded(_WRITTEN.desk_code.in_([one.region for one in desks_of(user)])),
    )
    return Summary(*session.execute(query.where(on_own_desk(user))).one())


def recorded(session: Session, user: User) -> int:
    """How many reports in the person's regions the kelurahan wrote down for an RT."""
    within = [in_scope(_WRITTEN.region_code, scope) for scope in scopes_of(user)]
    return session.scalar(select(_recorded(or_(false(), *within)))) or 0


# The same table by another name, so that it can be counted beside a desk's reports.
_WRITTEN = aliased(Report)


def _recorded(within: ColumnElement[bool]) -> ScalarSelect[int]:
    count = select(func.count(_WRITTEN.id)).where(_WRITTEN.recorded_as.is_not(None), within)
    return count.scalar_subquery()


def city_figures(session: Session, user: User) -> dict[str, int]:
    """How many reports stand where, in the person's regions: by the desk where they lie, and by the
    status of those that have ended. What there is none of may be missing."""
    scopes = tuple(scopes_of(user))
    lying = _lying_by_desk if all(map(_has_every_desk, scopes)) else _counted_by_desk
    return lying(session, scopes) | tallies.ended_in(session, scopes)


def _has_every_desk(scope: str) -> bool:
    """Whether the desks over all that lies in the scope lie in it too."""
    try:
        return level_of(scope) == DESKS[-1]
    except ValueError:  # a province or the whole country
        return True


def _lying_by_desk(session: Session, scopes: tuple[str, ...]) -> dict[str, int]:
    """Where every desk lies in the scopes."""
    return dict.fromkeys(DESKS, 0) | {
        level_of(code): int(count) for code, count in session.execute(_lying_in(scopes))
    }


@lru_cache(500)
def _lying_in(scopes: tuple[str, ...]) -> Select[Any]:
    """One code of each level and how many reports lie on all desks of that level: from the index of
    desks, which has them in order, and then from one row for each desk."""
    within = or_(false(), *(in_scope(Report.desk_code, scope) for scope in scopes))
    desk = select(Report.desk_code.label("code"), func.count().label("count"))
    each = desk.where(is_open(), within).group_by(Report.desk_code).subquery()
    return select(func.min(each.c.code), func.sum(each.c.count)).group_by(parts_of(each.c.code))


def _counted_by_desk(session: Session, scopes: tuple[str, ...]) -> dict[str, int]:
    desks = [func.count(case((Report.desk == desk, 1))) for desk in DESKS]
    here = or_(false(), *(reports_in(scope, indexed=False) for scope in scopes))
    lying = session.execute(select(*desks).where(is_open(), here)).one()
    return dict(zip(DESKS, lying, strict=True))
