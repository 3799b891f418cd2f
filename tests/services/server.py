"""SIPOKAT for the browser tests: gunicorn and the worker as processes, with data of their own.

The phone reaches it through `server.network`, in which a test can make faults. A server that is
down (`stop`, `kill`) is another kind of fault.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import NullPool, Row, create_engine, text

from sipokat.models import guards
from tests.services.network import Network
from tests.services.nursery import Nursery
from tests.services.speed import patience, tries

START_SECONDS = 30
END_SECONDS = 30
SILENT_SECONDS = 60


# Below the ports of outgoing connections (from 32768 on), one of which could take the port of a
# server that is down. Each process of the tests has a block of its own.
BLOCK = 200
PORTS = itertools.cycle(range(first := 20_000 + os.getpid() % 60 * BLOCK, first + BLOCK))


def free_port() -> int:
    """A free port, which stays free while its server is down."""
    for port in itertools.islice(PORTS, BLOCK):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("all ports of this process are taken")


class Server:
    """`data` is its folder, `direct` its address without the network in between."""

    def __init__(self, nursery: Nursery, data: Path, database_url: str, **settings: str) -> None:
        self.data = data
        self.database_url = database_url
        self.port = free_port()
        self.direct = f"http://localhost:{self.port}"
        self.network = Network(("127.0.0.1", self.port))
        self._nursery = nursery
        self._settings = settings
        self._log = data / "server.log"
        self._web: psutil.Process | None = None
        self._worker: psutil.Process | None = None
        self._days = 0.0  # how far its clock is ahead
        # A fault of the network may kill it in a thread while the test starts it again.
        self._lock = threading.RLock()

    def start(self) -> None:
        """Start both programs, on the same port and data as before. Returns when they answer."""
        with self._lock:
            self.begin()
            self.wait()

    def begin(self) -> None:
        """Start both programs without waiting for an answer."""
        with self._lock:
            if self._web is None:
                self._web = self._run("gunicorn")
            self.start_worker()

    def wait(self) -> None:
        """Wait until the server answers, unless it is not running."""
        for _ in tries(START_SECONDS):
            if self._web is None or not self._web.is_running():
                break
            try:
                urllib.request.urlopen(f"{self.direct}/sehat", timeout=patience(10)).close()
                return
            except urllib.error.HTTPError as answer:
                answer.close()
                return
            except OSError:
                continue
        if self._web is not None:
            raise RuntimeError(f"The server did not start:\n{self.log}")

    @property
    def running(self) -> bool:
        """Whether it was started and neither stopped nor killed since."""
        return self._web is not None

    def start_worker(self) -> None:
        with self._lock:
            if self._worker is None:
                self._worker = self._run("worker")

    def stop(self) -> None:
        """Ask both to end, as a deployment does."""
        with self._lock:
            self._web = self._end(self._web, signal.SIGTERM)
            self.stop_worker()

    def later(self, days: float) -> None:
        """Start both again so many days after now; the phones' clocks stay as they are."""
        self.stop()
        self._days = days
        self.start()

    def again(self, **settings: str) -> None:
        """Start both again with these settings too."""
        self.stop()
        self._settings |= settings
        self.start()

    def stop_worker(self) -> None:
        with self._lock:
            self._worker = self._end(self._worker, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to both programs and their children, in the middle of whatever they do."""
        with self._lock:
            for process in (self._web, self._worker):
                if process:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
            self._web = self._end(self._web, signal.SIGKILL)
            self._worker = self._end(self._worker, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self.network.heal()

    def query(self, statement: str, **values: Any) -> list[Row[Any]]:
        """Run a statement directly on the database and commit it. Returns its rows, if any."""
        engine = create_engine(self.database_url, poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def by_hand(self, statement: str) -> None:
        """Run a statement that the triggers of the record would refuse."""
        engine = create_engine(self.database_url, poolclass=NullPool)
        with engine.begin() as connection:
            guards.take_off(connection)
            connection.execute(text(statement))
            guards.put_on(connection)

    def value(self, statement: str, **values: Any) -> Any:
        """The only value of the only row."""
        ((value,),) = self.query(statement, **values)
        return value

    def command(self, *words: str) -> str:
        """What `flask …` says on this server's machine."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=patience(START_SECONDS),
        )
        return done.stdout

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _run(self, program: str) -> psutil.Process:
        pid = self._nursery.start(program, self._environment(), self._log, self._days)
        return psutil.Process(pid)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "SIPOKAT_MODE": "test",
            "SIPOKAT_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            # gunicorn ends a process that has shown no sign of life for so long.
            "GUNICORN_CMD_ARGS": f"--timeout {patience(SILENT_SECONDS):.0f}",
            **self._settings,
        }

    @staticmethod
    def _end(process: psutil.Process | None, number: signal.Signals) -> None:
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        process.wait(patience(END_SECONDS))
