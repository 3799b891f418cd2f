"""The clock of each desk, in working days of Lubuklinggau."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import deadlines, office_hours
from sipokat.domain.clock import WIB
from sipokat.models import DayOverride
from tests import steps
from tests.cast import HARTONO, RAHMAN

# A week in November 2026 without a holiday: Monday is the 16th.
MONDAY = date(2026, 11, 16)
LIMITS = {"kelurahan": 2, "kecamatan": 3, "kota": 3}


def wib(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=WIB)


def due(arrived: datetime, desk: str = "kelurahan", **days: bool) -> datetime:
    overridden = {date.fromisoformat(day[1:].replace("_", "-")): on for day, on in days.items()}
    found = deadlines.due_at(arrived, desk, overridden)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("arrived", "desk", "expected"),
    [
        (wib(MONDAY), "kelurahan", wib(date(2026, 11, 18), 16)),
        (wib(MONDAY), "kecamatan", wib(date(2026, 11, 19), 16)),
        (wib(MONDAY), "kota", wib(date(2026, 11, 19), 16)),
        # Friday closes half an hour later.
        (wib(date(2026, 11, 18)), "kelurahan", wib(date(2026, 11, 20), 16, 30)),
        (wib(date(2026, 11, 20)), "kelurahan", wib(date(2026, 11, 24), 16)),
        (wib(date(2026, 11, 20)), "kecamatan", wib(date(2026, 11, 25), 16)),
        # Saturday and Sunday count as Friday does.
        (wib(date(2026, 11, 21)), "kelurahan", wib(date(2026, 11, 24), 16)),
        (wib(date(2026, 11, 22), 23, 59), "kelurahan", wib(date(2026, 11, 24), 16)),
        # Only the day of arrival in Lubuklinggau counts, not its hour.
        (wib(MONDAY, 0, 0), "kelurahan", wib(date(2026, 11, 18), 16)),
        (wib(MONDAY, 23, 59), "kelurahan", wib(date(2026, 11, 18), 16)),
        (datetime(2026, 11, 16, 17, 0, tzinfo=UTC), "kelurahan", wib(date(2026, 11, 19), 16)),
    ],
)
def test_a_limit_ends_at_closing_time_on_the_nth_working_day_after(
    arrived: datetime, desk: str, expected: datetime
) -> None:
    assert due(arrived, desk) == expected


@pytest.mark.parametrize("desk", ["rt", None])
def test_the_authors_desk_and_the_end_have_no_clock(desk: str | None) -> None:
    assert deadlines.due_at(wib(MONDAY), desk, {}) is None


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 16), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 1, 1), False),  # Tahun Baru, a Thursday
        (date(2026, 8, 17), False),  # Hari Kemerdekaan, a Monday
        (date(2026, 12, 25), False),  # Natal, a Friday
        (date(2026, 12, 24), False),  # cuti bersama, a Thursday
        (date(2026, 3, 23), False),  # cuti bersama Idulfitri, a Monday
    ],
)
def test_weekends_holidays_and_cuti_bersama_are_free(day: date, working: bool) -> None:
    assert office_hours.is_working(day, {}) == working


def test_what_arrives_before_a_long_weekend_has_its_days_after_it() -> None:
    # 24 December is cuti bersama and 25 is Natal: a Wednesday's two days are Monday and Tuesday.
    assert due(wib(date(2026, 12, 23))) == wib(date(2026, 12, 29), 16)


def test_over_new_year() -> None:
    assert due(wib(date(2026, 12, 30))) == wib(date(2027, 1, 4), 16)


def test_the_citys_own_table_has_the_last_word() -> None:
    assert due(wib(MONDAY), _2026_11_17=False) == wib(date(2026, 11, 19), 16)
    # A working Saturday closes at four.
    friday = wib(date(2026, 11, 20))
    assert due(friday, _2026_11_21=True) == wib(date(2026, 11, 23), 16)
    assert due(friday, _2026_11_21=True, _2026_11_22=True) == wib(date(2026, 11, 22), 16)
    christmas = date(2026, 12, 25)
    assert not office_hours.is_working(christmas, {})
    assert office_hours.is_working(christmas, {christmas: True})


def test_the_table_is_read_from_the_database(session: Session) -> None:
    with writing():
        session.add(DayOverride(day=date(2026, 11, 17), working=False, name="Hari jadi kota"))
    assert office_hours.overrides(session) == {date(2026, 11, 17): False}
    report = steps.send(RAHMAN, on=MONDAY, at=wib(MONDAY))
    assert report.due_at == wib(date(2026, 11, 19), 16)
    steps.act(HARTONO, report, "verify", at=wib(MONDAY))
    assert report.due_at == wib(date(2026, 11, 20), 16, 30)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 1), timezones=st.just(WIB))  # noqa: DTZ001


@given(moments, st.sampled_from(list(LIMITS)))
def test_exactly_so_many_working_days_lie_between(arrived: datetime, desk: str) -> None:
    end = due(arrived, desk).astimezone(WIB)
    first, last = arrived.date(), end.date()
    assert deadlines.days_between(first, last, {}) == LIMITS[desk]
    assert office_hours.is_working(last, {})
    assert end == office_hours.closing(last)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_later_is_never_due_sooner(arrived: datetime, later: timedelta) -> None:
    assert due(arrived + later) >= due(arrived)


@pytest.mark.parametrize(
    ("now", "words", "late"),
    [
        (wib(MONDAY, 10), "Sisa 2 hari kerja", False),
        (wib(date(2026, 11, 17), 23), "Sisa 1 hari kerja", False),
        (wib(date(2026, 11, 18), 16), "Batasnya hari ini", False),
        (wib(date(2026, 11, 18), 16, 1), "Terlambat 1 hari kerja", True),
        (wib(date(2026, 11, 19), 9), "Terlambat 1 hari kerja", True),
        (wib(date(2026, 11, 20), 9), "Terlambat 2 hari kerja", True),
        (wib(date(2026, 11, 22), 9), "Terlambat 2 hari kerja", True),
        (wib(date(2026, 11, 23), 9), "Terlambat 3 hari kerja", True),
    ],
)
def test_the_clock_in_words(now: datetime, words: str, late: bool) -> None:
    assert deadlines.standing(due(wib(MONDAY)), now, {}) == (words, late)


def test_a_desk_without_a_clock_shows_no_words() -> None:
    assert deadlines.standing(None, wib(MONDAY), {}) is None
