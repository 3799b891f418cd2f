"""Who is asked for a missing report, how often, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.nudges import asking, heads
from sipokat.domain.nudges.asking import ask, ask_by_itself
from sipokat.domain.nudges.outcomes import results
from sipokat.domain.nudges.rules import asked_month, is_auto_time
from sipokat.models import DailyJob, LoginSession, Notice, Nudge
from tests import steps
from tests.cast import (
    DEWI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SITI,
    YUSUF,
    Person,
)
from tests.steps import afresh, at_once, send, user_of

NOW = datetime(2026, 12, 5, 9, tzinfo=WIB)  # November is asked for until the 10th
NOVEMBER = "2026-11"


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def phones(session: Session) -> None:
    """Rahman, Siti and Marlina are signed in on their phones."""
    with writing() as writes:
        for number, person in enumerate((RAHMAN, SITI, MARLINA)):
            writes.add(
                LoginSession(
                    user_id=user_of(person).id,
                    token_hash=f"hash-{number}",
                    device="Chrome",
                    created_at=NOW,
                    last_used_at=NOW,
                )
            )


def why(person: Person, *asked: Person, way: str = "notice") -> list[str | None]:
    done = ask(user_of(person), [one.region for one in asked], way)
    return [one.why for one in done]


def by_itself(after: timedelta = timedelta(0)) -> int | None:
    with writing() as session:
        return ask_by_itself(session, day_of(NOW + after), NOW + after)


def nudged(session: Session) -> list[tuple[str, int, str | None]]:
    afresh(session)
    query = select(Nudge.region_code, Nudge.number, Nudge.by_role).order_by(
        Nudge.region_code, Nudge.number
    )
    return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 12, 1), "2026-11"),
        (date(2026, 12, 10), "2026-11"),
        (date(2026, 12, 11), "2026-12"),
        (date(2027, 1, 10), "2026-12"),
    ],
)
def test_the_month_that_can_still_be_made_good_is_asked_for(today: date, month: str) -> None:
    assert asked_month(today) == month


@pytest.mark.sql
def test_of_many_who_ask_at_once_one_does(app: Flask, session: Session, phones: None) -> None:
    """Lurah, camat, Bagian Pemerintahan and SIPOKAT itself, in sessions of their own."""
    people = [HARTONO, YUSUF, DEWI]

    def asks(person: Person) -> str | None:
        return why(person, SITI)[0]

    outcomes = at_once(app, *(lambda one=one: asks(one) for one in people), by_itself)
    assert nudged(session).count((SITI.region, 1, "rt_head")) == 0
    mine = [row for row in nudged(session) if row[0] == SITI.region]
    assert len(mine) == 1
    asked_by_people = outcomes[:3].count(None)
    assert asked_by_people == (mine[0][2] is not None)
    assert [one for one in outcomes[:3] if one is not None] == ["recent"] * (3 - asked_by_people)
    told = select(func.count()).where(Notice.kind == "nudge", Notice.user_id == user_of(SITI).id)
    assert session.scalar(told) == 1


@pytest.mark.sql
def test_of_two_who_ask_for_a_kelurahan_at_once_each_rt_is_asked_once(
    app: Flask, session: Session, phones: None
) -> None:
    rts = [RAHMAN, SITI]
    outcomes = at_once(
        app, lambda: why(HARTONO, *rts), lambda: why(YUSUF, *reversed(rts)), lambda: why(DEWI, *rts)
    )
    assert [[row[0], row[1]] for row in nudged(session)] == [[one.region, 1] for one in rts]
    assert sum(one.count(None) for one in outcomes) == len(rts)
    assert sum(one.count("recent") for one in outcomes) == 2 * len(rts)


@pytest.mark.sql
def test_by_itself_it_asks_once_a_day_whoever_else_does(
    app: Flask, session: Session, phones: None
) -> None:
    counts = at_once(app, by_itself, by_itself, by_itself)
    assert sorted(counts, key=str) == [3, None, None]
    assert nudged(session) == [(one.region, 1, None) for one in (MARLINA, RAHMAN, SITI)]


def test_by_itself_it_asks_those_whom_nobody_has_asked(session: Session, phones: None) -> None:
    """Nor those who have reported, or have no phone on which it could be read."""
    send(RAHMAN, on=date(2026, 11, 30))
    with time_machine.travel(NOW - timedelta(days=2, hours=23), tick=False):
        assert why(HARTONO, SITI) == [None]
    assert by_itself() == 1
    assert nudged(session) == [(MARLINA.region, 1, None), (SITI.region, 1, "lurah")]
    assert by_itself(timedelta(days=4)) == 2


def test_however_many_rt_are_silent_a_statement_takes_no_more_than_it_may(
    session: Session, phones: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PORTION", 1)
    monkeypatch.setattr(heads, "PORTION", 1)
    assert by_itself() == 3
    assert nudged(session) == [(one.region, 1, None) for one in (MARLINA, RAHMAN, SITI)]


def test_who_was_killed_has_asked_nobody(session: Session, phones: None) -> None:

    def killed() -> None:
        with writing() as writes:
            assert ask_by_itself(writes, day_of(NOW), NOW) == 3
            raise RuntimeError

    with pytest.raises(RuntimeError):
        killed()
    assert nudged(session) == []
    assert session.scalars(select(DailyJob)).all() == []
    assert by_itself() == 3


@pytest.mark.parametrize(
    ("at", "days", "asks"),
    [
        (datetime(2026, 12, 5, 7, 29, tzinfo=WIB), (5, 9), False),
        (datetime(2026, 12, 5, 7, 30, tzinfo=WIB), (5, 9), True),
        (datetime(2026, 12, 5, 20, 0, tzinfo=WIB), (5, 9), False),
        (datetime(2026, 12, 6, 9, 0, tzinfo=WIB), (5, 9), False),
        (datetime(2026, 12, 5, 9, 0, tzinfo=WIB), (), False),
        (datetime(2026, 12, 8, 23, 30, tzinfo=UTC), (9,), False),
        (datetime(2026, 12, 9, 0, 30, tzinfo=UTC), (9,), True),
    ],
)
def test_on_the_days_that_are_set_in_the_daytime(
    at: datetime, days: tuple[int, ...], asks: bool
) -> None:
    assert is_auto_time(at, days) is asks


def answered(session: Session) -> list[str]:
    afresh(session)
    return [one.code for one in results(session, KOTA, NOVEMBER) if one.answered]


@pytest.mark.sql
def test_what_counts_as_an_answer(session: Session, phones: None) -> None:
    """Not what was written before, or too late, or for another month, or by the kelurahan; but
    what was written in time and came later, from a place without signal."""
    assert why(YUSUF, RAHMAN, SITI, MARLINA) == [None, None, None]
    later = NOW + timedelta(days=5)
    said = {"on": date(2026, 11, 30), "at": later}

    def written(after: timedelta) -> dict[str, object]:
        at = NOW + after
        return {"written_at": at, "written_at_raw": at.isoformat(), "sent_at": later}

    send(RAHMAN, **said, **written(timedelta(days=2, hours=23)))
    send(SITI, **said, **written(timedelta(hours=-1)))
    send(SITI, **said, **written(timedelta(days=3, hours=1)))
    send(MARLINA, on=date(2026, 12, 6), at=NOW + timedelta(days=1))
    assert answered(session) == [RAHMAN.region]
    late = send(SITI, **said, **written(timedelta(days=1)))
    assert answered(session) == [RAHMAN.region, SITI.region]
    steps.act(HARTONO, late, "reject", at=later)
    assert answered(session) == [RAHMAN.region]
    (one,) = (one for one in results(session, PETANANG_ULU, NOVEMBER) if one.answered)
    assert one.answered == NOW + timedelta(days=2, hours=23)
    assert results(session, PETANANG_ULU, "2026-12") == []


def test_a_nudge_outlives_its_month(session: Session, phones: None) -> None:
    assert why(YUSUF, SITI) == [None]
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        assert why(YUSUF, SITI) == [None]
    found = [(one.number, one.month) for one in session.scalars(select(Nudge))]
    assert found == [(1, "2026-11"), (2, "2026-12")]
