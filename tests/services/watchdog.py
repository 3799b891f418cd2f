"""A test that hangs ends the run and says where it stood: Playwright may wait for ever."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Iterator

import greenlet
import pytest

SECONDS = 180


def give_up(item: pytest.Item) -> None:
    capture = item.config.pluginmanager.getplugin("capturemanager")
    if capture:
        capture.suspend_global_capture()
    out = sys.__stderr__ or sys.stderr
    print(f"\n{item.nodeid} still runs after {SECONDS} s. It stands at:", file=out)
    frames = [*sys._current_frames().values()]
    # Playwright's callers sleep in greenlets, which no thread shows.
    frames += [one.gr_frame for one in gc.get_objects() if isinstance(one, greenlet.greenlet)]
    for frame in frames:
        lines = traceback.StackSummary.extract(traceback.walk_stack(frame)) if frame else []
        for line in reversed([line for line in lines if "site-packages" not in line.filename]):
            print(f"  {line.filename}:{line.lineno} {line.name}", file=out)
        print(file=out)
    out.flush()
    os._exit(70)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    timer = threading.Timer(SECONDS, give_up, [item])
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()
