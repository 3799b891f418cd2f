"""A code is spent: the phone is activated for the person whose code it is, with their PIN."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import (
    account_news,
    administration,
    code_tries,
    people,
    pins,
    sign_in,
    trivial_pins,
)
from sipokat.domain.activations import end
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.notices import phone_news
from sipokat.domain.refusals import WrongContent
from sipokat.domain.sign_in import SignedIn
from sipokat.domain.typed_codes import FAILED, OVER, find, require_good
from sipokat.models import Activation, AdministrativeEntry, User

NOT_THE_NUMBER = "Empat angka terakhir nomor HP tidak cocok."
NOT_THE_PIN = "Kode ini sudah dipakai. Ketik PIN yang tadi Anda buat."
OVERTAKEN = (
    "Kode ini baru saja dipakai di HP atau halaman lain, dengan PIN lain. Ketik PIN yang dibuat di "
    "sana. Kalau itu bukan Anda, minta kode baru kepada yang memberinya."
)


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
    code, found = find(typed, address, at)
    user = found.user
    if not hmac.compare_digest(last4.strip().encode(), user.phone[-4:].encode()):
        raise _wrong_answer(found, at, "last4", NOT_THE_NUMBER)
    trivial_pins.require(pin, user.phone)
    token = sign_in.phone_token(db.session(), device_token)
    overtaken = False
    while True:  # once more after another phone has used the code: at most as often as it can
        seen = found.uses  # `writing()` reads the row anew
        with people.turn_to_hash():
            if seen and not pins.matches(found.pin_hash, pin, code):
                if overtaken:
                    raise WrongContent(OVERTAKEN, {"pin": OVERTAKEN})
                raise _wrong_answer(found, at, "pin", NOT_THE_PIN)
            pin_hash = pins.hash_pin(pin, token)
            for_second = None if seen else pins.hash_pin(pin, code)
        with writing() as session:
            if not sign_in.is_open(session, user):
                raise WrongContent(OVER, {"code": OVER})
            if _use(session, found, seen, for_second, at):
                signed_in = sign_in.open_session(session, user, token, device, at, pin_hash)
                entry = _record_use(session, user, device, at)
                code_tries.activated(session, address, at)
                account_news.announce(session, user, entry, signed_in.phone_id)
                if signed_in.new_phone and not seen:
                    phone_news.tell(session, entry)
                security.note("activated", user.id)
                return signed_in
            session.refresh(found)
        require_good(found, at)
        overtaken = True


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
            end(session, Activation.id == found.id, at)
            security.note("activation_ended", found.user_id)
            return WrongContent(FAILED, {"code": FAILED})
    return WrongContent(sentence, {field: sentence})


def _use(
    session: Session, found: Activation, seen: int, for_second: str | None, at: datetime
) -> bool:
    """Count one more browser than were `seen`. False if another has used the activation meanwhile,
    or ended it."""
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
    return used is not None
