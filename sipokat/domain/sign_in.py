"""Signing in: tries, and the phones that an account knows. `domain/sessions.py` has the rest of a
session's life."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, lock_rows, writing
from sipokat.domain import account_news, administration, people, tries
from sipokat.domain.clock import now as present
from sipokat.domain.notices import phone_news
from sipokat.domain.people import find_by_phone, password_matches, require_phone
from sipokat.domain.refusals import NotSignedIn
from sipokat.domain.sessions import hashed
from sipokat.models import KnownDevice, LoginSession, SignInFailure, User

# Failures in a quarter of an hour: of a phone that has signed in to the account before, of a number
# from one network, of a number from everywhere, of a network with whatever numbers; and sign-ins
# that succeed. What others can use up is never used up for good: see `tries.Limit`.
PER_DEVICE = 5
PER_PAIR, PAIR_PAUSE = 5, timedelta(minutes=2)
PER_NUMBER, NUMBER_PAUSE = 20, timedelta(minutes=2)
PER_NETWORK, NETWORK_PAUSE = 100, timedelta(seconds=5)
PER_ACCOUNT, ACCOUNT_PAUSE = 30, timedelta(minutes=1)
# A network that failed less often than this at a number in 24 hours may try it whatever the tries
# from everywhere: many networks together must not shut out the one where its owner is.
FRESH = 3
DEVICE_LIFE = timedelta(days=730)
WRONG = "Nomor HP atau kata sandi salah. Periksa, lalu coba lagi."


@dataclass(frozen=True)
class SignedIn:
    """Tokens for the cookies; only their hashes are kept here. `phone_id` is how the account knows
    the phone; `new_phone` says that it has not before."""

    user: User
    token: str
    device_token: str
    phone_id: int
    new_phone: bool


def sign_in(
    phone: str,
    password: str,
    address: str,
    device_token: str | None,
    device: str,
    now: datetime | None = None,
) -> SignedIn:
    """Open a session. Raises WrongContent for what cannot be a phone number, NotSignedIn, the same
    for an unknown number and a wrong password, and TooMany with the time left.

    Failures are counted as `_limits` says. A phone that has signed in to the account before has its
    own allowance, so that nobody can lock another out; a phone that several share is known to each
    of them by the same token. Raises Busy when too many passwords are being checked.
    """
    at = now or present()
    phone = require_phone(phone)
    user = find_by_phone(db.session(), phone)
    if user is not None and not user.active:
        user = None
    account = user.id if user else None
    succeeded = tries.Limit(f"account:{account}", PER_ACCOUNT, ACCOUNT_PAUSE)
    if user:
        tries.require([succeeded], at, account)
    limits = _limits(phone, address, known_device(db.session(), user, device_token), at)
    tries.require(limits, at, account)
    with people.turn_to_hash():
        counted = tries.count(limits, at, account)
        matches = password_matches(user, password)
    if user is None or not matches:
        security.note("sign_in_failed", account)
        raise NotSignedIn(WRONG)
    with writing() as session:
        _require_unchanged(session, user)
        tries.forget(session, counted)
        session.add(SignInFailure(key=succeeded.key, at=at))
        phone_has = phone_token(session, device_token)
        signed_in = open_session(session, user, phone_has, device, at)
        if signed_in.new_phone:
            by, facts = administration.oneself(user), {"device": device[:80]}
            entry = administration.record(session, by, user, "new_phone", became=facts, at=at)
            account_news.announce(session, user, entry, signed_in.phone_id)
            phone_news.tell(session, entry)
    security.note("signed_in", user.id)
    return signed_in


def open_session(
    session: Session,
    user: User,
    device_token: str,
    device: str,
    at: datetime,
    pin_hash: str | None = None,
) -> SignedIn:
    """A session of the person on the phone with this token, which the account knows from now on,
    with the PIN whose hash is given."""
    token = secrets.token_urlsafe(32)
    phone, new = _remember_device(session, user.id, device_token, device[:80], at, pin_hash)
    session.add(
        LoginSession(
            user_id=user.id,
            device_id=phone,
            token_hash=hashed(token),
            device=device[:80],
            created_at=at,
            last_used_at=at,
            has_news=bool(account_news.unread(session, user, phone, most=1)),
        )
    )
    return SignedIn(user, token, device_token, phone, new)


def is_open(session: Session, user: User) -> bool:
    """Whether the account was not closed meanwhile. The row stays locked, so that closing it comes
    after what is stored now, and ends it too."""
    row = select(User.active).where(User.id == user.id)
    lock_rows(session, row)
    return bool(session.scalar(row))


def _require_unchanged(session: Session, user: User) -> None:
    """Raises NotSignedIn if the password was changed or the account closed while the password was
    being checked. The row stays locked, so that such a change comes after this session is stored
    and ends it too."""
    row = select(User.password_hash, User.active).where(User.id == user.id)
    lock_rows(session, row)
    if session.execute(row).one() != (user.password_hash, True):
        raise NotSignedIn(WRONG)


def _limits(phone: str, address: str, known: KnownDevice | None, at: datetime) -> list[tries.Limit]:
    """What a try counts against. From a phone that the account does not know: the number from this
    network, the number, and the network."""
    if known is not None:
        return [tries.Limit(f"device:{known.id}", PER_DEVICE)]
    network = network_of(address)
    pair = f"phone:{phone}@{network}"
    fresh = tries.lately(db.session(), pair, at) < FRESH
    return [
        tries.Limit(pair, PER_PAIR, PAIR_PAUSE),
        tries.Limit(f"phone:{phone}", None if fresh else PER_NUMBER, NUMBER_PAUSE),
        limit_of_network(address),
    ]


def limit_of_network(address: str) -> tries.Limit:
    """What all failures from this address's network count against, whoever is tried."""
    return tries.Limit(f"address:{network_of(address)}", PER_NETWORK, NETWORK_PAUSE)


