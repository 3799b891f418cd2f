"""The phones on which the demo city's people last used SIPOKAT."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.demo.sources import dice
from sipokat.domain import pins
from sipokat.domain.clock import WIB
from sipokat.models import Event, KnownDevice, Term

DEVICE = "Chrome di Android"  # as a sign-in names it
LOOKED = 0.6  # of the RT heads who never filed anything


def settle(session: Session, today: date) -> None:
    """Give everybody who has filed or decided a phone of their own, used when they last did so, and
    some RT heads who have only looked. Each was activated with a PIN; nobody has its token, so
    nobody gets in by it."""
    pin_hash = pins.hash_pin(secrets.token_hex(), secrets.token_hex())
    last = select(Event.actor_id, func.max(Event.at)).group_by(Event.actor_id)
    used = {person: at for person, at in session.execute(last) if person}
    used |= dict(_looked(session, set(used), today))
    rows = [
        {
            "user_id": person,
            "token_hash": secrets.token_hex(32),
            "last_used_at": at,
            "pin_hash": pin_hash,
            "device": DEVICE,
        }
        for person, at in used.items()
    ]
    session.execute(insert(table(KnownDevice)), rows)


def _looked(session: Session, others: set[str], today: date) -> Iterator[tuple[str, datetime]]:
    """Six of ten other RT heads, each with the moment when they last looked."""
    heads = select(Term.user_id, Term.region_code).where(Term.role == "rt_head")
    for person, code in session.execute(heads.order_by(Term.region_code)):
        chance = dice(f"looked {code}")
        if person not in others and chance.random() < LOOKED:
            day = today - timedelta(days=chance.randint(3, 150))
            yield person, datetime.combine(day, time(chance.randint(6, 20)), WIB)
