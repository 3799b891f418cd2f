"""The other report that a desk names when something has been reported already."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from sipokat.domain import events, same_report
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import Report
from tests import steps
from tests.cast import HARTONO, MARLINA, RAHMAN, SITI, YUSUF
from tests.steps import act, events_of, refused, send, user_of

SAME = {"reason": "sudah_dilaporkan", "note": "Mohon dicek."}


@pytest.fixture
def report(session: Session) -> Report:
    """Rahman's report, waiting at Hartono's desk."""
    return send(RAHMAN)


@pytest.mark.parametrize("written", ["{}", "Laporan {}", "#{}", " no. {} "])
@pytest.mark.parametrize("action", ["return", "reject"])
def test_it_is_kept_as_its_number(report: Report, action: str, written: str) -> None:
    other = send(SITI)
    act(HARTONO, report, action, **SAME, other=written.format(other.number))
    last = events_of(report)[-1]
    assert events.other_of(last) == other.number
    assert json.loads(last.detail or "{}")["other"] == other.number


def test_one_that_the_desk_may_not_read_is_refused_and_changes_nothing(report: Report) -> None:
    other = send(MARLINA)  # of the kelurahan next door
    refusal = refused(WrongContent, act, HARTONO, report, "return", **SAME, other=other.number)
    assert set(refusal.fields) == {"other"}
    assert steps.report_of(report.number).version == 1
    act(HARTONO, report, "verify")
    act(YUSUF, steps.report_of(report.number), "return", **SAME, other=other.number)


@pytest.mark.parametrize("said", ["00000", "tidak tahu", "1", "12345678901234567890", "'; --"])
def test_what_is_no_report_is_refused(report: Report, said: str) -> None:
    refusal = refused(WrongContent, act, HARTONO, report, "reject", **SAME, other=said)
    assert "Periksa nomornya" in refusal.fields["other"]


def test_a_report_is_not_the_same_as_itself(report: Report) -> None:
    refusal = refused(WrongContent, act, HARTONO, report, "return", **SAME, other=report.number)
    assert "laporan ini" in refusal.fields["other"]


def test_the_same_action_with_another_number_is_another_one(report: Report) -> None:
    one, two = send(SITI), send(SITI)
    action_id = "7d1c2f0a-0000-4000-8000-000000000001"
    for _ in range(2):
        act(HARTONO, report, "return", 1, action_id, **SAME, other=one.number)
    refused(NotNow, act, HARTONO, report, "return", 1, action_id, **SAME, other=two.number)


def test_readable_are_those_in_ones_region_and_ones_own(report: Report) -> None:
    mine, next_door = send(SITI), send(MARLINA)
    numbers = [report.number, mine.number, next_door.number, "00000"]
    session = Session.object_session(mine) or steps.db.session()
    for person, found in (
        (HARTONO, {report.number, mine.number}),
        (SITI, {mine.number}),
        (YUSUF, set(numbers[:3])),
    ):
        assert same_report.readable(session, user_of(person), numbers) == found
    assert same_report.readable(session, user_of(SITI), []) == frozenset()