def network_of(address: str) -> str:
    """The address; of IPv6 the /64, which one household or phone has to itself (RFC 6177)."""
    return _part_of(address, of_4=32, of_6=64)


def area_of(address: str) -> str:
    """The network around it, of which nobody has more without being seen: a /24, the least that
    routers know; of IPv6 the /32, the least that a provider is given."""
    return _part_of(address, of_4=24, of_6=32)


def _part_of(address: str, of_4: int, of_6: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((parsed, of_6), strict=False))
        parsed = parsed.ipv4_mapped
    if of_4 == 32:
        return str(parsed)
    return str(ipaddress.IPv4Network((parsed, of_4), strict=False))


def known_device(session: Session, user: User | None, token: str | None) -> KnownDevice | None:
    """The phone with this token, as the account knows it."""
    if user is None or not token:
        return None
    query = select(KnownDevice).where(
        KnownDevice.user_id == user.id, KnownDevice.token_hash == hashed(token)
    )
    return session.scalars(query).first()


def phone_token(session: Session, token: str | None) -> str:
    """The phone's token if somebody has signed in on it before, else a new one."""
    known = select(KnownDevice.id).where(KnownDevice.token_hash == hashed(token or "")).limit(1)
    if token and session.scalar(known) is not None:
        return token
    return secrets.token_urlsafe(32)


def _remember_device(
    session: Session, user_id: str, token: str, device: str, at: datetime, pin_hash: str | None
) -> tuple[int, bool]:
    """How the account knows the phone from now on, and whether it has not before."""
    now_known: dict[str, Any] = {"last_used_at": at, "device": device}
    if pin_hash is not None:
        now_known |= {"pin_hash": pin_hash, "pin_failures": 0}
    known: int | None = session.scalar(
        update(KnownDevice)
        .where(KnownDevice.user_id == user_id, KnownDevice.token_hash == hashed(token))
        .values(**now_known)
        .returning(KnownDevice.id)
    )
    if known is not None:
        return known, False
    now_known["read_entry_id"] = account_news.newest(session, user_id)
    new = KnownDevice(user_id=user_id, token_hash=hashed(token), **now_known)
    session.add(new)
    session.flush()
    return new.id, True
