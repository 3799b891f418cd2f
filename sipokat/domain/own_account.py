"""What people change about their own account: PIN, password and number. Each asks for the present
PIN or password first, however fresh the session is."""

from __future__ import annotations

from datetime import datetime

from sipokat import security
from sipokat.database import writing
from sipokat.domain import (
    account_news,
    accounts,
    administration,
    fresh,
    passwords,
    people,
    pins,
    sessions,
    sign_in,
    trivial_pins,
)
from sipokat.domain.clock import now as present
from sipokat.domain.refusals import NotNow
from sipokat.models import User


def change_password(
    user: User, proof: str, new: str, phone: str | None = None, now: datetime | None = None
) -> None:
    """Set `new` as the password. That ends every session of the person, their open code, and their
    PINs, but for that of the phone with the token `phone`, on which they do it.

    Raises WrongContent on `new` for what is no good password, which is nobody's guess and counts as
    no try, and whatever `fresh.proving` raises.
    """
    at = now or present()
    passwords.require_new(new, user.phone, user.name)
    with fresh.proving(user, proof, phone, at) as settle:
        hashed = people.hash_password(new)  # slow, so before `writing()` takes its lock
    with writing() as session:
        settle(session)
        accounts.set_password(session, administration.oneself(user), user, hashed, phone)
    security.note("password_changed", user.id)


def change_pin(
    user: User,
    session_id: int,
    proof: str,
    new: str,
    phone: str | None,
    now: datetime | None = None,
) -> str:
    """Set `new` as the PIN on the phone with the token `phone`, in place of the present one or, for
    who has typed the password, as the first. Returns the token that the session has from now on.

    Raises WrongContent on `pin` for what is no PIN or a trivial one, NotNow where the account does
    not know the phone, and whatever `fresh.proving` raises.
    """
    at = now or present()
    trivial_pins.require(new, user.phone)
    with fresh.proving(user, proof, phone, at) as settle:
        hashed = pins.hash_pin(new, phone or "")
    with writing() as session:
        settle(session)
        known = sign_in.known_device(session, user, phone)
        if known is None:
            raise NotNow("HP ini belum dikenal. Keluar, lalu masuk lagi.")
        first = not pins.is_set(session, user, phone)
        pins.put_on(session, known, hashed)
        token = sessions.rotate(session, session_id)
        by, facts = administration.oneself(user), {"device": known.device or "", "first": first}
        entry = administration.record(session, by, user, "set_pin", became=facts)
        account_news.announce(session, user, entry, known.id)
    security.note("pin_changed", user.id)
    return token


def change_phone(
    user: User, proof: str, number: str, phone: str | None, now: datetime | None = None
) -> None:
    """Give the account another number, with which the person signs in from now on. Raises
    WrongContent on `phone`, and whatever `fresh.proving` raises."""
    at = now or present()
    people.require_phone(number)
    with fresh.proving(user, proof, phone, at) as settle:
        pass
    with writing() as session:
        settle(session)
        here = sign_in.known_device(session, user, phone)
        by = administration.oneself(user)
        accounts.change_phone(session, by, user, number, here.id if here else None)
    security.note("number_changed", user.id)
