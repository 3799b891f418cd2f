"""Activations: how somebody gets into their account without a password.

Lurah, camat or Diskominfo make a code for a person, who spends it (`domain/activation_use.py`) on
their phone with the last four digits of their number and a PIN of their own choice. The code is
worth nothing to whoever steals the database: it is kept as a hash under the application's secret
key.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select, update
from sqlalchemy.orm import Session

from sipokat.database import secret_key
from sipokat.domain import account_news, administration, codes, offices
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.offices import DEPUTIES
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow
from sipokat.domain.regions import lies_in
from sipokat.domain.term_days import over_by
from sipokat.models import Activation, User

NOBODY = "Orang ini tidak ditemukan di wilayah Anda."


def activator(user: User, subject: User) -> By:
    """Who makes an activation for `subject`, and as what: Diskominfo for everybody, a lurah for the
    RT heads of her kelurahan, a camat for lurah and RT heads below.

    Every office that the subject holds, today or later, must lie below the maker's: a code opens
    all of them. Of somebody who only acts as deputy there the former ones must too: the maker may
    have named them, and would read by the code what they wrote elsewhere. Raises NeverAllowed for
    roles that never do it, NotFound out of one's region.
    """
    held = [office for office in offices.held(user) if office.role.activates]
    if not held or not user.active:
        raise NeverAllowed("Kode aktivasi dibuat oleh lurah, camat atau Diskominfo.")
    today = day_of(present())
    theirs = [term for term in subject.terms if not over_by(term, today)]
    asked = subject.terms if all(term.kind in DEPUTIES for term in theirs) else theirs
    for office in held:
        everybody = office.role.key == "diskominfo"
        below = theirs and all(
            term.role in office.role.activates and lies_in(term.region_code, office.region)
            for term in asked
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
    end(session, Activation.user_id == subject.id, at)
    code = codes.fresh()
    life = timedelta(days=RULES.printed_days) if printed else timedelta(hours=RULES.hours)
    session.add(
        Activation(
            user_id=subject.id,
            made_by_id=by.user.id if by.user else None,
            code_hash=keyed(code),
            made_at=at,
            expires_at=at + life,
        )
    )
    until = {"until": (at + life).isoformat(timespec="minutes")}
    entry = administration.record(session, by, subject, "make_activation", became=until, at=at)
    account_news.announce(session, subject, entry)
    return Made(code, at + life, replaces)


def open_until(session: Session, user: User, now: datetime | None = None) -> datetime | None:
    """Until when the open code of this person is good; None when there is none."""
    return session.scalar(select(good_until(user.id, now or present())))


def good_until(user_id: Any, at: datetime) -> ScalarSelect[datetime]:
    """The same for a column of ids, to be asked along with other things."""
    good = select(Activation.expires_at).where(
        Activation.user_id == user_id,
        Activation.ended_at.is_(None),
        Activation.expires_at > at,
    )
    return good.scalar_subquery()


def end_all(session: Session, user: User) -> None:
    """End the open code of this person, if there is one."""
    end(session, Activation.user_id == user.id, present())


def end(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    """End the open activations for which `which` is true."""
    session.execute(
        update(Activation)
        .where(which, Activation.ended_at.is_(None))
        .values(ended_at=at, pin_hash=None)
    )


def keyed(code: str) -> str:
    """The hash that is kept of a code. It has 31 bits: without the key whoever has the database
    would find it in a second."""
    return hmac.new(secret_key(), f"activation:{code}".encode(), hashlib.sha256).hexdigest()
