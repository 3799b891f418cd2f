"""Whom somebody looks after: lurah and camat the people of the offices below them, Diskominfo all.

Who may make somebody a code (`activations.activator`) is who finds them here; a test holds both to
the same people.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlalchemy.orm import Session

from sipokat.domain import activations, administration, offices
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES, Office
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import in_scope
from sipokat.domain.term_days import not_over_by
from sipokat.models import Term, User


def find(session: Session, user: User, person_id: str) -> tuple[User, By]:
    """The person with this id, and as what `user` looks after them. Raises NeverAllowed for roles
    that look after nobody, and NotFound, in the same words, for nobody and out of one's region."""
    looking_after(user)
    person = session.get(User, person_id)
    if person is None:
        raise NotFound(activations.NOBODY)
    return person, activations.activator(user, person)


def looks_after(user: User, subject: User) -> bool:
    """Whether `user` may open this person's page."""
    try:
        return bool(activations.activator(user, subject))
    except (NeverAllowed, NotFound):
        return False


def hold(session: Session, user: User, person_id: str) -> tuple[User, By]:
    """The same within the transaction that changes something about the person: until it ends nobody
    else changes accounts or offices, and both people are read anew. Who was given a higher office a
    moment ago is out of the maker's reach."""
    person, _ = find(session, user, person_id)
    administration.take_turn(session, user, person)
    return person, activations.activator(user, person)


def looking_after(user: User) -> list[Office]:
    """The offices in which the person looks after others. Raises NeverAllowed where there are
    none."""
    held = [office for office in offices.held(user) if office.role.activates]
    if not held:
        raise NeverAllowed("Halaman ini untuk lurah, camat dan Diskominfo.")
    return held


def everywhere(user: User) -> bool:
    """Whether the person looks after everybody."""
    return any(office.role.key == "diskominfo" for office in looking_after(user))


def looked_after(user: User) -> ColumnElement[bool]:
    """The condition on `User` for those whom the person looks after: all offices that somebody
    holds, today or later, lie below one of the person's own; of a deputy who holds no other, the
    former ones too."""
    if everywhere(user):
        return true()
    return or_(*(_all_below(one) for one in looking_after(user)))


def _all_below(office: Office) -> ColumnElement[bool]:
    elsewhere = ~_below(office)
    only_deputy = ~_holds(Term.kind.not_in(DEPUTIES))
    return and_(_holds(), ~_holds(elsewhere), ~and_(only_deputy, _ever_held(elsewhere)))


def _below(office: Office) -> ColumnElement[bool]:
    return and_(Term.role.in_(office.role.activates), in_scope(Term.region_code, office.region))


def _holds(which: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Whether a person has a term, today or later, for which `which` is true."""
    running = not_over_by(day_of(now()))
    return _ever_held(and_(running, true() if which is None else which))


def _ever_held(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a person has or had a term for which `which` is true."""
    return exists().where(Term.user_id == User.id, which)
