"""The work on received photos: claiming one, settling it, and dropping its original."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.domain import photo_work
from sipokat.domain.photo_work import claim, drop_originals, give_back, settle
from sipokat.models import Photo, Report
from tests import steps
from tests.cast import MARLINA, RAHMAN, SITI, Person
from tests.shelf import NOW, Shelf, drop, put, states
from tests.steps import photo, send

ANA, BUDI = "Ana", "Budi"  # two workers
TWO_MINUTES = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def received(shelf: Shelf, count: int = 1, person: Person = RAHMAN) -> Report:
    claims = [photo(str(n)) for n in range(count)]
    report = send(person, "sampah", photos=claims)
    for one in claims:
        put(shelf, report, one, person)
    return report


def look(session: Session, report: Report) -> Photo:
    """The report's first photo, read from the database again."""
    steps.afresh(session)
    return report.photos[0]


def test_a_photo_is_claimed_by_one_worker(app: Flask, session: Session, shelf: Shelf) -> None:
    assert claim(ANA, NOW) is None
    received(shelf)
    outcomes = steps.at_once(app, *[partial(claim, str(n), NOW) for n in range(4)])
    assert [one is None for one in outcomes].count(False) == 1, outcomes
    assert claim(ANA, NOW) is None


def test_several_workers_share_the_work(session: Session, shelf: Shelf) -> None:
    received(shelf, 3)
    claimed = [claim(name, NOW) for name in "abcd"]
    assert len({one for one in claimed if one}) == 3
    assert claimed[3] is None


def test_people_take_turns(session: Session, shelf: Shelf) -> None:
    """Rahman has sent many photos before Siti and Marlina sent one each."""
    for _ in range(10):
        received(shelf, 3)
    for person in (SITI, MARLINA):
        received(shelf, person=person)
    served, after = [], ""
    for _ in range(5):
        held = claim(ANA, NOW, after)
        after = session.get_one(Photo, held).declared_by
        served.append(after)
    rahman, siti, marlina = (steps.user_of(one).id for one in (RAHMAN, SITI, MARLINA))
    assert {siti, marlina, rahman} == set(served[:3])
    assert served[3:] == [rahman, rahman]


