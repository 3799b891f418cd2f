"""How long a report lay on each desk: random histories against the slow clock, and real ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sipokat.domain import desk_times, events, office_hours, verification
from sipokat.domain.chain import Request
from sipokat.domain.clock import WIB
from sipokat.domain.decided import Claim
from sipokat.domain.desk_times import Stay, stays_of
from sipokat.models import Event, Report
from tests import slow_clock
from tests.cast import DEWI, HARTONO, RAHMAN, YUSUF
from tests.histories import NONE, History, histories
from tests.steps import act, report_of, revise, send, user_of


@given(histories())
def test_each_stay_is_what_the_slow_clock_says(told: History) -> None:
    now = told.at + timedelta(days=3)
    found = stays_of(told.author_desk, told.entries, told.own)
    assert len(found) == len(told.wanted)
    for stay, wanted in zip(found, told.wanted, strict=True):
        ended = wanted.get("ended")
        assert stay.desk == wanted["desk"]
        assert stay.with_author is (stay.desk == told.author_desk)
        assert (stay.arrived, stay.left, stay.ended) == (
            wanted["arrived"],
            wanted.get("left"),
            ended,
        )
        assert stay.due == wanted["due"]
        assert stay.is_late(now) is (wanted["due"] is not None and (ended or now) > wanted["due"])
        still = slow_clock.working_time(stay.arrived, now, told.own)
        assert stay.working_time(now, told.own) == wanted.get("worked", still)


@given(histories())
def test_stays_follow_one_another_and_make_up_the_whole_time(told: History) -> None:
    now = told.at + timedelta(days=3)
    found = stays_of(told.author_desk, told.entries, told.own)
    moves = [one for one in told.entries if one.version is not None]
    on_no_desk = sum(
        (later.at - one.at for one, later in pairwise(moves) if one.to_desk is None), NONE
    )
    if moves[-1].to_desk is None:
        on_no_desk += now - moves[-1].at
    lain = sum(((stay.left or now) - stay.arrived for stay in found), NONE)
    assert lain + on_no_desk == now - moves[0].at
    for one, later in pairwise(found):
        assert one.left is not None
        assert one.arrived <= (one.ended or one.left) <= one.left <= later.arrived


@given(histories(days=False))
def test_working_times_are_not_counted_twice(told: History) -> None:
    """Without what waited on phones, stays between two ends make up all office hours between."""
    entries = [_without_waiting(one) for one in told.entries]
    now = told.at + timedelta(days=3)
    found = stays_of(told.author_desk, entries, {})
    total = sum((stay.working_time(now, {}) for stay in found), NONE)
    ends = [one.at for one in entries if one.to_desk is None]
    after = [one.at for last, one in pairwise(entries) if last.to_desk is None]
    away = sum(
        (
            slow_clock.working_time(end, back, {})
            for end, back in zip(ends, [*after, now], strict=False)
        ),
        NONE,
    )
    assert total + away == slow_clock.working_time(entries[0].at, now, {})


def _without_waiting(event: Event) -> Event:
    told = {k: v for k, v in json.loads(event.detail or "{}").items() if k == "due"}
    return Event(
        version=event.version,
        action=event.action,
        at=event.at,
        to_desk=event.to_desk,
        detail=json.dumps(told),
    )


@given(histories(), st.lists(st.tuples(st.integers(-60, 60), st.booleans()), max_size=5))
def test_days_that_are_declared_later_change_nothing_of_a_stay_that_is_over(
    told: History, later: list[tuple[int, bool]]
) -> None:
    more = {(told.at + timedelta(days=ahead)).date(): on for ahead, on in later}
    now = told.at + timedelta(days=3)

    def facts(own: dict[date, bool]) -> list[tuple[Stay, timedelta, bool]]:
        found = stays_of(told.author_desk, told.entries, own)
        over = [stay for stay in found if stay.left]
        return [(stay, stay.working_time(now, own), stay.is_late(now)) for stay in over]

    assert facts(told.own) == facts({**told.own, **more})


def test_an_entry_that_says_nothing_is_reckoned_by_the_calendar() -> None:
    """As entries were before they kept the end of the limit and the office hours."""
    monday = datetime(2026, 12, 7, 9, tzinfo=WIB)
    entries = [
        Event(version=1, action="submit", at=monday, to_desk="kelurahan"),
        Event(version=2, action="verify", at=monday + timedelta(days=1), to_desk="kecamatan"),
    ]
    below_it, here = stays_of("rt", entries, {})
    assert below_it.due == datetime(2026, 12, 9, 16, tzinfo=WIB)
    assert below_it.working_time(monday, {}) == timedelta(hours=7.5)
    assert here.due == datetime(2026, 12, 11, 16, 30, tzinfo=WIB)


def test_an_end_that_was_kept_for_the_author_is_not_counted() -> None:
    """Entries were once given one also where a lurah mended a report of her own."""
    monday = datetime(2026, 12, 7, 9, tzinfo=WIB)
    told = json.dumps({"due": monday.isoformat()})
    (stay,) = stays_of(
        "kelurahan",
        [Event(version=3, action="return", at=monday, to_desk="kelurahan", detail=told)],
        {},
    )
    assert stay.with_author
    assert not stay.is_late(monday + timedelta(days=90))


# In the record.

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau


def stays(session: Session, report: Report) -> list[Stay]:
    told = events.entries_of(session, [report])[report.id]
    return stays_of(report.author_desk, told, office_hours.overrides(session))


def test_the_way_of_a_report(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    report = act(HARTONO, report, "return", at=MONDAY + timedelta(hours=1))
    revise(RAHMAN, report, on=MONDAY.date())  # as long as he likes
    report = report_of(report.number)
    back = report.arrived_at
    report = act(HARTONO, report, "verify", at=back + timedelta(days=20))
    report = act(YUSUF, report, "verify", at=back + timedelta(days=21))
    found = stays(session, report)
    assert [(one.desk, one.with_author) for one in found] == [
        ("kelurahan", False),
        ("rt", True),
        ("kelurahan", False),
        ("kecamatan", False),
        ("kota", False),
    ]
    assert found[0].kept == timedelta(hours=1)
    assert [one.is_late(back + timedelta(days=21)) for one in found] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert found[-1].due == report.due_at
    assert sum(((one.left or back) - one.arrived for one in found[:-1]), NONE) == (
        report.arrived_at - MONDAY
    )


def test_a_lurahs_own_report_has_no_limit_while_she_mends_it(session: Session) -> None:
    report = act(YUSUF, send(HARTONO, at=MONDAY, on=MONDAY.date()), "return", at=MONDAY)
    assert (report.desk, report.due_at) == ("kelurahan", None)
    *_, with_her = stays(session, report)
    assert with_her.with_author
    assert not with_her.is_late(MONDAY + timedelta(days=300))


def test_a_desk_between_has_its_limit_anew(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, at=MONDAY, on=MONDAY.date()), "verify", at=MONDAY)
    report = act(YUSUF, report, "return", at=MONDAY + timedelta(days=1))
    assert report.desk == "kelurahan"
    *_, again = stays(session, report)
    assert not again.with_author
    assert again.due == report.due_at == datetime(2026, 11, 19, 9, tzinfo=UTC)


def test_what_waited_on_a_phone_ends_when_it_was_decided(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    received, made = MONDAY + timedelta(days=4), MONDAY + timedelta(hours=2)
    verification.act(
        user_of(HARTONO),
        report.number,
        Request("verify", 1, "kegiatan"),
        None,
        received,
        Claim(made, MONDAY, received),
    )
    there, above_it = stays(session, report_of(report.number))
    assert (there.ended, there.left, there.kept) == (made, received, timedelta(hours=2))
    assert not there.is_late(received)
    assert above_it.arrived == received


def test_reopened_it_lies_there_anew(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, at=MONDAY, on=MONDAY.date()), "reject", at=MONDAY)
    report = act(DEWI, report, "reopen", at=MONDAY + timedelta(days=30))
    first, again = stays(session, report)
    assert (first.left, again.arrived) == (MONDAY, MONDAY + timedelta(days=30))
    assert events.entries_of(session, [report])[report.id][-1].detail is not None
    assert again.kept is None


@pytest.mark.parametrize("seconds", [0, 29.4, 3600])
def test_office_hours_are_kept_in_whole_seconds(seconds: float) -> None:
    later = MONDAY + timedelta(seconds=seconds)
    assert desk_times.worked_seconds(MONDAY, later, {}) == round(seconds)
