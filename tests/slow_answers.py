"""How long desks took, from the events alone: slow and obvious, for tests to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import events, office_hours
from sipokat.domain.chain import DECISIONS
from sipokat.domain.clock import WIB
from sipokat.domain.desk_times import stays_of
from sipokat.models import Answer, Event, Report

PARTS = {"rt": 5, "kelurahan": 4, "kecamatan": 3, "kota": 2}


def answers_of(
    region: str, author_desk: str, entries: Iterable[Event], own: Mapping[date, bool]
) -> list[dict[str, Any]]:
    """What must be kept of the stays that are over of a report of this region. `entries` are all
    that the record has of it, oldest first, `own` the city's own days."""
    entries = list(entries)
    over = [stay for stay in stays_of(author_desk, entries, own) if stay.left]
    lay, ending = False, []
    for one in entries:
        if one.version is not None:
            ending += [one] if lay else []
            lay = one.to_desk is not None
    rows = []
    for stay, event in zip(over, ending, strict=True):
        assert stay.left == event.at
        clock = event.action in DECISIONS and stay.due is not None
        rows.append(
            {
                "seq": event.seq,
                "report_id": event.report_id,
                "region_code": region,
                "desk": stay.desk,
                "desk_code": ".".join(region.split(".")[: PARTS[stay.desk]]),
                "month": event.at.astimezone(WIB).isoformat()[:7],
                "worked_s": round(stay.working_time(event.at, own).total_seconds()),
                "in_time": (not stay.is_late(event.at)) if clock else None,
                "answered": event.note is not None or event.reason is not None,
                "action": event.action,
                "reason": event.reason,
                "acted_for": event.actor_for,
            }
        )
    return rows


def wanted(session: Session) -> list[dict[str, Any]]:
    """What must be kept of all reports."""
    reports, own = session.scalars(select(Report)).unique().all(), office_hours.overrides(session)
    told = events.entries_of(session, reports)
    rows: list[dict[str, Any]] = []
    for report in reports:
        rows += answers_of(report.region_code, report.author_desk, told[report.id], own)
    return sorted(rows, key=lambda row: row["seq"])


def kept(session: Session) -> list[dict[str, Any]]:
    """What is kept."""
    return [
        {column.key: getattr(one, column.key) for column in Answer.__mapper__.column_attrs}
        for one in session.scalars(select(Answer).order_by(Answer.seq))
    ]
