"""Tries that are counted, so that nobody can guess passwords for long: in the database, since they
must count in every process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from sipokat.database import Moment, db, table, take_turns, writing
from sipokat.domain.refusals import TooMany
from sipokat.models import SignInFailure
from sipokat.prepared import Among

WINDOW = timedelta(minutes=15)
KEPT = timedelta(hours=24)
_TRY = table(SignInFailure).c
_COUNTED = Among(
    select(_TRY.key, func.count(), func.min(_TRY.at), func.max(_TRY.at))
    .where(_TRY.at > bindparam("since", type_=Moment))
    .group_by(_TRY.key),
    _TRY.key,
)


@dataclass(frozen=True)
class Limit:
    """`most` tries that count against `key` within the WINDOW; None only counts them.

    After that there is one more each time when `pause` has gone by since the last one, so that the
    tries of others make somebody wait, but never shut them out. Without a pause one has to wait
    until the oldest try is out of the window.
    """

    key: str
    most: int | None
    pause: timedelta | None = None


def count(limits: Sequence[Limit], at: datetime, account: str | None = None) -> list[int]:
    """Count a try before it is made, so that tries made at the same moment all count. Returns what
    `forget` takes back when it succeeds. Raises TooMany, without waiting for a lock; `account` is
    the id that the refusal names to the log."""
    require(limits, at, account)
    with writing() as session:
        take_turns(session, "sign_in")
        session.execute(delete(SignInFailure).where(SignInFailure.at <= at - KEPT))
        _require(session, limits, at, account)
        rows = [SignInFailure(key=limit.key, at=at) for limit in limits]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def require(limits: Sequence[Limit], at: datetime, account: str | None = None) -> None:
    """Raises TooMany if there were too many tries already."""
    _require(db.session(), limits, at, account)


def note(session: Session, key: str, at: datetime) -> None:
    """Note what `lately` is to find under this key; it is no try, and makes nobody wait."""
    session.add(SignInFailure(key=key, at=at))


def forget(session: Session, counted: Sequence[int]) -> None:
    """Take back what was counted: it was no failure."""
    session.execute(delete(SignInFailure).where(SignInFailure.id.in_(counted)))


def lately(session: Session, key: str, at: datetime, back: timedelta = KEPT) -> int:
    """How many tries count against the key in the last 24 hours, or so far `back`."""
    query = select(func.count()).select_from(SignInFailure)
    return session.scalar(query.where(SignInFailure.key == key, SignInFailure.at > at - back)) or 0


def _require(session: Session, limits: Sequence[Limit], at: datetime, account: str | None) -> None:
    keys = [limit.key for limit in limits if limit.most is not None]
    rows = _COUNTED.rows(session, keys, {"since": at - WINDOW}) if keys else []
    made = {key: counted for key, *counted in rows}
    for limit in limits:
        count, first, last = made.get(limit.key, (0, at, at))
        if limit.most is None or count < limit.most:
            continue
        left = first + WINDOW - at
        if limit.pause is not None:
            left = min(left, last + limit.pause - at)
        if left > timedelta(0):
            raise _too_many(left, account)


def _too_many(left: timedelta, account: str | None) -> TooMany:
    minutes, seconds = math.ceil(left / timedelta(minutes=1)), math.ceil(left.total_seconds())
    wait = f"{minutes} menit" if seconds >= 60 else f"{seconds} detik"
    return TooMany(
        f"Terlalu banyak percobaan. Tunggu {wait}, lalu coba lagi.", max(1, seconds), account
    )
