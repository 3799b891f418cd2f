"""The worker writes tables into files: in turns, once, and again from the start after a death."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.delivery import export_job
from sipokat.delivery.export_files import ExportFiles
from sipokat.delivery.export_job import ExportJob
from sipokat.delivery.sheet_writer import Xlsx
from sipokat.delivery.worker import work as work_as_worker
from sipokat.delivery.worker import work_once
from sipokat.domain import erasure
from sipokat.domain.clock import now
from sipokat.domain.exports import recalling, report_rows, work
from sipokat.models import Export, Notice, Report
from tests import exporting, steps
from tests.cast import DEWI, HARTONO, RAHMAN, SARI, SITI
from tests.services.nursery import Nursery
from tests.services.speed import patience, tries
from tests.services.worker import environment, open_for_writing
from tests.shelf import Shelf

LATER = work.CLAIM + timedelta(seconds=1)


@pytest.fixture
def in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are read at once, and each turn ends with that."""
    monkeypatch.setattr(report_rows, "PORTION", 2)
    monkeypatch.setattr(export_job, "TURN_SECONDS", 0)
    monkeypatch.setattr(export_job, "LOOK_SECONDS", 0)


def notices(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(Notice.kind == "export")) or 0


def numbers(app: Flask, export_id: int) -> list[str]:
    sheets = exporting.read_xlsx(exporting.path_of(app, export_id).read_bytes())
    return [row["Nomor"] for row in exporting.table(sheets["Laporan"])]


@pytest.mark.usefixtures("in_turns")
def test_a_file_is_written_in_turns_and_says_how_far_it_is(app: Flask, session: Session) -> None:
    sent = [steps.send(person).number for person in (RAHMAN, SITI, RAHMAN, SITI, RAHMAN)]
    asked = exporting.ask(HARTONO)
    job = exporting.job_of(app)
    for done in (2, 4):
        assert work_once(job, "a")
        one = exporting.state(session, asked)
        assert (one.state, one.claim, one.done, one.total) == ("waiting", "a", done, 5)
    late = steps.send(RAHMAN).number  # came after it was begun
    while work_once(job, "a"):
        pass
    one = exporting.state(session, asked)
    assert (one.state, one.done) == ("ready", 5)
    assert one.size == exporting.path_of(app, asked).stat().st_size
    assert numbers(app, asked) == sent[::-1]
    assert late not in numbers(app, asked)
    assert notices(session) == 1
    assert not work_once(job, "a")


@pytest.mark.usefixtures("in_turns")
def test_what_a_dead_worker_began_is_made_again_from_the_start(
    app: Flask, session: Session
) -> None:
    sent = [steps.send(person).number for person in (RAHMAN, SITI, RAHMAN)]
    asked = exporting.ask(HARTONO)
    dead, living = exporting.job_of(app), exporting.job_of(app)
    assert work_once(dead, "dead")
    assert not work_once(living, "b")
    with time_machine.travel(now() + LATER):
        while work_once(living, "b"):
            pass
        one = exporting.state(session, asked)
        assert (one.state, one.done, one.tries) == ("ready", 3, 1)
        # It was only slow: what it has is dropped, and nobody is told twice.
        assert work_once(dead, "dead")
        assert not work_once(dead, "dead")
    assert numbers(app, asked) == sent[::-1]
    assert notices(session) == 1
    assert app.extensions["export_files"].names() == [f"{asked}-b.xlsx"]
    assert len(os.listdir(app.extensions["export_files"].folder)) == 1


@pytest.mark.usefixtures("in_turns")
def test_on_what_three_workers_have_died_is_given_up_in_words(app: Flask, session: Session) -> None:
    for _ in range(3):
        steps.send(RAHMAN)
    asked, at = exporting.ask(HARTONO), now()
    dead = [exporting.job_of(app) for _ in range(work.TRIES)]
    for place, job in enumerate(dead):
        with time_machine.travel(at + place * LATER):
            assert work_once(job, f"dead {place}")
    with time_machine.travel(at + work.TRIES * LATER):
        assert not work_once(exporting.job_of(app), "living")
    one = exporting.state(session, asked)
    assert (one.state, one.why) == ("failed", "broken")
    assert notices(session) == 1
    for place, job in enumerate(dead):  # had they only slept, they would drop what they have
        assert work_once(job, f"dead {place}")
    assert os.listdir(app.extensions["export_files"].folder) == []


