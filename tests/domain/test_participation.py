"""Whether a region has reported in a month, and for which month it is offered a nihil."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.clock import WIB
from sipokat.domain.participation import nihil_month, stands
from tests.cast import HARTONO, PETANANG_ULU, RAHMAN, SITI
from tests.steps import act, climb, datetime, send

RT = RAHMAN.region
OCTOBER = date(2026, 10, 20)
NOVEMBER = date(2026, 11, 5)


def sent(category: str, on: date, **said: object) -> object:
    """A report about that day, received on the same day."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=WIB)
    return send(RAHMAN, category, at=noon, on=on, **said)


def has_reported(session: Session, region: str, period: str) -> bool:
    return bool(session.scalar(select(stands(region, period))))


@pytest.mark.parametrize("category", ["nihil", "kependudukan", "sampah", "bencana"])
def test_every_report_counts_for_its_month_and_rt(session: Session, category: str) -> None:
    assert not has_reported(session, RT, "2026-11")
    sent(category, NOVEMBER)
    assert has_reported(session, RT, "2026-11")
    assert not has_reported(session, RT, "2026-10")
    assert not has_reported(session, SITI.region, "2026-11")
    assert not has_reported(session, PETANANG_ULU, "2026-11")


def test_what_was_rejected_or_withdrawn_does_not_count(session: Session) -> None:
    act(RAHMAN, sent("nihil", NOVEMBER), "withdraw")
    act(HARTONO, sent("sampah", NOVEMBER), "reject")
    assert not has_reported(session, RT, "2026-11")
    act(HARTONO, sent("tamu", NOVEMBER), "return")
    assert has_reported(session, RT, "2026-11")


def test_a_monthly_report_counts_for_the_month_that_it_is_of(session: Session) -> None:
    sent("nihil", NOVEMBER, fields={"periode": "2026-10"})
    assert has_reported(session, RT, "2026-10")
    assert not has_reported(session, RT, "2026-11")


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 12, 31), "2026-12"),
        (date(2026, 12, 1), "2026-12"),
        (date(2026, 11, 30), "2026-11"),
        (date(2027, 1, 1), "2027-01"),
    ],
)
def test_the_ends_of_months(session: Session, day: date, month: str) -> None:
    sent("tamu", day)
    months = ("2026-11", "2026-12", "2027-01")
    assert [one for one in months if has_reported(session, RT, one)] == [month]


@pytest.mark.parametrize(
    ("today", "offered"),
    [
        (date(2026, 11, 1), "2026-10"),
        (date(2026, 11, 10), "2026-10"),
        (date(2026, 11, 11), "2026-11"),
        (date(2026, 11, 30), "2026-11"),
        (date(2027, 1, 10), "2026-12"),
    ],
)
def test_until_the_10th_nihil_is_offered_for_the_month_before(
    session: Session, today: date, offered: str
) -> None:
    assert nihil_month(session, RT, today) == offered


def test_a_month_that_has_hardly_begun_is_not_offered_even_if_the_one_before_has_something(
    session: Session,
) -> None:
    sent("tamu", OCTOBER)
    for day in (1, 5, 10):
        assert nihil_month(session, RT, date(2026, 11, day)) is None
    assert nihil_month(session, RT, date(2026, 11, 11)) == "2026-11"
    sent("nihil", NOVEMBER)
    assert nihil_month(session, RT, date(2026, 11, 11)) is None
    assert nihil_month(session, RT, date(2026, 12, 1)) is None
    assert nihil_month(session, SITI.region, NOVEMBER) == "2026-10"


def test_a_real_report_after_a_nihil_is_welcome(session: Session) -> None:
    sent("nihil", NOVEMBER)
    assert climb(sent("sampah", NOVEMBER), HARTONO)
    assert has_reported(session, RT, "2026-11")
