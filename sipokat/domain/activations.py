"""Activations: how somebody gets into their account without a password.

Lurah, camat or Diskominfo make a code for a person, who spends it on their phone with the last four
digits of their number and a PIN of their own choice. The code is worth nothing to whoever steals
the database: it is kept as a hash under the application's secret key.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, secret_key, writing
from sipokat.domain import (
    account_news,
    administration,
    codes,
    offices,
    people,
    pins,
    sign_in,
    tries,
    trivial_pins,
)
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.domain.regions import lies_in
from sipokat.domain.sign_in import SignedIn, network_of
from sipokat.domain.term_days import over_by
from sipokat.models import Activation, AdministrativeEntry, User

MISTYPED = "Kode belum benar. Periksa lagi, hurufnya satu per satu."
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi, atau minta kode baru kepada yang memberinya."
ENDED = "Kode ini tidak berlaku lagi. Minta kode baru kepada yang memberinya."
NOT_THE_NUMBER = "Empat angka terakhir nomor HP tidak cocok."
NOBODY = "Orang ini tidak ditemukan di wilayah Anda."
NOT_THE_PIN = "Kode ini sudah dipakai. Ketik PIN yang tadi Anda buat."


def activator(user: User, subject: User) -> By:
    """Who makes an activation for `subject`, and as what: Diskominfo for everybody, a lurah for the
    RT heads of her kelurahan, a camat for lurah and RT heads below.

    Every office that the subject holds, today or later, must lie below the maker's: a code opens
    all of them. Raises NeverAllowed for roles that never do it, NotFound out of one's region.
    """
    held = [office for office in offices.held(user) if office.role.activates]
    if not held or not user.active:
        raise NeverAllowed("Kode aktivasi dibuat oleh lurah, camat atau Diskominfo.")
    today = day_of(present())
    theirs = [term for term in subject.terms if not over_by(term, today)]
    for office in held:
        everybody = office.role.key == "diskominfo"
        below = theirs and all(
            term.role in office.role.activates and lies_in(term.region_code, office.region)
            for term in theirs
        )
        if everybody or below:
            return By(user, office)
    raise NotFound(NOBODY)


@dataclass(frozen=True)
class Made:
    """A new code, until when it is good, and whether one that was good before has ended by it."""

    code: str
    until: datetime
    replaces: bool


def make(
    session: Session, by: By, subject: User, printed: bool = False, now: datetime | None = None
) -> Made:
    """A new code for this person. The last one that was made for them ends with it. Raises NotNow
    for a closed account."""
    at = now or present()
    administration.take_turn(session, subject)
    if not subject.active:
        raise NotNow(f"Akun {subject.name} ditutup. Buka dulu akunnya.")
    replaces = open_until(session, subject, at) is not None
    _end(session, Activation.user_id == subject.id, at)
    code = codes.fresh()
    life = timedelta(days=RULES.printed_days) if printed else timedelta(hours=RULES.hours)
    session.add(
        Activation(
            user_id=subject.id,
            made_by_id=by.user.id if by.user else None,
            code_hash=_keyed(code),
            made_at=at,
            expires_at=at + life,
        )
    )
    until = {"until": (at + life).isoformat(timespec="minutes")}
    administration.record(session, by, subject, "make_activation", became=until, at=at)
    account_news.announce(session, subject)
    return Made(code, at + life, replaces)


def open_until(session: Session, user: User, now: datetime | None = None) -> datetime | None:
    """Until when the open code of this person is good; None when there is none."""
    good = select(Activation.expires_at).where(
        Activation.user_id == user.id,
        Activation.ended_at.is_(None),
        Activation.expires_at > (now or present()),
    )
    return session.scalar(good)


def end_all(session: Session, user: User) -> None:
    """End the open code of this person, if there is one."""
    _end(session, Activation.user_id == user.id, present())


def look(typed: str, address: str, now: datetime | None = None) -> Activation:
    """The activation of this code: whose it is, and whether a PIN was chosen with it (`uses`). It
    is not spent. Raises WrongContent on `code`, and TooMany for whoever tries many that nobody has.
    """
    return _find(typed, address, now or present())[1]


def spend(
    typed: str,
    last4: str,
    pin: str,
    address: str,
    device_token: str | None,
    device: str,
    now: datetime | None = None,
) -> SignedIn:
    """Activate the phone for the person whose code this is, with their PIN, and open a session.

    For RULES.second_hours after that the code with the same PIN activates one more browser; then it
    is spent. Raises WrongContent on `code`, `last4` or `pin`, TooMany and Busy.
    """
    at = now or present()
    code, found = _find(typed, address, at)
    user = found.user
    if not hmac.compare_digest(last4.strip().encode(), user.phone[-4:].encode()):
        raise _wrong_answer(found, at, "last4", NOT_THE_NUMBER)
    trivial_pins.require(pin, user.phone)
    token = sign_in.phone_token(db.session(), device_token)
    seen = found.uses  # `writing()` reads the row anew: another phone may have used it meanwhile
    with people.turn_to_hash():
        if seen and not pins.matches(found.pin_hash, pin, code):
            raise _wrong_answer(found, at, "pin", NOT_THE_PIN)
        pin_hash = pins.hash_pin(pin, token)
        for_second = None if seen else pins.hash_pin(pin, code)
    with writing() as session:
        sign_in.require_open(session, user)
        _use(session, found, seen, for_second, at)
        signed_in = sign_in.open_session(session, user, token, device, at, pin_hash)
        entry = _record_use(session, user, device, at)
        account_news.announce(session, user)
        account_news.mark_read(session, user, signed_in.phone_id, entry.id)
    security.note("activated", user.id)
    return signed_in


def _record_use(session: Session, user: User, device: str, at: datetime) -> AdministrativeEntry:
    """The entry names who made the code, and as what: whoever can make one may have used it too."""
    became: dict[str, Any] = {"device": device}
    made = administration.last_of(session, user, "make_activation")
    if made is not None and made.actor is not None:
        became |= {
            "code_by": made.actor.name,
            "code_role": made.actor_role,
            "code_kind": made.actor_kind,
        }
    by = administration.oneself(user)
    return administration.record(session, by, user, "activate", became=became, at=at)


def _find(typed: str, address: str, at: datetime) -> tuple[str, Activation]:
    """The code as it was made, and its open activation."""
    code = codes.read(typed)
    if code is None:
        raise WrongContent(MISTYPED, {"code": MISTYPED})
    limits = _limits(address, at)
    tries.require(limits, at)
    query = select(Activation).where(Activation.code_hash == _keyed(code))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        tries.count(limits, at)
        _raise_alarm(at)
        raise WrongContent(UNKNOWN, {"code": UNKNOWN})
    over = found.ended_at is not None or found.expires_at <= at or not found.user.active
    if over or not _still_allowed(found):
        raise WrongContent(ENDED, {"code": ENDED})
    return code, found


def _limits(address: str, at: datetime) -> list[tries.Limit]:
    """What a code that nobody has counts against: the network, and all networks together. Who tries
    from many networks must not shut out one that hardly tried any: it waits for nobody."""
    network = f"code:{network_of(address)}"
    fresh = tries.lately(db.session(), network, at) < RULES.unknown_fresh
    return [
        tries.Limit(
            network, RULES.unknown_per_network, timedelta(seconds=RULES.network_pause_seconds)
        ),
        tries.Limit(
            "code",
            None if fresh else RULES.unknown_in_all,
            timedelta(seconds=RULES.all_pause_seconds),
        ),
    ]


def _still_allowed(found: Activation) -> bool:
    """Whether whoever made the code might make it today: a code that was kept opens nothing once
    its person holds an office out of the maker's reach, or the maker holds none any more."""
    try:
        return found.made_by is None or bool(activator(found.made_by, found.user))
    except (NeverAllowed, NotFound):
        return False


