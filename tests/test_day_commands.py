"""`flask set-day` and `flask move-deadlines`: what they do, for whom, and what they refuse."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from sipokat import operating
from sipokat.database import db, writing
from sipokat.domain.clock import WIB
from sipokat.models import AdministrativeEntry, DayOverride, Event, Report
from tests import steps
from tests.cast import AGUS, DEWI, RAHMAN, Person
from tests.page import Visitor
from tests.steps import send

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating.getpass, "getuser", lambda: "budi")


def run(app: Flask, command: str, *words: str, by: Person = AGUS) -> Result:
    return app.test_cli_runner().invoke(args=[command, *words, f"--by={by.phone}"])


def due(number: str) -> datetime | None:
    db.session.expire_all()
    found = db.session.scalars(select(Report.due_at).where(Report.number == number)).one()
    return found.astimezone(WIB) if found else None


def test_a_day_becomes_free_and_what_runs_moves(app: Flask) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False):
        number = send(RAHMAN, on=MONDAY.date()).number
        done = run(app, "set-day", "2026-11-17", "free", "--name=Hari jadi kota")
        assert (done.exit_code, done.output) == (
            0,
            "2026-11-17 is free; the limits of 1 reports have moved.\n",
        )
        assert due(number) == datetime(2026, 11, 19, 16, tzinfo=WIB)
        entries = select(AdministrativeEntry).order_by(AdministrativeEntry.id)
        entry = db.session.scalars(entries).all()[-1]
        assert (entry.action, entry.operator, entry.actor and entry.actor.name) == (
            "set_day",
            "budi",
            "Agus Salim",
        )
        details = select(Event.detail).order_by(Event.seq)
        told = json.loads(db.session.scalars(details).all()[-1] or "")
        assert (told["why"], told["operator"]) == ("Hari jadi kota", "budi")
        assert run(app, "set-day", "2026-11-17", "usual").exit_code == 0
        assert due(number) == datetime(2026, 11, 18, 16, tzinfo=WIB)
        again = run(app, "set-day", "2026-11-17", "usual")
        assert again.output == "2026-11-17 was already usual; the limits of 0 reports have moved.\n"


def test_the_time_line_says_it(app: Flask) -> None:
    with time_machine.travel(MONDAY, tick=False):
        with app.app_context():
            number = send(RAHMAN, on=MONDAY.date()).number
        run(app, "set-day", "2026-11-17", "free", "--name=Hari jadi kota")
        said = Visitor(app, RAHMAN).get(f"/laporan/{number}").text("main")
    assert "Batas pindah ke 19 Nov, 16.00 Agus Salim, Diskominfo" in said
    assert "Hari jadi kota" in said


def test_after_a_change_of_the_hours_what_runs_moves(app: Flask) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False):
        number = send(RAHMAN, on=MONDAY.date()).number
        with writing() as session:
            session.add(DayOverride(day=WEDNESDAY, working=False))
        done = run(app, "move-deadlines", "--why=Jam kerja berubah")
        assert done.output == "The limits of 1 reports have moved.\n"
        assert due(number) == datetime(2026, 11, 19, 16, tzinfo=WIB)


@pytest.mark.parametrize(
    ("words", "by", "said"),
    [
        (("2072-03-19", "free"), AGUS, "Periksa tahunnya"),
        (("2026-02-30", "free"), AGUS, "is not a day"),
        (("2026-12-01", "holiday"), AGUS, "is not one of"),
        (("2026-12-01", "free"), DEWI, "Hanya Diskominfo"),
        (("2026-12-01", "free", f"--name={'x' * 81}"), AGUS, "80 huruf"),
    ],
)
def test_what_is_refused_changes_nothing(
    app: Flask, words: tuple[str, ...], by: Person, said: str
) -> None:
    done = run(app, "set-day", *words, by=by)
    assert done.exit_code != 0
    assert said in done.output
    with app.app_context():
        assert db.session.scalars(select(DayOverride)).all() == []


def test_a_day_that_is_over_may_be_declared_too(app: Flask) -> None:
    yesterday = steps.today() - timedelta(days=1)
    assert run(app, "set-day", yesterday.isoformat(), "free").exit_code == 0
