"""How long desks took, told anew from the events alone: what the rows must say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from sipokat.database import table
from sipokat.domain.chain import DECISIONS
from sipokat.domain.clock import day_of
from sipokat.domain.desk_times import stays_of
from sipokat.domain.regions import at_desk
from sipokat.models import Answer, DayOverride, Event, Report

NAMES = tuple(column.name for column in table(Answer).c)


def rows_of(
    region: str, author_desk: str, entries: Iterable[Event], own: Mapping[date, bool]
) -> list[dict[str, Any]]:
    """The rows of a report of this region: one for each stay that is over. `entries` are all that
    the record has of it, oldest first, `own` the city's own days."""
    told = list(entries)
    over = [stay for stay in stays_of(author_desk, told, own) if stay.left]
    lay, ending = False, []
    for one in told:
        if one.version is not None:
            ending += [one] if lay else []
            lay = one.to_desk is not None
    rows = []
    for stay, event in zip(over, ending, strict=True):
        clock = event.action in DECISIONS and stay.due is not None
        rows.append(
            {
                "seq": event.seq,
                "report_id": event.report_id,
                "region_code": region,
                "desk": stay.desk,
                "desk_code": at_desk(region, stay.desk),
                "month": day_of(event.at).strftime("%Y-%m"),
                "worked_s": round(stay.working_time(event.at, own).total_seconds()),
                "in_time": (not stay.is_late(event.at)) if clock else None,
                "answered": event.note is not None or event.reason is not None,
                "action": event.action,
                "reason": event.reason,
                "acted_for": event.actor_for,
            }
        )
    return rows


def differences(connection: Connection) -> Iterator[str]:
    """Each row that is not what the events give, as a sentence."""
    days = table(DayOverride)
    own = {row.day: row.working for row in connection.execute(select(days.c.day, days.c.working))}
    kept = {row.seq: dict(row._mapping) for row in connection.execute(select(table(Answer)))}
    for anew, blanked in _anew(connection, own):
        row = kept.pop(anew["seq"], None)
        if row is None:
            yield f"answer {anew['seq']}: is missing"
            continue
        for name in NAMES:
            # What was erased does not say any more whether it had a note.
            if row[name] != anew[name] and not (blanked and name == "answered"):
                yield (
                    f"answer {anew['seq']}: {name} is kept as {row[name]}, and told anew it is"
                    f" {anew[name]}"
                )
    for seq in kept:
        yield f"answer {seq}: no event has ended a stay"


def _anew(
    connection: Connection, own: Mapping[date, bool]
) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every row with whether its event was blanked."""
    event, report = table(Event), table(Report)
    query = (
        select(event, report.c.region_code, report.c.author_desk)
        .join(report, report.c.id == event.c.report_id)
        .order_by(event.c.report_id, event.c.seq)
        .execution_options(yield_per=2000)
    )
    for _, found in groupby(connection.execute(query), lambda one: one.report_id):
        entries: list[Any] = list(found)
        first, blanked = entries[0], {one.seq for one in entries if one.salt is None}
        for row in rows_of(first.region_code, first.author_desk, entries, own):
            yield row, row["seq"] in blanked
