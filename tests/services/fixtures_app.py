"""Fixtures of domain and web tests; `tests/conftest.py` says what they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.cast import Person
from tests.page import Visitor


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    from tests.services.postgres import Postgres

    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The database named by the test's parameter, its template ready."""
    from tests.services.database import Postgresql, Sqlite, fill

    if request.param == "postgresql":
        made: Any = Postgresql(request.getfixturevalue("postgres"))
    else:
        made = Sqlite(tmp_path_factory.mktemp("template"))
    made.template(fill)
    return made


@pytest.fixture(scope="session")
def house(database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.services.database import House

    made = House(database, tmp_path_factory.mktemp(f"house-{database.name}") / "house")
    yield made
    made.close()


@pytest.fixture
def app(house: Any) -> Flask:
    """Outside an application context, as requests begin."""
    house.fresh()
    application: Flask = house.app
    return application


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    from sipokat.database import db

    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def site(app: Flask) -> Callable[[Person | None], Visitor]:
    """A browser of this person; the same one each time within a test."""
    visitors: dict[Person | None, Visitor] = {}

    def visit(person: Person | None = None) -> Visitor:
        if person not in visitors:
            visitors[person] = Visitor(app, person)
        return visitors[person]

    return visit
