"""Sessions: whose a token is, where somebody is signed in, and the end of both.

`domain/sign_in.py` opens them.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, update
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from sipokat.database import (
    as_loaded,
    db,
    lock_rows,
    table,
    write_if_possible,
    writing,
)
from sipokat.domain.clock import now as present
from sipokat.domain.notices import inbox
from sipokat.domain.offices import lasting
from sipokat.models import KnownDevice, LoginSession, Term, User
from sipokat.prepared import Prepared


def hashed(token: str) -> str:
    """SHA-256 of a random token, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class OpenSession:
    """A live session: its id, when it was opened and last used, when the person last proved on it
    who they are, on which of their phones it is (None for one that a version before opened),
    whether there is news for it, where the person's unread notices lead, and whose it is."""

    id: int
    created_at: datetime
    last_used_at: datetime
    proved_at: datetime
    device_id: int | None
    has_news: bool
    told_at: list[str]
    user: User

    def lasts(self, at: datetime) -> timedelta:
        """How long it lasts from `at` on if it is not used again: nothing or less when it is over.
        Its end after so many days since signing in comes whatever the use."""
        life = lasting(self.user)
        return min(self.last_used_at + life.idle, self.created_at + life.at_most) - at


def find_session(token: str | None, now: datetime | None = None) -> OpenSession | None:
    """The live session with this token. Its last use is written at most once in a hundredth of its
    life, so that reading a page seldom writes, and not at all while nothing can be written."""
    if not token:
        return None
    at = now or present()
    found = _look_up(token)
    if found is None or not found.user.active:
        return None
    if found.lasts(at) < timedelta(0):
        return None
    if at - found.last_used_at > lasting(found.user).idle / 100:
        used = update(LoginSession).where(LoginSession.id == found.id).values(last_used_at=at)
        if write_if_possible("last use", lambda session: session.execute(used)):
            return replace(found, last_used_at=at)
        found = _look_up(token)
    return found


def on_phone(found: OpenSession, token: str | None) -> OpenSession:
    """The session with the phone that it is on. One that a version before opened does not say so,
    and nothing about the account would be told there; the phone's own token does."""
    if not token:
        return found
    known = _PHONE.rows(db.session(), {"user": found.user.id, "token": hashed(token)})
    if not known:
        return found
    (phone,) = known[0]
    this = update(LoginSession).where(LoginSession.id == found.id).values(device_id=phone)
    write_if_possible("phone of a session", lambda session: session.execute(this))
    return replace(found, device_id=phone)


_DEVICE = table(KnownDevice).c
_PHONE = Prepared(
    select(_DEVICE.id).where(
        _DEVICE.user_id == bindparam("user"), _DEVICE.token_hash == bindparam("token")
    )
)


def _look_up(token: str) -> OpenSession | None:
    session, given = db.session(), {"token": hashed(token)}
    if session.identity_map:  # it may know the person already: rare, since a request begins here
        row = session.execute(_OBJECTS, given).unique().first()
        return None if row is None else _opened(row)
    found = _PLAIN.rows(session, given)
    if not found:
        return None
    (number, created_at, used_at, proved_at, phone, has_news, told, *of_user) = found[0][
        :_TERMS_FROM
    ]
    user = as_loaded(session, User, dict(zip(_OF_USER, of_user, strict=True)))
    terms = [dict(zip(_OF_TERM, row[_TERMS_FROM:], strict=True)) for row in found]
    held = [as_loaded(session, Term, one) for one in terms if one["id"] is not None]
    set_committed_value(user, "terms", held)
    proved_at = proved_at or created_at
    unread = inbox.told_at(user, told)
    return OpenSession(number, created_at, used_at, proved_at, phone, bool(has_news), unread, user)


def _opened(row: Any) -> OpenSession:
    return OpenSession(
        row.id,
        row.created_at,
        row.last_used_at,
        row.proved_at or row.created_at,
        row.device_id,
        row.has_news,
        inbox.told_at(row.User, row.told),
        row.User,
    )


# The person and their terms in the same statement: every request starts with this one, as plain
# rows, or as objects where the session has loaded some before.
_SESSION, _USER, _TERM = table(LoginSession), table(User), table(Term)
_OF_SESSION = ("id", "created_at", "last_used_at", "proved_at", "device_id", "has_news")
_OF_USER, _OF_TERM = tuple(_USER.c.keys()), tuple(_TERM.c.keys())
_TOLD = inbox.waiting(_USER.c.id).label("told")
_TERMS_FROM = len(_OF_SESSION) + 1 + len(_OF_USER)


def _by_token(*what: Any) -> Select[Any]:
    theirs = _SESSION.join(_USER, _USER.c.id == _SESSION.c.user_id)
    with_terms = theirs.outerjoin(_TERM, _TERM.c.user_id == _USER.c.id)
    found = select(*what).select_from(with_terms)
    mine = found.where(_SESSION.c.token_hash == bindparam("token"))
    return mine.order_by(_TERM.c.since, _TERM.c.id)


_PLAIN = Prepared(_by_token(*_SESSION.c[_OF_SESSION], _TOLD, *_USER.c, *_TERM.c))
_OBJECTS = _by_token(*_SESSION.c[_OF_SESSION], _TOLD, User).options(contains_eager(User.terms))


def sign_out(token: str | None) -> None:
    """End the session with this token, if there is one."""
    if token:
        with writing() as session:
            end_those(session, LoginSession.token_hash == hashed(token))


def sessions_of(session: Session, user: User, now: datetime | None = None) -> list[LoginSession]:
    """Where the person is signed in, last used first."""
    at, life = now or present(), lasting(user)
    query = (
        select(LoginSession)
        .where(
            LoginSession.user_id == user.id,
            LoginSession.last_used_at > at - life.idle,
            LoginSession.created_at > at - life.at_most,
        )
        .order_by(LoginSession.last_used_at.desc())
    )
    return list(session.scalars(query).unique())


def drop_on(session: Session, phone: int) -> None:
    """Delete every session on the phone that an account knows by this id."""
    end_those(session, LoginSession.device_id == phone)


def rotate(session: Session, session_id: int) -> str:
    """Give the session another token, so that whoever may have the present one has nothing. Its end
    stays what it was."""
    token = secrets.token_urlsafe(32)
    mine = update(LoginSession).where(LoginSession.id == session_id)
    session.execute(mine.values(token_hash=hashed(token)))
    return token


def drop_all(session: Session, user: User) -> int:
    """Delete every session of the person, for a verb that writes an entry of its own. A sign-in
    that is under way ends first, or finds what was changed about the account."""
    session.flush()
    lock_rows(session, select(User.id).where(User.id == user.id))
    return end_those(session, LoginSession.user_id == user.id)


def end_those(session: Session, *which: ColumnElement[bool]) -> int:
    """Delete these sessions; how many there were. Their phones keep when they were last used, by
    which it is told later who has been silent."""
    there = select(func.max(LoginSession.last_used_at)).where(
        LoginSession.device_id == KnownDevice.id, *which
    )
    used = there.correlate(KnownDevice).scalar_subquery()
    phones = select(LoginSession.device_id).where(LoginSession.device_id.is_not(None), *which)
    kept = update(KnownDevice).where(KnownDevice.id.in_(phones), KnownDevice.last_used_at < used)
    session.execute(
        kept.values(last_used_at=used), execution_options={"synchronize_session": False}
    )
    gone = delete(LoginSession).where(*which).returning(LoginSession.id)
    return len(session.scalars(gone).all())