def test_what_is_taken_back_while_it_is_packed_comes_back_by_no_file(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = steps.send(RAHMAN, text="Nama warga yang harus hilang.").number
    asked = exporting.ask(HARTONO)
    finish = ExportFiles.finish

    def erased_meanwhile(self: ExportFiles, part: Path, written: Path, name: str) -> int:
        monkeypatch.setattr(ExportFiles, "finish", finish)
        erasure.erase(steps.user_of(DEWI), number, "Permintaan warga.", Shelf())
        return finish(self, part, written, name)

    monkeypatch.setattr(ExportFiles, "finish", erased_meanwhile)
    job = exporting.job_of(app)
    while ExportFiles.finish is erased_meanwhile:
        assert work_once(job, "a")
    assert exporting.state(session, asked).state == "waiting"
    assert app.extensions["export_files"].names() == []
    exporting.make_all(app)
    (row,) = exporting.table(
        exporting.read_xlsx(exporting.path_of(app, asked).read_bytes())["Laporan"]
    )
    assert (row["Nomor"], row["Keterangan"]) == (number, "")


@pytest.mark.parametrize("place", [(ExportFiles, "begin"), (Xlsx, "add"), (Xlsx, "finish")])
def test_a_full_disk_is_no_fault_of_the_export_and_nothing_is_left_on_it(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, place: tuple[type, str]
) -> None:
    steps.send(RAHMAN)
    asked = exporting.ask(HARTONO)

    def refuse(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*place, refuse)
        with pytest.raises(OSError, match="No space"):
            exporting.make_all(app)
    one = exporting.state(session, asked)
    assert (one.state, one.claim, one.tries) == ("waiting", None, 0)
    folder = app.extensions["export_files"].folder
    assert not folder.exists() or os.listdir(folder) == []
    assert not work_once(exporting.job_of(app), "a")
    with time_machine.travel(now() + LATER):
        exporting.make_all(app)
    assert exporting.state(session, asked).state == "ready"


def test_the_last_of_the_disk_is_left_to_reports(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporting.ask(HARTONO)
    little = SimpleNamespace(total=100_000_000_000, free=900_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: little)
    with pytest.raises(OSError, match="left is for reports"):
        work_once(exporting.job_of(app), "a")


def test_a_table_that_cannot_be_made_is_given_up_after_three_tries(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.send(RAHMAN)
    asked, at = exporting.ask(HARTONO), now()

    def stumble(*_given: object) -> None:
        raise ValueError("a row that nobody foresaw")

    monkeypatch.setattr(report_rows, "_row", stumble)
    for place in range(work.TRIES):
        assert exporting.state(session, asked).state == "waiting"
        with time_machine.travel(at + place * LATER), pytest.raises(ValueError, match="foresaw"):
            work_once(exporting.job_of(app), "a")
    one = exporting.state(session, asked)
    assert (one.state, one.why) == ("failed", "broken")
    assert notices(session) == 1


@pytest.mark.usefixtures("in_turns")
def test_a_worker_that_ends_gives_back_what_it_has_begun(app: Flask, session: Session) -> None:
    for _ in range(3):
        steps.send(RAHMAN)
    asked, stop = exporting.ask(HARTONO), threading.Event()

    class Ends(ExportJob):
        def do(self, job: int, worker: str) -> None:
            super().do(job, worker)
            stop.set()

    work_as_worker([Ends(app.extensions["export_files"])], stop)
    one = exporting.state(session, asked)
    assert (one.state, one.claim, one.claimed_at, one.tries) == ("waiting", None, None, 0)
    assert os.listdir(app.extensions["export_files"].folder) == []
    exporting.make_all(app)
    assert exporting.state(session, asked).state == "ready"


@pytest.mark.usefixtures("in_turns")
def test_what_is_still_being_written_is_not_swept(app: Flask, session: Session) -> None:
    for _ in range(5):
        steps.send(RAHMAN)
    asked, job = exporting.ask(HARTONO), exporting.job_of(app)
    assert work_once(job, "a")
    (part,) = app.extensions["export_files"].folder.iterdir()
    os.utime(part, (0, 0))
    assert work_once(job, "a")
    exporting.job_of(app).tidy()
    while work_once(job, "a"):
        pass
    assert exporting.state(session, asked).state == "ready"


def test_the_oldest_files_go_where_somebody_has_too_many(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(work.RULES, "ready_mb", 0)
    first, others = exporting.ask(HARTONO), exporting.ask(SARI)
    exporting.make_all(app)
    path = exporting.path_of(app, first)
    second = exporting.ask(HARTONO, file_format="csv")
    exporting.make_all(app)
    assert exporting.state(session, first).state == "over"
    assert not path.exists()
    for kept in (second, others):
        assert exporting.state(session, kept).state == "ready"


def test_nobody_else_may_read_the_files(app: Flask, session: Session) -> None:
    asked = exporting.ask(HARTONO)
    exporting.make_all(app)
    path = exporting.path_of(app, asked)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.parent == Path(app.config["DATA"]) / "exports"


def test_files_are_deleted_after_seven_days_and_what_was_begun_after_an_hour(
    app: Flask, session: Session
) -> None:
    asked = exporting.ask(HARTONO)
    exporting.make_all(app)
    path, files = exporting.path_of(app, asked), app.extensions["export_files"]
    part = files.begin()
    part.joinpath("file.xlsx").write_bytes(b"half")
    hours = time.time() - 2 * 3600
    stray = files.path("999.xlsx")
    stray.write_bytes(b"its row was never written")
    for one in (path, stray, part):
        os.utime(one, (hours, hours))
    with time_machine.travel(now() + timedelta(days=6)):
        exporting.job_of(app).tidy()
        assert path.exists()
        assert not stray.exists()
        assert not part.exists()
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        exporting.job_of(app).tidy()
    assert not path.exists()
    with time_machine.travel(now() + timedelta(days=181)):
        exporting.job_of(app).tidy()
        session.rollback()
        assert work.old_ones(session, now()) == []


def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.send(RAHMAN)
    monkeypatch.setitem(export_job.RULES, "xlsx_rows", 0)
    xlsx, as_csv = exporting.ask(HARTONO), exporting.ask(HARTONO, file_format="csv")
    exporting.make_all(app)
    assert exporting.state(session, xlsx).why == "rows"
    assert exporting.state(session, as_csv).state == "ready"


@pytest.mark.once
def test_a_worker_that_is_killed_before_its_commit_has_told_nothing(
    app: Flask, session: Session, nursery: Nursery, tmp_path: Path
) -> None:
    asked = exporting.ask(HARTONO)
    session.rollback()
    pipe, given = tmp_path / "pipe", environment(app)
    os.mkfifo(pipe)
    first = psutil.Process(nursery.start("worker", given, tmp_path / "first.log", stops=pipe))
    end = open_for_writing(pipe)
    first.kill()
    first.wait(patience(30))
    os.close(end)
    assert (exporting.state(session, asked).state, notices(session)) == ("waiting", 0)
    log, later = tmp_path / "second.log", LATER / timedelta(days=1)
    second = psutil.Process(nursery.start("worker", given, log, later))
    try:
        ready = (exporting.state(session, asked).state == "ready" for _ in tries(60))
        assert any(ready), log.read_text()
    finally:
        second.terminate()
        second.wait(patience(30))
    assert notices(session) == 1
    assert exporting.path_of(app, asked).is_file()


@pytest.mark.only("postgresql", why="SQLite has one writer at a time")
def test_what_becomes_ready_while_it_is_erased_is_taken_back(app: Flask, session: Session) -> None:
    report = steps.send(RAHMAN, text="Nama warga yang harus hilang.")
    asked = exporting.ask(HARTONO)
    assert work.claim("slow") == asked
    session.rollback()
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    def settle() -> None:
        with writing() as here, db.engine.connect() as watching:
            values = {"state": "ready", "ready_at": now()}
            here.execute(update(Export).where(Export.id == asked).values(values))
            gate.set()
            assert any(watching.execute(waits).scalar() for _ in tries(30))

    def recalled() -> None:
        assert gate.wait(patience(30))
        with writing() as here:
            recalling.recall(here, here.get_one(Report, report.id))

    gate = threading.Event()
    assert steps.at_once(app, settle, recalled) == [None, None]
    assert exporting.state(session, asked).state == "over"
