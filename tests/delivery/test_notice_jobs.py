"""The worker tells everything once, whatever dies when, and however many workers there are."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.delivery import worker
from sipokat.delivery.notice_jobs import Digests
from sipokat.domain.clock import WIB
from sipokat.models import DailyJob, DayOverride, Notice, User
from tests import steps
from tests.cast import HARTONO, RAHMAN, SARI, YUSUF
from tests.services.nursery import Nursery
from tests.services.worker import Pauses, kill_while_telling

TUESDAY = datetime(2026, 11, 24, 7, 31, tzinfo=WIB)
MONDAY = TUESDAY - timedelta(days=1)
SATURDAY = TUESDAY + timedelta(days=4)


@pytest.fixture
def lying(session: Session) -> None:
    """On Monday one report lies on Hartono's desk and one on Yusuf's."""
    with time_machine.travel(MONDAY, tick=False):
        steps.send(RAHMAN, text="Satu.")
        steps.act(HARTONO, steps.send(RAHMAN, text="Dua."), "verify")


def told(session: Session) -> list[tuple[str, str, int]]:
    """Who was told a digest: the name, its day and its number of reports."""
    steps.afresh(session)
    query = (
        select(User.name, Notice)
        .join_from(Notice, User, User.id == Notice.user_id)
        .where(Notice.kind == "digest")
        .order_by(Notice.at, User.name)
    )
    return [
        (name, one.key.split()[1], int(str(one.facts).split('"waiting": ')[1].split(",")[0]))
        for name, one in session.execute(query)
    ]


def work(at: datetime, job: Digests | None = None, looks: int = 1) -> Digests:
    """Let a worker look so often at that moment."""
    job = job or Digests()
    with time_machine.travel(at, tick=False):
        for _ in range(looks):
            job._look_at = 0
            worker.work_once(job, "w")
    return job


BOTH = [("Hartono", "2026-11-24", 1), ("Yusuf", "2026-11-24", 1)]


@pytest.mark.usefixtures("lying")
def test_it_is_told_on_working_days_from_half_past_seven(session: Session) -> None:
    before = timedelta(minutes=2)
    job = work(TUESDAY - before, looks=2)
    assert told(session) == []
    work(TUESDAY, job, looks=3)
    assert told(session) == BOTH
    work(TUESDAY + timedelta(hours=2), looks=3)  # a worker that has just started
    assert told(session) == BOTH
    work(SATURDAY, job, looks=2)
    work(datetime(2026, 12, 25, 9, 0, tzinfo=WIB), job, looks=2)
    assert told(session) == BOTH
    work(TUESDAY + timedelta(days=1), job)
    assert [day for _, day, _ in told(session)] == ["2026-11-24"] * 2 + ["2026-11-25"] * 2


@pytest.mark.usefixtures("lying")
def test_a_worker_that_comes_back_in_the_morning_tells_it_and_after_the_day_no_more(
    session: Session,
) -> None:
    work(TUESDAY.replace(hour=16, minute=0), looks=2)
    assert told(session) == []
    work(TUESDAY + timedelta(days=1, hours=2))
    assert told(session) == [(name, "2026-11-25", count) for name, _, count in BOTH]


@pytest.mark.usefixtures("lying")
def test_the_citys_own_days_count(session: Session) -> None:
    with writing() as session:
        session.add(DayOverride(day=TUESDAY.date(), working=False))
        session.add(DayOverride(day=SATURDAY.date(), working=True))
    work(TUESDAY)
    assert told(session) == []
    work(SATURDAY)
    assert [day for _, day, _ in told(session)] == ["2026-11-28"] * 2


@pytest.mark.usefixtures("lying")
def test_an_empty_desk_is_told_nothing_that_day(session: Session) -> None:
    work(TUESDAY)
    assert SARI.name not in [name for name, _, _ in told(session)]
    with time_machine.travel(TUESDAY, tick=False):
        steps.climb(steps.send(RAHMAN, text="Tiga."), HARTONO, YUSUF)
    work(TUESDAY + timedelta(hours=1), looks=2)
    assert told(session) == BOTH, "what came later is told the next day"


def done(session: Session) -> bool:
    steps.afresh(session)
    return session.scalar(select(DailyJob.name).where(DailyJob.name == "digest")) is not None


@pytest.mark.once
@pytest.mark.usefixtures("lying")
def test_two_workers_at_once_and_one_killed_tell_every_digest_once(
    app: Flask, session: Session, nursery: Nursery, tmp_path: Path
) -> None:
    """The first is killed with the notices written and not committed, while a second one waits."""
    said = kill_while_telling(nursery, app, TUESDAY, tmp_path, lambda: done(session))
    assert told(session) == BOTH, said
    assert said.count("digest_told") == 1, said
    work(TUESDAY + timedelta(hours=2), looks=2)
    assert told(session) == BOTH


def test_the_loop_tells_it_too(app: Flask, session: Session) -> None:
    with time_machine.travel(MONDAY, tick=False):
        steps.send(RAHMAN)
    with time_machine.travel(TUESDAY, tick=False):
        worker.work(worker.kinds(app), Pauses(1))
    assert [name for name, _, _ in told(session)] == ["Hartono"]


def reminded(session: Session) -> list[str]:
    steps.afresh(session)
    query = select(Notice.key).where(Notice.kind == "reminder").order_by(Notice.key)
    return [key.split()[2] for key in session.scalars(query)]


@pytest.mark.whole
def test_reminders_are_told_once_whatever_dies_when(
    app: Flask, session: Session, nursery: Nursery, tmp_path: Path
) -> None:
    """Killed with the notices written and not committed; others go on, and none is told twice."""
    with time_machine.travel(TUESDAY - timedelta(days=14), tick=False):
        steps.act(HARTONO, steps.send(RAHMAN), "return")
    said = kill_while_telling(nursery, app, TUESDAY, tmp_path, lambda: bool(reminded(session)))
    assert reminded(session) == ["7"], said
    with time_machine.travel(TUESDAY + timedelta(days=1), tick=False):
        worker.work(worker.kinds(app), Pauses(1))
    assert reminded(session) == ["7"]


CLOSED = TUESDAY.replace(hour=16, minute=1)  # a minute after the offices: the limits of Friday end


def test_what_is_late_is_told_once_whatever_dies_when(
    app: Flask, session: Session, nursery: Nursery, tmp_path: Path
) -> None:
    """Killed with the reports noted, the notices written and nothing committed."""
    with time_machine.travel(TUESDAY - timedelta(days=4), tick=False):
        for place in range(3):
            steps.send(RAHMAN, text=f"Nomor {place}.")

    def late() -> list[tuple[str, int]]:
        steps.afresh(session)
        query = select(User.name, Notice.facts).join_from(Notice, User, User.id == Notice.user_id)
        found = session.execute(query.where(Notice.kind.startswith("late")).order_by(User.name))
        return [(name, len(json.loads(facts)["reports"])) for name, facts in found]

    said = kill_while_telling(nursery, app, CLOSED, tmp_path, lambda: bool(late()))
    assert late() == [("Hartono", 3), ("Yusuf", 3)], said
    assert said.count("late_told") == 1, said
    with time_machine.travel(CLOSED + timedelta(minutes=2), tick=False):
        worker.work(worker.kinds(app), Pauses(1))
    assert late() == [("Hartono", 3), ("Yusuf", 3)]


@pytest.mark.whole
def test_who_begins_and_ends_is_told_once_whatever_dies_when(
    app: Flask, session: Session, nursery: Nursery, tmp_path: Path
) -> None:
    """Before the hour of the digest, so that nothing else is told."""
    early = TUESDAY.replace(hour=6, minute=30)
    steps.add_term(SARI, HARTONO.region, early.date(), role="lurah", acts_for=HARTONO)
    steps.end_term(RAHMAN, early.date() - timedelta(days=1))

    def news() -> list[tuple[str, str]]:
        steps.afresh(session)
        query = select(Notice.kind, User.name).join_from(Notice, User, User.id == Notice.user_id)
        return sorted(tuple(row) for row in session.execute(query))

    both = [
        *[("term_begins", name) for name in ("Agus Salim", "Sari Wulandari", "Yusuf")],
        *[("term_ended", name) for name in ("Agus Salim", "Hartono", "Rahman", "Sari Wulandari")],
    ]
    said = kill_while_telling(nursery, app, early, tmp_path, lambda: bool(news()))
    assert news() == both, said
    assert said.count("terms_told") == 1, said
    with time_machine.travel(early + timedelta(minutes=30), tick=False):
        worker.work(worker.kinds(app), Pauses(1))
    assert news() == both
