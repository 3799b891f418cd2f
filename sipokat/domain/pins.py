"""PINs: six digits that open an account on a phone that was activated for it, and nowhere else.

A PIN is hashed together with the phone's token, which stays in the phone's cookie: the server keeps
only its hash. So a PIN can be tried neither from elsewhere nor out of a stolen database.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import people, sign_in, tries
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NotSignedIn, WrongContent
from sipokat.domain.sessions import hashed
from sipokat.domain.sign_in import SignedIn
from sipokat.models import KnownDevice, User

NOT_HERE = (
    "PIN tidak berlaku di HP ini. Minta kode aktivasi baru: ketua RT kepada lurah, pejabat kepada "
    "Diskominfo."
)
DIGITS = "0123456789"


def require(pin: str, phone: str) -> None:
    """Raises WrongContent on `pin` for what is no PIN, or one that others would guess first: the
    reason is in the sentence. `phone` is the person's number."""
    reason = _trivial(pin, phone)
    if not re.fullmatch(f"[0-9]{{{RULES.pin_digits}}}", pin):
        reason = f"PIN terdiri dari {RULES.pin_digits} angka."
    if reason:
        raise WrongContent(reason, {"pin": reason})


def _trivial(pin: str, phone: str) -> str:
    if len(set(pin)) == 1:
        return "Jangan angka yang sama semua: mudah ditebak."
    if pin in DIGITS * 2 or pin in DIGITS[::-1] * 2:
        return "Jangan angka berurutan: mudah ditebak."
    if any(pin == pin[:part] * (len(pin) // part) for part in (2, 3)):
        return "Jangan angka yang berulang: mudah ditebak."
    if len(pin) >= 4 and pin in phone:
        return "Jangan bagian dari nomor HP Anda: mudah ditebak."
    return ""


def hash_pin(pin: str, secret: str) -> str:
    """The argon2id hash of the PIN with what only the phone, or the code, knows."""
    return people.hash_secret(f"{pin}:{secret}")


def matches(kept: str | None, pin: str, secret: str) -> bool:
    """Whether this is the PIN. Takes equally long where there is none."""
    return people.secret_matches(kept, f"{pin}:{secret}")


def known_on(session: Session, token: str | None) -> list[User]:
    """Who may sign in by PIN on the phone with this token, last used first."""
    if not token:
        return []
    query = (
        select(User)
        .join(KnownDevice, KnownDevice.user_id == User.id)
        .where(
            KnownDevice.token_hash == hashed(token),
            KnownDevice.pin_hash.is_not(None),
            KnownDevice.pin_failures < RULES.pin_failures,
            User.active,
        )
        .order_by(KnownDevice.last_used_at.desc())
    )
    return list(session.scalars(query).unique())


def enter(
    pin: str,
    user_id: str | None,
    token: str | None,
    address: str,
    device: str,
    now: datetime | None = None,
) -> SignedIn:
    """Open a session on the phone with this token, for the person with this id, else for who used
    it last.

    Raises NotSignedIn: where the phone knows nobody, or not this person, after as long and in the
    same words as for somebody unknown. The last failure that is allowed ends what the phone knows
    of the person; others on the same phone are not touched. Raises TooMany for a network from which
    too many phones try that know nobody, and Busy when too many PINs are being checked.
    """
    at = now or present()
    known = known_on(db.session(), token)
    user = next((one for one in known if user_id in (None, one.id)), None)
    if user is None or token is None:
        limits = [sign_in.limit_of_network(address)]
        tries.require(limits, at)
        with people.turn_to_hash():
            tries.count(limits, at)
            matches(None, pin, "")
        raise NotSignedIn(NOT_HERE)
    with people.turn_to_hash():
        kept, failures = _count(user, token)
        right = matches(kept, pin, token)
    if kept is None or not right:
        security.note("pin_failed", user.id)
        raise _failed(user, token, failures)
    with writing() as session:
        sign_in.require_open(session, user)
        still = _of(user, token).where(KnownDevice.pin_hash == kept)
        if session.execute(still.values(pin_failures=0).returning(KnownDevice.id)).first() is None:
            raise NotSignedIn(NOT_HERE)
        signed_in = sign_in.open_session(session, user, token, device, at)
    security.note("signed_in", user.id)
    return signed_in


def _of(user: User, token: str) -> Update:
    """An update of what the phone with this token knows of the person."""
    return update(KnownDevice).where(
        KnownDevice.user_id == user.id, KnownDevice.token_hash == hashed(token)
    )


def _count(user: User, token: str) -> tuple[str | None, int]:
    """Count a try before it is made, so that tries made at the same moment all count. Returns the
    hash to compare with, None when no try is left, and how many have failed with this one."""
    with writing() as session:
        left = _of(user, token).where(KnownDevice.pin_failures < RULES.pin_failures)
        row = session.execute(
            left.values(pin_failures=KnownDevice.pin_failures + 1).returning(
                KnownDevice.pin_hash, KnownDevice.pin_failures
            )
        ).first()
    return (row.pin_hash, row.pin_failures) if row else (None, RULES.pin_failures)


def _failed(user: User, token: str, failures: int) -> NotSignedIn:
    """The refusal; the last one ends what the phone knows of the person."""
    left = RULES.pin_failures - failures
    if left > 0:
        return NotSignedIn(f"PIN salah. Masih bisa {left} kali lagi.")
    with writing() as session:
        session.execute(_of(user, token).values(pin_hash=None))
    security.note("pin_ended", user.id)
    return NotSignedIn(NOT_HERE)


def end_all(session: Session, user: User, on: int | None = None, but: str | None = None) -> None:
    """End what every phone knows of the person: only the one with the id `on` if that is given, and
    not the one with the token `but`."""
    known = update(KnownDevice).where(KnownDevice.user_id == user.id)
    if on is not None:
        known = known.where(KnownDevice.id == on)
    if but:
        known = known.where(KnownDevice.token_hash != hashed(but))
    session.execute(known.values(pin_hash=None))
