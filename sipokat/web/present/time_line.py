"""What has happened to a report, entry by entry, in words."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sipokat.domain import chain, decided, events
from sipokat.domain.cards import Card
from sipokat.domain.desk_times import MOVES_LIMIT
from sipokat.models import Event, Report
from sipokat.web.present import states, times
from sipokat.web.present.row import Row

WAITED = timedelta(hours=1)
Readable = frozenset[str]


def time_line(
    row: Row, card: Card, readable: Readable, above: Event | None
) -> list[dict[str, Any]]:
    """The entries of the record and the first openings, in the order of time. What stands on top of
    its author's page (`above`) is not said again. `readable` are the numbers of other reports that
    entries name and the person may read."""
    rows = [(one.at, _entry(row, one, readable)) for one in card.entries if one is not above]
    if above:
        said = {"reason": "", "note": "", "other": None}
        rows.append((above.at, _entry(row, above, readable) | said))
    rows += [_noted(f"Dibaca {states.BY[one.desk]}", one.user, one.at) for one in card.openings]
    return [entry for _, entry in sorted(rows, key=lambda pair: pair[0])]


def _was_empty(report: Report, event: Event) -> bool:
    """Whether the photo that was replaced had never arrived, so that the place was empty."""
    gone = json.loads(event.detail or "{}").get("photo")
    old = next((one for one in report.photos if one.client_id == gone), None)
    return old is not None and (old.received_at is None or old.received_at > event.at)


def _entry(row: Row, event: Event, readable: Readable) -> dict[str, Any]:
    who = f"{event.actor.name}, {states.office(event)}"
    return told(row, event, readable) | {"who": who, "when": _when(event)}


def told(row: Row, event: Event, readable: Readable) -> dict[str, Any]:
    """The entry of the time line, but for who it was."""
    what = states.what_happened(event.action, event.actor_desk, event.to_desk)
    if event.action == "verify" and event.klass:
        what = f"{what} sebagai {chain.CLASSES[event.klass].lower()}"
    if event.action == "submit" and row.recorded:
        what = row.recorded
    if event.action == "replace" and _was_empty(row.report, event):
        what = "Foto dikirim"
    reason = states.reason(event, row.report.author_desk)
    if event.action == MOVES_LIMIT:
        detail = json.loads(event.detail or "{}")
        what = f"Batas pindah ke {times.moment(datetime.fromisoformat(detail['due']))}"
        reason = detail.get("why", "")
    return {
        "what": what,
        "when": times.moment(event.at),
        "reason": reason,
        "note": event.note or "",
        "other": _other(event, readable),
        "tone": states.TONES.get(event.action, "ok"),
    }


def _other(event: Event, readable: Readable) -> dict[str, str] | None:
    """The report that the event's reason speaks of, with its address if the person may read
    it."""
    number = events.other_of(event)
    url = f"/laporan/{number}" if number in readable else ""
    return {"number": number, "url": url} if number else None


def _when(event: Event) -> str:
    """The time of the event; of a decision that waited long for a signal also when it was made."""
    made = decided.of_event(event)
    waited = f" (diperiksa {times.moment(made)}, tanpa sinyal)" if event.at - made > WAITED else ""
    return times.moment(event.at) + waited


def _noted(what: str, person: Any, at: datetime) -> tuple[datetime, dict[str, str]]:
    """An entry of the time line for something that is not an event."""
    return at, {"what": what, "who": person.name, "when": times.moment(at)}
