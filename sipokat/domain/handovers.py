"""An office goes from one head to the next on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import administration, endings, last_diskominfo, offices, terms, titles
from sipokat.domain.administration import By
from sipokat.domain.refusals import NotNow
from sipokat.domain.term_days import not_over_by
from sipokat.models import Term, User


def hand_over(
    session: Session, by: By, user: User, role: str, region_code: str, since: date
) -> Term:
    """Make the person head of this office from `since` on; whoever holds it until then has it to
    the day before, and reads on what they wrote. Raises as `begin` does, and NotNow for whoever
    holds it already, or where its holder began on that day or later."""
    administration.take_turn(session, user)
    for held in _heads_from(session, role, region_code, since):
        if held.user_id == user.id:
            office = titles.title_of(session, held)
            raise NotNow(f"{user.name} sudah memegang jabatan {office}.")
    vacate(session, by, role, region_code, since)
    return terms.begin(session, by, user, role, region_code, since)


def vacate(session: Session, by: By, role: str, region_code: str, since: date) -> None:
    """End the term of whoever holds this office on the day before `since`. One that begins later
    stays, and is in the way of a new one."""
    administration.take_turn(session)
    for held in _heads_from(session, role, region_code, since):
        if held.since < since:
            last_diskominfo.require_diskominfo_without(session, [held], since)
            endings.cut_short(session, by, held, since - timedelta(days=1))


def _heads_from(session: Session, role: str, region_code: str, day: date) -> Sequence[Term]:
    """The terms of the office's heads that run on `day` or later."""
    offices.require_office(role, region_code)
    there = select(Term).where(
        Term.role == role,
        Term.region_code == region_code,
        Term.kind == offices.HOLDER,
        Term.title.is_(None),
        not_over_by(day),
    )
    return session.scalars(there.order_by(Term.since)).all()
