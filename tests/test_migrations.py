"""The migrations and the models say the same, forwards and back, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from sipokat import create_app
from sipokat.database import db


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database with nothing in it."""
    chosen = request.config.getoption("--database")
    if chosen not in (None, request.param):
        pytest.skip(f"--database {chosen}")
    if request.param == "postgresql":
        postgres: Any = request.getfixturevalue("postgres")
        postgres.create("empty")
        url = postgres.url("empty")
    else:
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    app = create_app({"DATA": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def test_migrations_lead_to_the_models(empty: Flask) -> None:
    upgrade()
    assert differences() == []


def test_a_missing_column_is_seen(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "user" DROP COLUMN active')
    assert [difference[0] for difference in differences()] == ["add_column"]


def test_every_migration_can_be_taken_back(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []


def test_every_migration_has_a_name() -> None:
    for path in (Path(__file__).parents[1] / "migrations/versions").glob("*.py"):
        number, _, name = path.stem.partition("_")
        assert number, path
        assert name, f"{path.name} says nothing about what it does"
        assert "sipokat.models" not in path.read_text(), f"{path.name} imports the live models"
