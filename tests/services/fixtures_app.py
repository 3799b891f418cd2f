"""The fixtures of domain and web tests. `tests/conftest.py` describes them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.cast import Person
from tests.page import Visitor

MEMORY = Path("/dev/shm")
ENOUGH = 512 * 1024 * 1024


class Kept:
    """Things that are made when a test first needs them and are kept until the run ends.

    pytest itself would end a session fixture and make it anew whenever its parameter changes.
    """

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.ends = ExitStack()  # last in, first out

    def get(self, name: str, make: Callable[[], Any], end: Callable[[Any], object]) -> Any:
        if name not in self.made:
            self.made[name] = made = make()
            self.ends.callback(end, made)
        return self.made[name]


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    made = Kept()
    with made.ends:
        yield made


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for databases and photos: in memory where the system offers that, because on a disk
    every commit waits for it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield tmp_path_factory.mktemp("data")
        return
    with tempfile.TemporaryDirectory(prefix="sipokat-test-", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres(kept: Kept) -> Any:
    from tests.services.postgres import Postgres

    return kept.get("postgres", Postgres, Postgres.stop)


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, kept: Kept, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The kind of database that the test's parameter names, with its template made."""
    from tests.services.database import Postgresql, Sqlite, fill

    def make() -> Any:
        if request.param == "postgresql":
            made: Any = Postgresql(request.getfixturevalue("postgres"))
        else:
            made = Sqlite(tmp_path_factory.mktemp("template"))
        made.template(fill)
        return made

    return kept.get(request.param, make, lambda made: None)


@pytest.fixture(scope="session")
def house(database: Any, kept: Kept, memory: Path) -> Any:
    from tests.services.database import House

    def make() -> House:
        return House(database, memory / f"house-{database.name}")

    return kept.get(f"house of {database.name}", make, House.close)


@pytest.fixture
def app(house: Any) -> Flask:
    """The application on a fresh database, outside an application context."""
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
    """`site(person)` is a browser of this person, the same one each time within a test."""
    visitors: dict[Person | None, Visitor] = {}

    def visit(person: Person | None = None) -> Visitor:
        if person not in visitors:
            visitors[person] = Visitor(app, person, inside=True)
        return visitors[person]

    return visit
