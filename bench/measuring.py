"""What the benchmarks share: a folder for their data, servers, processor time, and how busy the
machine is."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
# On the project's own disk: /tmp may lie in memory, where nothing waits for a disk.
RESULTS = ROOT / "bench/results"
IDLE = 0.1  # of the machine: what others may take while we wait for two seconds


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder for the data of this process, deleted at the end, after a signal too. What a
    process that was killed has left is deleted by the next one."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    RESULTS.mkdir(exist_ok=True)
    for left in RESULTS.glob("[0-9]*-*"):
        if not psutil.pid_exists(int(left.name.partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=RESULTS) as folder:
        yield Path(folder)


def is_idle(seconds: float = 2) -> bool:
    """Whether nobody else uses the machine, by its processor time in the next seconds. Says so."""
    busy = psutil.cpu_percent(interval=seconds) / 100
    load = os.getloadavg()[0]
    idle = busy < IDLE
    print(
        f"The machine is {'idle' if idle else 'BUSY'}: others take {busy:.0%} of its"
        f" {psutil.cpu_count()} processors, load {load:.1f}."
    )
    if not idle:
        print("So shares of a rate and times say little here, and only those by cpu are judged.")
    return idle


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def serve(target: str, port: int, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start gunicorn with this module's `application`, and wait until it answers."""
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", f"{target}:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.terminate()
    raise SystemExit(f"{target} did not start")


def server_cpu(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a server's processes have taken."""
    mother = psutil.Process(process.pid)
    times = [one.cpu_times() for one in (mother, *mother.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def clients_cpu() -> float:
    """Seconds of processor time that processes of clients have taken, of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime
