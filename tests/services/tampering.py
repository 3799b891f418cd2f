"""What somebody does to the record who may do anything in the database, but has not its key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Connection, text

from sipokat.database import db, record_keys
from sipokat.delivery.checkpoints import Checkpoints, checkpoints_of
from sipokat.domain import audit
from sipokat.domain.clock import now
from sipokat.models import guards


@contextmanager
def unguarded() -> Iterator[Connection]:
    """A connection without triggers and foreign keys. Both are back at the end; on PostgreSQL they
    need not be dropped for that."""
    db.session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        try:
            if sqlite:  # within a transaction it would do nothing
                connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
                guards.take_off(connection)
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            if sqlite:
                guards.put_on(connection)
            connection.commit()
        finally:
            connection.invalidate()


def by_hand(*statements: str, **given: Any) -> None:
    """Do this in the database as somebody who has dropped the triggers."""
    with unguarded() as connection:
        for statement in statements:
            connection.execute(text(statement), given)


def checkpoints() -> Checkpoints:
    return checkpoints_of(current_app._get_current_object())


def verdict() -> audit.Verdict:
    """What the audit says of the record now."""
    db.session.rollback()
    kept = checkpoints().all()
    return audit.verify(db.engine.connect(), record_keys(), kept, now())


def faults() -> list[str]:
    return verdict().faults


TABLES = ("event", "report", "revision", "photo", "counter")


def content() -> dict[str, list[dict[str, Any]]]:
    """Every row of the record and of what lies beside it."""
    with db.engine.connect() as connection:
        return {
            table: [
                dict(row._mapping)
                for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")
            ]
            for table in TABLES
        }


def put_back(saved: dict[str, list[dict[str, Any]]]) -> None:
    """Make every row as it was."""
    with unguarded() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        for table, rows in saved.items():
            insert_rows(connection, table, rows)


def insert_rows(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows as `content` gives them."""
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(f":{name}" for name in row)
        plain = {
            name: json.dumps(value) if isinstance(value, dict | list) else value
            for name, value in row.items()
        }
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), plain)
