"""The database, and the one way to write to it.

SQLite takes one writer at a time, and by its own back-off some writers wait very long. So
`writing()` queues them: threads by a line, processes by a file lock. It begins with BEGIN
IMMEDIATE, so that a transaction that has begun to read never fails when it begins to write.

Nobody waits longer than WAIT. When whoever has the lock is stuck, a few threads of the process wait
for it and the others are told at once that the database is busy: they go on reading for others.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote

import structlog
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, String, Table, event, func, select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from sipokat.keys import RecordKeys
from sipokat.turns import Busy, Line

log = structlog.get_logger()

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)

    # True for people, terms and regions: `writing()` does not read their rows again.
    steady: ClassVar[bool] = False


Row = TypeVar("Row", bound=Base)
# The rows of a statement, and what the driver tells of their columns: nothing where it gives none.
Sent = tuple[Sequence[tuple[Any, ...]], Any]

WAIT = 5  # seconds that a write waits for others
BESIDE_READING = 0.3  # the same, for what is written only because somebody reads a page

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# Region codes are compared byte by byte, whatever the locale of the database, because the range
# condition of visibility needs that order. SQLite always compares so.
RegionCode = String(20).with_variant(String(20, collation="C"), "postgresql")


class JsonText(str):
    """A value that is JSON already: a JSON column takes it as it is."""

    __slots__ = ()


def to_json(value: Any) -> JsonText:
    """The value as a JSON column keeps it. Writing it out before the lock is taken shortens the
    time under the lock."""
    if isinstance(value, JsonText):
        return value
    return JsonText(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


class Moment(TypeDecorator[datetime]):
    """A point in time: a datetime with time zone in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Any:
        """SQLAlchemy's own way to write SQLite's text takes twice as long."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def as_text(value: datetime | None) -> str | None:
            moment = self.process_bind_param(value, dialect)
            return moment.isoformat(" ", "microseconds") if moment else None

        return as_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """The same for what it reads."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    @classmethod
    def from_driver(cls, value: Any, dialect: Dialect) -> datetime:
        """A point in time from what the driver gave for it where the column's type was left out:
        text from SQLite, a datetime from PostgreSQL. Both sort as the points in time do."""
        turn = cls().result_processor(dialect, None)
        found = turn(value) if turn else value
        assert isinstance(found, datetime)
        return found


class lines(FunctionElement[str]):
    """The texts of all rows as one, each on a line of its own. SQLAlchemy's own `aggregate_strings`
    cannot be compiled for good, as `prepared.py` does."""

    type = String()
    inherit_cache = True


@compiles(lines, "sqlite")
def _lines_of_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, char(10))"


@compiles(lines, "postgresql")
def _lines_of_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, chr(10))"


@event.listens_for(Engine, "do_connect")
def _open_read_only(dialect: Any, _record: Any, args: Any, options: Any) -> Any:
    """On a read-only disk SQLite cannot make the file that WAL shares between processes. So without
    one the database is opened as a file that nobody changes, which is true there."""
    if dialect.name != "sqlite" or not args or not os.path.exists(path := args[0]):
        return None
    read_only = os.statvfs(path).f_flag & os.ST_RDONLY
    if not read_only or os.path.exists(f"{path}-shm"):
        return None
    return sqlite3.connect(f"file:{quote(path)}?immutable=1", **{**options, "uri": True})


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # sqlite3 sends no BEGIN of its own: `_begin_sqlite` does
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is blanked or replaced is overwritten in the file, not only no longer referred to.
    connection.execute("PRAGMA secure_delete = ON")
    # Without this an INSERT OR REPLACE deletes rows and no DELETE trigger is asked.
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute(f"PRAGMA busy_timeout = {WAIT * 1000}")


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Give up waiting for a lock after as long as on SQLite. The request is then answered with 503,
    and the phone sends again later."""
    if isinstance(connection, sqlite3.Connection):
        return
    connection.execute(f"SET lock_timeout = '{WAIT}s'")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    until = connection.get_execution_options().get("sipokat_until")
    if until is None:
        _say(connection, "BEGIN")
    else:
        _begin_immediate(connection, until)


def _say(connection: Connection, word: str) -> None:
    """BEGIN or COMMIT of a transaction that reads. Neither waits nor fails, so it goes to the
    driver itself, which takes a tenth of the time."""
    cast(sqlite3.Connection, connection.connection.dbapi_connection).execute(word)


def _begin_immediate(connection: Connection, until: float) -> None:
    left = int((until - monotonic()) * 1000)
    if left > WAIT * 900:  # the usual case: there was no wait in the line
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(1, left)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT * 1000}")


# The writers of this process. On PostgreSQL several write at once, but all of them may have to wait
# for the same row.
_lines = {
    "sqlite": Line(at_once=1, waiting=3, seconds=WAIT, stalled_after=1),
    "postgresql": Line(at_once=4, waiting=1, seconds=WAIT, stalled_after=1),
}
_lock_files: dict[str, int] = {}


def _forget_lock_files() -> None:
    """A lock belongs to the open file, which a forked process shares: it opens one of its own."""
    for descriptor in _lock_files.values():
        os.close(descriptor)
    _lock_files.clear()


os.register_at_fork(after_in_child=_forget_lock_files)


@contextmanager
def _turn_to_write(session: Session, seconds: float) -> Iterator[float]:
    """Wait until no other thread or, on SQLite, process writes. Gives the moment until which one
    may wait for the database's own lock. Raises Busy."""
    url = session.get_bind().engine.url
    kind = url.get_backend_name()
    line = _lines[kind]
    until = line.enter(seconds)
    descriptor, well = -1, False
    try:
        if kind == "sqlite":
            descriptor = _lock_file(str(url.database))
            _wait_for_file(descriptor, until)
        yield until
        well = True
    except IntegrityError:
        well = True  # it had its turn: so a repeat is found by its unique key
        raise
    except (Busy, DBAPIError):
        raise
    except BaseException:
        well = True  # it had its turn
        raise
    finally:
        if descriptor >= 0:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # the death of the process does it too
        line.leave(well)


