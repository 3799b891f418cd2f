"""What tests may ask for, and which of them run.

Domain and web tests have:

    app       the application with the regions and the cast, fresh for every test
    session   the database session inside an application context: for tests of the domain
    site      site(RAHMAN) is a browser signed in as Rahman, site() one of nobody

Browser tests have:

    server    gunicorn and the worker as processes, with a network that a test can break
    phone     a 360x640 browser on that server, whose profile outlives a kill
    phones    makes more of them: phones("tetangga"), phones(viewport={...})

`--matrix quick`, the default, leaves out what is marked `whole`. It runs every case of a test on
SQLite and, outside `tests/web`, the first case on PostgreSQL; where a test is marked `sql` every
case on both, where it is marked `once` none on PostgreSQL. Property tests have a third of their
examples. Of the browser tests those marked `promise(on="106")` or `promise(on="current")` run,
each on that Chromium. `--matrix whole` runs all tests on both databases and both Chromiums.
`--database sqlite|postgresql` and `--chromium current|106` choose by hand: then all tests run, on
that one.

How long a test may wait is a multiple of the machine's speed: see `tests/services/speed.py`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.services import matrix, shared, speed

# Before anything of SIPOKAT is imported: what the person at the keyboard has set is not for tests.
for _name in (
    "DATABASE_URL",
    "SIPOKAT_DATA",
    "SIPOKAT_CHECKPOINTS",
    "SECRET_KEY",
    "RECORD_KEY",
    "RECORD_FORMER_KEYS",
    "SIPOKAT_ORIGIN",
    "SIPOKAT_HOSTS",
):
    os.environ.pop(_name, None)
os.environ["SIPOKAT_MODE"] = "test"

pytest_plugins = [
    "tests.services.fixtures_app",
    "tests.services.fixtures_browser",
    "tests.services.budget",
    "tests.services.watchdog",
]

DATABASES = ("sqlite", "postgresql")
CHROMIUMS = ("current", "106")
# The order of worth: what is fast, then the promises in a browser, then what takes long. A file has
# the place of the first of these that its path begins with.
ORDER = {
    "tests/demo/": 6,
    "tests/test_start.py": 7,
    "tests/test_": 0,
    "tests/domain/": 1,
    "tests/models/": 1,
    "tests/delivery/": 2,
    "tests/web/": 3,
}
PROMISES, OTHERS = 5, 8
# One fixture of the file takes longer than all its tests, so they stay in one process.
TOGETHER = (
    "tests/demo/test_city.py",
    "tests/domain/test_plans.py",
    "tests/test_matrix.py",
    "tests/test_proxy.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--matrix", choices=["quick", "whole"], default="quick")
    parser.addoption("--database", choices=DATABASES, help="run on this database alone")
    parser.addoption("--chromium", choices=CHROMIUMS, help="run on this Chromium alone")


def pytest_configure(config: pytest.Config) -> None:
    for marker in (
        "sql: a test about the database, which runs on both of them with all its cases",
        "once: a test that the quick matrix runs on SQLite alone",
        "whole: a test that the whole matrix alone runs, since it takes long",
        "only(database, why): a test that has a meaning on `sqlite` or on `postgresql` alone",
        "promise(on): a browser test that the quick matrix runs, on Chromium `106` or `current`",
        "current_only: runs on the current Chromium alone",
        "old_only: runs on Chromium 106 alone, the phones' own",
    ):
        config.addinivalue_line("markers", marker)
    matrix.choose(config.getoption("--matrix"))
    if not hasattr(config, "workerinput"):  # once, before the processes of -n start
        speed.slowness()
        shared.make(config)
        build_assets()
    shared.share_templates()


def pytest_report_header() -> str:
    return f"speed: {speed.slowness():.1f} times the seconds of an idle reference machine"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With -n, the next free process takes the next test, in our order; some stay together.

    (`--dist loadgroup` would do that, but xdist 3.8 does not see its groups under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

        def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
            """Forget what is done, which it would count again at each test."""
            super().mark_test_complete(node, item_index, duration)
            scope = self._split_scope(self.registered_collections[node][item_index])
            if all(self.assigned_work[node][scope].values()):
                del self.assigned_work[node][scope]

    return Scheduling(config, log)


def build_assets() -> None:
    """The bundles that every page names; nothing when they are as their sources are."""
    from sipokat import assets, create_app

    app = create_app()
    if not assets.is_built(app):
        assets.build(app)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run per database, one per Chromium; browser tests use SQLite unless told otherwise."""
    if "house" in metafunc.fixturenames:
        # Those that run on none are taken out below; until then they need some parameter.
        names = databases_for(metafunc.definition) or DATABASES[:1]
        metafunc.parametrize("database", names, indirect=True, scope="session")
    elif "database" in metafunc.fixturenames:
        names = [metafunc.config.getoption("--database") or "sqlite"]
        metafunc.parametrize(
            "database", names, indirect=True, scope="session", ids=[pytest.HIDDEN_PARAM]
        )
    if "chromium" in metafunc.fixturenames:
        names = chromiums_for(metafunc.definition) or CHROMIUMS[:1]
        metafunc.parametrize("chromium", names, indirect=True, scope="session")


