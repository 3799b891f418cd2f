"""Writes notices, in the transaction of what they tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, insert, or_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.chain import Move
from sipokat.domain.clock import day_of
from sipokat.domain.notices import audience
from sipokat.domain.notices.audience import About, Holder
from sipokat.domain.roles import DECIDERS
from sipokat.models import Notice, Term, User
from sipokat.prepared import Among, Prepared

_TERM, _USER = table(Term).c, table(User).c
_DAY: Any = bindparam("day", type_=Date)
_HOLDING = (
    select(_TERM.role, _TERM.region_code, _TERM.user_id)
    .join_from(table(Term), table(User), _USER.id == _TERM.user_id)
    .where(_USER.active, _TERM.since <= _DAY, or_(_TERM.until.is_(None), _TERM.until >= _DAY))
    .order_by(_TERM.id)
)
_HOLDERS = Among(_HOLDING, _TERM.region_code)
_ADD = Prepared(insert(table(Notice)))


def holders(session: Session, offices: Collection[tuple[str, str]], day: date) -> list[Holder]:
    """The people with an open account who hold one of these offices, (role, region), on that day,
    as its head, a deputy or under another title."""
    regions = sorted({region for _, region in offices})
    rows = _HOLDERS.rows(session, regions, {"day": day}) if regions else ()
    return [one for one in map(Holder._make, rows) if (one.role, one.region) in offices]


def deciders(session: Session, day: date) -> list[Holder]:
    """The same for every desk that decides, of the whole city."""
    found = session.execute(_HOLDING.where(_TERM.role.in_(DECIDERS)), {"day": day})
    return [Holder._make(one) for one in found]


def tell_of_move(
    session: Session, about: About, move: Move, note: str | None, at: datetime, seq: int
) -> None:
    """Tell everybody whom a move of the report concerns; `seq` is the number of its event."""
    telling = audience.of_move(about, move, noted=bool(note))
    if telling is None:
        return
    there = holders(session, telling.offices(about.region), day_of(at))
    add(session, rows_of_move(about, telling, move.actor, there, at, seq))


def rows_of_move(
    about: About,
    telling: audience.Telling,
    actor: str,
    there: Iterable[Holder],
    at: datetime,
    seq: int,
) -> list[dict[str, Any]]:
    """The rows of the notices of a move, but for what the database gives."""
    return [
        row(
            *(user_id, telling.kind, f"event {seq}", at),
            office=office,
            url=f"/laporan/{about.number}",
            report_id=about.id,
            event_seq=seq,
        )
        for user_id, office in audience.addressed(telling, about, actor, there).items()
    ]


def row(
    user_id: str,
    kind: str,
    key: str,
    at: datetime,
    url: str,
    office: str = audience.OWN,
    report_id: int | None = None,
    event_seq: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The row of a notice that nobody has read."""
    return {
        "user_id": user_id,
        "kind": kind,
        "at": at,
        "key": key,
        "office": office,
        "url": url,
        "report_id": report_id,
        "event_seq": event_seq,
        "facts": json.dumps(facts) if facts else None,
    }


def add(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert these notices. Raises IntegrityError where one of these people was told of it."""
    _ADD.run_each(session, rows)
