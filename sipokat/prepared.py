"""Statements that are compiled once and then run with other values: for the way of a report.

SQLAlchemy keeps compiled statements too, but finds and fills each anew, and that takes twice as
long as SQLite needs to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import CursorResult, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

# The text, and for each value its name and what the driver needs it turned into.
Turn = Callable[[Any], Any] | None
Compiled = tuple[str, tuple[tuple[str, Turn], ...]]


class Prepared:
    """One insert, update or select of plain columns. `run` gives its result as the driver does:
    numbers and text, but no points in time; `rows` gives values as SQLAlchemy would."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], Compiled] = {}
        self._results: dict[str, tuple[Turn, ...]] = {}

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Run it in the session's transaction. An insert takes the columns that `values` names."""
        connection = session.connection()  # within a savepoint this makes it
        dialect, names = connection.dialect, tuple(values)
        made = self._compiled.get((dialect.name, names))
        if made is None:
            made = self._compiled[dialect.name, names] = self._compile(dialect, names)
        text, places = made
        given = [turn(values[name]) if turn else values[name] for name, turn in places]
        if dialect.positional:
            return connection.exec_driver_sql(text, tuple(given))
        return connection.exec_driver_sql(text, dict(zip(names, given, strict=True)))

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a select. All that it finds, each value turned into its column's type."""
        found = self.run(session, values)
        dialect = found.dialect
        turns = self._results.get(dialect.name)
        if turns is None:
            columns = self._statement.selected_columns
            kinds = (column.type.dialect_impl(dialect) for column in columns)
            turns = tuple(kind.result_processor(dialect, None) for kind in kinds)
            self._results[dialect.name] = turns
        return [
            tuple([turn(value) if turn else value for turn, value in zip(turns, row, strict=True)])
            for row in found
        ]

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
        insert = isinstance(self._statement, Insert)
        made = self._statement.compile(dialect=dialect, column_keys=list(names) if insert else None)
        order = tuple(made.positiontup) if dialect.positional else names
        if set(made.binds) != set(names) or set(order) != set(names):
            raise ValueError(f"takes {sorted(made.binds)}, not {sorted(names)}")
        turns = (made.binds[name].type.dialect_impl(dialect) for name in order)
        return str(made), tuple(
            (name, turn.bind_processor(dialect)) for name, turn in zip(order, turns, strict=True)
        )
