"""Which tests run on which database and Chromium, and what a budget leaves out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.services.speed import patience

ROOT = Path(__file__).parents[1]
HEALTH = "tests/web/test_health.py"  # marked `sql`
ACCOUNT = "tests/web/test_account.py"
QUEUE = "tests/domain/test_queue.py"
BULK = "tests/web/test_bulk.py"  # has one that takes long
TAKES_LONG = f"{BULK}::test_five_hundred_at_once_and_no_more"
BROWSER = "tests/browser/"
FILES = [HEALTH, ACCOUNT, QUEUE, BULK, BROWSER]
BOTH = {"sqlite", "postgresql"}
END = "== end of a run =="


QUICK = ["--collect-only", "-q", *FILES]
WHOLE = [*QUICK, "--matrix", "whole"]
LATE = ["--budget", "0", "tests/test_architecture.py", "-k", "vague_name"]
# Three runs in one process, because most of the time of each would go into its start.
RUNS = f"""
import pytest
for words in {[QUICK, WHOLE, LATE]}:
    assert pytest.main(["-p", "no:cacheprovider", "-n", "0", *words]) == 0
    print("{END}", flush=True)
"""


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What pytest prints when it collects for the quick matrix and for the whole one, and when it
    runs one test with no time left."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", RUNS],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=patience(180),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(END)


def collected(said: str) -> dict[str, list[str]]:
    """For each test that would run, the databases or Chromiums that it would run on."""
    tests: dict[str, list[str]] = defaultdict(list)
    for line in said.splitlines():
        test, _, parameters = line.partition("[")
        tests[test] += re.findall(r"\b(?:sqlite|postgresql|current|106)\b", parameters)
    return tests


def used(tests: dict[str, list[str]], file: str) -> set[str]:
    """All databases or Chromiums that tests of this file or folder run on."""
    return {name for test, names in tests.items() if test.startswith(file) for name in names}


def test_what_the_quick_and_the_whole_matrix_run(said: list[str]) -> None:
    quick, whole = collected(said[0]), collected(said[1])
    assert used(quick, QUEUE) == used(quick, HEALTH) == BOTH
    assert used(quick, ACCOUNT) == {"sqlite"}
    assert used(whole, ACCOUNT) == BOTH
    assert {test for test in whole if test.startswith(BULK)} - quick.keys() == {TAKES_LONG}
    # What has many cases runs with one of them on PostgreSQL.
    of_queue = [names for test, names in quick.items() if test.startswith(QUEUE)]
    assert any(names.count("sqlite") > 1 for names in of_queue)
    assert {names.count("postgresql") for names in of_queue} == {1}
    # Each promise is kept on one Chromium, whatever its cases, and both are used.
    promises = {test: set(names) for test, names in quick.items() if test.startswith(BROWSER)}
    assert all(len(names) == 1 for names in promises.values())
    assert used(quick, BROWSER) == used(whole, BROWSER) == {"current", "106"}
    assert len(promises) < len([test for test in whole if test.startswith(BROWSER)])


def test_what_a_budget_leaves_out_is_named_and_is_no_pass(said: list[str]) -> None:
    late = said[2].strip()
    assert "NOT ALL TESTS: 1 of 1 left out" in late
    assert "tests/test_architecture.py: test_no_module_has_a_vague_name" in late
    assert "1 skipped" in late.splitlines()[-1]
