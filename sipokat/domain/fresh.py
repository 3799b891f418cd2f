"""Asking anew who somebody is: for what changes accounts, a session that was opened long ago is not
enough. It may lie on a table.

The PIN proves it on a phone that has one, else the password; so does a password on a phone with a
PIN, since no password is as short.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.resources import files

from sqlalchemy import update
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import offices, passwords, people, pins
from sipokat.domain.clock import now as present
from sipokat.domain.limits import LIMITS
from sipokat.models import LoginSession, User

_RULES: dict[str, int] = tomllib.loads(
    files("sipokat.data").joinpath("sessions.toml").read_text("utf-8")
)["proof"]
USUAL = timedelta(minutes=_RULES["minutes"])
LURAH_ACTIVATES = timedelta(minutes=_RULES["lurah_activation_minutes"])

# What a right proof takes back in the transaction of the change: the try that was counted.
Settle = Callable[[Session], None]


def usual(_user: User) -> timedelta:
    """How old a proof may be for a change of accounts."""
    return USUAL


def to_activate(user: User) -> timedelta:
    """How old it may be to make an activation: a lurah on her way through the kampung is asked at
    most once an hour, everybody else as usual."""
    makers = {office.role.key for office in offices.held(user) if office.role.activates}
    return LURAH_ACTIVATES if makers == {"lurah"} else USUAL


def is_fresh(proved_at: datetime, within: timedelta, now: datetime | None = None) -> bool:
    """Whether a proof of that moment still counts."""
    return (now or present()) - proved_at <= within


def by_pin(user: User, token: str | None) -> bool:
    """Whether the person proves it by PIN on the phone with this token."""
    return pins.is_set(db.session(), user, token)


@contextmanager
def proving(user: User, typed: str, token: str | None, at: datetime) -> Iterator[Settle]:
    """One's turn to hash, in which `typed` has been found to be the person's PIN on the phone with
    this token, or their password. Gives what must be done in the transaction that follows.

    Raises WrongContent on `proof`, NotSignedIn after the last wrong PIN that is allowed, which ends
    the session, TooMany after a few wrong passwords, and Busy.
    """
    pin = token if len(typed) < LIMITS.password_min and by_pin(user, token) else None
    if pin is None:
        passwords.require_turn(user, at)
    with people.turn_to_hash():
        yield pins.prove(user, pin, typed) if pin else passwords.prove(user, typed, at)


def prove(
    user: User, session_id: int, typed: str, token: str | None, now: datetime | None = None
) -> datetime:
    """Note on the session that the person has just proved who they are; when. Raises what `proving`
    raises."""
    at = now or present()
    with proving(user, typed, token, at) as settle:
        pass
    with writing() as session:
        settle(session)
        mine = update(LoginSession).where(LoginSession.id == session_id)
        session.execute(mine.values(proved_at=at))
    return at