def databases_for(test: pytest.Item) -> Sequence[str]:
    chosen = test.config.getoption("--database")
    only = test.get_closest_marker("only")
    if only:
        return only.args if chosen in (None, *only.args) else ()
    if chosen:
        return (chosen,)
    quick = test.config.getoption("--matrix") == "quick"
    return DATABASES[:1] if quick and is_for_one_database(test) else DATABASES


def is_for_one_database(test: pytest.Item) -> bool:
    """Whether SQLite is enough for it in the quick matrix: a test of pages, one with examples made
    up by Hypothesis, or one that says so."""
    if test.get_closest_marker("sql"):
        return False
    made_up = getattr(getattr(test, "obj", None), "is_hypothesis_test", False)
    return bool(made_up or test.nodeid.startswith("tests/web/") or test.get_closest_marker("once"))


def chromiums_for(test: pytest.Item) -> Sequence[str]:
    chosen = test.config.getoption("--chromium")
    only = {
        name
        for marker, name in (("current_only", "current"), ("old_only", "106"))
        if test.get_closest_marker(marker)
    }
    if chosen:
        names: Sequence[str] = (chosen,)
    elif test.config.getoption("--matrix") == "whole":
        names = CHROMIUMS
    else:
        promise = test.get_closest_marker("promise")
        names = (promise.kwargs["on"],) if promise else ()
    return [name for name in names if name in (only or CHROMIUMS)]


def is_quick(config: pytest.Config) -> bool:
    """Whether tests that take long are left out: not where database or Chromium were chosen."""
    by_hand = config.getoption("--database") or config.getoption("--chromium")
    return config.getoption("--matrix") == "quick" and not by_hand


def is_on_postgresql(test: pytest.Item) -> bool:
    """Whether the run's own parameter names it, or one of the file's."""
    case = getattr(test, "callspec", None)
    return case is not None and "postgresql" in case.params.values()


def is_about_sql(test: pytest.Item) -> bool:
    return bool(test.get_closest_marker("sql") or test.get_closest_marker("only"))


def repeats(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """On PostgreSQL each test's cases after its first: the same statements with other values."""
    seen = set()
    for item in items:
        if is_on_postgresql(item) and not is_about_sql(item):
            test = item.nodeid.partition("[")[0]
            if test in seen:
                yield item
            seen.add(test)


def is_promised(test: pytest.Function) -> bool:
    """Whether this is a promise on the very Chromium that it is promised on."""
    promise = test.get_closest_marker("promise")
    return promise is not None and promise.kwargs["on"] == test.callspec.params["chromium"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def runs(item: pytest.Item) -> bool:
        used = getattr(item, "fixturenames", ())
        return bool(
            ("chromium" not in used or chromiums_for(item))
            and ("database" not in used or databases_for(item))
        )

    def place(item: pytest.Item) -> int:
        if "chromium" in getattr(item, "fixturenames", ()):
            return PROMISES if is_promised(item) else OTHERS
        return next((n for path, n in ORDER.items() if item.nodeid.startswith(path)), OTHERS)

    left_out = {item for item in items if not runs(item)}
    if is_quick(config):
        left_out |= {item for item in items if item.get_closest_marker("whole")}
        left_out |= {
            item for item in items if item.get_closest_marker("once") and is_on_postgresql(item)
        }
        left_out |= set(repeats(items))
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
    items[:] = sorted((item for item in items if item not in left_out), key=place)


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so garbage need not be looked for in it."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tell fixtures whether their test failed, and show what the server said if it did.

    No garbage is looked for meanwhile: what is thrown away may print a traceback, and CPython 3.11
    ends a run in which two sources are read into a tree one within the other (its issue 106905).
    """
    gc.disable()
    try:
        report = yield
    finally:
        gc.enable()
    if report.when == "call" and report.failed:
        for fixture in getattr(item, "funcargs", {}).values():
            log = getattr(fixture, "log", None)
            if isinstance(log, str) and log:
                report.sections.append(("Server", log[-8000:]))
    return report
