"""`flask verify-events`, `erase` and `rotate-record-key`, and what is looked at before a start."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sipokat import keys
from sipokat.database import db
from sipokat.domain import record
from sipokat.domain.clock import now
from sipokat.models import Event, Report
from tests import steps
from tests.cast import AGUS, HARTONO, RAHMAN
from tests.services import tampering
from tests.services.speed import patience
from tests.services.tampering import by_hand, checkpoints, faults, unguarded
from tests.steps import act, send

ROOT = Path(__file__).parents[1]
NEW = "Lk9Jh8Gf7Ds6Ap5Oi4Uy3Tr2Ew1QzXcVb"


def run(app: Flask, *words: str, **given: Any) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(words), **given)


@pytest.fixture
def report(session: Session) -> Report:
    return act(HARTONO, send(RAHMAN, text="Pak Budi sakit."), "verify", note="Semoga sembuh.")


# --- verify-events -------------------------------------------------------------------------------


def test_a_record_that_holds_ends_with_0(app: Flask, report: Report) -> None:
    checkpoints().write(now())
    done = run(app, "verify-events")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("The record holds: 2 events, 1 reports, 1 checkpoints")


def test_one_that_does_not_names_the_rows_and_ends_with_1(app: Flask, report: Report) -> None:
    checkpoints().write(now())
    by_hand("UPDATE event SET action = 'reject' WHERE seq = 2")
    done = run(app, "verify-events")
    assert done.exit_code == 1
    assert "event 2: was changed or written by hand\n" in done.output
    assert "The record does not hold: " in done.output.splitlines()[-1]


def test_an_empty_record_or_one_without_checkpoint_does_not_hold(
    app: Flask, session: Session
) -> None:
    assert run(app, "verify-events").exit_code == 1
    send(RAHMAN)
    done = run(app, "verify-events")
    assert done.exit_code == 1
    assert "there is no checkpoint" in done.output


@pytest.mark.only("sqlite", why="PostgreSQL keeps no such value")
def test_what_no_terminal_can_show_is_named_all_the_same(app: Flask, report: Report) -> None:
    by_hand("UPDATE report SET number = CAST(x'1b5b324aff' AS TEXT)")
    done = run(app, "verify-events")
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "\x1b" not in done.output


def test_a_database_that_cannot_be_read_is_said_in_a_line(app: Flask, report: Report) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE counter RENAME TO away")
    try:
        done = run(app, "verify-events")
    finally:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO counter")
    assert done.exit_code == 1
    assert "Error: the record cannot be read: " in done.output
    assert "Traceback" not in done.output


# --- Keys ----------------------------------------------------------------------------------------


def rotated(app: Flask) -> keys.RecordKeys:
    """The settings that the command prints, put in place."""
    done = run(app, "rotate-record-key")
    assert done.exit_code == 0, done.output
    printed = dict(line.split("=", 1) for line in done.output.splitlines())
    former = keys.read_former(printed["RECORD_FORMER_KEYS"])
    new = keys.together(printed["RECORD_KEY"], former)
    app.config["RECORD_KEYS"] = new
    return new


def test_after_a_rotation_the_record_goes_on_and_holds(app: Flask, report: Report) -> None:
    old = app.config["RECORD_KEYS"].present
    checkpoints().write(now())
    first = rotated(app)
    assert [(key.id, key.last) for key in first.former] == [(old.id, 2)]
    assert faults() == [], "nothing was appended since"
    send(RAHMAN)
    second = rotated(app)
    assert [(key.id, key.last) for key in second.former] == [(old.id, 2), (first.present.id, 3)]
    send(RAHMAN)
    ids = [row[0] for row in db.session.execute(text("SELECT key_id FROM event ORDER BY seq"))]
    assert ids == [old.id, old.id, first.present.id, second.present.id]
    assert faults() == []


def test_a_rotation_on_which_nothing_was_signed_leaves_no_former_key(
    app: Flask, session: Session
) -> None:
    assert rotated(app).former == ()
    send(RAHMAN)
    new = rotated(app)
    assert rotated(app).former == new.former, "the key in between has signed nothing"


def test_a_former_key_signs_nothing_new(app: Flask, report: Report) -> None:
    """Somebody has found the old key and appends with it, counter and all."""
    old = app.config["RECORD_KEYS"]
    rotated(app)
    new = app.config["RECORD_KEYS"]
    app.config["RECORD_KEYS"] = old
    send(RAHMAN)
    db.session.rollback()
    app.config["RECORD_KEYS"] = new
    assert "event 3: is signed with a key that must not sign this number" in faults()


def test_a_checkpoint_of_a_former_key_is_none(app: Flask, report: Report) -> None:
    old = app.config["RECORD_KEYS"]
    rotated(app)
    new = app.config["RECORD_KEYS"]
    send(RAHMAN)
    app.config["RECORD_KEYS"] = old
    checkpoints().write(now())
    app.config["RECORD_KEYS"] = new
    assert any("is not signed with the key of its time" in one for one in faults())


def test_another_key_is_not_the_records(app: Flask, report: Report) -> None:
    app.config["RECORD_KEYS"] = keys.together(NEW, ())
    assert "events 1 to 2: is signed with a key that is not in the settings" in faults()


def test_whoever_knows_the_code_but_not_the_key_writes_no_event(app: Flask, report: Report) -> None:
    """Every column as the program would write it, hashed with a key of their own."""
    (last,) = [row for row in tampering.content()["event"] if row["seq"] == 2]
    forged = last | {"seq": 3, "version": 3, "action_id": "x", "previous_hash": last["hash"]}
    forged["at"] = now()
    forged["hash"] = record.entry_hash(NEW.encode(), forged)
    forged["at"] = last["at"]
    with unguarded() as connection:
        tampering.insert_rows(connection, "event", [forged])
        connection.exec_driver_sql(
            "UPDATE counter SET value = 3, last_seq = 3, last_hash = 'x' WHERE name = 'event'"
        )
    assert "event 3: was changed or written by hand" in faults()


# --- Before a start ------------------------------------------------------------------------------


def prepare(app: Flask, **env: str) -> subprocess.CompletedProcess[str]:
    """`flask prepare` as a process, on this application's database."""
    db.session.rollback()
    settings = {
        "SIPOKAT_MODE": "test",
        "SIPOKAT_DATA": str(app.config["DATA"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    return subprocess.run(
        [Path(sys.executable).parent / "flask", "--app", "wsgi", "prepare"],
        cwd=ROOT,
        env=os.environ | settings | env,
        text=True,
        capture_output=True,
        timeout=patience(60),
    )


@pytest.mark.once
def test_it_does_not_start_with_a_key_that_is_not_the_records(app: Flask, report: Report) -> None:
    assert prepare(app).returncode == 0
    done = prepare(app, RECORD_KEY=NEW)
    assert done.returncode == 1
    assert "RECORD_KEY is not the key that signed the record" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.once
def test_a_start_puts_missing_triggers_back_and_says_so(app: Flask, report: Report) -> None:
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.exec_driver_sql(f"DROP TRIGGER event_stays{on}")
    done = prepare(app)
    assert done.returncode == 0
    assert "trigger event_stays is missing" in done.stderr
    checkpoints().write(now())
    assert faults() == []


@pytest.mark.whole
@pytest.mark.only("postgresql", why="SQLite has one writer, and readers never wait")
def test_an_ordinary_start_waits_for_nobody(app: Flask, report: Report) -> None:
    """On PostgreSQL somebody reads the record all the while, as pg_dump and verify-events do, and
    somebody else is appending to it."""
    db.session.rollback()
    with db.engine.connect() as reading, db.engine.connect() as appending:
        for table in tampering.TABLES:
            reading.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
            appending.exec_driver_sql(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        appending.exec_driver_sql("UPDATE counter SET value = value")
        done = prepare(app)
        assert done.returncode == 0, done.stderr
        assert "not guarded" not in done.stderr


# --- erase ---------------------------------------------------------------------------------------


def test_erase_asks_before_it_erases(app: Flask, report: Report) -> None:
    words = ["erase", report.number, "--by", AGUS.phone, "--why", "Surat 12/2026"]
    assert run(app, *words, input="n\n").exit_code == 1
    steps.afresh(db.session())
    assert steps.report_of(report.number).text == "Pak Budi sakit."
    done = run(app, *words, input="y\n")
    assert done.exit_code == 0, done.output
    steps.afresh(db.session())
    assert steps.report_of(report.number).text == ""
    entry = db.session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert entry.actor.name == AGUS.name
    assert json.loads(entry.detail or "{}")["operator"] == getpass.getuser(), "who typed it"
    assert "was erased before" in run(app, *words, "--yes").output
    checkpoints().write(now())
    assert faults() == []


def on_disk(words: str) -> list[str]:
    """The files of SQLite's database in which these words stand."""
    database = Path(str(db.engine.url.database))
    files = database.parent.glob(f"{database.name}*")
    return [file.name for file in files if words.encode() in file.read_bytes()]


@pytest.mark.only("sqlite", why="PostgreSQL overwrites what was erased by VACUUM, at its own time")
def test_erased_words_stand_in_no_file_of_sqlite(app: Flask, report: Report) -> None:
    erase = ["erase", report.number, "--by", AGUS.phone, "--why", "Surat 12/2026", "--yes"]
    assert on_disk("Pak Budi sakit.")
    db.session.rollback()
    with sqlite3.connect(str(db.engine.url.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM report").fetchone()
        done = run(app, *erase)
        assert done.exit_code == 1
        assert "Run this once more" in done.output
        assert on_disk("Pak Budi sakit.")
        reader.execute("COMMIT")
    reader.close()
    done = run(app, *erase)
    assert done.exit_code == 0, done.output
    for words in ("Pak Budi sakit.", "Semoga sembuh."):
        assert on_disk(words) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "99999"}, "tidak ditemukan"),
        ({"by": "0813 9999 9999"}, "has no account"),
        ({"by": RAHMAN.phone}, "Diskominfo"),
        ({"why": "  "}, "say why"),
        ({"why": "x" * 501}, "say why"),
    ],
    ids=str,
)
def test_erase_says_what_is_wrong(
    app: Flask, report: Report, changes: dict[str, str], said: str
) -> None:
    given = {"number": report.number, "by": AGUS.phone, "why": "Surat 12/2026"} | changes
    words = ["erase", given["number"], "--by", given["by"], "--why", given["why"], "--yes"]
    done = run(app, *words)
    assert done.exit_code == 1
    assert said in done.output
    steps.afresh(db.session())
    assert steps.report_of(report.number).text == "Pak Budi sakit."
