"""The chain of entries: each against its own hash, against the entry before it, and the last one
against the counter."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sipokat.domain import record
from sipokat.domain.audit.rows import UNREADABLE, Faults, Row, is_number, moment, rows
from sipokat.keys import Key, RecordKeys

COLUMNS = " ".join((*record.HASHED, *record.BESIDE, "salt", "hash"))
CHANGED = "was changed or written by hand"
MISSING = "missing"
TRIED = 200  # so many entries at most are tried under each other's numbers


@dataclass
class Chain:
    """What the entries say: the `hashes` of those asked for, how many there are, when the first was
    made, the number of the last one, and for each erased report the number and the detail of its
    last erasure."""

    faults: list[str] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    count: int = 0
    first_at: datetime | None = None
    last: int = 0
    erased: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)


class _Look:
    """One pass over the entries in the order of their numbers."""

    def __init__(self, keys: RecordKeys, counter: Row | None, wanted: Collection[int]) -> None:
        self.keys, self.counter, self.wanted = keys, counter, wanted
        self.chain, self.faults = Chain(), Faults()
        self.before: Row | None = None  # the entry before, if it is sound
        self.previous: Row | None = None  # the entry before, whatever it is
        self.unsound: list[Row] = []
        self.absent: list[int] = []
        self.blanked: list[tuple[int, int]] = []

    def entry(self, row: Row) -> None:
        seq, last = row["seq"], self.chain.last
        self.chain.count += 1
        problem = self._problem(row)
        given = self.counter["value"] if self.counter else None
        if problem and (seq < 1 or (is_number(given) and seq > given)):
            self.faults.add(seq, "was inserted by hand: its number was never given")
            return
        if seq > last + 1:
            self._missing(last + 1, seq - 1)
        self.chain.last = seq
        if problem:
            self.faults.add(seq, problem)
            if len(self.unsound) < TRIED:
                self.unsound.append(row)
        elif not self._follows(row):
            self.faults.add(seq, "does not follow the event before it")
        elif self.chain.first_at is None:
            self.chain.first_at = moment(row["at"])
        if seq in self.wanted:
            self.chain.hashes[seq] = str(row["hash"])
        self._beside(row, sound=not problem)
        self.previous, self.before = row, None if problem else row

    def _problem(self, row: Row) -> str:
        """What is wrong with the entry by itself; empty when it is sound."""
        try:
            key = self.keys.of(row["seq"])
            if row["key_id"] != key.id:
                known = {one.id for one in (self.keys.present, *self.keys.former)}
                return (
                    "is signed with a key that must not sign this number"
                    if row["key_id"] in known
                    else "is signed with a key that is not in the settings"
                )
            return "" if _is_whole(row, key) else CHANGED
        except UNREADABLE:
            return "cannot be read"

    def _follows(self, row: Row) -> bool:
        if row["seq"] == 1:
            return bool(row["previous_hash"] == "")
        if self.previous is None or self.previous["seq"] != row["seq"] - 1:
            return True  # the one before is missing, and named as that
        if self.before is None:
            return True  # the one before is named already
        return bool(row["previous_hash"] == self.before["hash"])

    def _beside(self, row: Row, sound: bool) -> None:
        """Look at what lies beside the entry under its salt, or note that it was blanked."""
        seq = row["seq"]
        try:
            if row["salt"] is None:
                if [row[name] for name in record.BESIDE] != [None, "", ""]:
                    self.faults.add(seq, "its note or a digest was changed")
                self.blanked.append((row["report_id"], seq))
            elif record.seal(row["salt"], row) != row["sealed"]:
                self.faults.add(seq, "its note or a digest was changed")
            if sound and row["action"] == "erase":
                self.chain.erased[row["report_id"]] = (seq, dict(json.loads(row["detail"])))
        except UNREADABLE:
            self.faults.add(seq, "its note or a digest cannot be read")

    def _missing(self, first: int, last: int) -> None:
        self.faults.add_range(first, last, MISSING)
        self.absent += range(first, min(last + 1, first + TRIED))

    def end(self) -> Chain:
        for report_id, seq in self.blanked:
            if self.chain.erased.get(report_id, (0, {}))[0] <= seq:
                self.faults.add(seq, "was blanked without an erasure")
        self._moved()
        self._counter()
        self.chain.faults = self.faults.end()
        return self.chain

    def _moved(self) -> None:
        """Say of an entry that is not sound whether it is another one's under a wrong number."""
        numbers = {row["seq"] for row in self.unsound} | set(self.absent[:TRIED])
        for row in self.unsound:
            for seq in numbers - {row["seq"]}:
                try:
                    moved = _is_whole(row | {"seq": seq}, self.keys.of(seq))
                except UNREADABLE:
                    break
                if moved:
                    self.faults.add(row["seq"], f"is what was written as event {seq}")
                    break

    def _counter(self) -> None:
        row, last = self.counter, self.chain.last
        if row is None:
            self.faults.say("the counter of events is missing")
            return
        try:
            value = row["value"]
            if not is_number(value):
                raise ValueError(value)
            if value > last:
                self._missing(last + 1, value)
                return
            if value < last:
                self.faults.say(f"the counter was set back to {value}")
                return
            if last == 0:
                if row["token"] is not None:
                    self.faults.say("all events are missing")
                return
            self._head(row, last)
        except UNREADABLE:
            self.faults.say("the counter of events cannot be read")

    def _head(self, row: Row, last: int) -> None:
        end = self.previous
        if end is None or end["seq"] != last:
            return
        if record.mark_of(self.keys.of(last).secret, row["token"] or "") != end["mark"]:
            self.faults.say(
                f"the counter was not left by event {last}: events after it were removed, "
                "or the counter was changed"
            )
        elif (row["last_seq"], row["last_hash"]) != (last, end["hash"]):
            self.faults.say("the counter does not know the hash of the last event")


def _is_whole(row: Row, key: Key) -> bool:
    """Whether this key made the entry's hash over this very row."""
    read = row | {"at": moment(row["at"])}
    return bool(record.entry_hash(key.secret, read) == row["hash"])


def look(connection: Connection, keys: RecordKeys, wanted: Collection[int]) -> Chain:
    """Look at every entry. `wanted` are the numbers of the entries whose hash is asked for."""
    columns = "name value token last_seq last_hash"
    counters = {one["name"]: one for one in rows(connection, "counter", columns, "name")}
    one_pass = _Look(keys, counters.get("event"), wanted)
    for row in rows(connection, "event", COLUMNS, "seq"):
        one_pass.entry(row)
    return one_pass.end()
