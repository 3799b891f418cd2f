"""Reading never needs writing: on a full or read-only disk pages still open, and what reading
writes along ("Dibaca", last use) is left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from sipokat import create_app
from sipokat.database import db
from sipokat.models import FirstOpened
from tests import steps, wire
from tests.cast import HARTONO, RAHMAN
from tests.page import Visitor, expect_status, fresh_id
from tests.services.matrix import lacking

Site = Callable[..., Visitor]


def opened(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(FirstOpened)) or 0


def check_that_pages_open(app: Flask, rahman: Visitor, hartono: Visitor, number: str) -> None:
    """Also for who has not been here for so long that their last use should be written."""
    assert "Rapat bulanan" in hartono.get(f"/laporan/{number}").text("main")
    hartono.get("/verifikasi")
    hartono.get("/beranda")
    with time_machine.travel(steps.now() + timedelta(days=30)):
        rahman.get("/beranda")
        assert rahman.json("GET", f"/laporan/{number}")["number"] == number
    assert opened(app) == 0


def check_that_nothing_is_received(rahman: Visitor, hartono: Visitor, number: str) -> None:
    decision = {"version": 1, "action_id": fresh_id(), "class": "kinerja"}
    path = f"/laporan/{number}/verifikasi"
    for visitor, where, body in ((rahman, "/laporan", wire.body()), (hartono, path, decision)):
        headers = {"Accept": "application/json", "Sipokat-User": str(visitor.user_id)}
        answer = visitor.request("POST", where, json=body, headers=headers)
        expect_status(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def connections_that_only_read(app: Flask) -> Iterator[None]:
    """Within the block the database refuses every write, as if its disk were read-only."""
    with app.app_context():
        engine = db.engine

    def forbid(connection: Any, _record: Any) -> None:
        sqlite = engine.dialect.name == "sqlite"
        no = "PRAGMA query_only = ON" if sqlite else "SET default_transaction_read_only = on"
        connection.execute(no)
        connection.commit()

    event.listen(engine, "connect", forbid)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", forbid)
        engine.dispose()


@pytest.mark.sql
def test_pages_open_on_a_read_only_database(app: Flask, site: Site) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    site(HARTONO)
    with connections_that_only_read(app):
        check_that_pages_open(app, site(RAHMAN), site(HARTONO), number)
        check_that_nothing_is_received(site(RAHMAN), site(HARTONO), number)
    site(HARTONO).get(f"/laporan/{number}")
    assert opened(app) == 1, "the first opening that could be written"


@pytest.mark.sql
def test_reading_waits_for_no_writer(app: Flask, site: Site) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    site(HARTONO)
    with app.app_context():
        held = db.engine.connect()
        if held.dialect.name == "sqlite":
            held.exec_driver_sql("ROLLBACK")
            held.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            held.exec_driver_sql("LOCK TABLE first_opened, login_session IN EXCLUSIVE MODE")
    try:
        check_that_pages_open(app, site(RAHMAN), site(HARTONO), number)
    finally:
        held.close()


# Real disks.


def mount(*words: str | Path) -> None:
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        lacking(f"may not mount a disk here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; `ro` beside it may be mounted as well."""
    folder, again = tmp_path / "disk", tmp_path / "ro"
    for path in (folder, again):
        path.mkdir()
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", folder)
    try:
        yield folder
    finally:
        for path in (again, folder):
            if os.path.ismount(path):
                # Lazily, since the program keeps its lock file open.
                subprocess.run(["umount", "--lazy", str(path)], check=True)


@contextmanager
def program_on(data: Path) -> Iterator[Flask]:
    url = f"sqlite:///{data / 'sipokat.sqlite3'}"
    made = create_app({"DATA": data, "SQLALCHEMY_DATABASE_URI": url, "RAISE_UNFORESEEN": True})
    try:
        yield made
    finally:
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def copy_of(app: Flask, disk: Path) -> None:
    with app.app_context():
        db.engine.dispose()
    shutil.copy(app.config["DATA"] / "sipokat.sqlite3", disk)


@pytest.mark.only("sqlite", why="the database lies on the disk")
def test_pages_open_on_a_full_disk(app: Flask, disk: Path) -> None:
    copy_of(app, disk)
    with program_on(disk) as made:
        rahman, hartono = Visitor(made, RAHMAN), Visitor(made, HARTONO)
        number = wire.file_report(rahman)["number"]
        with suppress(OSError), open(disk / "rest", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        check_that_pages_open(made, rahman, hartono, number)
        photo = wire.declared(bytes(100_000))
        headers = {"Accept": "application/json", "Sipokat-User": str(rahman.user_id)}
        for _ in range(400):  # the room that the write-ahead log has already is used up first
            body = wire.body(text="x" * 1000, photos=[photo])
            answer = rahman.request("POST", "/laporan", json=body, headers=headers)
            if answer.status_code == 503:
                break
        check_that_nothing_is_received(rahman, hartono, number)
        (disk / "rest").unlink()
        assert rahman.json("POST", "/laporan", body, 201)["client_id"] == body["client_id"]


@pytest.mark.only("sqlite", why="the database lies on the disk")
@pytest.mark.parametrize("killed", [False, True])
def test_the_program_starts_and_shows_pages_on_a_read_only_disk(
    app: Flask, disk: Path, killed: bool
) -> None:
    """After a clean stop, and after a kill, which leaves the write-ahead log behind."""
    copy_of(app, disk)
    copy = disk / "copy"
    with program_on(disk) as made:
        cookies = {}
        for person in (RAHMAN, HARTONO):
            visitor = Visitor(made, person)
            cookie = visitor.client.get_cookie("sipokat-sesi")
            assert cookie is not None
            cookies[person] = (cookie.value, visitor.user_id)
            if person is RAHMAN:
                number = wire.file_report(visitor)["number"]
        if killed:
            shutil.copytree(disk, copy, ignore=shutil.ignore_patterns("copy"))
    if not killed:
        shutil.copytree(disk, copy, ignore=shutil.ignore_patterns("copy"))
    assert (copy / "sipokat.sqlite3-wal").exists() is killed
    ro = disk.with_name("ro")
    mount("--bind", copy, ro)
    mount("-o", "remount,bind,ro", ro)
    with program_on(ro) as made:
        people = []
        for person in (RAHMAN, HARTONO):
            visitor = Visitor(made)
            visitor.client.set_cookie("sipokat-sesi", cookies[person][0])
            visitor.person, visitor.user_id = person, cookies[person][1]
            people.append(visitor)
        check_that_pages_open(made, *people, number)
        check_that_nothing_is_received(*people, number)
