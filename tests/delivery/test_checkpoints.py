"""The daily checkpoint: written by the worker, signed, and held against the record."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.delivery import worker
from sipokat.delivery.checkpoints import CheckpointJob, Checkpoints
from sipokat.delivery.photo_job import PhotoJob
from sipokat.delivery.photo_store import PhotoStore
from tests import steps
from tests.cast import RAHMAN
from tests.services.pictures import jpeg
from tests.services.tampering import by_hand, checkpoints, faults, verdict
from tests.services.worker import Pauses, photos_of, received
from tests.steps import send

MORNING = datetime.fromisoformat("2026-11-23T07:12:00+07:00")


@pytest.fixture
def clock(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Coordinates]:
    """A clock that stands on a Monday morning until it is moved."""
    with time_machine.travel(MORNING, tick=False) as moving:
        monkeypatch.setattr(time, "monotonic", time.time)
        yield moving
        monkeypatch.undo()


def names() -> list[str]:
    return [one.name for one in checkpoints().all()]


def work() -> None:
    """A worker has one look, as it does when it starts."""
    worker.work_once(CheckpointJob(checkpoints()), "worker")


def days(*offsets: int) -> None:
    """On each of these days after the first a report is filed and a worker looks."""
    for offset in offsets:
        with time_machine.travel(MORNING + timedelta(days=offset), tick=False):
            send(RAHMAN)
            work()
    db.session.rollback()


def test_the_first_day_has_one_soon_after_the_first_event(clock: Any) -> None:
    job = CheckpointJob(checkpoints())
    assert job.claim("worker") is None, "there is no event yet"
    send(RAHMAN)
    clock.shift(timedelta(seconds=11))
    assert worker.work_once(job, "worker")
    assert names() == ["2026-11-23.json"]
    (one,) = checkpoints().all()
    assert (one.content["count"], one.content["last"]) == (1, 1)
    assert verdict().holds


def test_one_is_written_a_day_and_none_is_written_twice(clock: Any) -> None:
    job = CheckpointJob(checkpoints())
    send(RAHMAN)
    assert worker.work_once(job, "worker")
    first = (checkpoints().folder / "2026-11-23.json").read_bytes()
    send(RAHMAN)
    for seconds in (11, 3600):
        clock.shift(timedelta(seconds=seconds))
        assert not worker.work_once(job, "worker")
        assert not worker.work_once(CheckpointJob(checkpoints()), "another worker")
    assert (checkpoints().folder / "2026-11-23.json").read_bytes() == first
    clock.move_to(datetime.fromisoformat("2026-11-24T00:00:05+07:00"))
    assert worker.work_once(job, "worker")
    assert names() == ["2026-11-23.json", "2026-11-24.json"]
    assert verdict().holds
    assert not list(checkpoints().folder.glob("*.part"))


def test_what_a_killed_write_left_behind_is_swept(clock: Any) -> None:
    send(RAHMAN)
    work()
    old, fresh = (checkpoints().folder / f"2026-11-23.json.{name}.part" for name in ("a", "b"))
    for part, age in ((old, 3700), (fresh, 60)):
        part.write_bytes(b"{")
        os.utime(part, (time.time() - age,) * 2)
    work()
    assert not old.exists()
    assert fresh.exists(), "somebody may still be writing it"
    assert names() == ["2026-11-23.json"]


def test_gaps_are_noticed_and_said(clock: Any) -> None:
    days(0, 1, 4, 6)
    with time_machine.travel(MORNING + timedelta(days=6), tick=False):
        found = verdict()
        assert found.holds, found.faults
        assert found.notes == [
            "no checkpoint was written from 2026-11-25 to 2026-11-26",
            "no checkpoint was written on 2026-11-28",
        ]


def test_a_checkpoint_that_was_removed_is_missed(clock: Any) -> None:
    days(0, 1, 2)
    with time_machine.travel(MORNING + timedelta(days=2), tick=False):
        (checkpoints().folder / "2026-11-24.json").unlink()
        assert faults() == ["checkpoint 2026-11-24.json was removed"]


def test_a_worker_that_stands_still_is_noticed(clock: Any) -> None:
    days(0)
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert verdict().holds
    with time_machine.travel(MORNING + timedelta(days=2), tick=False):
        assert any("no checkpoint was written after 2026-11-23" in one for one in faults())


def test_a_late_first_checkpoint_is_said(clock: Any) -> None:
    send(RAHMAN)
    with time_machine.travel(MORNING + timedelta(days=30), tick=False):
        work()
        assert verdict().notes == [
            "the first checkpoint is of 2026-12-23, the first event of 2026-11-23"
        ]


def test_the_last_events_are_known_to_the_checkpoint(clock: Any) -> None:
    days(0, 0, 1)
    by_hand("DELETE FROM event WHERE seq = 3", "UPDATE counter SET value = 2")
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert "checkpoint 2026-11-24.json: it knows event 3, which was removed" in faults()


NONSENSE: list[Any] = [
    {"key_id": []},
    {"key_id": {}},
    {"key_id": None},
    {"key_id": "0" * 16},
    {"signature": []},
    {"signature": 5},
    {"signature": "ñ"},
    {"signature": "0" * 64},
    {"last": []},
    {"last": "1"},
    {"last": True},
    {"last": 0},
    {"last": -1},
    {"last": 10**400},
    {"last": 1.5},
    {"hash": []},
    {"hash": "0" * 64},
    {"count": 7},
    {"day": "2026-11-22"},
    {"day": []},
    {"at": None},
    {"previous": []},
    [],
    5,
    None,
    "text",
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
def test_a_checkpoint_that_was_written_by_hand_is_named(clock: Any, nonsense: Any) -> None:
    days(0)
    path = checkpoints().folder / "2026-11-23.json"
    sound = json.loads(path.read_bytes())
    path.write_text(json.dumps(sound | nonsense if isinstance(nonsense, dict) else nonsense))
    assert [one for one in faults() if one.startswith("checkpoint 2026-11-23.json: ")]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"\x00" * 10], ids=lambda data: str(data[:9])
)
def test_a_checkpoint_that_is_no_json_is_named(clock: Any, data: bytes) -> None:
    days(0)
    (checkpoints().folder / "2026-11-23.json").write_bytes(data)
    assert "checkpoint 2026-11-23.json: cannot be read" in faults()


def test_a_checkpoint_under_another_day_is_named(clock: Any) -> None:
    days(0)
    folder = checkpoints().folder
    (folder / "2026-11-23.json").rename(folder / "2026-11-22.json")
    assert "checkpoint 2026-11-22.json: has the name of another day" in faults()


def test_a_folder_that_cannot_be_written_does_not_slow_photos(
    app: Flask, session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store: PhotoStore = app.extensions["photo_store"]
    report, stop = received(store, jpeg(), jpeg(), jpeg()), Pauses(1)
    (tmp_path / "file").write_text("no folder")
    job = CheckpointJob(Checkpoints(tmp_path / "file" / "checkpoints"))
    worker.work([job, PhotoJob(store)], stop)
    assert [one.state for one in photos_of(report)] == ["ready"] * 3
    assert stop.wanted == [worker.IDLE_SECONDS], "it never paused before the photos were ready"
    assert "worker_stumbled" in "".join(capsys.readouterr())


def test_a_worker_writes_it(app: Flask, session: Session) -> None:
    """The real kinds of the real worker."""
    send(RAHMAN)
    worker.work(worker.kinds(app), Pauses(2))
    assert len(names()) == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.json", names()[0])
    steps.afresh(session)
    assert verdict().holds
