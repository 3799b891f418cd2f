"""What a digest says of a desk, against a slow, obvious count."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import offices, queue
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.notices import digest, inbox, sentences
from sipokat.models import DailyJob, Notice, Report
from tests import steps
from tests.cast import (
    AGUS,
    CAST,
    DEWI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.services.matrix import examples
from tests.steps import act, add_term, newcomer, send, user_of

MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=WIB)
DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((8, 2, 0), "8 laporan menunggu, 2 jatuh tempo hari ini."),
        ((1, 0, 0), "1 laporan menunggu."),
        ((1200, 1, 1000), "1.200 laporan menunggu, 1 jatuh tempo hari ini, 1.000 terlambat."),
        ((3, 0, 3), "3 laporan menunggu, 3 terlambat."),
    ],
)
def test_it_is_one_sentence(figures: tuple[int, int, int], said: str) -> None:
    assert digest.sentence(digest.Figures(*figures), DAY, DAY) == said
    later = said.replace("hari ini", "24 Nov 2026")
    assert digest.sentence(digest.Figures(*figures), DAY, DAY + timedelta(days=1)) == later
    assert digest.sentence(digest.Figures(*figures), DAY, None) == later


# Some reports, each with the hours from the morning until it is due; None where it was returned to
# its author, whose desk has no limit.
lying = st.lists(
    st.tuples(
        st.sampled_from(["rt", "kelurahan", "kecamatan", "kota"]),
        st.sampled_from([RAHMAN, SITI]),
        st.sampled_from([-48.0, -0.01, 0.0, 0.01, 8.5, 16.49, 16.5, 16.51, 40.0]),
    ),
    min_size=1,
    max_size=6,
)


def put(desk: str, author: Person, hours: float) -> None:
    """Have a report lie on this desk, due so many hours after the morning."""
    report = send(author)
    if desk == "rt":
        act(HARTONO, report, "return")
        return
    climbing = {"kelurahan": (), "kecamatan": (HARTONO,), "kota": (HARTONO, YUSUF)}[desk]
    report = steps.climb(report, *climbing)
    with writing() as session:
        due = update(Report).where(Report.id == report.id)
        session.execute(due.values(due_at=MORNING + timedelta(hours=hours)))


@settings(max_examples=examples(24), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lying)
def test_each_person_at_a_desk_is_told_once_what_lies_there(
    session: Session, found: list[tuple[str, Person, float]]
) -> None:
    with writing() as session:
        session.execute(delete(Notice))
        session.execute(delete(DailyJob))
        session.execute(update(Report).values(desk_code=None, desk=None, status="withdrawn"))
    with time_machine.travel(MORNING - timedelta(days=1), tick=False):
        for desk, author, hours in found:
            put(desk, author, hours)
    with time_machine.travel(MORNING, tick=False), writing() as session:
        assert digest.tell(session, DAY, MORNING)
        assert not digest.tell(session, DAY, MORNING)
    told = {
        one.user_id: one.facts
        for one in session.scalars(select(Notice).where(Notice.kind == "digest"))
    }
    for person in CAST:
        user, expected = user_of(person), by_hand(person, found)
        facts = told.pop(user.id, None)
        assert (facts is None) == (expected.waiting == 0), person
        with time_machine.travel(MORNING, tick=False):
            (one,) = inbox.page(session, user)[0][:1] if facts else (None,)
            if one:
                assert sentences.sentence_of(one, {}, DAY) == digest.sentence(expected, DAY, DAY)
                shown = queue.summary(session, user)
                assert digest.Figures(shown.waiting, shown.due, shown.late) == expected
    assert told == {}


def by_hand(person: Person, found: list[tuple[str, Person, float]]) -> digest.Figures:
    """What this person must be told."""
    desk = {HARTONO: "kelurahan", YUSUF: "kecamatan", DEWI: "kota"}.get(person)
    hours = [hours for at, _, hours in found if at == desk]
    midnight = 16.5
    return digest.Figures(
        len(hours), sum(0 <= one < midnight for one in hours), sum(one < 0 for one in hours)
    )


def tell(day: date = DAY) -> None:
    at = datetime.combine(day, MORNING.timetz())
    with time_machine.travel(at, tick=False), writing() as session:
        digest.tell(session, day, at)


def test_whoever_sits_at_two_desks_is_told_of_both_in_one(session: Session) -> None:
    with time_machine.travel(MORNING - timedelta(days=1), tick=False):
        deputy = newcomer("Sekretaris", "lurah", PETANANG_ULU)
        add_term(SARI, UTARA_I, role="camat", acts_for=YUSUF)
        send(RAHMAN)
        act(HARTONO, send(SITI), "verify")
        tell()
    with time_machine.travel(MORNING, tick=False):
        for person, count in ((HARTONO, 1), (deputy, 1), (YUSUF, 1), (SARI, 1)):
            (one,) = inbox.page(session, user_of(person))[0]
            assert one.facts["waiting"] == count, person
        for person in (RAHMAN, DEWI, AGUS, RATNA):
            assert not any(one.kind == "digest" for one in inbox.page(session, user_of(person))[0])
        assert {office.role.key for office in offices.held(user_of(SARI), day_of(MORNING))} == {
            "lurah",
            "camat",
        }


def test_the_digest_of_a_day_takes_the_place_of_those_before(session: Session) -> None:
    with time_machine.travel(MORNING - timedelta(days=1), tick=False):
        send(RAHMAN)
    tell()
    tell(DAY + timedelta(days=1))
    found, _ = inbox.page(session, user_of(HARTONO))
    assert [one.read_at is None for one in found] == [True, False]
    assert inbox.unread(session, user_of(HARTONO)) == 1
