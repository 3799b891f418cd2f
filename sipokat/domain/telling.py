"""Whom a desk tells of its return or rejection, by a message of its own: who holds the office that
now has the report, and its author. Numbers are for those who look after the person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload

from sipokat.domain import activations, recording
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import HOLDER
from sipokat.domain.refusals import Refused
from sipokat.domain.regions import at_desk
from sipokat.domain.roles import DESK_ROLES
from sipokat.domain.term_days import running_on
from sipokat.domain.titles import title
from sipokat.domain.who_helps import who_helps
from sipokat.models import Event, Report, Term, User

TOLD = ("return", "reject")


@dataclass(frozen=True)
class Addressee:
    """One to be told, at this desk. `office` is theirs, in words; `person` who holds it today, None
    where it is vacant, and for what the kelurahan has written down for an RT, who did. `may_call`
    says whether the desk's person may see the number; `through` who else may. `wrote` is true of
    the author's office."""

    desk: str
    office: str
    person: User | None
    may_call: bool
    through: str
    wrote: bool


def decision(moves: list[Event], user: User, desks: frozenset[str]) -> Event | None:
    """The return or rejection that the report was given last, for somebody who sits at the desk
    that gave it, over this report: `desks`. None for everybody else."""
    last = moves[-1]
    ours = last.action in TOLD and last.from_desk in desks
    return last if ours and user.active else None


def addressees(session: Session, user: User, report: Report, decided: Event) -> list[Addressee]:
    """Whom this person tells of it: the desk between to which it was returned, then its author."""
    desks = [report.author_desk]
    if decided.action == "return" and decided.to_desk not in (None, report.author_desk):
        desks.insert(0, decided.to_desk or "")
    return [_at(session, user, report, desk) for desk in desks]


def _at(session: Session, user: User, report: Report, desk: str) -> Addressee:
    role, region = DESK_ROLES[desk], at_desk(report.region_code, desk)
    wrote = desk == report.author_desk
    if wrote and report.recorded_as and recording.is_recorder(report.reporter, report):
        person: User | None = report.reporter  # who mends it, as the RT has no phone
    else:
        person = head_of(session, role, region)
    may = person is not None and may_call(user, person)
    through = "" if may or person is None else who_helps(session, person)
    office = title(session, role, region)
    return Addressee(desk, office, person, may, through, wrote)


def head_of(session: Session, role: str, region: str) -> User | None:
    """Who acts as head of this office today: a deputy before the holder, nobody else of the
    desk."""
    deputies_first = case((Term.kind == HOLDER, 1), else_=0)
    query = (
        select(User)
        .join(Term, Term.user_id == User.id)
        .where(Term.role == role, Term.region_code == region, Term.title.is_(None))
        .where(running_on(day_of(now())), User.active)
        .order_by(deputies_first, Term.since.desc())
        .options(joinedload(User.terms))
    )
    return session.scalars(query).unique().first()


def may_call(user: User, person: User) -> bool:
    """Whether this person may see that one's number: who may make them a code may."""
    try:
        activations.activator(user, person)
    except Refused:
        return False
    return True
