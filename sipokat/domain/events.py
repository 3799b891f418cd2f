"""The record: the one place that numbers and appends events, and rebuilds reports from them.

What must happen in the same transaction as an event is added in `append` and nowhere else.
`domain/record.py` says how an entry is hashed, `domain/audit/` looks whether all are as they were
appended.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, literal_column, select, update
from sqlalchemy.orm import Session

from sipokat.database import record_keys, table
from sipokat.domain import chain, record
from sipokat.domain.categories import categories
from sipokat.domain.desk_times import Left
from sipokat.domain.listed import ListedMove
from sipokat.domain.notices.audience import About
from sipokat.domain.notices.rows import tell_of_move
from sipokat.domain.offices import Office
from sipokat.domain.participation import counts
from sipokat.domain.participation.facts import Share
from sipokat.domain.responsiveness import rows as responsiveness
from sipokat.keys import Key
from sipokat.models import Counter, Event, Report
from sipokat.prepared import Prepared

# What stands instead of a digest that was erased. Whoever repeats an action whose content is gone
# is believed.
ERASED = ""


@dataclass(frozen=True)
class NewEvent:
    """One move of a report, all that its event keeps but the number.

    `office` is the one in which the actor acts; its kind and title go into the detail. `version` is
    the report's after the move, `content_digest` that of the content it speaks of. `request_digest`
    covers what was asked for: whoever sends the same `action_id` again must ask for the same.
    `detail` says more, in JSON's types: the end of the desk's limit (`due`, see `deadlines`).
    `left` is the stay that the move ends: the detail keeps its office hours and, of a decision that
    waited on a phone, when it was made (`decided.of_event` says of every event when the time on its
    actor's desk ended).
    """

    move: chain.Move
    office: Office
    version: int
    at: datetime
    actor_desk: str
    content_digest: str
    request_digest: str
    action_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    reason: str | None = None
    note: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    left: Left | None = None


@dataclass(frozen=True)
class Remark:
    """An entry that is no move: a photo that was replaced (`replace`), dropped (`drop`) or arrived
    after a decision (`arrive`), an erasure (`erase`), or a limit that has moved (`limit`).
    `content_digest` is the report's after it.
    """

    action: str
    actor: str
    office: Office
    at: datetime
    content_digest: str
    detail: Mapping[str, Any]
    note: str | None = None


@dataclass(frozen=True)
class Place:
    """The place of the next entry: its number, the hash of the entry before it, and the word that
    the counter has been given."""

    seq: int
    previous_hash: str
    token: str


_COUNTER, _EVENT = table(Counter).c, table(Event).c
_NEXT = Prepared(
    update(table(Counter))
    .where(_COUNTER.name == bindparam("counter"))
    .values(value=_COUNTER.value + literal_column("1"), token=bindparam("fresh"))
    .returning(_COUNTER.value, _COUNTER.last_seq, _COUNTER.last_hash)
)


def take_place(session: Session) -> Place:
    """The place of the next entry. The counter's row stays locked until the transaction ends, so
    numbers have no gaps and follow the order of commits, and there is one chain."""
    token = record.random_word()
    ((seq, last_seq, last_hash),) = _NEXT.run(session, {"counter": "event", "fresh": token})
    if last_seq != seq - 1:
        # The trigger that notes the last hash is missing. The chain must go on all the same.
        before = select(_EVENT.hash).where(_EVENT.seq == seq - 1)
        last_hash = session.scalar(before) or ""
    return Place(seq, last_hash, token)


def append(
    session: Session,
    about: About,
    new: NewEvent,
    place: Place | None = None,
    shares: Sequence[Share] = (),
) -> None:
    """Append the event of a move of this report, at `place` when its number was taken already, keep
    how long the desk took that it leaves, add to the counts of months what the move changes
    (`shares`), and tell of it whom it concerns."""
    place = place or take_place(session)
    row = _row(new, about.id, place, record_keys().present)
    _APPEND.run(session, row)
    if new.left:
        responsiveness.add(session, responsiveness.row_of(new.left, row))
    counts.add(session, shares)
    tell_of_move(session, about, new.move, new.note, new.at, place.seq)


def remark(session: Session, report_id: int, new: Remark) -> None:
    """Append an entry that is no move. The caller has locked the report's row."""
    _APPEND.run(session, _row(new, report_id, take_place(session), record_keys().present))


def last_number(session: Session) -> int:
    """The number of the last entry; the next one has the number after it, as long as nobody else
    writes."""
    last: int = session.scalars(select(_COUNTER.value).where(_COUNTER.name == "event")).one()
    return last


def append_all(session: Session, entries: Sequence[tuple[int, NewEvent | Remark]]) -> None:
    """Append many entries at once, each with the id of its report: they are numbered and chained in
    the order given, as one by one they would be. For what is told of many reports at once."""
    if not entries:
        return
    key, place = record_keys().present, take_place(session)
    rows: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for report_id, new in entries:
        if rows:
            place = Place(place.seq + 1, rows[-1]["hash"], record.random_word())
        rows.append(_row(new, report_id, place, key))
        if isinstance(new, NewEvent) and new.left:
            answers.append(responsiveness.row_of(new.left, rows[-1]))
    session.execute(insert(table(Event)), rows)
    responsiveness.add_all(session, answers)
    counter = update(table(Counter)).where(_COUNTER.name == "event")
    session.execute(counter.values(value=place.seq, token=place.token))


def _row(new: NewEvent | Remark, report_id: int, place: Place, key: Key) -> dict[str, Any]:
    """The whole row of an entry at this place, signed with this key."""
    salt = record.random_word()
    left = new.left.as_detail if isinstance(new, NewEvent) and new.left else {}
    detail = {**new.detail, **left, **new.office.as_detail}
    row = _of_move(new) if isinstance(new, NewEvent) else _of_remark(new)
    row |= {
        "at": new.at,
        "note": new.note,
        "content_digest": new.content_digest,
        "seq": place.seq,
        "report_id": report_id,
        "actor_role": new.office.role.key,
        "actor_region": new.office.region,
        "actor_for": new.office.acts_for,
        "detail": json.dumps(detail) if detail else None,
    }
    row |= {
        "salt": salt,
        "sealed": record.seal(salt, row),
        "mark": record.mark_of(key.secret, place.token),
        "key_id": key.id,
        "previous_hash": place.previous_hash,
    }
    row["hash"] = record.entry_hash(key.secret, row)
    return row


def _of_move(new: NewEvent) -> dict[str, Any]:
    move = new.move
    return {
        "version": new.version,
        "actor_id": move.actor,
        "actor_desk": new.actor_desk,
        "action": move.action,
        "from_desk": move.from_desk,
        "to_desk": move.to_desk,
        "class": move.klass,
        "reason": new.reason,
        "action_id": new.action_id,
        "request_digest": new.request_digest,
    }


def _of_remark(new: Remark) -> dict[str, Any]:
    return {
        "version": None,
        "actor_id": new.actor,
        "actor_desk": new.office.desk,
        "action": new.action,
        "from_desk": None,
        "to_desk": None,
        "class": None,
        "reason": None,
        "action_id": str(uuid.uuid4()),
        "request_digest": "",
    }


_APPEND = Prepared(insert(table(Event)))


def entries_of(session: Session, reports: Iterable[Report]) -> dict[int, list[Event]]:
    """All entries about each report by its id, oldest first: one statement for all of them."""
    found: dict[int, list[Event]] = {report.id: [] for report in reports}
    query = select(Event).where(Event.report_id.in_(found)).order_by(Event.seq)
    for event in session.scalars(query) if found else ():
        found[event.report_id].append(event)
    return found


def moves(entries: Iterable[Event]) -> list[Event]:
    """Those of the entries that are moves of the report."""
    return [event for event in entries if event.version is not None]


def moves_of(session: Session, report: Report) -> list[Event]:
    """The report's moves, oldest first."""
    return moves(entries_of(session, [report])[report.id])


def other_of(event: Event | ListedMove) -> str:
    """The number of the report that the event's reason speaks of; empty for most."""
    other: str = json.loads(event.detail).get("other", "") if event.detail else ""
    return other


def rebuild(report: Report, events: Sequence[Event] | Sequence[ListedMove]) -> chain.State:
    """The state of a report, from its moves alone."""
    done = (chain.Move(e.action, e.actor_id, e.from_desk, e.to_desk, e.klass) for e in events)
    recorder = events[0].actor_id if report.recorded_as and events else None
    classed = categories()[report.category].classed
    return chain.fold(report.author_desk, classed, done, recorder, report.urgent)


def blank(session: Session, report_id: int) -> None:
    """Blank what lies beside the report's entries. The erasure must have been appended; what
    erasures say of themselves stays."""
    session.execute(
        update(table(Event))
        .where(_EVENT.report_id == report_id, _EVENT.action != "erase")
        .values(note=None, salt=None, request_digest=ERASED, content_digest=ERASED)
    )
