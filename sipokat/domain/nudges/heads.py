"""What is known of the heads of RT who may be asked, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from sipokat.database import table
from sipokat.domain.offices import HOLDER
from sipokat.domain.participation.facts import REKAP
from sipokat.domain.people_list import BY_PIN, IN_SESSION, ON_PHONE
from sipokat.domain.periods import FALLEN
from sipokat.domain.term_days import running_on
from sipokat.models import Nudge, Region, Report, Term, User

PORTION = 2000  # RT in a statement: databases take no more than some tens of thousands of values


@dataclass(frozen=True)
class Head:
    """Who acts as head of an RT today. `has_phone`: what is sent to them in SIPOKAT can be read,
    since the account is open and signed in or activated somewhere."""

    person: User
    has_phone: bool
    last_contact: datetime | None


@dataclass(frozen=True)
class Asked:
    """The last nudge of an RT; `number` is how many there were."""

    number: int
    month: str
    at: datetime
    way: str
    by_id: str | None
    by_role: str | None
    by_region: str | None
    by_kind: str | None


@dataclass(frozen=True)
class Facts:
    """An RT to be asked. `head` is None where the office is vacant, `last_report` when the last
    report came that stands, `asked` the last nudge."""

    code: str
    head: Head | None
    last_report: datetime | None
    asked: Asked | None


def facts_of(session: Session, codes: Collection[str], today: date) -> dict[str, Facts]:
    """The facts of these RT, by their codes: three statements for each PORTION of them."""
    wanted, found = sorted(codes), dict[str, Facts]()
    for start in range(0, len(wanted), PORTION):
        some = wanted[start : start + PORTION]
        heads, reports = _heads(session, some, today), _last_reports(session, some)
        asked = last_asked(session, some)
        found |= {one: Facts(one, heads.get(one), reports.get(one), asked.get(one)) for one in some}
    return found


def _heads(session: Session, codes: Sequence[str], today: date) -> dict[str, Head]:
    """A deputy acts before the holder, and whose account is closed comes last."""
    order = (User.active.desc(), case((Term.kind == HOLDER, 1), else_=0), Term.since.desc())
    query = (
        select(
            Term.region_code,
            User,
            BY_PIN.label("by_pin"),
            IN_SESSION.label("in_session"),
            ON_PHONE.label("on_phone"),
        )
        .join_from(Term, User, User.id == Term.user_id)
        .where(Term.role == "rt_head", Term.region_code.in_(codes), Term.title.is_(None))
        .where(running_on(today))
        .order_by(Term.region_code, *order)
        .options(joinedload(User.terms))
    )
    found: dict[str, Head] = {}
    for code, person, by_pin, in_session, on_phone in session.execute(query).unique():
        contact = max(filter(None, (in_session, on_phone)), default=None)
        reads = person.active and (bool(by_pin) or in_session is not None)
        found.setdefault(code, Head(person, reads, contact))
    return found


def _last_reports(session: Session, codes: Sequence[str]) -> dict[str, datetime]:
    last: Any = (
        select(Report.received_at)
        .where(Report.region_code == Region.code)
        .where(Report.status.not_in(FALLEN), Report.category != REKAP)
        .order_by(Report.id.desc())
        .limit(1)
        .correlate(Region)
        .scalar_subquery()
    )
    query = select(Region.code, last).where(Region.code.in_(codes))
    return {code: at for code, at in session.execute(query) if at is not None}


def last_asked(session: Session, codes: Sequence[str]) -> dict[str, Asked]:
    """The last nudge of each of these RT that was asked ever."""
    nudge = table(Nudge).c
    last = (
        select(nudge.region_code.label("code"), func.max(nudge.number).label("number"))
        .where(nudge.region_code.in_(codes))
        .group_by(nudge.region_code)
        .subquery()
    )
    columns = (nudge.number, nudge.month, nudge.at, nudge.way, nudge.by_id)
    query = select(nudge.region_code, *columns, nudge.by_role, nudge.by_region, nudge.by_kind).join(
        last, (last.c.code == nudge.region_code) & (last.c.number == nudge.number)
    )
    return {code: Asked(*rest) for code, *rest in session.execute(query)}
