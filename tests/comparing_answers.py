"""The figures of desks compared with the slow ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy.orm import Session

from sipokat.domain.responsiveness.counted import Counted
from sipokat.domain.responsiveness.months import months_to
from sipokat.domain.responsiveness.overview import overview
from tests import slow_answers


def told(counted: Counted) -> dict[str, Any]:
    return {
        "decisions": counted.decisions,
        "median": counted.median,
        "ninetieth": counted.ninetieth,
        "in_time": counted.in_time,
        "answered": counted.answered,
        "returned": sorted(counted.returned.elements()),
    }


def compare(session: Session, scopes: Iterable[str], at: datetime, last: int = 99) -> int:
    """Compare the figures of these regions, in the last months with any, with the slow ones. Gives
    how many had enough decisions."""
    rows, there, enough = slow_answers.kept(session), slow_answers.all_lying(session), 0

    def figures(scope: str, desk: str, *months: str) -> dict[str, Any]:
        return slow_answers.figures(rows, scope, desk, months)

    for scope, month in product(scopes, sorted({row["month"] for row in rows})[-last:]):
        seen = overview(session, scope, month, at)
        for desk in (seen.whole, *seen.desks, *seen.below.values()):
            assert told(desk.month) == figures(desk.code, desk.desk, month)
            assert told(desk.year) == figures(desk.code, desk.desk, *months_to(seen.year))
            enough += desk.month.enough
            if desk.desk:
                lying = slow_answers.lying(there, desk.code, desk.desk, at)
                assert vars(desk.lying) == lying
        assert [one for one, _, _ in seen.trend] == months_to(month)
        for one, whole, by_desk in seen.trend:
            assert told(whole) == figures(scope, "", one)
            assert all(told(n) == figures(scope, level, one) for level, n in by_desk.items())
        counts = [desk.month.decisions for desk in seen.desks if desk.desk != "rt"]
        assert sum(counts) == seen.whole.month.decisions
    return enough
