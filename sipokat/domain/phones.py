"""Phones that open an account: where somebody is signed in, or gets in by a PIN. Any of them is put
out, as when it was lost, by its person or by whoever looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, writing
from sipokat.domain import activations, administration, pins, sessions
from sipokat.domain.administration import By
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NotFound
from sipokat.domain.sessions import sessions_of
from sipokat.models import KnownDevice, LoginSession, User

NAMELESS = "HP"


@dataclass(frozen=True)
class Phone:
    """A phone or browser that the account knows. `id` is None for a session that a version before
    opened, which does not say which phone it is on; `session_id` is that of the session last used
    there, None where nobody is signed in; `by_pin` says whether a PIN opens it."""

    id: int | None
    session_id: int | None
    device: str
    last_used_at: datetime
    by_pin: bool

    @property
    def opens(self) -> bool:
        """Whether it can still get in, by a session or a PIN."""
        return self.by_pin or self.session_id is not None


def phones_of(session: Session, user: User, now: datetime | None = None) -> Sequence[Phone]:
    """The phones that have been in this account, last used first."""
    inside = sessions_of(session, user, now)
    known = select(KnownDevice).where(KnownDevice.user_id == user.id)
    phones = [_phone(one, inside) for one in session.scalars(known)]
    phones += [
        Phone(None, one.id, one.device, one.last_used_at, False)
        for one in inside
        if one.device_id is None
    ]
    return sorted(phones, key=lambda one: one.last_used_at, reverse=True)


def _phone(known: KnownDevice, inside: Sequence[LoginSession]) -> Phone:
    there = next((one for one in inside if one.device_id == known.id), None)
    name = (there.device if there else known.device) or NAMELESS
    used = max(known.last_used_at, there.last_used_at) if there else known.last_used_at
    by_pin = known.pin_hash is not None and known.pin_failures < RULES.pin_failures
    return Phone(known.id, there.id if there else None, name, used, by_pin)


def lose(session: Session, by: By, user: User, phone_id: int) -> str:
    """Shut the person out of this phone: whoever holds it gets in no more. Its PIN ends with every
    session of the person there, and so does the open code, which may stand in a message on it. What
    the phone is called. Others on the same phone are not touched. Raises NotFound for a phone that
    the account does not know."""
    administration.take_turn(session, user)
    _await_pin(session, user)
    phone = next((one for one in phones_of(session, user) if one.id == phone_id), None)
    if phone is None:
        raise NotFound("HP ini tidak ada di akun itu.")
    there = LoginSession.device_id == phone_id
    sessions.end_those(session, LoginSession.user_id == user.id, there)
    pins.end_all(session, user, on=phone_id)
    activations.end_all(session, user)
    administration.record(session, by, user, "lose_phone", {"device": phone.device})
    return phone.device


def put_out(user: User, session_id: int) -> None:
    """Sign the person out on the phone that has this session of theirs, as `lose` does; another's
    is left alone. Of a session that does not say which phone it is on all PINs end."""
    with writing() as session:
        _await_pin(session, user)
        mine = (LoginSession.id == session_id, LoginSession.user_id == user.id)
        found = session.scalars(select(LoginSession).where(*mine)).unique().first()
        if found is None:
            return
        phone, device = found.device_id, found.device
        there = or_(LoginSession.id == session_id, LoginSession.device_id == phone)
        sessions.end_those(session, LoginSession.user_id == user.id, there)
        pins.end_all(session, user, on=phone)
        activations.end_all(session, user)
        by = administration.oneself(user)
        administration.record(session, by, user, "end_session", {"device": device})


def _await_pin(session: Session, user: User) -> None:
    """A PIN that is being checked on the phone ends first, or finds that it is none any more."""
    lock_rows(session, select(User.id).where(User.id == user.id))
