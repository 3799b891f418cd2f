"""Somebody acts for Diskominfo on every day: without them nobody could mend an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.refusals import NotNow
from sipokat.models import Term, User

LAST_DISKOMINFO = (
    "Ini satu-satunya akun Diskominfo. Angkat orang lain di Diskominfo dulu, supaya akun tetap ada "
    "yang mengurus."
)


def require_diskominfo_without(session: Session, gone: Iterable[Term], since: date) -> None:
    """Raises NotNow when there is a day, from `since` on, on which one of these terms would run,
    and without them nobody with an open account acts for Diskominfo."""
    gone = [term for term in gone if term.role == "diskominfo"]
    of_open = select(Term).join(User, User.id == Term.user_id).where(User.active)
    terms = session.scalars(of_open.where(Term.role == "diskominfo").order_by(Term.since)).all()
    others = [term for term in terms if term not in gone]
    for term in gone:
        day, last = max(term.since, since), term.until or date.max
        if day <= last and not _covered(others, day, last):
            raise NotNow(LAST_DISKOMINFO, code="last_diskominfo")


def _covered(terms: Iterable[Term], day: date, last: date) -> bool:
    """Whether one of these terms, in the order of their first days, runs on each day from `day` to
    `last`."""
    for term in terms:
        if term.since > day:
            return False
        until = term.until or date.max
        if until >= last:
            return True
        day = max(day, until + timedelta(days=1))
    return False
