"""`flask start` as a process: what `make run` and systemd run.

with started(ROOT, SIPOKAT_DATA=str(tmp_path)) as url: ...
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sipokat.serving import GRACE_SECONDS
from tests.services.server import free_port
from tests.services.speed import patience, tries

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def begin(
    folder: Path, port: int | None = None, **settings: str
) -> tuple[subprocess.Popen[str], str]:
    """Run `flask start` in this folder. Returns the process and its address once it answers."""
    port = port or free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {"SIPOKAT_MODE": "test", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "start"],
        cwd=folder,
        env=environment | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, answering(process, f"http://127.0.0.1:{port}")


def end(process: subprocess.Popen[str]) -> str:
    """Ask it to end, as Ctrl-C does. Returns what it has said."""
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=patience(GRACE_SECONDS * 2))[0]


@contextmanager
def started(folder: Path, port: int | None = None, **settings: str) -> Iterator[str]:
    """The address of a `flask start` that runs until the block ends."""
    process, url = begin(folder, port, **settings)
    try:
        yield url
    finally:
        end(process)


def answering(process: subprocess.Popen[str], url: str) -> str:
    for _ in tries(START_SECONDS):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/sehat", timeout=patience(10)).close()
            return url
        except urllib.error.HTTPError as refusal:  # an answer all the same
            refusal.close()
            return url
        except OSError:
            continue
    process.kill()
    raise AssertionError(process.communicate()[0])
