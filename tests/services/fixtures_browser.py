"""The fixtures of browser tests. `tests/conftest.py` describes them."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.services.network import Lines
from tests.services.nursery import Nursery
from tests.services.phone import Engine, Phone, Profiles, engine
from tests.services.speed import patience

NUMBERS = itertools.count(1)
EXPECT_SECONDS = 20


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Engine:
    return engine(request.param, whole=request.config.getoption("--matrix") == "whole")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="session")
def lines() -> Iterator[Lines]:
    made = Lines()
    yield made
    made.close()


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Profiles:
    return Profiles(tmp_path_factory.mktemp("profiles"))


@pytest.fixture
def server(nursery: Nursery, database: Any, memory: Path) -> Iterator[Any]:
    from tests.services.server import Server

    # The PostgreSQL database is named after the folder, so no two may be alike.
    data = memory / f"data-{next(NUMBERS)}"
    data.mkdir()
    database.copy(data)
    made = Server(nursery, data, database.url(data))
    try:
        made.begin()  # `phones` waits for it, after opening the browser meanwhile
        yield made
    finally:
        made.close()
        database.remove(data)
        shutil.rmtree(data)


@pytest.fixture
def phones(
    playwright: Playwright,
    chromium: Engine,
    server: Any,
    lines: Lines,
    profiles: Profiles,
    tmp_path: Path,
) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []
    expect.set_options(timeout=patience(EXPECT_SECONDS) * 1000)

    def make(name: str | None = None, new: bool = False, **options: Any) -> Phone:
        profile = tmp_path / f"phone-{name or len(made)}"
        line = lines.take(len(made), server.network)
        phone = Phone(playwright, chromium, profile, line, options)
        # A phone without workers or without script could keep nothing at its first visit.
        if not (new or {"service_workers", "java_script_enabled"} & options.keys()):
            profiles.copy(phone, server.wait)
        made.append(phone)
        phone.start()
        server.wait()
        return phone

    yield make
    for phone in made:
        phone.close()
    lines.release()
    complaints = [complaint for phone in made for complaint in phone.unexpected()]
    assert not complaints, complaints


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    return phones()


@pytest.fixture
def look(phone: Phone) -> Iterator[Callable[[str], None]]:
    """look(where) takes note of what is wrong with the phone's page as it stands."""
    from tests.services.accessibility import breaches, settle

    problems: list[str] = []

    def take_note(where: str) -> None:
        settle(phone.page)
        problems.extend(breaches(phone.page, where, ["light", "dark"]))

    yield take_note
    assert problems == []
