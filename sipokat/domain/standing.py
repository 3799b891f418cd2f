"""Where a report stands: on which desk, since when, until when, and what a move keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from sipokat.domain import chain, deadlines, decided, desk_times, tallies
from sipokat.domain.regions import at_desk
from sipokat.models import Report


def standing(state: chain.State, region: str, at: datetime, due: datetime | None) -> dict[str, Any]:
    """The columns of a report of this region that say where it stands. Each arrival at a desk
    starts that desk's clock anew: `at` is the arrival, `due` the end of the desk's limit."""
    return {
        "status": state.status,
        "desk": state.desk,
        "desk_code": at_desk(region, state.desk) if state.desk else None,
        "version": state.version,
        "klass": state.klass,
        "ended_desk": state.last_desk if state.final else None,
        "arrived_at": at,
        "due_at": due,
        "late_told": 0,
    }


def settle(
    session: Session,
    report: Report,
    state: chain.State,
    at: datetime,
    overridden: Mapping[date, bool],
) -> None:
    """Write the state onto the report, and count it where it ends. `overridden` as in `stand`."""
    tallies.note_move(session, report.region_code, report.status, state.status)
    stand(report, state, at, overridden)


def stand(
    report: Report, state: chain.State, at: datetime, overridden: Mapping[date, bool]
) -> None:
    """Write the state onto the report. `overridden` are the city's own working and free days."""
    due = due_of(state, at, overridden)
    for name, value in standing(state, report.region_code, at, due).items():
        setattr(report, name, value)


def due_of(state: chain.State, at: datetime, overridden: Mapping[date, bool]) -> datetime | None:
    """When the limit ends of the desk to which a report in this state came `at` that moment. None
    runs while its author mends it, whichever desk that is."""
    if state.desk == state.author_desk:
        return None
    return deadlines.due_at(at, state.desk, overridden)


def leaving(
    report: Report,
    at: datetime,
    overridden: Mapping[date, bool],
    claim: decided.Claim | None = None,
) -> desk_times.Left | None:
    """The report's stay on the desk where it lies, which a move `at` that moment ends: when that
    was, if the decision had waited on a phone, and the office hours that it took. None where it
    lies on none."""
    if report.desk is None:
        return None
    believed = decided.believed(claim, report.arrived_at, at) if claim else None
    ended = believed or at
    return desk_times.Left(
        region=report.region_code,
        desk=report.desk,
        due=report.due_at,
        ended=ended,
        waited=believed is not None,
        worked=desk_times.worked_seconds(report.arrived_at, ended, overridden),
    )
