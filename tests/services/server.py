"""A real SIPOKAT for the browser tests: gunicorn and the worker as processes, with data of its own.

The phone reaches it through `server.network`, which a test can break; `kill()` is the other way.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import NullPool, Row, create_engine, text

from tests.services.network import Network
from tests.services.nursery import Nursery
from tests.services.speed import patience, tries

START_SECONDS = 30
END_SECONDS = 30


# Below those that the system gives to outgoing connections (from 32768 on), which would take the
# port of a server that is down; each process of the tests has a block of its own.
BLOCK = 200
PORTS = itertools.cycle(range(first := 20_000 + os.getpid() % 60 * BLOCK, first + BLOCK))


def free_port() -> int:
    """A port that nobody has and, until its server starts again, nobody takes."""
    for port in itertools.islice(PORTS, BLOCK):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("all ports of this process are taken")


class Server:
    """`data` is its folder, `direct` the way round the network."""

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
        # A fault of the network kills it in a thread while the test starts it again.
        self._lock = threading.RLock()

    def start(self) -> None:
        """The whole service, on the same port and data as before; returns when it answers."""
        with self._lock:
            self.begin()
            self.wait()

    def begin(self) -> None:
        """The same without waiting: `wait` returns when it answers."""
        with self._lock:
            if self._web is None:
                self._web = self._run("gunicorn")
            self.start_worker()

    def wait(self) -> None:
        """Until it answers, if it runs at all."""
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

    def start_worker(self) -> None:
        with self._lock:
            if self._worker is None:
                self._worker = self._run("worker")

    def stop(self) -> None:
        """Ask both to end, as a deployment does."""
        with self._lock:
            self._web = self._end(self._web, signal.SIGTERM)
            self.stop_worker()

    def stop_worker(self) -> None:
        with self._lock:
            self._worker = self._end(self._worker, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to all of it at once, in the middle of whatever it does."""
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
        """Rows straight from the database; a statement that changes something is committed."""
        engine = create_engine(self.database_url, poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def value(self, statement: str, **values: Any) -> Any:
        """The one value of the one row."""
        ((value,),) = self.query(statement, **values)
        return value

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _run(self, program: str) -> psutil.Process:
        return psutil.Process(self._nursery.start(program, self._environment(), self._log))

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "SIPOKAT_MODE": "test",
            "SIPOKAT_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            **self._settings,
        }

    @staticmethod
    def _end(process: psutil.Process | None, number: signal.Signals) -> None:
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        process.wait(patience(END_SECONDS))