def _lock_file(database: str) -> int:
    kept = _lock_files.get(database)
    if kept is not None and os.fstat(kept).st_nlink == 0:  # somebody has deleted the file
        os.close(_lock_files.pop(database))
    if database not in _lock_files:
        # To lock it one need not be able to write it, so this also works on a read-only disk.
        flags = os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC
        _lock_files[database] = os.open(f"{database}.lock", flags, 0o600)
    return _lock_files[database]


def _wait_for_file(descriptor: int, until: float) -> None:
    """Lock the file as soon as no other process has it. flock itself can wait only for ever."""
    pause = 0.0002
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if monotonic() >= until:
                raise Busy("another process keeps the lock") from None
        sleep(pause)
        pause = min(pause * 1.2, 0.01)


def table(model: type[Base]) -> Table:
    """The table of a model, for plain inserts: they cost a fraction of an ORM flush."""
    return cast(Table, model.__table__)


def as_loaded(session: Session, model: type[Row], values: dict[str, Any]) -> Row:
    """An object of the session with these columns, as if the session itself had just read all of
    them. It costs a third of what a query for objects does. The session must not have it yet."""
    made: Row = model.__mapper__.class_manager.new_instance()
    instance_dict(made).update(values)
    make_transient_to_detached(made)
    session.add(made)
    return made


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction. It is remembered as long as the transaction
    lasts: to ask the session for it takes as long as a small statement."""
    known: tuple[Any, Connection] | None = session.info.get("connection")
    if known and known[0] is session.get_transaction() and not session.in_nested_transaction():
        return known[1]
    connection = session.connection()  # begins, and within a savepoint makes it
    session.info["connection"] = session.get_transaction(), connection
    return connection


def send(connection: Connection, text: str, values: Any, each: bool = False) -> Sent:
    """Send a statement by the driver's own cursor, or with `each` one for each of `values`: its
    rows and what the driver tells of their columns. SQLAlchemy's results take longer than SQLite
    needs to find the rows. Its errors stay what they are, and whoever listens to its statements
    hears of this one."""
    if connection.engine.dispatch.before_cursor_execute:
        result = connection.exec_driver_sql(text, values)
        told = result.cursor.description if result.cursor else None
        return [tuple(row) for row in result] if told else [], told
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if each else cursor.execute)(text, values)
        told = cursor.description
        return cursor.fetchall() if told else [], told
    except Exception as error:
        connection._handle_dbapi_exception(error, text, values, cursor, None)
    finally:
        cursor.close()


def secret_key() -> bytes:
    """The application's secret, for hashes that are worth nothing without it."""
    return str(current_app.config["SECRET_KEY"]).encode()


def record_keys() -> RecordKeys:
    """The keys that sign the record in this database."""
    found: RecordKeys = current_app.config["RECORD_KEYS"]
    return found


def lock_rows(session: Session, query: Any, values: dict[str, Any] | None = None) -> None:
    """Lock the rows of `query` until the transaction ends. Others can neither change nor lock
    them, but may insert rows that refer to them. On SQLite `writing()` already shuts out other
    writers."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(query.with_for_update(key_share=True), values)


def take_turns(session: Session, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until this one ends. On SQLite
    `writing()` already shuts out other writers."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def _end_reading(session: Session) -> Connection | None:
    """End the transaction in which the session has read so far; nothing is changed outside
    `writing()`. On SQLite the session keeps its connection and its own transaction, for `writing()`
    to go on with: to give both back and take them anew costs as much as three statements."""
    if not session.in_transaction() or session.get_bind().dialect.name != "sqlite":
        session.commit()
        return None
    session.flush()
    connection = session.connection()
    _say(connection, "COMMIT")
    return connection


@contextmanager
def writing(seconds: float = WAIT) -> Iterator[Session]:
    """Run the block in one durable write transaction; an inner `writing()` joins the outer one.

    Rows read before are expired at the start, so that the block's checks see the present state.
    Only people, terms and regions are kept as this request has read them. An exception rolls
    everything back. Raises Busy when it is not one's turn within `seconds`.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    began = _end_reading(session)
    for row in session:
        if not cast(Base, row).steady:
            session.expire(row)
    try:
        with _turn_to_write(session, seconds) as until:
            session.info["writing"] = True
            try:
                if began is None:
                    connection = session.connection(execution_options={"sipokat_until": until})
                else:
                    connection = began
                    _begin_immediate(connection, until)
                if seconds < WAIT and connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            finally:
                del session.info["writing"]
    except (Busy, OSError):
        session.commit()  # whoever goes on reading begins anew
        raise


def empty_log() -> bool:
    """Bring what was written into SQLite's file and empty the -wal file beside it, where erased
    words would stay for a while. Ends this session's reading. False when others read or write for
    so long that some of it is still there."""
    db.session.rollback()
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = [row[0] for row in cursor.fetchall()] != [0]
    finally:
        connection.close()
    return not busy


def write_if_possible(what: str, change: Callable[[Session], object]) -> bool:
    """Run `change` in a write transaction, unless the database is busy, full or read-only: then
    nothing is changed and the log names `what` was not. For what reading a page writes along.
    Returns whether it was written."""
    try:
        with writing(BESIDE_READING) as session:
            change(session)
    except (Busy, DBAPIError, OSError) as error:
        log.warning("not_written", what=what, why=str(getattr(error, "orig", error)))
        return False
    return True
