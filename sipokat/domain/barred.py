"""Reports that none of the holders of their desk may decide, since each wrote them or decided them
lower down: another holder is needed, or a Plh. whom the desk above names."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from sipokat.domain import offices
from sipokat.domain.clock import day_of, now
from sipokat.domain.regions import lies_in
from sipokat.domain.roles import DESK_ROLES, DESKS, below, desks_below
from sipokat.domain.term_days import running_on
from sipokat.models import Event, Report, Term, User

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
        suspects = [
            code
            for code in session.scalars(_suspects(role, today))
            if any(lies_in(code, scope) for scope in scopes)
        ]
        if suspects:
            query = _stuck(desk, role, today).where(Report.desk_code.in_(suspects))
            query = query.group_by(Report.desk_code)
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


def _suspects(role: str, today: date) -> Select[str]:
    """The regions whose desk is held in this role by somebody who has held another one, or written
    for an RT."""
    other = aliased(Term)
    elsewhere = exists().where(
        other.user_id == Term.user_id,
        or_(other.role != Term.role, other.region_code != Term.region_code),
    )
    recorded = exists().where(Report.recorded_as.is_not(None), Report.reporter_id == Term.user_id)
    return select(Term.region_code).where(
        Term.role == role, running_on(today), or_(elsewhere, recorded)
    )


def _stuck(desk: str, role: str, today: date) -> Select[str | None, int]:
    """How many reports on this desk have holders, and none who may decide them, by region."""
    holds = (
        Term.region_code == Report.desk_code,
        Term.role == role,
        running_on(today),
        Term.user_id == User.id,
        User.active,
    )
    may, any_holder = exists().where(*holds, ~_involved(desk)), exists().where(*holds)
    return select(Report.desk_code, func.count()).where(
        Report.desk == desk, Report.desk != Report.author_desk, ~may, any_holder
    )


def _involved(desk: str) -> ColumnElement[bool]:
    """Whether this holder wrote or revised the report, or decided it at a lower desk."""
    return exists().where(
        Event.report_id == Report.id,
        Event.actor_id == Term.user_id,
        or_(
            Event.action.in_(WRITES),
            and_(Event.action.in_(DECIDES), Event.from_desk.in_(desks_below(desk))),
        ),
    )
