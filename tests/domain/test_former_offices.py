"""Until when what happened in an office is taken once it has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.domain.former_offices import Ends, lately_reporting, reporting_ends
from sipokat.domain.limits import LIMITS
from tests import steps
from tests.cast import AGUS, DEWI, HARTONO, RAHMAN, RATNA, SITI
from tests.steps import user_of

TODAY = steps.today()


@pytest.mark.parametrize("days", [-20, 0, 5])
def test_the_last_office_says_until_when(session: Session, days: int) -> None:
    last = TODAY + timedelta(days=days)
    steps.end_term(RAHMAN, last)
    ends = reporting_ends(user_of(RAHMAN))
    assert ends == Ends(last, last + timedelta(days=LIMITS.former_days))
    assert ends.over == (days < 0)
    assert not ends.closed
    steps.add_term(RAHMAN, SITI.region, since=TODAY - timedelta(days=90), until=TODAY)
    ends = reporting_ends(user_of(RAHMAN))
    assert ends
    assert ends.last == max(last, TODAY)


def test_after_sixty_days_it_is_closed(session: Session) -> None:
    steps.end_term(RAHMAN, TODAY - timedelta(days=60))
    ends = reporting_ends(user_of(RAHMAN))
    assert ends
    assert not ends.closed
    assert lately_reporting(user_of(RAHMAN)) == [RAHMAN.region]
    steps.end_term(RAHMAN, TODAY - timedelta(days=61))
    ends = reporting_ends(user_of(RAHMAN))
    assert ends
    assert ends.closed
    assert lately_reporting(user_of(RAHMAN)) == []


def test_who_reports_without_an_end_or_never_did_has_none(session: Session) -> None:
    for person in (RAHMAN, HARTONO, DEWI, RATNA, AGUS):
        assert reporting_ends(user_of(person)) is None, person.name
    steps.add_term(RAHMAN, SITI.region, until=TODAY)
    assert reporting_ends(user_of(RAHMAN)) is None, "the other office goes on"
    steps.end_term(DEWI, TODAY - timedelta(days=1))
    assert reporting_ends(user_of(DEWI)) is None
