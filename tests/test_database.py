"""How the database is set up: a commit is durable, and no wait for a lock lasts for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from sipokat import database
from sipokat.database import db, lock_rows, writing
from sipokat.models import KnownDevice, Setting, User
from sipokat.turns import Busy, Line
from tests import steps
from tests.cast import RAHMAN


def setting(session: Session, name: str) -> Any:
    return session.scalar(text(name))


def test_a_commit_is_durable(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert setting(session, "PRAGMA journal_mode") == "wal"
        assert setting(session, "PRAGMA synchronous") == 2, "FULL"
        assert setting(session, "PRAGMA foreign_keys") == 1
    else:
        assert setting(session, "SHOW synchronous_commit") == "on"


def test_nobody_waits_for_a_lock_for_ever(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert setting(session, "PRAGMA busy_timeout") == 5000
    else:
        assert setting(session, "SHOW lock_timeout") == "5s"


def test_what_reading_writes_along_waits_only_a_moment(session: Session) -> None:
    with writing(0.3):
        if session.get_bind().dialect.name == "postgresql":
            assert setting(session, "SHOW lock_timeout") == "300ms"
    test_nobody_waits_for_a_lock_for_ever(session)


# Another process of ours that is stuck in its turn.
HOLDER = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.only("sqlite", why="transactions of PostgreSQL wait for rows")
def test_a_lock_that_another_process_keeps_is_waited_for_and_no_longer(session: Session) -> None:
    """The death of the other process gives it back."""
    url = session.get_bind().engine.url
    add("a")
    command = [sys.executable, "-c", HOLDER, f"{url.database}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Busy), writing(0.2):
            pass
        assert kept_by_others() == ["a"]
        other.kill()
    add("b")
    assert kept_by_others() == ["a", "b"]


def add(key: str, then_fail: bool = False) -> None:
    with writing():
        with writing() as inner:  # joins the transaction of the outer block
            inner.add(Setting(key=key, value="1"))
        assert key not in kept_by_others()
        if then_fail:
            raise RuntimeError


def kept_by_others() -> list[str]:
    with db.engine.connect() as connection:
        return sorted(connection.scalars(select(Setting.key)))


def test_a_write_is_whole_or_not_at_all(session: Session) -> None:
    add("a")
    with pytest.raises(RuntimeError):
        add("b", then_fail=True)
    assert kept_by_others() == ["a"]


def test_a_write_sees_what_was_committed_a_moment_ago(app: Flask, session: Session) -> None:
    with writing():
        session.add(Setting(key="a", value="1"))
    row = session.get_one(Setting, "a")
    assert row.value == "1"

    def change() -> None:
        with writing() as other:
            other.get_one(Setting, "a").value = "2"

    steps.at_once(app, change)
    with writing():
        assert row.value == "2"


def test_writers_come_one_after_the_other(app: Flask, session: Session) -> None:
    """Twelve threads add one to the same number at once, and no addition is lost."""
    with writing():
        session.add(Setting(key="count", value="0"))
    seen = threading.local()

    def add() -> None:
        with writing() as one:
            query = select(Setting).where(Setting.key == "count").with_for_update()
            row = one.scalars(query).one()
            seen.value = int(row.value)
            row.value = str(seen.value + 1)

    assert steps.at_once(app, *[add] * 12) == [None] * 12
    steps.afresh(session)
    assert session.get_one(Setting, "count").value == "12"


@pytest.mark.only("postgresql", why="SQLite has one writer at a time")
def test_rows_that_refer_to_a_locked_person_can_be_written(app: Flask, session: Session) -> None:
    """While a person's row is locked, other rows that refer to it can be written."""
    rahman = steps.user_of(RAHMAN).id

    def refer() -> None:
        with writing() as other:
            other.add(KnownDevice(user_id=rahman, token_hash="x", last_used_at=steps.now()))

    with writing() as holding:
        lock_rows(holding, select(User.id).where(User.id == rahman))
        assert steps.at_once(app, refer) == [None]


class Watched(Line):
    """A line that notes how each turn has ended."""

    ended: list[bool]

    def leave(self, well: bool = True) -> None:
        self.ended.append(well)
        super().leave(well)


def test_what_the_database_refuses_has_had_its_turn(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeat is found by its unique key. If that counted as a turn that came to nothing, the
    next writers would be sent away as if the database were stuck."""
    line = Watched(at_once=1, waiting=3, seconds=5, stalled_after=1)
    line.ended = []
    monkeypatch.setitem(database._lines, session.get_bind().dialect.name, line)
    add("a")
    with pytest.raises(IntegrityError):
        add_again("a")
    with pytest.raises(RuntimeError):
        add("b", then_fail=True)
    stuck = OperationalError("INSERT", None, Exception("database is locked"))
    with pytest.raises(OperationalError), writing():
        raise stuck
    assert line.ended == [True, True, True, False]


def add_again(key: str) -> None:
    with writing() as session:
        session.expunge_all()
        session.add(Setting(key=key, value="2"))
