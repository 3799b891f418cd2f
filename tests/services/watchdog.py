"""Ends the process when a test hangs, and prints where: Playwright may wait without end."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator

import greenlet
import pytest

from tests.services.budget import seconds_left
from tests.services.speed import patience

SECONDS = 240  # the longest test needs a tenth of it
OVERTIME = 600  # how long a test may go on when the budget is used up


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    done = threading.Event()
    threading.Thread(target=watch, args=[item, done], daemon=True).start()
    try:
        return (yield)
    finally:
        done.set()


def watch(item: pytest.Item, done: threading.Event) -> None:
    """Give up when the test is not `done` within the limit, which grows if the machine gets busy
    meanwhile."""
    began = time.monotonic()

    def left() -> float:
        return min(patience(SECONDS) - (time.monotonic() - began), seconds_left() + OVERTIME)

    while (limit := left()) > 0:
        if done.wait(limit):
            return
    give_up(item, time.monotonic() - began)


def give_up(item: pytest.Item, seconds: float) -> None:
    capture = item.config.pluginmanager.getplugin("capturemanager")
    if capture:
        capture.suspend_global_capture()
    out = sys.__stderr__ or sys.stderr
    print(f"\n{item.nodeid} still runs after {seconds:.0f} s. It stands at:", file=out)
    frames = [*sys._current_frames().values()]
    # A call of Playwright waits in a greenlet, whose frames belong to no thread.
    frames += [one.gr_frame for one in gc.get_objects() if isinstance(one, greenlet.greenlet)]
    for frame in frames:
        lines = traceback.StackSummary.extract(traceback.walk_stack(frame)) if frame else []
        for line in reversed([line for line in lines if "site-packages" not in line.filename]):
            print(f"  {line.filename}:{line.lineno} {line.name}", file=out)
        print(file=out)
    out.flush()
    os._exit(70)
