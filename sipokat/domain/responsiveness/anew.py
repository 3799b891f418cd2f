"""How long desks took, told anew from the events alone: what the rows must say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from sipokat.database import table
from sipokat.domain.chain import DECISIONS
from sipokat.domain.clock import day_of
from sipokat.domain.desk_times import MOVES_LIMIT, WORKED, stays_of
from sipokat.domain.regions import at_desk
from sipokat.models import Answer, DayOverride, Event, Report

DUE = "due"  # the key of a limit's end in the detail of the event that begins the stay
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
    for anew, unsaid in _anew(connection, own):
        row = kept.pop(anew["seq"], None)
        if row is None:
            yield f"answer {anew['seq']}: is missing"
            continue
        for name in NAMES:
            # What no event says any more, or never did, may differ; but not whether there is one.
            known = name not in unsaid or None in (row[name], anew[name])
            if known and row[name] != anew[name]:
                yield (
                    f"answer {anew['seq']}: {name} is kept as {row[name]}, and told anew it is"
                    f" {anew[name]}"
                )
    for seq in kept:
        yield f"answer {seq}: no event has ended a stay"


def _anew(
    connection: Connection, own: Mapping[date, bool]
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Every row with those of its fields that the events do not say."""
    event, report = table(Event), table(Report)
    query = (
        select(event, report.c.region_code, report.c.author_desk)
        .join(report, report.c.id == event.c.report_id)
        .order_by(event.c.report_id, event.c.seq)
        .execution_options(yield_per=2000)
    )
    for _, found in groupby(connection.execute(query), lambda one: one.report_id):
        entries: list[Any] = list(found)
        first, unsaid = entries[0], _unsaid(entries)
        for row in rows_of(first.region_code, first.author_desk, entries, own):
            yield row, unsaid[row["seq"]]


def _unsaid(entries: Iterable[Any]) -> dict[int, set[str]]:
    """The fields of a row, by the number of the event that ends its stay, that the events of a
    report do not say. Erased ones do not say any more whether they had a note. Old ones say neither
    how long the stay took nor when its limit ended: their rows were reckoned once, by the calendar
    of that day, and keep that when days are declared later."""
    found, due_said = {}, False
    for one in entries:
        said = json.loads(one.detail or "{}")
        if one.version is None:
            due_said = due_said or one.action == MOVES_LIMIT
            continue
        is_unsaid = {
            "answered": one.salt is None,
            "worked_s": WORKED not in said,
            "in_time": not due_said,
        }
        found[one.seq] = {name for name, is_so in is_unsaid.items() if is_so}
        due_said = DUE in said
    return found
