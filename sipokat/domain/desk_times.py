"""How long a report lay on each desk, from its events alone.

Each arrival at a desk begins a stay, and the next move ends it: so the stays of a report follow one
another from its receipt to its end, and nothing is counted twice. When a stay is due is what its
arrival's event says (`due`), or the last entry that moved the limit while it lay there (`limit`, by
`domain/day_changes.py`). How many office hours it took is what the event that ended it says
(`worked`). So days and hours that are changed later change nothing about a stay that is over. Where
an old event says neither, the calendar that is given does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sipokat.domain import decided, record
from sipokat.domain.deadlines import due_at
from sipokat.domain.office_hours import working_time
from sipokat.models import Event

# The key of the office hours, in seconds, in the detail of the event that ends a stay.
WORKED = "worked"
# The action of an entry that moves the end of a desk's limit; its `due` is the new one.
MOVES_LIMIT = "limit"


@dataclass(frozen=True)
class Stay:
    """One stay of a report on a desk.

    `left` is when the next move was received, None while it lies there. `ended` is when the desk
    was done with it: `left`, or earlier where the decision had waited on a phone for a signal.
    `due` is the end of the desk's limit; None on a desk without one, and `with_author`: that time
    counts against nobody. `kept` are the office hours as they were counted when it ended.
    """

    desk: str
    with_author: bool
    arrived: datetime
    due: datetime | None
    left: datetime | None = None
    ended: datetime | None = None
    kept: timedelta | None = None

    def is_late(self, at: datetime) -> bool:
        """Whether it took longer than the desk's limit, or has done so `at` that moment."""
        return self.due is not None and (self.ended or at) > self.due

    def working_time(self, at: datetime, overridden: Mapping[date, bool]) -> timedelta:
        """The office hours that it took, or has taken `at` that moment. `overridden` are the city's
        own days, for a stay that is not over."""
        if self.kept is not None:
            return self.kept
        return working_time(self.arrived, self.ended or at, overridden)


def stays_of(
    author_desk: str, entries: Iterable[Event], overridden: Mapping[date, bool]
) -> list[Stay]:
    """The stays of a report, oldest first. `entries` are all its entries in the record, oldest
    first (`events.entries_of`); `overridden` as in `Stay.working_time`."""
    found: list[Stay] = []
    for event in entries:
        told = json.loads(event.detail or "{}")
        lying = found[-1] if found and found[-1].left is None else None
        if event.version is not None:
            if lying:
                found[-1] = _ended(lying, event, told)
            if event.to_desk:
                found.append(_begun(event, told, event.to_desk == author_desk, overridden))
        elif event.action == MOVES_LIMIT and lying:
            found[-1] = replace(lying, due=datetime.fromisoformat(told["due"]))
    return found


@dataclass(frozen=True)
class Left:
    """A stay at the moment when a move ends it: on which desk a report of this region lay, and
    `due`, the end of its limit (None where it was with its author). `ended` is when the desk was
    done with it, `waited` whether that was before the move was received, `worked` are the office
    hours in seconds."""

    region: str
    desk: str
    due: datetime | None
    ended: datetime
    waited: bool
    worked: int

    @property
    def in_time(self) -> bool:
        """Whether it took no longer than the desk's limit."""
        return self.due is None or self.ended <= self.due

    @property
    def as_detail(self) -> dict[str, str | int]:
        """What the detail of the event that ends the stay keeps of it."""
        waited = {decided.KEY: record.plain(self.ended)} if self.waited else {}
        return {**waited, WORKED: self.worked}


def worked_seconds(
    arrived_at: datetime, ended_at: datetime, overridden: Mapping[date, bool]
) -> int:
    """The office hours of a stay in whole seconds, as its end keeps them."""
    return round(working_time(arrived_at, ended_at, overridden).total_seconds())


def _begun(
    event: Event, told: Mapping[str, Any], with_author: bool, overridden: Mapping[date, bool]
) -> Stay:
    assert event.to_desk is not None
    due = None
    if not with_author:
        said = told.get("due")
        due = datetime.fromisoformat(said) if said else due_at(event.at, event.to_desk, overridden)
    return Stay(event.to_desk, with_author, event.at, due)


def _ended(stay: Stay, event: Event, told: Mapping[str, Any]) -> Stay:
    worked = told.get(WORKED)
    kept = None if worked is None else timedelta(seconds=worked)
    return replace(stay, left=event.at, ended=decided.of_event(event), kept=kept)
