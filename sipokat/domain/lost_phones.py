"""A phone that was lost: whoever looks after its person ends what opens the account on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sipokat.domain import activations, administration, pins
from sipokat.domain.administration import By
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NotFound
from sipokat.models import KnownDevice, LoginSession, User

NAMELESS = "HP"


@dataclass(frozen=True)
class Phone:
    """A phone that the account knows. `opens` says whether it can still get in by a session or a
    PIN; `device` is what its last session said of it, as far as that is known."""

    id: int
    device: str
    last_used_at: datetime
    opens: bool
    by_pin: bool


def phones_of(session: Session, person: User) -> Sequence[Phone]:
    """The phones that have been in this account, last used first."""
    query = (
        select(
            KnownDevice.id,
            KnownDevice.last_used_at,
            func.max(LoginSession.device).label("device"),
            func.max(LoginSession.last_used_at).label("session_used_at"),
            func.max(KnownDevice.pin_hash).is_not(None).label("pin"),
            func.max(KnownDevice.pin_failures).label("failures"),
        )
        .outerjoin(LoginSession, LoginSession.device_id == KnownDevice.id)
        .where(KnownDevice.user_id == person.id)
        .group_by(KnownDevice.id, KnownDevice.last_used_at)
    )
    found = []
    for row in session.execute(query):
        by_pin = row.pin and row.failures < RULES.pin_failures
        used = max(filter(None, (row.last_used_at, row.session_used_at)))
        opens = bool(by_pin or row.session_used_at)
        found.append(Phone(row.id, row.device or NAMELESS, used, opens, bool(by_pin)))
    return sorted(found, key=lambda phone: phone.last_used_at, reverse=True)


def lose(session: Session, by: By, person: User, phone_id: int) -> str:
    """End every session and the PIN of the person on this phone, and the open code, which may stand
    in a message on it. What the phone is called. Others on the same phone are not touched. Raises
    NotFound for a phone that the account does not know."""
    administration.take_turn(session, person)
    phone = next((one for one in phones_of(session, person) if one.id == phone_id), None)
    if phone is None:
        raise NotFound("HP ini tidak ada di akun itu.")
    there = LoginSession.device_id == phone_id
    session.execute(delete(LoginSession).where(LoginSession.user_id == person.id, there))
    pins.end_all(session, person, on=phone_id)
    activations.end_all(session, person)
    administration.record(session, by, person, "lose_phone", {"device": phone.device})
    return phone.device
