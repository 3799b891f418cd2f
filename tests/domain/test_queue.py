"""The reports on a desk: oldest first, bencana on top, and what is late one level below."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import posts, queue
from sipokat.models import Report, Tally
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    YUSUF,
    Person,
)
from tests.steps import act, climb, counted_anew, revise, send, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
OFFICIALS = (HARTONO, YUSUF, DEWI)


def hour(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


def sent(person: Person, number: int, category: str = "pemerintahan") -> Report:
    """A report that was received at that hour."""
    return send(person, category, at=hour(number), on=MONDAY.date(), text=f"Nomor {number}.")


def texts(found: list[Report]) -> list[str]:
    return [report.text for report in found]


def on_desk(session: Session, person: Person) -> list[str]:
    return texts(queue.desk_queue(session, user_of(person)))


def on_top(session: Session, person: Person) -> list[str]:
    return texts(queue.urgent(session, user_of(person)))


def test_oldest_arrival_first(session: Session) -> None:
    second, first = sent(RAHMAN, 2), sent(SITI, 1)
    sent(MARLINA, 0)
    assert on_desk(session, HARTONO) == ["Nomor 1.", "Nomor 2."]
    assert on_desk(session, SARI) == ["Nomor 0."]
    act(HARTONO, second, "verify", at=hour(3))
    act(HARTONO, first, "verify", at=hour(4))
    assert on_desk(session, YUSUF) == ["Nomor 2.", "Nomor 1."]
    assert on_desk(session, HARTONO) == []


def test_a_revised_report_goes_to_the_end_of_the_queue(session: Session) -> None:
    mended = sent(RAHMAN, 1)
    act(HARTONO, mended, "return", at=hour(2))
    sent(SITI, 3)
    revise(RAHMAN, mended, on=MONDAY.date(), text="Diperbaiki.")
    assert on_desk(session, HARTONO) == ["Nomor 3.", "Diperbaiki."]


@pytest.mark.parametrize("person", [RATNA, AGUS, EFFENDI, DEWI], ids=str)
def test_a_desk_without_anything(session: Session, person: Person) -> None:
    sent(RAHMAN, 1)
    assert on_desk(session, person) == []


def test_ones_own_returned_report_lies_on_ones_desk(session: Session) -> None:
    report = sent(HARTONO, 1)
    assert on_desk(session, HARTONO) == []
    act(YUSUF, report, "return", at=hour(2))
    assert on_desk(session, HARTONO) == ["Nomor 1."]


def test_page_by_page_nothing_twice_and_nothing_left_out(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 4)
    for number in range(queue.PAGE * 2 + 3):
        sent(RAHMAN, number // 3)  # some arrive at the same moment
    user, seen, after = user_of(HARTONO), [], None
    while True:
        page = queue.desk_queue(session, user, after)
        seen += page[: queue.PAGE]
        if len(page) <= queue.PAGE:
            break
        after = (seen[-1].arrived_at, seen[-1].id)
    assert len(seen) == len({report.id for report in seen}) == queue.PAGE * 2 + 3
    assert seen == sorted(seen, key=lambda report: (report.arrived_at, report.id))


# Bencana.


def test_bencana_stands_on_top_of_every_level_above_until_it_is_final(session: Session) -> None:
    sent(RAHMAN, 0)
    report = sent(RAHMAN, 1, "bencana")
    for person, desk in zip(OFFICIALS, ("kelurahan", "kecamatan", "kota"), strict=True):
        assert report.desk == desk, "it still moves one desk at a time"
        for official in (*OFFICIALS, RATNA):
            assert on_top(session, official) == ["Nomor 1."], official
        act(person, report, "verify")
    for official in (*OFFICIALS, RATNA):
        assert on_top(session, official) == []


@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_any_end_takes_it_off_the_top_and_reopening_puts_it_back(
    session: Session, end: str
) -> None:
    report = sent(RAHMAN, 1, "bencana")
    act(HARTONO if end == "reject" else RAHMAN, report, end)
    assert on_top(session, YUSUF) == []
    act(DEWI, report, "reopen")
    assert on_top(session, YUSUF) == ["Nomor 1."]


def test_it_stays_on_top_while_its_author_mends_it(session: Session) -> None:
    act(HARTONO, sent(RAHMAN, 1, "bencana"), "return")
    for official in OFFICIALS:
        assert on_top(session, official) == ["Nomor 1."]


@pytest.mark.parametrize("person", [SARI, EFFENDI, AGUS, MARLINA], ids=str)
def test_a_bencana_is_not_shown_to_others(session: Session, person: Person) -> None:
    sent(RAHMAN, 1, "bencana")
    assert on_top(session, person) == []


def test_what_lies_on_ones_own_desk_comes_first_then_the_oldest(session: Session) -> None:
    sent(RAHMAN, 1, "bencana")
    sent(SITI, 2, "bencana")
    climb(sent(MARLINA, 3, "bencana"), SARI)
    assert on_top(session, YUSUF) == ["Nomor 3.", "Nomor 1.", "Nomor 2."]
    assert on_top(session, DEWI) == ["Nomor 1.", "Nomor 2.", "Nomor 3."]


def test_a_bencana_on_top_is_not_shown_on_the_desk_again(session: Session) -> None:
    sent(RAHMAN, 1, "bencana")
    assert on_desk(session, HARTONO) == []
    assert on_top(session, HARTONO) == ["Nomor 1."]


# The numbers of the queue.


def summary(
    session: Session, person: Person, at: datetime
) -> tuple[int, datetime | None, int, int]:
    with time_machine.travel(at, tick=False):
        found = queue.summary(session, user_of(person))
    return found.waiting, found.oldest, found.late, found.late_below


def test_what_waits_since_when_and_what_is_late(session: Session) -> None:
    assert summary(session, HARTONO, hour(0)) == (0, None, 0, 0)
    sent(RAHMAN, 0)
    sent(SITI, 1, "bencana")
    climbed = act(SARI, sent(MARLINA, 2), "verify", at=hour(2))
    assert climbed.desk == "kecamatan"
    soon, wednesday, thursday = hour(3), MONDAY + timedelta(days=2.5), MONDAY + timedelta(days=3.5)
    assert summary(session, HARTONO, soon) == (2, hour(0), 0, 0)
    assert summary(session, HARTONO, wednesday) == (2, hour(0), 2, 0)
    assert summary(session, YUSUF, wednesday) == (1, hour(2), 0, 2)
    assert summary(session, YUSUF, thursday) == (1, hour(2), 1, 2)
    assert summary(session, DEWI, thursday) == (0, None, 0, 1), "those of the lurah, at twice"
    for person in (EFFENDI, RATNA, AGUS):
        assert summary(session, person, thursday) == (0, None, 0, 0)


def test_a_report_on_its_authors_desk_is_never_late(session: Session) -> None:
    act(HARTONO, sent(RAHMAN, 0), "return", at=hour(1))
    assert summary(session, YUSUF, MONDAY + timedelta(days=30)) == (0, None, 0, 0)


# Desks without a holder.


def vacant(session: Session, person: Person) -> list[str]:
    return [one.region for one in posts.right_below(session, user_of(person)) if one.empty]


def test_a_desk_without_holder_is_shown_to_the_desk_above(session: Session) -> None:
    assert PETANANG_ULU not in vacant(session, YUSUF)
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    assert PETANANG_ULU in vacant(session, YUSUF)
    assert TABA_BARU not in vacant(session, YUSUF)
    assert PETANANG_ULU not in vacant(session, EFFENDI)
    assert PETANANG_ULU not in vacant(session, DEWI), "one level, not two"
    steps.newcomer("Wati", "lurah", PETANANG_ULU)
    assert PETANANG_ULU not in vacant(session, YUSUF)


def test_an_rt_without_head_is_shown_to_its_lurah(session: Session) -> None:
    assert vacant(session, HARTONO) == [f"{PETANANG_ULU}.003"], "Bejo's account is closed"
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    assert vacant(session, HARTONO) == [RAHMAN.region, f"{PETANANG_ULU}.003"]
    steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today() + timedelta(days=1))
    assert RAHMAN.region in vacant(session, HARTONO), "a term that has not begun holds no desk"


@pytest.mark.parametrize("person", [RAHMAN, RATNA, AGUS], ids=str)
def test_who_has_no_desk_below(session: Session, person: Person) -> None:
    assert vacant(session, person) == []


@pytest.mark.parametrize("scope", ["16.73", "16", ""])
def test_both_ways_to_count_a_city_give_the_same(session: Session, scope: str) -> None:
    sent(RAHMAN, 0)
    act(HARTONO, sent(SITI, 1), "return")
    climb(sent(MARLINA, 2), SARI, YUSUF)
    climb(sent(RAHMAN, 3, "bencana"), HARTONO)
    climb(sent(SITI, 4), HARTONO, YUSUF, DEWI)
    counted = queue._counted_by_desk(session, (scope,))
    assert counted == {"rt": 1, "kelurahan": 1, "kecamatan": 1, "kota": 1}
    assert queue._lying_by_desk(session, (scope,)) == counted
    assert queue._has_every_desk(scope)
    assert not queue._has_every_desk(PETANANG_ULU)


def test_figures_of_the_whole_city(session: Session) -> None:
    sent(RAHMAN, 0)
    act(HARTONO, sent(SITI, 1), "return")
    climb(sent(MARLINA, 2), SARI, YUSUF, DEWI)
    empty = {"rt": 0, "kelurahan": 0, "kecamatan": 0, "kota": 0}
    figures = queue.city_figures(session, user_of(RATNA))
    assert figures == empty | {"kelurahan": 1, "rt": 1, "verified": 1}
    assert queue.city_figures(session, user_of(EFFENDI)) == empty


def test_what_has_ended_is_counted_through_every_move(session: Session) -> None:
    """Rejected, verified, withdrawn, opened again and ended once more, in several regions."""
    ends = ("reject", "withdraw", "verify", "reject", "withdraw")
    for number, (author, end) in enumerate(zip((RAHMAN, SITI) * 3, ends, strict=False)):
        report = sent(author, number)
        if end == "verify":
            report = climb(report, HARTONO, YUSUF, DEWI)
        else:
            report = act(HARTONO if end == "reject" else author, report, end)
        if number % 2:
            act(DEWI, report, "reopen")
    kept = {(row.region_code, row.status): row.count for row in session.scalars(select(Tally))}
    counted = counted_anew(session)
    assert len(counted) >= 2
    assert {key: count for key, count in kept.items() if count} == counted
