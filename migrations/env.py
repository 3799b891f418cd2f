"""Runs migrations on the application's database; Alembic calls it.

The triggers of the record are taken off before a migration and put on after it: they would refuse
what a migration does, and SQLite drops them with a table that is made anew. Where nothing is to be
migrated, nothing is touched.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app

from sipokat import models
from sipokat.database import Moment, db
from sipokat.models import guards

assert models.__all__


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types into new migrations as SQLAlchemy's, so that a migration never
    imports the application's code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def heads() -> set[str]:
    """The versions that the database has now."""
    return set(context.get_context().get_current_heads())


def wanted() -> set[str] | None:
    """The versions that it shall have; None for a command that migrates nothing."""
    try:
        found = context.get_revision_argument()
    except KeyError:
        return None
    return {found} if isinstance(found, str) else set(found or ())


@contextmanager
def tables_may_be_made_anew(connection: Any) -> Iterator[None]:
    """SQLite refuses to drop a table whose rows others refer to, and a batch migration drops the
    table that it has copied. So foreign keys are looked at once, after all migrations."""
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection.driver_connection
    sqlite.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        broken = sqlite.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows that refer to nothing after the migration: {broken[:5]}")
    finally:
        sqlite.execute("PRAGMA foreign_keys = ON")


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    options["render_item"] = render_item
    with db.engine.connect() as connection, tables_may_be_made_anew(connection):
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        migrates = wanted() not in (None, heads())
        connection.rollback()
        if migrates:
            guards.take_off(connection)
            if connection.dialect.name == "sqlite":
                connection.commit()  # Alembic opens a transaction for each migration there
        with context.begin_transaction():
            context.run_migrations()
        if migrates and heads() == set(context.script.get_heads()):
            guards.put_on(connection)
        connection.commit()


run()
