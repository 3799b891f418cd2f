"""Notices are forgotten after their time, in portions, and nothing is told anew because of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.delivery import worker
from sipokat.delivery.notice_jobs import OldNotices
from sipokat.domain.clock import WIB
from sipokat.domain.notices import inbox, old, reminders, rows
from sipokat.models import Notice
from tests import steps
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.worker import Pauses
from tests.steps import act, send, user_of

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=WIB)
DAY = timedelta(days=1)


def tell(*ages: timedelta) -> None:
    """So long before NOW Rahman and Siti were told something. Rahman has read the first."""
    with writing() as session:
        for place, age in enumerate(sorted(ages, reverse=True)):
            for person in (RAHMAN, SITI):
                row = rows.row(user_of(person).id, "digest", f"digest {place}", NOW - age, "/akun")
                read = NOW - age if person is RAHMAN and not place else None
                rows.add(session, [row | {"read_at": read}])


def left(session: Session) -> list[str]:
    steps.afresh(session)
    return list(session.scalars(select(Notice.key).order_by(Notice.id)))


def work(job: OldNotices, at: datetime = NOW) -> bool:
    with time_machine.travel(at, tick=False):
        return worker.work_once(job, "w")


def test_read_or_not_they_go_after_their_time_and_the_count_follows(session: Session) -> None:
    tell(old.KEPT + DAY, old.KEPT + timedelta(hours=1), old.KEPT - timedelta(hours=1), DAY)
    assert inbox.unread(session, user_of(RAHMAN)) == 3
    assert work(OldNotices())
    assert left(session) == ["digest 2"] * 2 + ["digest 3"] * 2
    for person in (RAHMAN, SITI):
        assert inbox.unread(session, user_of(person)) == 2
        assert len(inbox.page(session, user_of(person))[0]) == 2


def test_very_many_go_in_portions(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old, "PORTION", 3)
    tell(*[old.KEPT + DAY * n for n in range(1, 5)])
    job, counts = OldNotices(), []
    while work(job):
        counts.append(len(left(session)))
    assert counts == [5, 2, 0]
    tell(DAY)
    assert not work(job), "it looks again only after a while"
    assert not work(OldNotices())


def test_the_loop_does_it(app: Flask, session: Session) -> None:
    tell(old.KEPT + DAY)
    with time_machine.travel(NOW, tick=False):
        worker.work(worker.kinds(app), Pauses(1))
    assert left(session) == []


def test_two_workers_at_once_leave_nothing_and_break_nothing(app: Flask, session: Session) -> None:
    tell(*[old.KEPT + DAY * n for n in range(1, 9)])

    def forget() -> int:
        with writing() as inner:
            return old.forget(inner, NOW)

    assert max(steps.at_once(app, forget, forget)) == 16
    assert left(session) == []


def test_a_reminder_that_was_forgotten_is_not_told_again(session: Session) -> None:
    with time_machine.travel(NOW, tick=False):
        act(HARTONO, send(RAHMAN), "return")

    def remind(at: datetime) -> list[str]:
        with time_machine.travel(at, tick=False), writing() as within:
            reminders.tell(within, at.date(), at)
        return [one for one in left(session) if one.startswith("reminder")]

    assert [one.split()[2] for one in remind(NOW + 14 * DAY)] == ["7"]
    after = NOW + 14 * DAY + old.KEPT + DAY
    while work(OldNotices(), after):
        pass
    assert remind(after) == []
