"""Statements that are compiled once and then run with other values: for the way of a report and for
the pages that people open all the time.

SQLAlchemy keeps compiled statements too, but finds and fills each anew, and that takes twice as
long as SQLite needs to run it. Its results take as long again, so these go to the driver itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from sipokat.database import Sent, connection_of, send

# The text, for each value its name and what the driver needs it turned into, and the values that
# the statement brings along.
Turn = Callable[[Any], Any] | None
Turns = tuple[tuple[int, Callable[[Any], Any]], ...]  # of the columns of a result that need one
Compiled = tuple[str, tuple[tuple[str, Turn], ...], dict[str, Any]]


class Prepared:
    """One insert, update or select of plain columns. `run` gives its result as the driver does:
    numbers and text, but no points in time; `rows` gives values as SQLAlchemy would."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], Compiled] = {}
        self._results: dict[str, Turns] = {}

    def run(self, session: Session, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run it in the session's transaction: what it gives back, as the driver does. An insert
        takes the columns that `values` names."""
        return self._sent(connection_of(session), values)[0]

    def run_each(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these rows, which all name the same columns, in one call of the
        driver."""
        if rows:
            connection = connection_of(session)
            made = self._made(connection.dialect, tuple(rows[0]))
            given = [_given(made, values, connection.dialect) for values in rows]
            send(connection, made[0], given, each=True)

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a select. All that it finds, each value turned into its column's type."""
        connection = connection_of(session)
        found, told = self._sent(connection, values)
        turns = self._results.get(connection.dialect.name)
        if turns is None:
            turns = self._results[connection.dialect.name] = self._turns(connection.dialect, told)
        if not turns:
            return list(found)
        rows = []
        for row in found:
            turned = list(row)
            for place, turn in turns:
                turned[place] = turn(turned[place])
            rows.append(tuple(turned))
        return rows

    def _turns(self, dialect: Dialect, told: Any) -> Turns:
        columns = zip(self._statement.selected_columns, told, strict=True)
        turns = (
            column.type.dialect_impl(dialect).result_processor(dialect, one[1])
            for column, one in columns
        )
        return tuple((place, turn) for place, turn in enumerate(turns) if turn)

    def _sent(self, connection: Connection, values: Mapping[str, Any]) -> Sent:
        made = self._made(connection.dialect, tuple(values))
        return send(connection, made[0], _given(made, values, connection.dialect))

    def _made(self, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
        made = self._compiled.get((dialect.name, names))
        if made is None:
            made = self._compiled[dialect.name, names] = self._compile(dialect, names)
        return made

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
        insert = isinstance(self._statement, Insert)
        made = self._statement.compile(dialect=dialect, column_keys=list(names) if insert else None)
        binds = {name: bind for bind, name in made.bind_names.items()}
        own = {name: bind.value for name, bind in binds.items() if not (insert or bind.required)}
        order = tuple(made.positiontup) if dialect.positional else tuple(binds)
        if set(binds) != {*names, *own} or set(order) != {*names, *own}:
            raise ValueError(f"takes {sorted(binds)}, not {sorted(names)}")
        turns = (binds[name].type.dialect_impl(dialect) for name in order)
        places = tuple(
            (name, turn.bind_processor(dialect)) for name, turn in zip(order, turns, strict=True)
        )
        return str(made), places, own


def _given(made: Compiled, values: Mapping[str, Any], dialect: Dialect) -> Any:
    """The values as the driver takes them."""
    _, places, own = made
    values = {**own, **values} if own else values
    given = [turn(values[name]) if turn else values[name] for name, turn in places]
    if dialect.positional:
        return tuple(given)
    return dict(zip((name for name, _ in places), given, strict=True))


class Among:
    """A select of plain columns where `column` has one of several values. It is compiled once for
    each number of values."""

    def __init__(self, statement: Any, column: Any) -> None:
        self._statement, self._column = statement, column
        self._prepared: dict[int, Prepared] = {}

    def rows(
        self, session: Session, among: Sequence[Any], values: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """All that it finds among these values, as `Prepared.rows`."""
        made = self._prepared.get(len(among))
        if made is None:
            places = [bindparam(f"among_{n}", type_=self._column.type) for n in range(len(among))]
            made = Prepared(self._statement.where(self._column.in_(places)))
            self._prepared[len(among)] = made
        given = {f"among_{n}": one for n, one in enumerate(among)}
        return made.rows(session, {**given, **(values or {})})
