"""The record: the one place that numbers and appends events, and rebuilds reports from them.

What must happen in the same transaction as an event is added in `append` and nowhere else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import chain
from sipokat.domain.categories import categories
from sipokat.models import Counter, Event, Report


@dataclass(frozen=True)
class NewEvent:
    """One move of a report, all that its event keeps but the number.

    `version` is the report's after the move, `content_digest` that of the content it speaks of.
    `request_digest` covers what was asked for: whoever sends the same `action_id` again must ask
    for the same.
    """

    move: chain.Move
    version: int
    at: datetime
    actor_desk: str
    content_digest: str
    request_digest: str
    action_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    reason: str | None = None
    note: str | None = None


def next_number(session: Session) -> int:
    """The next global event number. The counter's row stays locked until the transaction ends, so
    numbers have no gaps and follow the order of commits."""
    number: int = session.execute(_NEXT).scalar_one()
    return number


_COUNTER = table(Counter).c
_NEXT = (
    update(table(Counter))
    .where(_COUNTER.name == "event")
    .values(value=_COUNTER.value + 1)
    .returning(_COUNTER.value)
)


def append(session: Session, report_id: int, new: NewEvent, seq: int | None = None) -> None:
    """Append the event of a move, under `seq` when its number was taken already."""
    row = {
        "seq": seq or next_number(session),
        "report_id": report_id,
        "version": new.version,
        "at": new.at,
        "actor_id": new.move.actor,
        "actor_desk": new.actor_desk,
        "action": new.move.action,
        "from_desk": new.move.from_desk,
        "to_desk": new.move.to_desk,
        "class": new.move.klass,
        "reason": new.reason,
        "note": new.note,
        "action_id": new.action_id,
        "request_digest": new.request_digest,
        "content_digest": new.content_digest,
    }
    session.execute(_APPEND, row)


_APPEND = insert(table(Event))


def events_of(session: Session, reports: Iterable[Report]) -> dict[int, list[Event]]:
    """The events of each report by its id, oldest first: one statement for all of them."""
    found: dict[int, list[Event]] = {report.id: [] for report in reports}
    query = select(Event).where(Event.report_id.in_(found)).order_by(Event.seq)
    for event in session.scalars(query) if found else ():
        found[event.report_id].append(event)
    return found


def moves_of(session: Session, report: Report) -> list[Event]:
    """The report's events, oldest first."""
    return events_of(session, [report])[report.id]


def rebuild(report: Report, events: Sequence[Event]) -> chain.State:
    """The state of a report, from its events alone."""
    moves = (chain.Move(e.action, e.actor_id, e.from_desk, e.to_desk, e.klass) for e in events)
    return chain.fold(report.author_desk, categories()[report.category].classed, moves)
