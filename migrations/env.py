"""How migrations meet the application's database."""

from alembic import context
from flask import current_app

from sipokat import models
from sipokat.database import Moment, db

assert models.__all__


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """A migration never imports the live models: their types are written in plain terms."""
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
