"""The worker asks by itself for missing reports, once on each of the days that are set."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from sipokat.database import db, writing
from sipokat.delivery import nudge_job, worker
from sipokat.delivery.nudge_job import Nudges
from sipokat.domain.clock import WIB
from sipokat.models import LoginSession, Nudge
from tests.cast import SITI
from tests.steps import user_of

FIFTH = datetime(2026, 12, 5, 8, tzinfo=WIB)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudge_job, "LOOK_SECONDS", 0)


@pytest.fixture
def silent(app: Flask) -> None:
    """Siti has a phone, and nobody has reported."""
    with app.app_context(), time_machine.travel(FIFTH, tick=False), writing() as session:
        session.add(
            LoginSession(
                user_id=user_of(SITI).id,
                token_hash="hash",
                device="Chrome",
                created_at=FIFTH,
                last_used_at=FIFTH,
            )
        )


def works(app: Flask, kind: Nudges, after: timedelta = timedelta(0)) -> bool:
    with app.app_context(), time_machine.travel(FIFTH + after, tick=False):
        return worker.work_once(kind, "anna")


def count(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(Nudge)) or 0)


def test_it_asks_on_the_fifth_and_the_ninth(app: Flask, silent: None) -> None:
    kind = Nudges((5, 9))
    assert [works(app, kind, timedelta(hours=hours)) for hours in (-1, 0, 1)] == [
        False,
        True,
        False,
    ]
    assert count(app) == 1
    assert [works(app, kind, timedelta(days=days)) for days in range(1, 6)] == [
        *(False, False, False),
        *(True, False),
    ]
    assert count(app) == 2


def test_a_second_worker_finds_it_done(app: Flask, silent: None) -> None:
    first, second = Nudges((5,)), Nudges((5,))
    with app.app_context(), time_machine.travel(FIFTH, tick=False):
        claimed = [kind.claim("anna") for kind in (first, second)]
        assert claimed[0] == claimed[1] is not None
        for kind in (first, second):
            kind.do(FIFTH.toordinal(), "anna")
    assert not works(app, Nudges((5,)))
    assert count(app) == 1


def test_the_worker_has_the_days_of_the_settings(app: Flask, silent: None) -> None:
    with app.app_context():
        app.config["NUDGE_DAYS"] = ()
        (kind,) = (one for one in worker.kinds(app) if isinstance(one, Nudges))
    assert not works(app, kind)
