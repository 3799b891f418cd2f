"""Random histories of a report, for tests that tell from its entries how long it lay where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sipokat.domain.clock import WIB
from sipokat.domain.desk_times import MOVES_LIMIT, WORKED
from sipokat.domain.roles import DESKS, above, below
from sipokat.models import Event
from tests import slow_clock
from tests.slow_clock import MINUTE, SEASONS

NONE = timedelta(0)


@dataclass
class History:
    """A report's entries as they are made one after the other, and what each stay must come to:
    the desk, from when to when, when it is due, and the working time, all by the slow clock."""

    author_desk: str
    at: datetime
    own: dict[date, bool] = field(default_factory=dict)
    entries: list[Event] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)
    desk: str | None = None

    def move(self, to_desk: str | None, waited: timedelta = NONE) -> None:
        detail: dict[str, Any] = {}
        if self.desk:
            stay = self.wanted[-1]
            ended = max(self.at - waited, stay["arrived"])
            if ended != self.at:
                detail["decided"] = ended.astimezone(UTC).isoformat()
            stay["left"], stay["ended"] = self.at, ended
            stay["worked"] = slow_clock.working_time(stay["arrived"], ended, self.own)
            detail[WORKED] = stay["worked"].total_seconds()
        self.desk = to_desk
        if to_desk:
            due = None
            if to_desk != self.author_desk:
                due = slow_clock.due_at(self.at, to_desk, self.own)
            self.wanted.append({"desk": to_desk, "arrived": self.at, "due": due})
            if due:
                detail["due"] = due.astimezone(UTC).isoformat()
        version = 1 + sum(one.version is not None for one in self.entries)
        self._append(version, "move", to_desk, detail)

    def add_day(self, day: date, working: bool) -> None:
        """The city declares a day, and the open limit is reckoned anew."""
        self.own[day] = working
        if self.desk and (stay := self.wanted[-1])["due"]:
            due = slow_clock.due_at(stay["arrived"], self.desk, self.own)
            if due != stay["due"]:
                assert due is not None
                stay["due"] = due
                self._append(None, MOVES_LIMIT, None, {"due": due.astimezone(UTC).isoformat()})

    def _append(
        self, version: int | None, action: str, to_desk: str | None, detail: Mapping[str, Any]
    ) -> None:
        told = json.dumps(detail) if detail else None
        self.entries.append(
            Event(version=version, action=action, at=self.at, to_desk=to_desk, detail=told)
        )


@st.composite
def histories(draw: st.DrawFn, days: bool = True) -> History:
    """A report of a head, a lurah or a camat that goes up and down the desks, ends and comes back,
    while the city declares days free or working."""
    first, last = draw(st.sampled_from(SEASONS))
    start = draw(st.dates(first, last - timedelta(days=60)))
    at = datetime(start.year, start.month, start.day, tzinfo=WIB)
    author = draw(st.sampled_from(DESKS[:3]))
    told = History(author, at + draw(st.integers(0, 1439)) * MINUTE)
    told.move(above(author))
    for _ in range(draw(st.integers(0, 6))):
        told.at += draw(st.integers(0, 6 * 24 * 60)) * MINUTE
        if days and draw(st.booleans()):
            ahead = draw(st.integers(-5, 12))
            told.add_day((told.at + timedelta(days=ahead)).date(), draw(st.booleans()))
        if told.desk is None:
            told.move(draw(st.sampled_from(DESKS[1:])))
        elif told.desk == author:
            told.move(draw(st.sampled_from((above(author), None))))
        else:
            to = (above(told.desk), below(told.desk), None)
            told.move(draw(st.sampled_from(to)), draw(st.integers(0, 900)) * MINUTE)
    return told
