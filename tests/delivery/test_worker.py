"""The worker's loop: every kind of job has its turn, trouble pauses it, and it ends in order."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.delivery import worker
from sipokat.delivery.checkpoints import CheckpointJob
from sipokat.delivery.export_job import ExportJob
from sipokat.delivery.month_job import Closings
from sipokat.delivery.notice_jobs import Digests, LateReports, Reminders
from sipokat.delivery.photo_job import PhotoJob
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain.clock import WIB
from sipokat.models import Photo
from tests import steps
from tests.services.database import statements
from tests.services.pictures import from_camera, jpeg
from tests.services.speed import patience
from tests.services.worker import (
    Pauses,
    make_all_ready,
    open_for_writing,
    original_of,
    photos_of,
    received,
    start_worker,
)

WORKDAY = datetime(2026, 11, 24, 8, 30, tzinfo=WIB)


@pytest.fixture
def store(app: Flask) -> PhotoStore:
    made: PhotoStore = app.extensions["photo_store"]
    return made


class Letters:
    """A second kind of job: letters that lie in a list instead of a table."""

    def __init__(self, *waiting: int) -> None:
        self.waiting = list(waiting)
        self.sent: list[int] = []
        self.workers: set[str] = set()
        self.tidied = 0
        self.error: Exception | None = None
        self.stop_after_sending: Pauses | None = None

    def claim(self, worker: str) -> int | None:
        self.workers.add(worker)
        return self.waiting.pop(0) if self.waiting else None

    def do(self, job: int, worker: str) -> None:
        assert worker in self.workers
        if self.error is not None:
            self.waiting.append(job)  # gives its claim back, as a kind must
            raise self.error
        self.sent.append(job)
        if self.stop_after_sending is not None:
            self.stop_after_sending.set()

    def tidy(self) -> None:
        self.tidied += 1


def test_the_application_has_photos_as_its_first_kind(app: Flask, store: PhotoStore) -> None:
    photos, *rest = worker.kinds(app)
    assert isinstance(photos, PhotoJob)
    assert photos.store is store
    kinds = {type(one) for one in rest}
    assert {Digests, Reminders, LateReports, Closings, CheckpointJob, ExportJob} <= kinds
    assert len(kinds) == len(rest)


def test_every_kind_is_worked_on_until_nothing_waits(session: Session, store: PhotoStore) -> None:
    report, letters, stop = received(store, jpeg(), jpeg()), Letters(1, 2, 3), Pauses(1)
    worker.work([PhotoJob(store), letters], stop)
    assert [one.state for one in photos_of(report)] == ["ready", "ready"]
    assert letters.sent == [1, 2, 3]
    assert len(letters.workers) == 1, "it has one name as long as it runs"
    assert stop.wanted == [worker.IDLE_SECONDS], "it pauses only when no kind has a job"


def test_kinds_take_turns(session: Session) -> None:
    """A kind with much to do does not keep the others waiting."""
    order: list[int] = []
    many, few = Letters(1, 2, 3, 4), Letters(10, 20)
    many.sent = few.sent = order
    worker.work([many, few], Pauses(1))
    assert order == [1, 10, 2, 20, 3, 4]


def test_a_kind_is_tidied_when_its_jobs_are_done_and_once_a_minute(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle, busy, stop = Letters(), Letters(1, 2), Pauses(61)
    clock = [1000.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0] + sum(stop.wanted))
    worker.work([idle, busy], stop)
    assert len(stop.wanted) == 61
    assert (idle.tidied, busy.tidied) == (2, 2)


def test_an_idle_worker_asks_the_database_once_a_second(app: Flask, store: PhotoStore) -> None:
    """What it does at rest is what the machine pays for all day."""
    with time_machine.travel(WORKDAY, tick=False), app.app_context():
        worker.work(worker.kinds(app), Pauses(1))  # the morning's digest is told
        with statements(app) as sent:
            worker.work(worker.kinds(app), Pauses(50))
    asked = [one for one in sent if one.startswith("SELECT")]
    assert 50 <= len(asked) <= 50 + 20, "now and then it looks for what is late or daily"
    assert not [one for one in sent if one.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_a_kind_that_fails_rests_and_holds_back_no_other(
    session: Session,
    store: PhotoStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report, letters, stop = received(store, jpeg(), jpeg()), Letters(7), Pauses(12)
    letters.error = OSError("no network")
    tries: list[float] = []
    monkeypatch.setattr(worker.time, "monotonic", lambda: 1000.0 + sum(stop.wanted))
    claim = letters.claim
    monkeypatch.setattr(letters, "claim", lambda one: tries.append(sum(stop.wanted)) or claim(one))
    worker.work([letters, PhotoJob(store)], stop)
    assert [one.state for one in photos_of(report)] == ["ready", "ready"]
    assert stop.wanted == [worker.IDLE_SECONDS] * 12, "the photos were done before the first pause"
    assert tries == [0, worker.PAUSE_SECONDS, 2 * worker.PAUSE_SECONDS]
    assert letters.waiting == [7]
    logged = "".join(capsys.readouterr())
    assert "worker_stumbled" in logged
    assert "no network" in logged
    letters.error = None
    monkeypatch.undo()
    worker.work([letters, PhotoJob(store)], Pauses(1))
    assert letters.sent == [7]


def test_told_to_stop_it_finishes_the_job_in_hand_and_begins_no_other(session: Session) -> None:
    first, second, stop = Letters(1, 2), Letters(10), Pauses(1)
    first.stop_after_sending = stop
    worker.work([first, second], stop)
    assert (first.sent, second.sent, stop.wanted) == ([1], [], [])


@pytest.mark.once
def test_a_worker_killed_in_a_job_leaves_it_to_the_next(
    app: Flask, session: Session, store: PhotoStore
) -> None:
    """A real worker: its original is a pipe, so that it is still reading when it is killed."""
    report = received(store, from_camera(6))
    pipe = original_of(store, report)
    data = pipe.read_bytes()
    pipe.unlink()
    os.mkfifo(pipe)
    db.session.remove()
    process = start_worker(app)
    try:
        end = open_for_writing(pipe)
        (one,) = photos_of(report)
        assert (one.state, one.tries) == ("received", 0)
        assert one.claim is not None
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    os.close(end)
    pipe.unlink()
    pipe.write_bytes(data)
    with writing():
        db.session.get_one(Photo, one.id).claimed_at = steps.now() - timedelta(minutes=3)
    assert make_all_ready(store) == 1
    assert [(one.state, one.original, one.tries) for one in photos_of(report)] == [
        ("ready", False, 1)
    ]


@pytest.mark.once
def test_sigterm_ends_it_in_order(app: Flask, session: Session, store: PhotoStore) -> None:
    report = received(store, from_camera(6))
    pipe = original_of(store, report)
    data = pipe.read_bytes()
    pipe.unlink()
    os.mkfifo(pipe)
    db.session.remove()
    process = start_worker(app)
    with open(open_for_writing(pipe), "wb") as end:
        process.send_signal(signal.SIGTERM)
        end.write(data)
    said = process.communicate(timeout=patience(60))[0]
    assert process.returncode == 0, said
    assert [one.state for one in photos_of(report)] == ["ready"], "it finished the job in hand"
