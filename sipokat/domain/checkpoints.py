"""Checkpoints: once a day the number and the hash of the last entry are signed and kept outside the
database. Whoever changes the record later would have to change that file as well, and every copy
of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of
from sipokat.keys import Key, RecordKeys
from sipokat.models import Event

SIGNED = ("day", "at", "count", "last", "hash", "previous", "key_id")
# A worker that stood still for a night is no reason for alarm, one that does for two days is.
OVERDUE = timedelta(days=2)


@dataclass(frozen=True)
class Kept:
    """A checkpoint as it was found in a file of this name; `content` is None if it is not JSON."""

    name: str
    content: Any

    @property
    def last(self) -> int | None:
        """The number of its last entry, None if it cannot be read."""
        last = self.content.get("last") if isinstance(self.content, dict) else None
        return last if isinstance(last, int) and not isinstance(last, bool) else None


@dataclass
class Told:
    """What the checkpoints say about the record."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make(
    session: Session, keys: RecordKeys, now: datetime, previous: str | None
) -> dict[str, Any] | None:
    """The checkpoint of this moment, signed; None while there is no entry. `previous` is the day of
    the one before."""
    newest = select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1)
    found = session.execute(newest).first()
    if found is None:
        return None
    key = keys.of(found.seq + 1)
    made = {
        "day": day_of(now).isoformat(),
        "at": now.isoformat(timespec="seconds"),
        "count": found.seq,  # numbers have no gaps
        "last": found.seq,
        "hash": found.hash,
        "previous": previous,
        "key_id": key.id,
    }
    return made | {"signature": _sign(key, made)}


def _sign(key: Key, checkpoint: Mapping[str, Any]) -> str:
    values = json.dumps([checkpoint[name] for name in SIGNED]).encode()
    return hmac.digest(key.secret, b"checkpoint " + values, hashlib.sha256).hex()


def compare(
    kept: Sequence[Kept],
    keys: RecordKeys,
    hashes: Mapping[int, str],
    first_at: datetime | None,
    last: int,
    now: datetime,
) -> Told:
    """Hold the checkpoints to the record: `hashes` has the hash of each entry that one of them
    names, `first_at` is when the first entry was made and `last` the number of the last one."""
    told, days = Told(), {}
    for one in sorted(kept, key=lambda kept: kept.name):
        fault = _fault(one, keys, hashes, last)
        if fault:
            told.faults.append(f"checkpoint {one.name}: {fault}")
        else:
            days[date.fromisoformat(one.content["day"])] = one.content
    _days(told, days, [one.name for one in kept], now)
    if days and first_at is not None and min(days) - day_of(first_at) >= OVERDUE:
        told.notes.append(
            f"the first checkpoint is of {min(days)}, the first event of {day_of(first_at)}"
        )
    if not kept:
        told.faults.append(
            "there is no checkpoint: the worker has written none, or somebody has removed them"
            if last
            else "the record is empty and there is no checkpoint: nothing can be verified"
        )
    return told


def _fault(one: Kept, keys: RecordKeys, hashes: Mapping[int, str], last: int) -> str:
    """What is wrong with a checkpoint; empty when it is right."""
    content, number = one.content, one.last
    if number is None or number < 1:
        return "cannot be read"
    try:
        allowed = {key.id: key for key in keys.of_checkpoint(number)}
        key = allowed.get(content["key_id"])
        if key is None:
            return "is not signed with the key of its time"
        if not hmac.compare_digest(_sign(key, content), content["signature"]):
            return "was changed or written by hand"
        if one.name != file_name(content["day"]):
            return "has the name of another day"
    except (TypeError, KeyError, ValueError, OverflowError, RecursionError):
        return "cannot be read"
    if number > last:
        if number == last + 1:
            return f"it knows event {number}, which was removed"
        return f"it knows events {last + 1} to {number}, which were removed"
    if hashes.get(number) != content["hash"]:
        return f"event {number} is not the one that it knows"
    return ""


def _days(
    told: Told, days: Mapping[date, Mapping[str, Any]], names: Sequence[str], now: datetime
) -> None:
    """Say which days have no checkpoint. One that the next one names was removed; else the worker
    did not run on that day."""
    before: date | None = None
    for day in sorted(days):
        named = days[day]["previous"]
        if named is not None and file_name(named) not in names:
            told.faults.append(f"checkpoint {file_name(named)} was removed")
        if before is not None and (day - before).days > 1:
            first, until = before + timedelta(days=1), day - timedelta(days=1)
            which = f"on {first}" if first == until else f"from {first} to {until}"
            told.notes.append(f"no checkpoint was written {which}")
        before = day
    if before is not None and day_of(now) - before >= OVERDUE:
        told.faults.append(
            f"no checkpoint was written after {before}: the worker stands still, "
            "or somebody has removed them"
        )


def file_name(day: str) -> str:
    """The name of the file of this day's checkpoint."""
    return f"{day}.json"
