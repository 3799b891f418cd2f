"""What tests may ask for.

Domain and web tests run once on each database (`--database sqlite|postgresql|both`):

    app       the application with the regions and the cast, fresh for every test
    session   the database session inside an application context: for tests of the domain
    site      site(RAHMAN) is a browser signed in as Rahman, site() one of nobody

Browser tests run on each Chromium (`--chromium current|106|both`):

    server    gunicorn and the worker as processes, with a network that a test can break
    phone     a 360x640 browser on that server, whose profile outlives a kill
    phones    makes more of them: phones("tetangga"), phones(viewport={...})
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

# Before anything of SIPOKAT is imported: what the person at the keyboard has set is not for tests.
for _name in ("DATABASE_URL", "SIPOKAT_DATA", "SECRET_KEY", "SIPOKAT_ORIGIN", "SIPOKAT_HOSTS"):
    os.environ.pop(_name, None)
os.environ["SIPOKAT_MODE"] = "test"

pytest_plugins = [
    "tests.services.fixtures_app",
    "tests.services.fixtures_browser",
    "tests.services.watchdog",
]

DATABASES = ("sqlite", "postgresql")
CHROMIUMS = ("current", "106")
# What fails fast comes first, the browsers last.
ORDER = ("test_", "domain", "delivery", "demo", "web", "browser")
# What these files prepare costs more than all their tests: each stays in one process.
TOGETHER = ("tests/demo/test_city.py",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*DATABASES, "both"], default="both")
    parser.addoption("--chromium", choices=[*CHROMIUMS, "both"], default="both")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "current_only: runs on the current Chromium alone")
    config.addinivalue_line("markers", "old_only: runs on Chromium 106 alone, the phones' own")
    if not hasattr(config, "workerinput"):  # once, before the processes of -n start
        build_assets()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With -n every test by itself to the next free process, but for those that stay together.

    (`--dist loadgroup` would do, but xdist 3.8 tells pytest 9.2 of its groups in vain.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Scheduling(config, log)


def build_assets() -> None:
    """The bundles that every page names; nothing when they are as their sources are."""
    from sipokat import assets, create_app

    app = create_app()
    if not assets.is_built(app):
        assets.build(app)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run per database, one per Chromium; browser tests use SQLite unless told otherwise."""
    chosen = metafunc.config.getoption("--database")
    if "house" in metafunc.fixturenames:
        names = DATABASES if chosen == "both" else (chosen,)
        metafunc.parametrize("database", names, indirect=True, scope="session")
    elif "database" in metafunc.fixturenames:
        name = "sqlite" if chosen == "both" else chosen
        metafunc.parametrize(
            "database", [name], indirect=True, scope="session", ids=[pytest.HIDDEN_PARAM]
        )
    if "chromium" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--chromium")
        names = CHROMIUMS if chosen == "both" else (chosen,)
        for mark, only in (("current_only", "current"), ("old_only", "106")):
            if metafunc.definition.get_closest_marker(mark):
                names = tuple(name for name in names if name == only)
        metafunc.parametrize("chromium", names, indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        folder = item.nodeid.removeprefix("tests/")
        return next((n for n, start in enumerate(ORDER) if folder.startswith(start)), len(ORDER))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tell fixtures whether their test failed, and show what the server said if it did."""
    report = yield
    if report.when == "call" and report.failed:
        for fixture in getattr(item, "funcargs", {}).values():
            log = getattr(fixture, "log", None)
            if isinstance(log, str) and log:
                report.sections.append(("Server", log[-8000:]))
    return report
