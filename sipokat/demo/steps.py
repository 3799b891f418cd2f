"""A step in the life of a report, and the hours at which people take one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from sipokat.demo.reports import Draft
from sipokat.domain.clock import WIB
from sipokat.domain.deadlines import is_working

# Within the city's office hours on every working day.
OPEN, CLOSE = time(7, 40), time(15, 50)


@dataclass(frozen=True)
class Step:
    """One thing that somebody does to one report. `office` is whose, `story` the report's client
    id; `draft` is the content of a submission or a revision, written at `written_at`."""

    at: datetime
    story: str
    action: str
    office: str
    draft: Draft | None = None
    written_at: datetime | None = None
    klass: str | None = None
    reason: str | None = None
    note: str = ""

    @property
    def action_id(self) -> str:
        """The id that the phone would have made for this action, the same every time."""
        return str(uuid5(UUID(self.story), f"{self.action} {self.at.isoformat()}"))


def office_time(at: datetime, minutes: float) -> datetime:
    """The moment that many office minutes after `at`."""
    local = at.astimezone(WIB)
    left = timedelta(seconds=round(minutes * 60))
    while True:
        opens, closes = (datetime.combine(local.date(), hour, WIB) for hour in (OPEN, CLOSE))
        start = max(local, opens)
        if is_working(local.date(), {}) and start < closes:
            if start + left <= closes:
                return start + left
            left -= closes - start
        local = datetime.combine(local.date() + timedelta(days=1), time(0), WIB)


def waking(at: datetime) -> datetime:
    """The moment itself, or the next morning when it falls into the night."""
    local = at.astimezone(WIB)
    if local.hour >= 22:
        local = local.replace(hour=5, minute=local.minute // 2 + 25) + timedelta(days=1)
    elif local.hour < 5:
        local = local.replace(hour=5, minute=local.minute // 2 + 25)
    return local
