"""Accounts: made, closed and opened again, given another password, name or number; and counted.

Each verb takes who does it (`domain/administration.py`) and appends an entry in the transaction of
its change. No account is ever deleted: what its person wrote names them.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.domain import (
    account_news,
    activations,
    administration,
    endings,
    last_diskominfo,
    people,
    pins,
    sessions,
    term_checks,
    term_facts,
)
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import User

TAKEN = "Nomor HP ini sudah dipakai akun lain."


def create(
    session: Session,
    by: By,
    phone: str,
    name: str,
    role: str,
    region_code: str,
    password_hash: str,
    since: date | None = None,
    seat: str | None = None,
) -> User:
    """A new account and its first term, under the title `seat` if one is given. Raises WrongContent
    for what is wrong, as a number that another account has, and NotNow where somebody else heads
    the RT on one of the days."""
    user = people.account(phone, name, role, region_code, password_hash, since)
    (term,) = user.terms
    term_checks.require_day(term.since, "since")
    administration.take_turn(session)
    _require_free(session, user.phone)
    term_checks.ensure_region(session, by, role, region_code)
    term.title = term_checks.require_seat(role, seat)
    with session.no_autoflush:
        term_checks.require_there(session, region_code, term.since, term.until)
        term_checks.require_alone(session, user, term)
        endings.give_way(session, by, term)
    session.add(user)
    session.flush()
    made = {"name": user.name, "phone": user.phone, **term_facts.as_facts(term)}
    administration.record(session, by, user, "create", became=made)
    return user


def create_for_deputy(session: Session, by: By, phone: str, name: str, role: str) -> User:
    """A new account for somebody who is named Plh. or Plt. in an office of this role, in the same
    transaction. It has no password: a code opens it. Raises WrongContent for a number or a name
    that is wrong, and for a number that another account has."""
    user = people.account_without_office(phone, name, role, people.NO_PASSWORD)
    administration.take_turn(session)
    _require_free(session, user.phone)
    session.add(user)
    session.flush()
    made = {"name": user.name, "phone": user.phone}
    administration.record(session, by, user, "create", became=made)
    return user


def set_password(
    session: Session, by: By, user: User, password_hash: str, proven: str | None = None
) -> None:
    """Set the password, and shut the person out of every phone, as `end_sessions` does: whoever got
    in before must not get in again. A PIN stays on one phone only: that with the token `proven`, on
    which the present password was typed."""
    user.password_hash = password_hash
    ended = _shut_out(session, user, proven)
    administration.record(session, by, user, "set_password", {"sessions": ended})


def disable(session: Session, by: By, user: User) -> None:
    """Close the account and end every session of it at once. Its terms stay as they are.

    Raises NotNow when it is closed already, and for the last account that acts for Diskominfo,
    today or on a day to come: nobody could open another one.
    """
    administration.take_turn(session, user)
    if not user.active:
        raise NotNow(f"Akun {user.name} sudah ditutup.")
    last_diskominfo.require_diskominfo_without(session, user.terms, day_of(now()))
    user.active = False
    ended = _shut_out(session, user)
    administration.record(
        session, by, user, "disable", {"active": True, "sessions": ended}, {"active": False}
    )


def end_sessions(session: Session, by: By, user: User) -> int:
    """Shut the person out of every phone: sessions, PINs and the code that was made for them end at
    once, as for a phone that was lost. How many sessions there were."""
    administration.take_turn(session, user)
    ended = _shut_out(session, user)
    administration.record(session, by, user, "end_sessions", {"sessions": ended})
    return ended


def _shut_out(session: Session, user: User, proven: str | None = None) -> int:
    ended = sessions.drop_all(session, user)
    pins.end_all(session, user, but=proven)
    activations.end_all(session, user)
    return ended


def enable(session: Session, by: By, user: User) -> None:
    """Open a closed account again; the person signs in with their password, or by a
    new activation. Raises NotNow when it is open."""
    administration.take_turn(session, user)
    if user.active:
        raise NotNow(f"Akun {user.name} tidak ditutup.")
    user.active = True
    administration.record(session, by, user, "enable", {"active": False}, {"active": True})


def change_name(session: Session, by: By, user: User, name: str) -> None:
    """Give the person another name. Raises WrongContent on `name`; the same name is no change."""
    name = people.require_name(name)
    administration.take_turn(session, user)
    was, user.name = user.name, name
    if was != name:
        administration.record(session, by, user, "change_name", {"name": was}, {"name": name})


def change_phone(session: Session, by: By, user: User, phone: str, on: int | None = None) -> None:
    """Give the account another number, with which the person signs in from now on. Their sessions
    go on; an open code ends, which may have been sent to the former number. `on` is the id of their
    own phone, where they do it themselves. Raises WrongContent on `phone` for what is no number or
    another account's; the same number is no change."""
    number = people.require_phone(phone)
    administration.take_turn(session, user)
    if user.phone == number:
        return
    _require_free(session, number)
    was, user.phone = user.phone, number
    activations.end_all(session, user)
    facts = {"phone": was}, {"phone": number}
    entry = administration.record(session, by, user, "change_phone", *facts)
    account_news.announce(session, user, entry, on)


def _require_free(session: Session, number: str) -> None:
    if session.scalar(select(User.id).where(User.phone == number)) is not None:
        raise WrongContent(TAKEN, {"phone": TAKEN})


def count_by_role(session: Session) -> dict[str, int]:
    """How many accounts there are of each role, by its key; a role without one is not in it."""
    counted = session.execute(select(User.role, func.count()).group_by(User.role))
    return dict(counted.all())