def _raise_alarm(at: datetime) -> None:
    """Somebody tries codes: a line in the log for each so many of a quarter of an hour."""
    made = tries.lately(db.session(), "code", at, tries.WINDOW)
    if made % RULES.alarm_every == 0:
        security.note("codes_guessed", None, tries=str(made))


def _wrong_answer(found: Activation, at: datetime, field: str, sentence: str) -> WrongContent:
    """Count it; the last one that is allowed ends the code, so that nobody who has found a code
    guesses on."""
    with writing() as session:
        failures = session.scalars(
            update(Activation)
            .where(Activation.id == found.id)
            .values(failures=Activation.failures + 1)
            .returning(Activation.failures)
        ).one()
        if failures >= RULES.failures:
            _end(session, Activation.id == found.id, at)
            security.note("activation_ended", found.user_id)
            return WrongContent(ENDED, {"code": ENDED})
    return WrongContent(sentence, {field: sentence})


def _use(
    session: Session, found: Activation, seen: int, for_second: str | None, at: datetime
) -> None:
    """Count one more browser than were `seen`, unless another has used the activation meanwhile."""
    last = seen + 1 >= RULES.browsers
    second = at + timedelta(hours=RULES.second_hours)
    used = session.execute(
        update(Activation)
        .where(
            Activation.id == found.id,
            Activation.uses == seen,
            Activation.failures < RULES.failures,
            Activation.ended_at.is_(None),
        )
        .values(
            uses=seen + 1,
            pin_hash=None if last else for_second,
            expires_at=found.expires_at if last else second,
            ended_at=at if last else None,
        )
        .returning(Activation.id)
    ).first()
    if used is None:
        raise WrongContent(ENDED, {"code": ENDED})


def _end(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    session.execute(
        update(Activation)
        .where(which, Activation.ended_at.is_(None))
        .values(ended_at=at, pin_hash=None)
    )


def _keyed(code: str) -> str:
    """The hash that is kept of a code. It has 31 bits: without the key whoever has the database
    would find it in a second."""
    return hmac.new(secret_key(), f"activation:{code}".encode(), hashlib.sha256).hexdigest()
