"""Who is proposed as a deputy: those at the desk, then those next door, not who could not help."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import barred, deputies, terms
from sipokat.domain.letters import Letter, months_after
from sipokat.domain.likely_deputies import likely
from sipokat.domain.posts import post_of
from tests import steps
from tests.cast import (
    BEJO,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    YUSUF,
    Person,
)
from tests.steps import OPERATOR, act, revise, send, user_of

TODAY = steps.today()
DAY = timedelta(days=1)


def proposed(session: Session, role: str = "lurah", region: str = PETANANG_ULU) -> list[str]:
    (found,) = likely(session, [post_of(session, role, region)])
    return [one.name for one in found.people]


def seat(person: Person, title: str, region: str = PETANANG_ULU) -> None:
    with writing() as session:
        terms.begin(session, OPERATOR, user_of(person), "lurah", region, TODAY, seat=title)


def test_who_sits_at_the_desk_comes_before_who_is_next_door(session: Session) -> None:
    assert proposed(session) == [SARI.name]
    seat(RAHMAN, "kasi")
    seat(SITI, "sekretaris")
    assert proposed(session) == [SITI.name, RAHMAN.name, SARI.name]
    assert HARTONO.name not in proposed(session), "the holder"
    assert BEJO.name not in proposed(session, "rt_head", RAHMAN.region), "the account is closed"


def test_a_week_is_proposed_and_less_where_the_thirty_days_end(session: Session) -> None:
    (found,) = likely(session, [post_of(session, "lurah", PETANANG_ULU)])
    assert found.until == TODAY + 6 * DAY
    with writing() as writes:
        last = Letter("lurah", PETANANG_ULU, "plh", TODAY - 27 * DAY, TODAY, "1", TODAY)
        term = deputies.appoint(writes, OPERATOR, user_of(SARI), last)
        term.until = TODAY - DAY
    (found,) = likely(session, [post_of(session, "lurah", PETANANG_ULU)])
    assert (found.people, found.until) == ((user_of(SARI),), TODAY + 2 * DAY)
    with writing():
        term.since = TODAY - 31 * DAY
    assert proposed(session) == [], "as long as one may"


def test_a_vacant_office_gets_somebody_for_the_longest_time(session: Session) -> None:
    steps.end_term(HARTONO, TODAY - DAY)
    (found,) = likely(session, [post_of(session, "lurah", PETANANG_ULU)])
    assert found.people == (user_of(SARI),)
    assert found.until == months_after(TODAY) - DAY


def test_nobody_is_proposed_who_may_not_decide_either(session: Session) -> None:
    """The lurah wrote it for an RT, and its head, who is lurah next door, mended it."""
    rt = f"{PETANANG_ULU}.009"
    with writing() as writes:
        terms.begin(writes, OPERATOR, user_of(SARI), "rt_head", rt, TODAY)
    seat(SITI, "sekretaris")
    report = revise(SARI, act(SITI, send(HARTONO, region=rt), "return"))
    post = post_of(session, "lurah", PETANANG_ULU)
    assert barred.involved(session, [post]) == {}, "the sekretaris decides it"
    assert proposed(session) == [SITI.name, SARI.name]
    with writing():
        user_of(SITI).terms[-1].until = TODAY - DAY
    assert report.desk == "kelurahan"
    took_part = frozenset({user_of(HARTONO).id, user_of(SARI).id})
    assert barred.involved(session, [post]) == {PETANANG_ULU: took_part}
    assert proposed(session) == []
    assert barred.waiting_for_deputy(session, user_of(YUSUF)) == {PETANANG_ULU: 1}


def test_only_what_nobody_there_may_decide_is_counted(session: Session) -> None:
    """What others wrote does not wait for a Plh. because the holder wrote something else."""
    with writing() as writes:
        terms.begin(writes, OPERATOR, user_of(SARI), "rt_head", f"{TABA_BARU}.004", TODAY)
    send(MARLINA)
    send(MARLINA)
    send(SARI, region=f"{TABA_BARU}.004")
    assert barred.waiting_for_deputy(session, user_of(YUSUF)) == {TABA_BARU: 1}
