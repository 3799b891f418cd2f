"""`--budget MINUTES`: tests that have not begun when the time is used up are left out and named.

The minutes count from the start of pytest. Tests run in the order of their worth (`ORDER` in
`tests/conftest.py`), so that what a slow machine leaves out is what matters least.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from typing import Any

import pytest

DEADLINE = "SIPOKAT_TEST_DEADLINE"  # in seconds of the monotonic clock, which all processes share
LEFT_OUT = "left out: the time is used up"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--budget", type=float, metavar="MINUTES", help="begin no test after these")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # a process of -n: it inherits the deadline
        return
    os.environ.pop(DEADLINE, None)
    budget = config.getoption("--budget")
    if budget is not None:
        os.environ[DEADLINE] = str(time.monotonic() + budget * 60)


def seconds_left() -> float:
    """Infinite without a budget, negative once it is used up."""
    return float(os.environ.get(DEADLINE, "inf")) - time.monotonic()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    if seconds_left() <= 0:
        pytest.skip(LEFT_OUT)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say that tests were left out, and which."""
    reports = terminalreporter.stats
    skipped = [
        report.nodeid for report in reports.get("skipped", []) if LEFT_OUT in str(report.longrepr)
    ]
    if not skipped:
        return
    count = sum(len(reports.get(kind, [])) for kind in ("passed", "failed", "error", "skipped"))
    files: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for nodeid in skipped:
        file, _, test = nodeid.partition("::")
        files[file][test.partition("[")[0]] += 1
    terminalreporter.section(
        f"NOT ALL TESTS: {len(skipped)} of {count} left out", sep="=", red=True
    )
    terminalreporter.line("The time was used up before these began:")
    for file, tests in files.items():
        names = [name if times == 1 else f"{name} ({times})" for name, times in tests.items()]
        terminalreporter.line(f"{file}: {', '.join(names)}")
