"""What lies on a desk, what is late below it, and what stands on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.chain import FINAL
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import held
from sipokat.domain.regions import in_scope
from sipokat.domain.roles import DESK_ROLES, below
from sipokat.domain.visibility import on_desk_below, on_own_desk, visible_reports
from sipokat.models import Region, Report, Term, User

PAGE = 20


@dataclass(frozen=True)
class Summary:
    """How many lie on the desk, since when the oldest, and how many are late there and below."""

    waiting: int
    oldest: datetime | None
    late: int
    late_below: int


def desk_queue(
    session: Session, user: User, after: tuple[datetime, int] | None = None
) -> list[Report]:
    """The desk's reports, oldest arrival first; one more than a page when there are more.
    Bencana is not among them: it stands on top, see `urgent`."""
    query = select(Report).where(on_own_desk(user), Report.urgent.is_(False))
    if after is not None:
        at, report_id = after
        query = query.where(
            or_(Report.arrived_at > at, and_(Report.arrived_at == at, Report.id > report_id))
        )
    query = query.order_by(Report.arrived_at, Report.id).limit(PAGE + 1)
    return list(session.scalars(query).unique())


def urgent(session: Session, user: User) -> list[Report]:
    """Bencana in the person's regions that is not final: those on their own desk first."""
    query = (
        visible_reports(user)
        .where(Report.urgent, Report.status.not_in(FINAL))
        .order_by(case((on_own_desk(user), 0), else_=1), Report.received_at)
        .limit(50)
    )
    return list(session.scalars(query).unique())


def summary(session: Session, user: User) -> Summary:
    """The figures of the person's desk."""
    moment = now()
    waiting, oldest = session.execute(
        select(func.count(Report.id), func.min(Report.arrived_at)).where(on_own_desk(user))
    ).one()
    late = select(func.count(Report.id)).where(Report.due_at < moment)
    here = session.scalar(late.where(on_own_desk(user)))
    below_it = session.scalar(late.where(on_desk_below(user)))
    return Summary(waiting, oldest, here or 0, below_it or 0)


def vacant_below(session: Session, user: User) -> list[Region]:
    """Offices one level below the person's desks that nobody holds."""
    vacant = []
    for office in held(user):
        level = below(office.desk) if office.desk else None
        if level is not None:
            vacant.append(
                and_(
                    Region.level == level,
                    in_scope(Region.code, office.region),
                    ~_held_today(DESK_ROLES[level]),
                )
            )
    query = select(Region).where(or_(false(), *vacant))
    return list(session.scalars(query.order_by(Region.code)))


def _held_today(role: str) -> ColumnElement[bool]:
    """Whether somebody with an open account holds the region in this role today."""
    today = day_of(now())
    return exists(
        select(Term.id)
        .join(User, User.id == Term.user_id)
        .where(
            Term.region_code == Region.code,
            Term.role == role,
            User.active,
            Term.since <= today,
            or_(Term.until.is_(None), Term.until >= today),
        )
    )


def city_figures(session: Session, user: User) -> dict[tuple[str, str | None], int]:
    """How many reports stand where, in the person's regions: (status, desk) to count."""
    seen = visible_reports(user).subquery()
    query = select(seen.c.status, seen.c.desk, func.count()).group_by(seen.c.status, seen.c.desk)
    return {(status, desk): count for status, desk, count in session.execute(query)}
