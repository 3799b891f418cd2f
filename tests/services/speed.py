"""How slow this machine is, and how long a test may therefore wait.

    patience(20)            # seconds: 20 on an idle reference machine, 400 on one 20 times slower
    for _ in tries(20):     # looks again and again until that limit
        if done():
            break

The speed is measured once, when the run begins, by a fixed piece of work; the processes of `-n`
find it in the environment. A load that another program brings later is seen in the system's load
average: call `patience` when the limit is needed, do not keep it in a constant.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

SLOWNESS = "SIPOKAT_TEST_SLOWNESS"
# What `measure` takes on an idle machine with two cores of a 2023 server.
REFERENCE_SECONDS = 0.20
PAUSE_SECONDS = 0.05
SIDE_BY_SIDE = 2  # as tests run with -n 2; sharing one core makes a machine slower


def patience(seconds: float) -> float:
    """The limit, in seconds, for what takes less than `seconds` on an idle reference machine."""
    return seconds * slowness() * crowding()


def tries(seconds: float) -> Iterator[None]:
    """Yields at once and then, after a short pause each time, until `patience(seconds)` is over."""
    began = time.monotonic()
    while True:
        yield
        if time.monotonic() - began > patience(seconds):
            return
        time.sleep(patience(PAUSE_SECONDS))


def slowness() -> float:
    """How many times slower than the reference this machine was when the run began; at least 1."""
    if SLOWNESS not in os.environ:
        os.environ[SLOWNESS] = f"{max(1.0, measure() / REFERENCE_SECONDS):.1f}"
    return float(os.environ[SLOWNESS])


def crowding() -> float:
    """How many processes wanted each core, on average over the last minute; at least 1."""
    try:
        load = os.getloadavg()[0]
    except OSError:  # some containers do not tell
        return 1.0
    return max(1.0, load / (os.cpu_count() or 1))


def measure() -> float:
    """The seconds that a fixed piece of work takes now."""
    began = time.monotonic()
    command = [sys.executable, "-S", __file__, "work"]
    running = [subprocess.Popen(command) for _ in range(SIDE_BY_SIDE)]
    for process in running:
        process.wait()
    return time.monotonic() - began


def work() -> None:
    """Some Python, some processes and some writes to the disk, as in the tests."""
    sum(number * number for number in range(1_000_000))
    for _ in range(10):
        subprocess.run([sys.executable, "-S", "-E", "-c", ""], check=True)
    with tempfile.TemporaryFile() as file:
        for _ in range(10):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        work()
    else:
        print(f"{slowness():.1f} times the seconds of an idle reference machine")
