"""The migrations of the database, and `flask db`, which is Flask-Migrate's.

Flask-Migrate is imported only where something is migrated: with Alembic it takes a tenth of a
second, and hardly any start migrates.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import Connection, inspect, text

from sipokat.database import db


def upgrade(revision: str = "head") -> None:
    """Migrate the application's database up to this revision."""
    _flask_migrate().upgrade(revision=revision)


def downgrade(revision: str) -> None:
    """Migrate the application's database back to this revision; `base` is before the first."""
    _flask_migrate().downgrade(revision=revision)


def unknown(connection: Connection) -> set[str]:
    """The revisions of this database that the program does not have. Files are named by theirs."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    present = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
    return present - {path.name.partition("_")[0] for path in (_folder() / "versions").iterdir()}


class _Later(click.Command):
    """`flask db`. Flask-Migrate's own command takes its place once it is called."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        context: click.Context = _flask_migrate().cli.db.make_context(*args, **extra)
        return context


COMMANDS = (_Later("db", help="Migrate the database, with the commands of Flask-Migrate."),)


def _flask_migrate() -> Any:
    """Flask-Migrate, bound to the application."""
    import flask_migrate

    if "migrate" not in current_app.extensions:
        bound = flask_migrate.Migrate(compare_type=True, render_as_batch=True)
        bound.init_app(current_app, db, directory=str(_folder()))
    return flask_migrate


def _folder() -> Path:
    return Path(current_app.config["ROOT"]) / "migrations"
