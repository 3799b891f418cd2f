"""The database, and the one way to write to it.

SQLite takes one writer at a time, and by its own back-off some writers wait very long. So
`writing()` queues them: threads by a lock, processes by a file lock. It begins with BEGIN
IMMEDIATE, so that a transaction that has begun to read never fails when it begins to write.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, String, Table, event, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from sipokat.keys import RecordKeys

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

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # sqlite3 sends no BEGIN of its own: `_begin_sqlite` does
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Without this an INSERT OR REPLACE deletes rows and no DELETE trigger is asked.
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute("PRAGMA busy_timeout = 5000")


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Give up waiting for a lock after five seconds, as on SQLite. The request is then answered
    with 503, and the phone sends again later."""
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
    """The table of a model, for plain inserts: they cost a fraction of an ORM flush."""
    return cast(Table, model.__table__)


def record_keys() -> RecordKeys:
    """The keys that sign the record in this database."""
    found: RecordKeys = current_app.config["RECORD_KEYS"]
    return found


def lock_rows(session: Session, query: Any) -> None:
    """Lock the rows of `query` until the transaction ends. Others can neither change nor lock
    them, but may insert rows that refer to them. On SQLite `writing()` already shuts out other
    writers."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(query.with_for_update(key_share=True))


def take_turns(session: Session, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until this one ends. On SQLite
    `writing()` already shuts out other writers."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


@contextmanager
def writing() -> Iterator[Session]:
    """Run the block in one durable write transaction; an inner `writing()` joins the outer one.

    Rows read before are expired at the start, so that the block's checks see the present state.
    Only people, terms and regions are kept as this request has read them. An exception rolls
    everything back.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    session.commit()  # ends the read transaction; nothing is changed outside `writing()`
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
