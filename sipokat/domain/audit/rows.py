"""Rows as the database has them, whatever somebody has written into them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

Row = dict[str, Any]
# What reading a value that somebody has made up may raise.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
)


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Read everything as it is at one moment, without hindering anybody who writes. On SQLite even
    bytes that are no text can be read. The connection must be new, and is closed at the end."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        yield
    finally:
        connection.invalidate()


def rows(connection: Connection, table: str, columns: str, order: str) -> Iterator[Row]:
    """The rows of a table, a few thousand at a time. `columns` has their names with blanks."""
    names = columns.split()
    quoted = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {quoted} FROM {table} ORDER BY {order}"  # noqa: S608 (constants of ours)
    found = connection.exec_driver_sql(query, execution_options={"yield_per": 2000})
    for row in found:
        yield dict(zip(names, row, strict=True))


def moment(value: Any) -> datetime | None:
    """A point in time, which SQLite keeps as text in UTC. Raises ValueError or TypeError."""
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day(value: Any) -> str:
    """A day as `YYYY-MM-DD`. Raises ValueError or TypeError."""
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def from_json(value: Any) -> Any:
    """What a JSON column holds; SQLite keeps it as text. Raises ValueError or TypeError."""
    return json.loads(value) if isinstance(value, str | bytes) else value


def is_number(value: Any) -> bool:
    """Whether it is a whole number; SQLite takes anything for one."""
    return isinstance(value, int) and not isinstance(value, bool)


class Faults:
    """Sentences about entries, in which neighbours with the same fault become one."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._first = self._last = 0
        self._what = ""

    def add(self, seq: int, what: str) -> None:
        """Note that something is wrong with this entry: `event 7 was changed`."""
        self.add_range(seq, seq, what)

    def add_range(self, first: int, last: int, what: str) -> None:
        """Note the same of all entries from the first to the last of these numbers."""
        if self._what == what and self._last + 1 == first:
            self._last = last
            return
        self.end()
        self._first, self._last, self._what = first, last, what

    def say(self, sentence: str) -> None:
        """Add a sentence of its own."""
        self.end()
        self.said.append(sentence)

    def end(self) -> list[str]:
        """Write down what was begun. Returns all sentences."""
        if self._what:
            one = self._first == self._last
            which = f"event {self._first}" if one else f"events {self._first} to {self._last}"
            self.said.append(f"{which}: {self._what}")
        self._what = ""
        return self.said
