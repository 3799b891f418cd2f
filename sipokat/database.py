"""The database, and the one way to write to it.

SQLite takes one writer at a time. Left to its own back-off the unlucky writers wait long, so
`writing()` queues them: a lock inside the process, a file lock between processes, and BEGIN
IMMEDIATE, so that a transaction never has to be upgraded half-way.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, String, Table, event, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)

    # Rows that may be trusted for the length of a request, see `writing()`.
    steady: ClassVar[bool] = False


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# Region codes compare byte by byte, whatever the locale of the database: the range condition
# of visibility depends on it. SQLite compares so by itself.
RegionCode = String(20).with_variant(String(20, collation="C"), "postgresql")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 5000")


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Wait for locks as long as on SQLite; then the phone keeps its entry and comes again."""
    if isinstance(connection, sqlite3.Connection):
        return
    connection.execute("SET lock_timeout = '5s'")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("sipokat_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


_in_process = threading.Lock()


@contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    """On SQLite, wait until no other thread or process writes; PostgreSQL needs no queue."""
    url = session.get_bind().engine.url
    if url.get_backend_name() != "sqlite":
        yield
        return
    assert url.database is not None
    with _in_process, open(url.database + ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file releases the lock, and so does the death of the process


def table(model: type[Base]) -> Table:
    """The plain table of a model: appending a row to it costs a fraction of an ORM flush."""
    return cast(Table, model.__table__)


def lock_rows(session: Session, query: Any) -> None:
    """Hold the rows of `query` until the transaction ends, against whoever would change or hold
    them, but not against rows that only refer to them. On SQLite `writing()` holds all."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(query.with_for_update(key_share=True))


def take_turns(session: Session, name: str) -> None:
    """Let nobody else past this point under this name until the transaction ends. On SQLite
    `writing()` lets one write at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


@contextmanager
def writing() -> Iterator[Session]:
    """One durable write transaction round the block; an inner `writing()` joins the outer one.

    What was read before is forgotten at the start, so that guards inside the block see the
    present state; people, terms and regions, read by this request a moment ago, are kept. An
    exception rolls everything back.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    session.commit()  # ends the reading; nothing was changed outside `writing()`
    for row in session:
        if not cast(Base, row).steady:
            session.expire(row)
    with _turn_to_write(session):
        session.info["writing"] = True
        try:
            session.connection(execution_options={"sipokat_write": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info["writing"]
