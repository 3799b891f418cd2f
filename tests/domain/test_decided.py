"""When a decision was made that waited on a phone: believed within bounds, kept in the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sipokat.domain import decided, verification
from sipokat.domain.chain import Request
from sipokat.domain.decided import Claim, believed
from sipokat.models import Event, Report
from tests.cast import HARTONO, RAHMAN
from tests.steps import act, events_of, send, user_of

ARRIVED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SEEN = ARRIVED + timedelta(hours=2)
RECEIVED = ARRIVED + timedelta(days=2)
HOUR = timedelta(hours=1)
MADE = SEEN + HOUR

moments = st.integers(-400, 400).map(lambda hours: ARRIVED + hours * HOUR)


@given(moments, st.none() | moments, st.none() | moments, moments, moments)
def test_it_lies_between_the_fetching_of_the_card_and_the_receipt(
    made: datetime, seen: datetime | None, sent: datetime | None, arrived: datetime, later: datetime
) -> None:
    received = max(arrived, later)
    moment = believed(Claim(made, seen, sent), arrived, received)
    if moment is None:
        return
    assert seen is not None
    assert arrived <= moment <= received
    assert moment >= min(seen, received)


@pytest.mark.parametrize("error", [timedelta(0), 5 * HOUR, -5 * HOUR])
def test_the_phones_error_is_taken_off(error: timedelta) -> None:
    claim = Claim(MADE + error, SEEN, RECEIVED + error)
    assert believed(claim, ARRIVED, RECEIVED) == MADE


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (Claim(MADE, SEEN, RECEIVED + 25 * HOUR), "the phone's clock is a day off"),
        (Claim(datetime(2015, 1, 1, tzinfo=UTC), SEEN, RECEIVED), "nobody had SIPOKAT then"),
        (Claim(MADE, None, RECEIVED), "it does not say when the card was fetched"),
        (Claim(MADE, SEEN, None), "it does not tell its clock"),
    ],
)
def test_what_cannot_be_believed_counts_from_the_receipt(claim: Claim, why: str) -> None:
    assert believed(claim, ARRIVED, RECEIVED) is None, why


@pytest.mark.parametrize(
    ("made", "seen", "believed_at"),
    [
        (ARRIVED - 5 * HOUR, SEEN, SEEN),
        (MADE, ARRIVED - 5 * HOUR, MADE),
        (ARRIVED - 5 * HOUR, ARRIVED - 5 * HOUR, ARRIVED),
        (RECEIVED + HOUR, SEEN, RECEIVED),
        (MADE, RECEIVED + 9 * HOUR, RECEIVED),
    ],
)
def test_no_phone_decides_before_it_had_the_card_nor_after_the_receipt(
    made: datetime, seen: datetime, believed_at: datetime
) -> None:
    assert believed(Claim(made, seen, RECEIVED), ARRIVED, RECEIVED) == believed_at


def verify(report: Report, claim: Claim | None, at: datetime) -> Event:
    asked = Request("verify", report.version, "kegiatan")
    verification.act(user_of(HARTONO), report.number, asked, None, at, claim)
    return events_of(report)[-1]


def test_the_move_counts_from_its_receipt_and_the_record_keeps_when_it_was_made(
    session: Session,
) -> None:
    report = send(RAHMAN, at=ARRIVED, on=ARRIVED.date())
    event = verify(report, Claim(MADE, SEEN, RECEIVED), RECEIVED)
    assert event.at == RECEIVED
    assert decided.of_event(event) == MADE
    assert set(json.loads(event.detail or "{}")) == {"due", "decided", "worked"}
    session.refresh(report)
    assert report.arrived_at == RECEIVED, "the next desk has its whole time"


def test_a_decision_that_came_at_once_counts_from_itself(session: Session) -> None:
    report = send(RAHMAN, at=ARRIVED, on=ARRIVED.date())
    event = verify(report, None, RECEIVED)
    assert decided.of_event(event) == RECEIVED
    assert "decided" not in json.loads(event.detail or "{}")
    assert decided.of_event(events_of(act(RAHMAN, send(RAHMAN), "withdraw"))[-1]) > RECEIVED
