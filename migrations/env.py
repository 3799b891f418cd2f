"""Runs migrations on the application's database; Alembic calls it."""

from alembic import context
from flask import current_app

from sipokat import models
from sipokat.database import Moment, db

assert models.__all__


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types into new migrations as SQLAlchemy's, so that a migration never
    imports the application's code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    options["render_item"] = render_item
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
