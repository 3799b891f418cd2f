"""The job of making a photo ready. However a worker is killed, the next one finishes the photo, and
while the disk or the database gives trouble, the photo waits."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.delivery import photo_job, pictures, worker
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain import photo_work, photos
from tests import steps
from tests.services.matrix import some
from tests.services.pictures import from_camera, jpeg, webp
from tests.services.worker import Pauses, make_all_ready, original_of, photos_of, received


@pytest.fixture
def store(app: Flask) -> PhotoStore:
    made: PhotoStore = app.extensions["photo_store"]
    return made


def files(store: PhotoStore) -> set[str]:
    found = store.folder.rglob("*")
    return {str(path.relative_to(store.folder)) for path in found if path.is_file()}


def assert_ready(store: PhotoStore, report: int) -> None:
    for one in photos_of(report):
        assert (one.state, one.original) == ("ready", False)
        served = [photos.picture_key(one, size) for size in ("photo", "thumbnail")]
        for key in served:
            assert store.read(key).startswith(b"\xff\xd8")
            assert b"GPS" not in store.read(key)
        assert not [name for name in files(store) if one.client_id in name and name not in served]


def test_a_received_photo_is_made_ready(session: Session, store: PhotoStore) -> None:
    report = received(store, from_camera(6), webp())
    assert make_all_ready(store) == 2
    assert_ready(store, report)
    assert [(one.width, one.height) for one in photos_of(report)] == [(48, 64), (64, 48)]
    assert make_all_ready(store) == 0


def test_one_that_cannot_be_decoded_is_broken_and_the_others_go_on(
    session: Session, store: PhotoStore
) -> None:
    report = received(store, jpeg()[:300], jpeg())
    assert make_all_ready(store) == 2
    assert [one.state for one in photos_of(report)] == ["broken", "ready"]


@pytest.mark.once
def test_one_that_exceeds_a_limit_is_broken_and_the_others_go_on(
    session: Session, store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MEMORY_BYTES", 200 * 1024 * 1024)
    report = received(store, webp((4096, 4096)), jpeg())
    assert make_all_ready(store) == 2
    assert [one.state for one in photos_of(report)] == ["broken", "ready"]


def test_the_worker_sweeps_what_a_killed_process_left(session: Session, store: PhotoStore) -> None:
    """When it begins and once a day: to look through all folders each minute would be too much."""
    part = store.folder / "original" / "ab" / "1-abc.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    job = photo_job.PhotoJob(store)

    def left_by(days: int) -> bool:
        part.write_bytes(b"half a pict")
        os.utime(part, (0, 0))
        with time_machine.travel(steps.now() + timedelta(days=days), tick=False):
            worker.work_once(job, "worker")
        return part.exists()

    assert [left_by(days) for days in (0, 0, 1)] == [False, True, False]


def test_the_same_photo_in_two_reports_is_two_files(session: Session, store: PhotoStore) -> None:
    same = from_camera()
    one, two = received(store, same), received(store, same)
    make_all_ready(store)
    assert_ready(store, one)
    assert_ready(store, two)
    assert len(files(store)) == 4


class Killed(BaseException):
    """Stands for SIGKILL: it is no Exception, so that the worker does not handle it."""


class Hunter:
    """Raises Killed before or after the n-th step of the work, and notes which step that was."""

    def __init__(self, patch: pytest.MonkeyPatch, store: PhotoStore, step: int) -> None:
        self.left = step
        self.killed = ""
        for owner, name in (
            (photo_work, "claim"),
            (store, "read"),
            (photo_job, "make_ready"),
            (store, "keep"),
            (photo_work, "settle"),
            (store, "drop"),
        ):
            patch.setattr(owner, name, self._watched(name, getattr(owner, name)))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self._tick(f"before {name}")
            result = real(*args, **options)
            self._tick(f"after {name}")
            return result

        return step

    def _tick(self, where: str) -> None:
        if self.left == 0:
            self.killed = where
            raise Killed
        self.left -= 1


@pytest.mark.once
def test_killed_at_any_step_it_ends_ready_with_the_original_dropped(
    session: Session, store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[str] = []
    start = steps.now()
    with time_machine.travel(start, tick=False) as clock:
        while not killed or killed[-1]:
            report = received(store, from_camera())
            with monkeypatch.context() as patch:
                hunter = Hunter(patch, store, len(killed))
                try:
                    make_all_ready(store)
                except Killed:
                    db.session.remove()
            killed.append(hunter.killed)
            clock.shift(timedelta(minutes=3))
            make_all_ready(store)
            assert_ready(store, report)
    steps_of = ("claim", "read", "make_ready", "keep", "keep", "settle", "claim", "drop")
    assert killed[:-1] == [f"{when} {name}" for name in steps_of for when in ("before", "after")]


def test_a_worker_that_lost_its_claim_does_no_harm(session: Session, store: PhotoStore) -> None:
    """One worker is slow. Another makes its photo ready and drops the original, then the first one
    goes on."""
    report = received(store, from_camera())
    held = photo_work.claim("slow")
    assert held is not None
    with time_machine.travel(steps.now() + timedelta(minutes=3), tick=False):
        make_all_ready(store)
    assert photo_work.settle(held, "slow", None) is False
    assert_ready(store, report)


# Trouble that is not the photo's fault: the photo waits, however long it lasts.


def stumble(store: PhotoStore, minutes: int) -> list[int]:
    """Run a worker for this many minutes, in which its pauses take no real time. Returns the ids of
    the photos that it claimed, in order."""
    taken: list[int] = []
    with time_machine.travel(steps.now(), tick=False) as clock:

        class FastClock(threading.Event):
            """A `stop` whose pauses move the clock on instead of waiting."""

            def wait(self, timeout: float | None = None) -> bool:
                clock.shift(timedelta(seconds=max(timeout or 0, 5)))
                if steps.now() > end:
                    self.set()
                return self.is_set()

        end = steps.now() + timedelta(minutes=minutes)
        real = photo_work.claim

        def claim(name: str, **options: Any) -> int | None:
            held = real(name, **options)
            taken.extend([held] if held else [])
            return held

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(photo_work, "claim", claim)
            patch.setattr(worker.time, "monotonic", lambda: steps.now().timestamp())
            worker.work([photo_job.PhotoJob(store)], FastClock())
    return taken


def fails(error: BaseException) -> Callable[..., Any]:
    def fail(*_args: Any, **_options: Any) -> Any:
        raise error

    return fail


GONE = OperationalError("UPDATE", {}, Exception("gone"))
TROUBLE: dict[str, tuple[BaseException, tuple[str, ...]]] = {
    "the disk is full": (OSError(errno.ENOSPC, "No space left on device"), ("keep",)),
    "the disk fails": (OSError(errno.EIO, "Input/output error"), ("read",)),
    "the photos are not mounted": (FileNotFoundError(errno.ENOENT, "original"), ("read",)),
    "there is no memory left": (MemoryError(), ("make_ready",)),
    "the database fails": (GONE, ("settle",)),
    "the database is gone": (GONE, ("settle", "give_back")),
}


@pytest.mark.once
@pytest.mark.parametrize("what", some(list(TROUBLE), 2))
def test_however_long_the_trouble_lasts_the_photo_waits_and_is_made_ready_after_it(
    session: Session, store: PhotoStore, what: str
) -> None:
    report = received(store, from_camera())
    error, failing = TROUBLE[what]
    places: dict[str, Any] = {"keep": store, "read": store, "make_ready": photo_job}
    with pytest.MonkeyPatch.context() as patch:
        for name in failing:
            patch.setattr(places.get(name, photo_work), name, fails(error))
        assert len(stumble(store, 25)) >= 2 * photo_work.TRIES
    (one,) = photos_of(report)
    assert (one.state, one.tries, one.original) == ("received", 0, True)
    with time_machine.travel(steps.now() + timedelta(minutes=90), tick=False):
        make_all_ready(store)
    assert_ready(store, report)


@pytest.mark.once
def test_one_that_waits_does_not_hold_back_the_others(session: Session, store: PhotoStore) -> None:
    lost = received(store, jpeg())
    original_of(store, lost).unlink()
    others = [received(store, from_camera()) for _ in range(3)]
    taken = stumble(store, 10)
    for report in others:
        assert_ready(store, report)
    (one,) = photos_of(lost)
    assert one.state == "received"
    assert taken.count(one.id) <= 5, "and it is not tried all the time"


def test_what_waits_is_logged(
    session: Session, store: PhotoStore, capsys: pytest.CaptureFixture[str]
) -> None:
    report = received(store, jpeg())
    original_of(store, report).unlink()
    stumble(store, 1)
    assert "photo_waits" in "".join(capsys.readouterr())


def test_bytes_that_do_not_come_back_in_a_week_are_lost_and_its_author_may_replace_it(
    session: Session, store: PhotoStore
) -> None:
    report = received(store, jpeg())
    original_of(store, report).unlink()
    (one,) = photos_of(report)
    assert one.received_at is not None
    for passed, state in ((-1, "received"), (1, "broken")):
        moment = one.received_at + photo_job.LOST + timedelta(minutes=3 * passed)
        with time_machine.travel(moment, tick=False):
            worker.work([photo_job.PhotoJob(store)], Pauses(1))
        assert [one.state for one in photos_of(report)] == [state]
