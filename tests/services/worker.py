"""Photos that wait for the worker, a worker inside the test, and one as a process of its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from flask import Flask

from sipokat.database import db
from sipokat.delivery import worker
from sipokat.delivery.photo_job import PhotoJob
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain import photo_intake, photos
from sipokat.domain.content import PhotoClaim
from sipokat.models import Photo, Report
from tests import steps
from tests.cast import RAHMAN
from tests.services.nursery import Nursery
from tests.services.speed import patience, tries

ROOT = Path(__file__).parents[2]


def received(store: PhotoStore, *pictures: bytes) -> int:
    """Send a report whose photos arrive as well. Returns the id of its row."""
    claims = [PhotoClaim(steps.photo().id, hashlib.sha256(data).hexdigest()) for data in pictures]
    report = steps.send(RAHMAN, "sampah", photos=claims, text=f"Sampah {claims[0].id}")
    user = steps.user_of(RAHMAN)
    for one, data in zip(claims, pictures, strict=True):
        photo_intake.accept(user, report.client_id, one.id, one.sha256, data, store)
    return report.id


def photos_of(report: int) -> list[Photo]:
    """The report's photos, read from the database again."""
    steps.afresh(db.session())
    return db.session.get_one(Report, report).photos


def original_of(store: PhotoStore, report: int) -> Path:
    """The file with the received bytes of the report's only photo."""
    (one,) = photos_of(report)
    return store.path(photos.original_key(report, one.client_id))


def make_all_ready(store: PhotoStore) -> int:
    """Do every photo job that waits, as a worker of a new name. Returns how many there were."""
    done, name = 0, str(uuid.uuid4())
    while worker.work_once(PhotoJob(store), name):
        done += 1
    return done


class Pauses(threading.Event):
    """A `stop` for `worker.work` that never waits: it notes how long the worker wanted to pause,
    and is set at the n-th pause."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.wanted: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.wanted.append(timeout or 0)
        if len(self.wanted) >= self.count:
            self.set()
        return self.is_set()


def start_worker(app: Flask) -> subprocess.Popen[str]:
    """Run `flask worker` as a process, on the database and photos of this application."""
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "flask"), "--app", "wsgi", "worker"],
        cwd=ROOT,
        env=environment(app),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def environment(app: Flask) -> dict[str, str]:
    return os.environ | {
        "SIPOKAT_MODE": "test",
        "SIPOKAT_DATA": str(app.config["DATA"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }


def open_for_writing(pipe: Path) -> int:
    """Open a pipe as soon as another process reads from it, which then waits until this end is
    closed. Returns the file descriptor."""
    ends: list[int] = []
    opener = threading.Thread(target=lambda: ends.append(os.open(pipe, os.O_WRONLY)), daemon=True)
    opener.start()
    opener.join(patience(60))
    assert ends, "no process has opened the pipe to read from it"
    return ends[0]


def kill_while_telling(
    nursery: Nursery, app: Flask, at: datetime, folder: Path, told: Callable[[], bool]
) -> str:
    """Start three workers `at` that moment. The first is killed when it has written notices and not
    committed them, while the others wait. Returns what these have said until something was `told`,
    and ends them."""
    pipe, ahead = folder / "stop", (at - datetime.now(UTC)) / timedelta(days=1)
    logs = [folder / name for name in ("first.log", "second.log", "third.log")]
    os.mkfifo(pipe)
    db.session.remove()

    def start(log: Path, stops: Path | None = None) -> psutil.Process:
        return psutil.Process(nursery.start("worker", environment(app), log, ahead, stops))

    first = start(logs[0], pipe)
    end = open_for_writing(pipe)
    running = [first, *map(start, logs[1:])]
    try:
        assert not told()
        first.kill()
        first.wait(patience(30))
        os.close(end)
        assert any(told() for _ in tries(60))
    finally:
        for one in running:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.terminate()
        psutil.wait_procs(running, patience(30))
    return "".join(log.read_text() for log in logs[1:])