@pytest.mark.parametrize(
    "work", [lambda: claim(ANA, NOW), lambda: drop_originals(Shelf(), NOW)], ids=["claim", "drop"]
)
def test_the_worker_finds_its_photos_by_the_partial_index(
    session: Session, shelf: Shelf, work: Callable[[], object]
) -> None:
    """SQLite uses it only when the query spells its condition as the index does."""
    received(shelf)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, query: str, values: Any, *_rest: Any) -> None:
        asked.append((query, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    query, values = next(one for one in asked if "FROM photo" in one[0])
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    else:  # on a table of a few rows PostgreSQL would rather read them all
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = session.connection().exec_driver_sql(f"EXPLAIN {query}", values).all()
    assert "ix_photo_waiting" in str(plan), plan


def test_a_dead_workers_photo_is_taken_over(session: Session, shelf: Shelf) -> None:
    received(shelf)
    held = claim(ANA, NOW)
    assert held is not None
    assert claim(BUDI, NOW + TWO_MINUTES) is None
    assert claim(BUDI, NOW + TWO_MINUTES + SECOND) == held
    assert settle(held, ANA, (10, 10)) is False, "the dead one woke up: it lost its claim"
    assert settle(held, BUDI, (10, 20)) is True
    assert settle(held, BUDI, (10, 20)) is False


def test_a_photo_on_which_five_workers_died_is_broken(session: Session, shelf: Shelf) -> None:
    report = received(shelf)
    at = NOW
    for number in range(5):
        assert claim(str(number), at) is not None
        at += timedelta(minutes=3)
    assert claim("5", at) is None
    steps.afresh(session)
    assert set(states(report).values()) == {"broken"}


def test_what_is_given_back_costs_no_try_and_rests_for_two_minutes(
    session: Session, shelf: Shelf
) -> None:
    """A disk that is full for an hour is not the photo's fault."""
    report, at = received(shelf), NOW
    for name in (ANA, BUDI) * 15:
        held = claim(name, at)
        assert held is not None
        give_back(held, name)
        assert claim(ANA, at + TWO_MINUTES) is None
        at += TWO_MINUTES + SECOND
    one = look(session, report)
    assert (one.state, one.tries, one.claim) == ("received", 0, None)


def test_a_worker_that_lives_costs_no_try_though_it_could_not_give_the_photo_back(
    session: Session, shelf: Shelf
) -> None:
    """The database was lost as well, so that the claim could not be given back."""
    report, at = received(shelf), NOW
    for _ in range(6):
        assert claim(ANA, at) is not None
        at += TWO_MINUTES + SECOND
    assert look(session, report).tries == 0
    assert claim(BUDI, at) is not None
    assert look(session, report).tries == 1, "to another it is dead"


def test_nobody_gives_back_what_another_has_taken_over(session: Session, shelf: Shelf) -> None:
    received(shelf)
    held = claim(ANA, NOW)
    assert held is not None
    assert claim(BUDI, NOW + TWO_MINUTES + SECOND) == held
    give_back(held, ANA)
    assert settle(held, BUDI, (10, 10)) is True


def test_a_photo_in_trouble_does_not_hold_back_the_others(session: Session, shelf: Shelf) -> None:
    first, second = received(shelf).photos[0].id, received(shelf).photos[0].id
    assert claim(ANA, NOW) == first
    give_back(first, ANA)
    assert claim(ANA, NOW) == second
    give_back(second, ANA)
    third = received(shelf).photos[0].id
    later = NOW + TWO_MINUTES + SECOND
    assert [claim(ANA, later) for _ in range(3)] == [third, first, second]


@pytest.mark.parametrize(("size", "state"), [((1600, 900), "ready"), (None, "broken")])
def test_settling_makes_a_photo_ready_or_broken(
    session: Session, shelf: Shelf, size: tuple[int, int] | None, state: str
) -> None:
    report = received(shelf)
    held = claim(ANA, NOW)
    assert held is not None
    assert settle(held, ANA, size)
    one = look(session, report)
    assert (one.state, (one.width, one.height)) == (state, size or (None, None))


# The originals.


def settled(shelf: Shelf, size: tuple[int, int] | None) -> Report:
    """A report whose photo has been worked on."""
    report = received(shelf)
    held = claim(ANA, NOW)
    assert held is not None
    settle(held, ANA, size)
    return report


def test_originals_are_dropped_when_the_photo_is_ready(session: Session, shelf: Shelf) -> None:
    report = received(shelf, 2)
    first, second = claim(ANA, NOW), claim(ANA, NOW)
    assert first is not None
    assert second is not None
    assert drop_originals(shelf) == 0
    settle(first, ANA, (10, 10))
    assert drop_originals(shelf) == 1
    assert len(shelf.kept) == 1
    settle(second, ANA, (10, 10))
    assert (drop_originals(shelf), drop_originals(shelf)) == (1, 0)
    assert shelf.kept == {}
    steps.afresh(session)
    assert [one.original for one in report.photos] == [False, False]


def test_the_original_of_a_broken_photo_is_kept_for_thirty_days(
    session: Session, shelf: Shelf
) -> None:
    """It may be the only copy left, but its metadata tells where it was taken."""
    settled(shelf, None)
    kept = NOW + photo_work.BROKEN_KEPT
    assert drop_originals(shelf, kept) == 0
    assert len(shelf.kept) == 1
    assert drop_originals(shelf, kept + SECOND) == 1
    assert shelf.kept == {}


def test_the_original_of_a_broken_photo_goes_when_it_is_replaced(
    session: Session, shelf: Shelf
) -> None:
    report = settled(shelf, None)
    put(shelf, report, photo("new"), replaces=report.photos[0].client_id)
    assert drop_originals(shelf, NOW) == 1
    assert len(shelf.kept) == 1, "that of the new one"


def test_the_original_of_a_broken_photo_goes_when_it_is_dropped(
    session: Session, shelf: Shelf
) -> None:
    one = photo()
    report = send(RAHMAN, "tamu", photos=[one])
    put(shelf, report, one)
    held = claim(ANA, NOW)
    assert held is not None
    settle(held, ANA, None)
    drop(report, one)
    assert drop_originals(shelf, NOW) == 1
    assert shelf.kept == {}


def test_a_worker_killed_between_dropping_and_noting_it(session: Session, shelf: Shelf) -> None:
    report = settled(shelf, (10, 10))
    shelf.kept.clear()
    assert drop_originals(shelf) == 1
    assert not look(session, report).original


@pytest.mark.parametrize("size", [(10, 10), None], ids=["ready", "broken"])
def test_a_slow_photo_that_was_overtaken_leaves_no_original_behind(
    session: Session, size: tuple[int, int] | None
) -> None:
    """The photo is sent twice, and the worker is done before the second copy is stored."""

    class Slow(Shelf):
        def keep(self, key: str, data: bytes) -> None:
            if not overtaken:
                overtaken.append(key)
                put(self, report, one)
                held = claim(ANA, NOW)
                assert held is not None
                settle(held, ANA, size)
                drop_originals(self, NOW + photo_work.BROKEN_KEPT + SECOND)
            super().keep(key, data)

    overtaken: list[str] = []
    one, shelf = photo(), Slow()
    report = send(RAHMAN, "sampah", photos=[one])
    after = put(shelf, report, one)
    assert states(after) == {one.id: "ready" if size else "broken"}
    assert shelf.kept == {}


def test_a_photo_sent_twice_at_once_keeps_its_original(session: Session) -> None:
    class Slow(Shelf):
        def keep(self, key: str, data: bytes) -> None:
            if not overtaken:
                overtaken.append(key)
                put(self, report, one)
            super().keep(key, data)

    overtaken: list[str] = []
    one, shelf = photo(), Slow()
    report = send(RAHMAN, "sampah", photos=[one])
    put(shelf, report, one)
    assert list(shelf.kept) == overtaken
