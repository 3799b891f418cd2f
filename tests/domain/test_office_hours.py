"""Working days and office hours of the city, against the slow clock of `tests/slow_clock.py`."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipokat.domain import deadlines
from sipokat.domain.clock import WIB
from sipokat.domain.office_hours import CLOCKS, closing, is_working, spans, working_time
from tests import slow_clock
from tests.slow_clock import DAY, MINUTE, SEASONS

HOUR = timedelta(hours=1)


def wib(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=WIB)


def worked(day: date) -> timedelta:
    return working_time(wib(day), wib(day + DAY), {})


@st.composite
def days(draw: st.DrawFn) -> date:
    """A day of one of the slow clock's seasons, with a month left behind it."""
    first, last = draw(st.sampled_from(SEASONS))
    return draw(st.dates(first, last - timedelta(days=40)))


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """A minute of such a day."""
    return wib(draw(days())) + draw(st.integers(0, 24 * 60 - 1)) * MINUTE


overridden = st.dictionaries(days(), st.booleans(), max_size=8)
desks = st.sampled_from(("kelurahan", "kecamatan", "kota"))


# The regulation: Perpres 21/2023, pasal 4.


@pytest.mark.parametrize(
    ("monday", "hours"),
    [
        (date(2026, 11, 16), 37.5),
        (date(2026, 2, 23), 32.5),
        (date(2027, 2, 15), 32.5),
        (date(2027, 3, 29), 37.5),
    ],
)
def test_a_week_has_the_hours_of_the_regulation(monday: date, hours: float) -> None:
    assert working_time(wib(monday), wib(monday + 7 * DAY), {}) == hours * HOUR


@pytest.mark.parametrize(
    ("day", "opens", "closes", "hours"),
    [
        (date(2026, 11, 16), (7, 30), (16, 0), 7.5),
        (date(2026, 11, 20), (7, 30), (16, 30), 7.5),
        (date(2026, 2, 18), (7, 30), (16, 0), 7.5),  # the day before Ramadan
        (date(2026, 2, 19), (8, 0), (15, 0), 6.5),
        (date(2026, 2, 20), (8, 0), (15, 30), 6.5),
        (date(2027, 2, 8), (8, 0), (15, 0), 6.5),
        (date(2027, 3, 5), (8, 0), (15, 30), 6.5),
        (date(2027, 3, 16), (7, 30), (16, 0), 7.5),
    ],
)
def test_ramadan_has_hours_of_its_own(
    day: date, opens: tuple[int, int], closes: tuple[int, int], hours: float
) -> None:
    assert spans(day)[0][0] == wib(day, *opens)
    assert closing(day) == wib(day, *closes)
    assert worked(day) == hours * HOUR


def test_what_arrives_before_ramadan_is_due_at_its_closing_time() -> None:
    # Tuesday the 17th is Imlek: the two days after Friday the 13th are Wednesday and Thursday.
    assert deadlines.due_at(wib(date(2026, 2, 13), 9), "kelurahan", {}) == wib(
        date(2026, 2, 19), 15
    )


def test_the_break_is_no_working_time() -> None:
    monday = date(2026, 11, 16)
    assert working_time(wib(monday, 11, 50), wib(monday, 13, 10), {}) == 20 * MINUTE
    assert working_time(wib(monday, 12, 10), wib(monday, 12, 50), {}) == timedelta(0)


def test_a_saturday_that_the_city_makes_a_working_day_has_mondays_hours() -> None:
    saturday = date(2026, 11, 21)
    assert worked(saturday) == timedelta(0)
    whole = working_time(wib(saturday), wib(saturday + DAY), {saturday: True})
    assert whole == 7.5 * HOUR
    assert closing(saturday) == wib(saturday, 16)


def test_the_ranges_of_the_data_have_every_day_once_and_do_not_overlap() -> None:
    *dated, usual = CLOCKS["hours"]
    assert "from" not in usual
    assert "until" not in usual
    ends = [(one["from"], one["until"]) for one in dated]
    assert ends == sorted(ends)
    assert all(first <= last for first, last in ends)
    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ends))


# Against the slow clock.


@given(days(), overridden)
def test_the_same_days_are_free(day: date, own: dict[date, bool]) -> None:
    assert is_working(day, own) is not slow_clock.is_free(day, own)


@given(moments(), st.integers(-500, 30 * 24 * 60), overridden)
def test_the_working_time_is_that_of_every_minute(
    start: datetime, length: int, own: dict[date, bool]
) -> None:
    end = start + length * MINUTE
    assert working_time(start, end, own) == slow_clock.working_time(start, end, own)


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(1, 900), overridden)
def test_years_have_the_working_time_of_their_days(
    first: date, length: int, own: dict[date, bool]
) -> None:
    each = [first + ahead * DAY for ahead in range(length)]
    by_day = (working_time(wib(day), wib(day + DAY), own) for day in each)
    assert working_time(wib(first), wib(first + length * DAY), own) == sum(by_day, timedelta(0))


@given(moments(), desks, overridden)
def test_the_limit_and_twice_the_limit_end_when_the_slow_clock_says(
    arrived: datetime, desk: str, own: dict[date, bool]
) -> None:
    due = deadlines.due_at(arrived, desk, own)
    assert due is not None
    assert due == slow_clock.due_at(arrived, desk, own)
    assert deadlines.due_twice(due, desk, own) == slow_clock.due_twice(due, desk, own)


@given(moments(), st.integers(0, 40 * 24 * 60), desks, overridden)
def test_twice_late_is_what_was_due_before_one_moment(
    arrived: datetime, later: int, desk: str, own: dict[date, bool]
) -> None:
    due, at = deadlines.due_at(arrived, desk, own), arrived + later * MINUTE
    assert due is not None
    twice = slow_clock.due_twice(due, desk, own) < at
    assert (due < deadlines.due_before_twice(at, desk, own)) is twice


@given(
    moments(),
    st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=2, max_size=6),
    overridden,
)
def test_no_time_is_counted_twice_and_none_left_out(
    start: datetime, parts: list[timedelta], own: dict[date, bool]
) -> None:
    ends = [start]
    for part in parts:
        ends.append(ends[-1] + part)
    pieces = [working_time(one, other, own) for one, other in itertools.pairwise(ends)]
    assert sum(pieces, timedelta(0)) == working_time(ends[0], ends[-1], own)
    assert all(timedelta(0) <= piece <= part for piece, part in zip(pieces, parts, strict=True))


@given(moments(), st.integers(0, 20 * 24 * 60), overridden, days())
def test_a_free_day_more_never_makes_more_time_nor_an_earlier_end(
    start: datetime, length: int, own: dict[date, bool], day: date
) -> None:
    fewer, end = {**own, day: False}, start + length * MINUTE
    assert working_time(start, end, fewer) <= working_time(start, end, own)
    before, after = (deadlines.due_at(start, "kota", one) for one in (own, fewer))
    assert before is not None
    assert after is not None
    assert after.date() >= before.date()
