"""How far desks answer: what is kept with each move, against the events alone."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from sipokat.domain import verification
from sipokat.domain.chain import Request
from sipokat.domain.decided import Claim
from sipokat.models import Answer
from tests.cast import DEWI, HARTONO, PETANANG_ULU, RAHMAN, YUSUF
from tests.histories import History, histories
from tests.slow_answers import answers_of, kept, wanted
from tests.steps import act, report_of, revise, send, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau


def a_long_way() -> None:
    """All actions, an official's own report, a desk that holds what came back, a withdrawal before
    any decision, and a report that is opened again."""
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    report = act(HARTONO, report, "return", at=MONDAY + timedelta(hours=1))
    revise(RAHMAN, report, on=MONDAY.date())
    report = report_of(report.number)
    back = report.arrived_at
    report = act(HARTONO, report, "verify", at=back + timedelta(days=20))
    report = act(YUSUF, report, "return", at=back + timedelta(days=21))
    report = act(HARTONO, report, "verify", at=back + timedelta(days=22), note="Sudah dicek.")
    report = act(YUSUF, report, "verify", at=back + timedelta(days=23))
    act(DEWI, report, "verify", at=back + timedelta(days=40))
    own = send(HARTONO, at=MONDAY, on=MONDAY.date(), text="Rapat kelurahan")
    act(YUSUF, own, "return", at=MONDAY + timedelta(days=1))
    act(HARTONO, own, "withdraw", at=MONDAY + timedelta(days=30))
    mistaken = send(RAHMAN, at=MONDAY, on=MONDAY.date(), text="Salah tulis")
    act(RAHMAN, mistaken, "withdraw", at=MONDAY + timedelta(days=2))
    act(DEWI, mistaken, "reopen", at=MONDAY + timedelta(days=3))
    act(HARTONO, mistaken, "reject", at=MONDAY + timedelta(days=9))


def test_every_stay_that_is_over_is_kept_as_the_events_tell_it(session: Session) -> None:
    a_long_way()
    found = kept(session)
    assert found == wanted(session)
    assert {row["action"] for row in found} == {"return", "revise", "verify", "withdraw", "reject"}
    assert {row["in_time"] for row in found} == {True, False, None}
    assert [row["desk"] for row in found if row["action"] == "revise"] == ["rt"]


def test_a_submission_and_a_reopening_end_no_stay(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    assert kept(session) == []
    act(HARTONO, report, "reject", at=MONDAY)
    act(DEWI, report, "reopen", at=MONDAY + timedelta(days=3))
    assert [row["action"] for row in kept(session)] == ["reject"]


def test_a_decision_that_waited_on_a_phone_took_until_it_was_made(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    received, made = MONDAY + timedelta(days=16), MONDAY + timedelta(hours=2)
    verification.act(
        user_of(HARTONO),
        report.number,
        Request("verify", 1, "kegiatan"),
        None,
        received,
        Claim(made, MONDAY, received),
    )
    (row,) = kept(session)
    assert (row["in_time"], row["worked_s"]) == (True, 7200)
    assert row["month"] == "2026-12"  # it counts from its receipt: November was over
    assert [row] == wanted(session)


# The migration, which reads a filled record.

REGIONS = {"rt": f"{PETANANG_ULU}.001", "kelurahan": PETANANG_ULU, "kecamatan": "16.73.04"}


def the_migration() -> Any:
    path = Path(__file__).parents[2] / "migrations/versions"
    (path,) = path.glob("*_how_long_desks_took.py")
    spec = importlib.util.spec_from_file_location("how_long", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MIGRATION = the_migration()


def test_a_filled_record_gets_the_same_rows(session: Session) -> None:
    a_long_way()
    before = kept(session)
    session.execute(delete(Answer))
    MIGRATION._fill(session.connection())
    assert kept(session) == before


@given(histories(), st.booleans())
def test_old_events_that_say_nothing_are_reckoned_by_the_calendar(
    told: History, silent: bool
) -> None:
    action = {None: "reject", told.author_desk: "return"}
    for seq, one in enumerate(told.entries):
        one.seq, one.report_id, one.note, one.reason, one.actor_for = seq, 7, None, None, None
        if one.version is not None:
            one.action = action.get(one.to_desk, "verify")
        if silent:
            said = json.loads(one.detail or "{}")
            one.detail = json.dumps({k: said[k] for k in said.keys() - {"due", "worked"}})
    entries = [one for one in told.entries if one.version is not None or not silent]
    region = REGIONS[told.author_desk]
    rows = [
        SimpleNamespace(
            **{key: getattr(one, key) for key in MIGRATION.NAMES},
            **{"detail": one.detail, "at": one.at},
            **{"region_code": region, "author_desk": told.author_desk},
        )
        for one in entries
    ]
    found = list(MIGRATION._rows(rows, told.own))
    assert found == answers_of(region, told.author_desk, entries, told.own)
