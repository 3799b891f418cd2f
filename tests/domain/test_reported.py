"""What people report: each figure is as many reports as are behind it, and the month of a report
follows what it says."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import listing
from sipokat.domain.clock import WIB
from sipokat.domain.listing import Filter
from sipokat.domain.reported import Kind, reported
from sipokat.models import Report
from tests import steps
from tests.cast import (
    DEWI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 20), date(2026, 11, 20), date(2026, 12, 4)


def filed(person: Person, category: str, day: date) -> Report:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=WIB)
    with time_machine.travel(at):
        return steps.send(person, category, on=day)


@pytest.fixture
def told(session: Session) -> None:
    """Three months of several RT and of the lurah, some of it rejected or withdrawn."""
    for day in (OCTOBER, NOVEMBER, DECEMBER):
        for person in (RAHMAN, SITI, MARLINA):
            filed(person, "sampah", day)
        filed(RAHMAN, "kependudukan", day)
    for _ in range(4):
        filed(SITI, "bencana", DECEMBER)
    filed(SITI, "nihil", NOVEMBER)
    filed(HARTONO, "rekap_bulanan", NOVEMBER)
    with time_machine.travel(datetime(2026, 12, 5, 9, tzinfo=WIB)):
        steps.act(HARTONO, filed(RAHMAN, "tamu", NOVEMBER), "reject")
        steps.act(RAHMAN, filed(RAHMAN, "keagamaan", NOVEMBER), "withdraw")
        steps.climb(filed(SITI, "keagamaan", NOVEMBER), HARTONO, YUSUF)


@pytest.fixture(autouse=True)
def december() -> object:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=WIB), tick=True):
        yield


@pytest.mark.parametrize("scope", [KOTA, UTARA_I, PETANANG_ULU, RAHMAN.region])
def test_each_figure_is_as_long_as_the_list_behind_it(
    told: None, session: Session, scope: str
) -> None:
    found = reported(session, scope, "2026-12")
    assert found.months == ("2026-10", "2026-11", "2026-12")
    kept = {kind.category: kind.counts for kind in found.kinds}
    user = steps.user_of(DEWI)
    for category in steps.LEAST:
        for place, month in enumerate(found.months):
            wanted = Filter(region=scope, category=category, counted=month)
            rows, following = listing.list_reports(session, user, wanted)
            assert following is None
            assert kept.get(category, (0, 0, 0))[place] == len(rows), (category, month)
    for place, month in enumerate(found.months):
        rows, _ = listing.list_reports(session, user, Filter(region=scope, counted=month))
        assert found.total.counts[place] == len(rows)


def test_what_was_rejected_or_withdrawn_does_not_count(told: None, session: Session) -> None:
    kinds = {kind.category: kind.counts for kind in reported(session, KOTA, "2026-12").kinds}
    assert "tamu" not in kinds
    assert kinds["keagamaan"] == (0, 1, 0)
    assert kinds["rekap_bulanan"] == (0, 1, 0)


def test_the_most_frequent_of_the_month_comes_first(told: None, session: Session) -> None:
    order = [kind.category for kind in reported(session, KOTA, "2026-12").kinds]
    assert order[:2] == ["bencana", "sampah"]


def test_before_the_first_report_there_is_nothing(session: Session) -> None:
    found = reported(session, KOTA, "2026-12")
    assert (found.months, found.kinds) == (("2026-12",), ())


def test_a_report_that_is_mended_moves_to_the_month_that_it_now_names(session: Session) -> None:
    report = filed(SITI, "sampah", NOVEMBER)
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=WIB)):
        steps.act(HARTONO, report, "return")
        steps.revise(SITI, report, on=OCTOBER)
    session.expire_all()
    with writing():
        again = session.get(Report, report.id)
        assert again is not None
        assert again.month == "2026-10"
    assert reported(session, KOTA, "2026-11").kinds == ()


@pytest.mark.parametrize(
    ("counts", "usual", "striking"),
    [
        ((4,), None, False),
        ((1, 1, 9), None, False),
        ((1, 1, 1, 3), 1, False),
        ((1, 1, 1, 4), 1, True),
        ((2, 4, 6, 8), 4, True),
        ((2, 4, 6, 7, 7), 4, False),
        ((0, 0, 0, 3), 0, True),
        ((5, 5, 5, 0), 5, False),
    ],
)
def test_what_strikes_is_twice_as_many_as_usual_and_three_more(
    counts: tuple[int, ...], usual: int | None, striking: bool
) -> None:
    kind = Kind("sampah", counts)
    assert (kind.usual, kind.striking) == (usual, striking)
