"""The phones on which the demo city's people last used SIPOKAT."""

from __future__ import annotations

import secrets

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import pins
from sipokat.models import Event, KnownDevice

DEVICE = "Chrome di Android"  # as a sign-in names it


def settle(session: Session) -> None:
    """Give everybody who has filed or decided a phone of their own, used when they last did so. It
    was activated with a PIN; nobody has its token, so nobody gets in by it."""
    pin_hash = pins.hash_pin(secrets.token_hex(), secrets.token_hex())
    last = select(Event.actor_id, func.max(Event.at)).group_by(Event.actor_id)
    rows = [
        {
            "user_id": person,
            "token_hash": secrets.token_hex(32),
            "last_used_at": at,
            "pin_hash": pin_hash,
            "device": DEVICE,
        }
        for person, at in session.execute(last)
    ]
    session.execute(insert(table(KnownDevice)), rows)
