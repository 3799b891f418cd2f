"""Reports that none of the holders of their desk may decide, since each wrote them, holds the
office from which they came, or decided them lower down: another holder is needed, or a Plh. whom
the desk above names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from sipokat.domain import ended_rt, offices
from sipokat.domain.clock import day_of, now
from sipokat.domain.posts import Post
from sipokat.domain.regions import in_scope
from sipokat.domain.roles import DESK_ROLES, DESKS, ROLES, below, desks_below
from sipokat.domain.term_days import running_on
from sipokat.models import Event, Report, Term, User
from sipokat.prepared import Prepared

WRITES = ("submit", "revise")
DECIDES = ("verify", "return", "reject")


def waiting_for_deputy(session: Session, user: User) -> dict[str, int]:
    """How many reports wait for a deputy at each desk right below the person's, by the desk's
    region; for Diskominfo at every desk. A desk that nobody holds is not among them: it is vacant.

    Few people are looked at: those who hold a desk and have held another one, or have written for
    an RT. Nobody else can have to do with a report twice.
    """
    found: dict[str, int] = {}
    today = day_of(now())
    for desk, scopes in _desks(user).items():
        role = DESK_ROLES[desk]
        rows = _suspects(role, tuple(scopes)).rows(session, {"day": today})
        if suspects := sorted({str(code) for (code,) in rows}):
            count = select(Report.desk_code, func.count()).where(_stuck(desk, role, today))
            query = count.where(Report.desk_code.in_(suspects)).group_by(Report.desk_code)
            found |= {str(code): count for code, count in session.execute(query)}
    return found


def _desks(user: User) -> dict[str, list[str]]:
    """The desks to look at, and in which regions."""
    found: dict[str, list[str]] = {}
    for office in offices.held(user):
        if office.role.key == "diskominfo":
            for desk in DESKS[1:]:
                found.setdefault(desk, []).append(office.region)
        elif office.desk and (desk_below := below(office.desk)) and desk_below != DESKS[0]:
            found.setdefault(desk_below, []).append(office.region)
    return found


@lru_cache(500)
def _suspects(role: str, scopes: tuple[str, ...]) -> Prepared:
    """The regions in these scopes whose desk is held in this role by somebody who has held another
    one, or written for an RT; and those where a report of an RT lies that is there no more, since
    they may have mended it."""
    other, day = aliased(Term), bindparam("day", type_=Date)
    elsewhere = exists().where(
        other.user_id == Term.user_id,
        or_(other.role != Term.role, other.region_code != Term.region_code),
    )
    recorded = exists().where(Report.recorded_as.is_not(None), Report.reporter_id == Term.user_id)
    # As the index of groups spells it: else all that lies on the desk would be read.
    left = exists().where(
        Report.desk_code == Term.region_code,
        Report.desk_code > literal_column("''"),
        Report.region_code.in_(ended_rt.gone(day)),
    )
    return Prepared(
        select(Term.region_code).where(
            Term.role == role,
            or_(false(), *(in_scope(Term.region_code, scope) for scope in scopes)),
            running_on(day),
            or_(elsewhere, recorded, left),
        )
    )


def involved(session: Session, posts: Iterable[Post]) -> dict[str, frozenset[str]]:
    """The ids of those who wrote the reports for which these desks wait, or decided them lower
    down, by the desk's region: naming one of them would help nobody."""
    found: dict[str, frozenset[str]] = {}
    codes: dict[str, list[str]] = {}
    for post in posts:
        codes.setdefault(post.role, []).append(post.region)
    for role, regions in codes.items():
        desk = ROLES[role].desk
        if desk in DESKS[1:]:
            query = select(Report.desk_code, Event.actor_id).join(Event)
            stuck = _stuck(desk, role, day_of(now())), Report.desk_code.in_(regions)
            for code, person in session.execute(query.where(*stuck, _takes_part(desk)).distinct()):
                found[str(code)] = found.get(str(code), frozenset()) | {person}
    return found


def _stuck(desk: str, role: str, today: date) -> ColumnElement[bool]:
    """Whether a report on this desk has holders, and none who may decide it."""
    holds = (
        Term.region_code == Report.desk_code,
        Term.role == role,
        running_on(today),
        Term.user_id == User.id,
        User.active,
    )
    may, any_holder = exists().where(*holds, ~_involved(desk)), exists().where(*holds)
    return and_(Report.desk == desk, Report.desk != Report.author_desk, ~may, any_holder)


def _involved(desk: str) -> ColumnElement[bool]:
    """Whether this holder wrote or revised the report, or decided it at a lower desk, or also holds
    the office from which it came."""
    involved = exists().where(
        Event.report_id == Report.id, Event.actor_id == Term.user_id, _takes_part(desk)
    )
    other = aliased(Term)
    of_author = exists().where(
        other.user_id == Term.user_id,
        other.region_code == Report.region_code,
        running_on(day_of(now()), other),
    )
    # Named, since by itself the report of the outermost query is not seen in here.
    return or_(involved.correlate(Report, Term), of_author.correlate(Report, Term))


def _takes_part(desk: str) -> ColumnElement[bool]:
    """The events after which their actor decides the report no more at this desk."""
    return or_(
        Event.action.in_(WRITES),
        and_(Event.action.in_(DECIDES), Event.from_desk.in_(desks_below(desk))),
    )
