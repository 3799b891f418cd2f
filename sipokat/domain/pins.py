"""PINs: six digits that open an account on a phone that was activated for it, and nowhere else.

A PIN is hashed together with the phone's token, which stays in the phone's cookie: the server keeps
only its hash. So a PIN can be tried neither from elsewhere nor out of a stolen database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Update, or_, select, update
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import people, sign_in, tries, trivial_pins
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NotSignedIn, WrongContent
from sipokat.domain.sessions import drop_on, hashed
from sipokat.domain.sign_in import SignedIn
from sipokat.models import KnownDevice, User

NOT_HERE = (
    "PIN tidak berlaku di HP ini. Minta kode aktivasi baru: ketua RT kepada lurah, pejabat kepada "
    "Diskominfo."
)


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


def lost_on(session: Session, token: str | None) -> list[User]:
    """Who was on the phone with this token and gets in there by a new code alone: their PIN has
    ended, or they never had one, and the account has no password."""
    if not token:
        return []
    query = (
        select(User)
        .join(KnownDevice, KnownDevice.user_id == User.id)
        .where(
            KnownDevice.token_hash == hashed(token),
            or_(
                KnownDevice.pin_hash.is_(None),
                KnownDevice.pin_failures >= RULES.pin_failures,
            ),
            User.password_hash == people.NO_PASSWORD,
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

    Raises NotSignedIn: for what has not the digits of a PIN, which is nobody's guess; where the
    phone knows nobody, or not this person, after as long and in the same words as for somebody
    unknown. The last failure that is allowed ends what the phone knows of the person; others on the
    same phone are not touched. Raises TooMany for a network from which too many phones try that
    know nobody, and Busy when too many PINs are being checked.
    """
    if not trivial_pins.is_whole(pin):
        raise NotSignedIn(trivial_pins.NOT_WHOLE)
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
        kept, left = _try(user, token, pin)
    if kept is None:
        raise NotSignedIn(_wrong(left))
    with writing() as session:
        if not sign_in.is_open(session, user):
            raise NotSignedIn(NOT_HERE)
        _forget_failures(session, user, token, kept)
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


def _try(user: User, token: str, pin: str) -> tuple[str | None, int]:
    """The hash of the PIN if this is the right one, else None and how many tries are left. The last
    failure ends what the phone knows of the person, and their session on it."""
    kept, failures = _count(user, token)
    if matches(kept, pin, token):
        return kept, RULES.pin_failures
    security.note("pin_failed", user.id)
    left = RULES.pin_failures - failures
    if left <= 0:
        with writing() as session:
            ended = _of(user, token).values(pin_hash=None).returning(KnownDevice.id)
            for phone in session.scalars(ended).all():
                drop_on(session, phone)
        security.note("pin_ended", user.id)
    return None, max(0, left)


def _wrong(left: int) -> str:
    return f"PIN salah. Masih bisa {left} kali lagi." if left else NOT_HERE


def _forget_failures(session: Session, user: User, token: str, kept: str) -> None:
    """The PIN was right, and is still the one whose hash this is."""
    still = _of(user, token).where(KnownDevice.pin_hash == kept)
    if session.execute(still.values(pin_failures=0).returning(KnownDevice.id)).first() is None:
        raise NotSignedIn(NOT_HERE)


def is_set(session: Session, user: User, token: str | None) -> bool:
    """Whether the person has a PIN on the phone with this token."""
    return any(one.id == user.id for one in known_on(session, token))


def prove(user: User, token: str, pin: str) -> Callable[[Session], None]:
    """Make sure, in one's turn to hash, that this is the person's PIN on the phone with this token.
    Returns what takes the failures back in the transaction that follows. Raises WrongContent on
    `proof` as long as tries are left, then NotSignedIn. What has not the digits of a PIN counts as
    no try."""
    if not trivial_pins.is_whole(pin):
        raise WrongContent(trivial_pins.NOT_WHOLE, {"proof": trivial_pins.NOT_WHOLE})
    kept, left = _try(user, token, pin)
    if kept is None:
        if left:
            raise WrongContent(_wrong(left), {"proof": _wrong(left)})
        raise NotSignedIn(NOT_HERE)
    return lambda session: _forget_failures(session, user, token, kept)


def put_on(session: Session, known: KnownDevice, pin_hash: str) -> None:
    """Give the person whose phone this is that PIN on it."""
    new = update(KnownDevice).where(KnownDevice.id == known.id)
    session.execute(new.values(pin_hash=pin_hash, pin_failures=0))


def end_all(session: Session, user: User, on: int | None = None, but: str | None = None) -> None:
    """End what every phone knows of the person: only the one with the id `on` if that is given, and
    not the one with the token `but`."""
    known = update(KnownDevice).where(KnownDevice.user_id == user.id)
    if on is not None:
        known = known.where(KnownDevice.id == on)
    if but:
        known = known.where(KnownDevice.token_hash != hashed(but))
    session.execute(known.values(pin_hash=None))
