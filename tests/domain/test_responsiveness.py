"""How far desks answer: what is kept with each move, against the events alone."""

from __future__ import annotations

import importlib.util
import json
import random
import statistics
from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import revisions, verification
from sipokat.domain.chain import Request
from sipokat.domain.check_figures import differences
from sipokat.domain.clock import day_of, now
from sipokat.domain.decided import Claim
from sipokat.domain.responsiveness.anew import rows_of
from sipokat.domain.responsiveness.counted import ENOUGH, Counted, together
from sipokat.models import Answer, Event, Report
from tests import slow_answers
from tests.cast import (
    BARAT_I,
    DEWI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.comparing_answers import compare
from tests.histories import History, histories
from tests.services import tampering
from tests.services.matrix import examples
from tests.slow_answers import kept, wanted
from tests.steps import act, raw, report_of, revise, send, user_of

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


def test_a_row_that_the_events_do_not_give_is_named(session: Session) -> None:
    a_long_way()
    first, second, *_ = session.scalars(select(Answer.seq).order_by(Answer.seq)).all()
    submitted = session.scalars(select(Event.seq).where(Event.action == "submit")).first()
    assert differences(session.connection().engine.connect()) == []
    with writing():
        session.get_one(Answer, first).worked_s = 7
        extra = {**kept(session)[1], "seq": submitted}
        session.delete(session.get_one(Answer, second))
        session.execute(insert(Answer), extra)
    assert differences(session.connection().engine.connect()) == [
        f"answer {first}: worked_s is kept as 7, and told anew it is 3600",
        f"answer {second}: is missing",
        f"answer {submitted}: no event has ended a stay",
    ]


def test_what_old_events_do_not_say_stays_as_it_was_reckoned_once(session: Session) -> None:
    """Days that are declared later change neither; whether a stay had a limit they do say."""
    a_long_way()
    seqs = session.scalars(select(Answer.seq).order_by(Answer.seq)).all()
    details = {
        one.seq: json.dumps({"seq": one.seq}) for one in session.scalars(select(Event)).unique()
    }
    for seq, detail in details.items():
        tampering.by_hand(
            "UPDATE event SET detail = :detail WHERE seq = :seq", detail=detail, seq=seq
        )
    with writing():
        for seq in seqs:
            row = session.get_one(Answer, seq)
            row.worked_s += 7 * 3600
            row.in_time = None if row.in_time is None else not row.in_time
    assert differences(session.connection().engine.connect()) == []
    with writing():
        session.get_one(Answer, seqs[0]).in_time = None
    (said,) = differences(session.connection().engine.connect())
    assert said.startswith(f"answer {seqs[0]}: in_time is kept as None")


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
    assert found == rows_of(region, told.author_desk, entries, told.own)


# Figures.

MANY = st.lists(st.integers(0, 400_000), max_size=40)
REASONS = ("foto_kurang_jelas", "lokasi_kurang_jelas", "lainnya")


@given(MANY)
def test_a_median_and_what_nine_of_ten_took(times: list[int]) -> None:
    found = together([Counted(array("i", sorted(times)))])
    if len(times) < ENOUGH:
        assert (found.median, found.ninetieth, found.share(1)) == (None, None, None)
        return
    assert found.median == statistics.median(times)
    assert found.ninetieth == slow_answers.slow_ninetieth(times)
    assert found.median <= found.ninetieth <= max(times)


@given(st.lists(st.tuples(MANY, st.integers(0, 40), st.sampled_from(REASONS))))
def test_desks_together_are_their_decisions_together(
    drawn: list[tuple[list[int], int, str]],
) -> None:
    parts = [
        Counted(array("i", sorted(times)), min(n, len(times)), min(n, len(times)), Counter([why]))
        for times, n, why in drawn
    ]
    whole = together(parts)
    assert list(whole.times) == sorted(one for times, _, _ in drawn for one in times)
    assert whole.in_time == sum(one.in_time for one in parts)
    assert whole.answered == sum(one.answered for one in parts)
    assert whole.returned == Counter(why for _, _, why in drawn)
    assert together([together(parts[:2]), together(parts[2:])]) == whole
    assert 0 <= (whole.share_in_time or 0) <= 1


def at_random(chance: random.Random, reports: int) -> None:
    """Reports of two kelurahan and of a lurah, over half a year, each moved at random."""
    start = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    for number in range(reports):
        author = chance.choice((RAHMAN, SITI, MARLINA, HARTONO))
        at = start + timedelta(minutes=chance.randrange(150 * 1440))
        report = send(author, at=at, on=day_of(at), text=f"Rapat warga {number}")
        for _ in range(chance.randrange(7)):
            at += timedelta(minutes=chance.randrange(6 * 1440))
            report = a_move(chance, author, report, at)


def a_move(chance: random.Random, author: Person, report: Report, at: datetime) -> Report:
    lurah = SARI if author is MARLINA else HARTONO
    holders = {"kelurahan": lurah, "kecamatan": YUSUF, "kota": DEWI}
    if report.desk is None:
        return act(DEWI, report, "reopen", at=at)
    if report.desk == report.author_desk:
        if chance.random() < 0.3:
            return act(author, report, "withdraw", at=at)
        content = raw(report.category, on=day_of(report.written_at))
        return revisions.revise(user_of(author), report.number, report.version, content, None, at)
    action = chance.choices(("verify", "return", "reject"), (6, 3, 1))[0]
    said = {"note": "Sudah dicek."} if chance.random() < 0.5 or report.status == "returned" else {}
    if action != "verify":
        said = {
            "note": "Mohon dilengkapi.",
            "reason": chance.choice(REASONS[2 * (action == "reject") :]),
        }
    return act(holders[report.desk], report, action, at=at, **said)


@pytest.mark.parametrize("seed", range(examples(3)))
def test_all_figures_are_what_the_events_give(session: Session, seed: int) -> None:
    at_random(random.Random(seed), 40)
    assert kept(session) == wanted(session)
    regions = (KOTA, UTARA_I, BARAT_I, PETANANG_ULU, TABA_BARU, RAHMAN.region)
    assert compare(session, regions, now()) > 10
