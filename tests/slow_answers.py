"""How long desks took, from the events alone: slow and obvious, for tests to compare with."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import events, office_hours
from sipokat.domain.desk_times import Stay, stays_of
from sipokat.domain.responsiveness.anew import rows_of
from sipokat.models import Answer, Report

Figures = dict[str, Any]


def wanted(session: Session) -> list[dict[str, Any]]:
    """What must be kept of all reports."""
    reports, own = session.scalars(select(Report)).unique().all(), office_hours.overrides(session)
    told = events.entries_of(session, reports)
    rows: list[dict[str, Any]] = []
    for report in reports:
        rows += rows_of(report.region_code, report.author_desk, told[report.id], own)
    return sorted(rows, key=lambda row: row["seq"])


def figures(rows: list[dict[str, Any]], scope: str, desk: str, months: Iterable[str]) -> Figures:
    """The figures of these months: of the desks of this level at or below the region, or with ""
    of all that decide. `rows` as `wanted` gives them."""
    there = [
        row
        for row in rows
        if (row["desk_code"] + ".").startswith(scope + ".")
        and row["desk"] == (desk or row["desk"])
        and row["month"] in set(months)
        and (row["action"] == "revise" if desk == "rt" else row["in_time"] is not None)
    ]
    times = [row["worked_s"] for row in there]
    enough = len(there) >= 5
    return {
        "decisions": len(there),
        "median": statistics.median(times) if enough else None,
        "ninetieth": slow_ninetieth(times) if enough else None,
        "in_time": sum(row["in_time"] is True for row in there),
        "answered": sum(row["answered"] for row in there),
        "returned": sorted(row["reason"] for row in there if row["action"] == "return"),
    }


def slow_ninetieth(times: list[int]) -> int:
    """The shortest of the times that nine of ten did not exceed."""
    return min(one for one in times if sum(other <= one for other in times) * 10 >= len(times) * 9)


Lying = tuple[str, Stay]


def all_lying(session: Session) -> list[Lying]:
    """Every report that lies on a desk, as the region of it and its last stay."""
    reports, own = session.scalars(select(Report)).unique().all(), office_hours.overrides(session)
    told = events.entries_of(session, reports)
    stays = (
        (report.region_code, stays_of(report.author_desk, told[report.id], own)[-1])
        for report in reports
    )
    return [(region, stay) for region, stay in stays if stay.left is None]


def lying(there: list[Lying], scope: str, desk: str, at: datetime) -> Figures:
    """How many lie on these desks, how many of them are late, and since when the oldest lies there.
    On the desk of an RT they are to be mended."""
    found = [
        stay
        for region, stay in there
        if (region + ".").startswith(scope + ".")
        and stay.desk == desk
        and (desk == "rt" or not stay.with_author)
    ]
    return {
        "waiting": len(found),
        "late": sum(one.is_late(at) for one in found),
        "oldest": min((one.arrived for one in found), default=None),
    }


def kept(session: Session) -> list[dict[str, Any]]:
    """What is kept."""
    return [
        {column.key: getattr(one, column.key) for column in Answer.__mapper__.column_attrs}
        for one in session.scalars(select(Answer).order_by(Answer.seq))
    ]
