"""A fresh database for every test, SQLite and PostgreSQL, with the regions and the cast in it.

The schema is made once by the real migrations; each test starts from a copy of that. One
application serves all tests of a database: making it anew would cost more than the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event

from sipokat import create_app
from sipokat.database import db, writing
from sipokat.domain import accounts, administration, regions
from sipokat.domain.responsiveness import months
from sipokat.migrations import upgrade
from tests.cast import CAST, PASSWORD
from tests.services.postgres import Postgres

# A real argon2 hash, but of the cheapest kind, so that signing in costs a test little time.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP = CHEAP_HASHER.hash(PASSWORD)
LONG_AGO = date(2020, 1, 1)


class Database(Protocol):
    """A kind of database for tests. Call `template` once, then `copy` for every test."""

    name: str
    outlives_copy: bool
    """Whether a connection to the data folder's database is still good after `copy`."""

    def url(self, data: Path) -> str:
        """The URL of the data folder's database."""

    def template(self, fill: Callable[[str], None]) -> None:
        """Make the template: `fill` is called with its URL and puts everything into it."""

    def copy(self, data: Path) -> None:
        """Make the data folder's database a fresh copy of the template."""

    def remove(self, data: Path) -> None:
        """Delete the data folder's database."""


class Sqlite:
    name = "sqlite"
    outlives_copy = False

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"

    def url(self, data: Path) -> str:
        return f"sqlite:///{data / 'sipokat.sqlite3'}"

    def template(self, fill: Callable[[str], None]) -> None:
        fill(f"sqlite:///{self._template}")
        assert not self._template.with_name("template.sqlite3-wal").exists(), "still in use"

    def copy(self, data: Path) -> None:
        self.remove(data)
        shutil.copyfile(self._template, data / "sipokat.sqlite3")

    def remove(self, data: Path) -> None:
        for path in data.glob("sipokat.sqlite3*"):
            path.unlink()


class Postgresql:
    name = "postgresql"
    outlives_copy = True

    def __init__(self, server: Postgres) -> None:
        self._server = server

    def url(self, data: Path) -> str:
        return self._server.url(data.name)

    def template(self, fill: Callable[[str], None]) -> None:
        self._server.create("template")
        fill(self._server.url("template"))
        self._server.remember("template")

    def copy(self, data: Path) -> None:
        if not self._server.restore(data.name):
            self._server.create(data.name, template="template")

    def remove(self, data: Path) -> None:
        self._server.drop(data.name)


def fill(url: str) -> None:
    """Migrate the database and put the regions and the cast into it."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        upgrade()
        with writing() as session:
            regions.ensure_official(session)
            by = administration.operator("tests")
            for person in CAST:
                user = accounts.create(
                    session,
                    by,
                    person.phone,
                    person.name,
                    person.role,
                    person.region,
                    CHEAP,
                    since=LONG_AGO,
                )
                if not person.active:
                    accounts.disable(session, by, user)
        db.session.remove()
        db.engine.dispose()


# How many statements a page may send that ask for data; these are about the transaction.
MOST = 12
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA", "SET LOCAL")


def asking(said: Sequence[str]) -> int:
    """How many of these statements ask for data."""
    return sum(not one.startswith(CONTROL) for one in said)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collects the statements that the application sends to its database within the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


class House:
    """One database and the application on it. `fresh()` makes both as new for the next test."""

    def __init__(self, database: Database, data: Path) -> None:
        self.database = database
        self.data = data
        data.mkdir()
        database.copy(data)  # the application looks at whose database it is when it is made
        self.app: Flask = create_app(
            {
                "DATA": data,
                "SQLALCHEMY_DATABASE_URI": database.url(data),
                "RAISE_UNFORESEEN": True,
            }
        )
        self._settings = dict(self.app.config)

    def fresh(self) -> None:
        self.app.config.clear()
        self.app.config.update(self._settings)
        with self.app.app_context():
            months.forget(db.session())
            db.session.remove()
            if not self.database.outlives_copy:
                db.engine.dispose()
        for path in self.data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.database.copy(self.data)

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.database.remove(self.data)
