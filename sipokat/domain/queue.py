"""What lies on a desk, what is late below it, and what stands on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.chain import FINAL
from sipokat.domain.clock import day_of, now
from sipokat.domain.regions import in_scope
from sipokat.domain.roles import ROLES, below, desks_below
from sipokat.domain.visibility import on_desk_of, scopes, visible_reports
from sipokat.models import Region, Report, Term, User

PAGE = 20


@dataclass(frozen=True)
class Summary:
    """How many lie on the desk, since when the oldest, and how many are late there and below."""

    waiting: int
    oldest: datetime | None
    late: int
    late_below: int


def _queue(user: User) -> Select[Report]:
    return on_desk_of(user).where(Report.urgent.is_(False))


def desk_queue(
    session: Session, user: User, after: tuple[datetime, int] | None = None
) -> list[Report]:
    """The desk's reports, oldest arrival first; one more than a page when there are more.
    Bencana is not among them: it stands on top, see `urgent`."""
    query = _queue(user)
    if after is not None:
        at, report_id = after
        query = query.where(
            or_(Report.arrived_at > at, and_(Report.arrived_at == at, Report.id > report_id))
        )
    query = query.order_by(Report.arrived_at, Report.id).limit(PAGE + 1)
    return list(session.scalars(query).unique())


def urgent(session: Session, user: User) -> list[Report]:
    """Bencana in the person's regions that is not final: those on their own desk first."""
    desk = ROLES[user.role].desk
    query = (
        visible_reports(user)
        .where(Report.urgent, Report.status.not_in(FINAL))
        .order_by(case((Report.desk == desk, 0), else_=1), Report.received_at)
        .limit(50)
    )
    return list(session.scalars(query).unique())


def summary(session: Session, user: User) -> Summary:
    """The figures of the person's desk."""
    moment = now()
    mine = on_desk_of(user).subquery()
    waiting, oldest = session.execute(
        select(func.count(), func.min(mine.c.arrived_at)).select_from(mine)
    ).one()
    late = session.scalar(select(func.count()).select_from(mine).where(mine.c.due_at < moment))
    return Summary(waiting, oldest, late or 0, _late_below(session, user, moment))


def _late_below(session: Session, user: User, moment: datetime) -> int:
    lower = desks_below(ROLES[user.role].desk)
    places = [in_scope(Report.region_code, scope) for scope in scopes(user)]
    query = select(func.count(Report.id)).where(
        Report.desk.in_(lower), Report.due_at < moment, or_(false(), *places)
    )
    return session.scalar(query) or 0


def vacant_below(session: Session, user: User) -> list[Region]:
    """Offices one level down that nobody holds: their desks are "Tanpa pejabat"."""
    desk = ROLES[user.role].desk
    level = below(desk) if desk else None
    if level is None:
        return []
    role = next(one.key for one in ROLES.values() if one.desk == level)
    today = day_of(now())
    held = exists(
        select(Term.id)
        .join(User, User.id == Term.user_id)
        .where(
            Term.region_code == Region.code,
            User.role == role,
            User.active,
            Term.since <= today,
            or_(Term.until.is_(None), Term.until >= today),
        )
    )
    places = [in_scope(Region.code, scope) for scope in scopes(user)]
    query = select(Region).where(Region.level == level, or_(false(), *places), ~held)
    return list(session.scalars(query.order_by(Region.code)))


def city_figures(session: Session, user: User) -> dict[tuple[str, str | None], int]:
    """How many reports stand where, in the person's regions: (status, desk) to count."""
    seen = visible_reports(user).subquery()
    query = select(seen.c.status, seen.c.desk, func.count()).group_by(seen.c.status, seen.c.desk)
    return {(status, desk): count for status, desk, count in session.execute(query)}
