"""One step of a report in the demo's plan, and the hours at which people act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from sipokat.demo.reports import Draft
from sipokat.domain.clock import WIB
from sipokat.domain.office_hours import closing, is_working, spans

# Officials act between these times, in Ramadan within its shorter hours.
OPEN, CLOSE = time(7, 40), time(15, 50)


@dataclass(frozen=True)
class Step:
    """One thing that somebody does to one report. `story` is the report's client id, `office` the
    code of the region whose office acts, `draft` the content of a submission or revision, and
    `written_at` when a submission was written, `other` the story of the report that has told the
    same. A desk has written it for the RT `for_rt`."""

    at: datetime
    story: str
    action: str
    office: str
    draft: Draft | None = None
    written_at: datetime | None = None
    klass: str | None = None
    reason: str | None = None
    note: str = ""
    other: str = ""
    for_rt: str | None = None

    @property
    def action_id(self) -> str:
        """The action's id, which a phone would have made; the same on every load."""
        return str(uuid5(UUID(self.story), f"{self.action} {self.at.isoformat()}"))


def office_time(at: datetime, minutes: float) -> datetime:
    """The moment when `minutes` of office hours have passed since `at`."""
    local = at.astimezone(WIB)
    left = timedelta(seconds=round(minutes * 60))
    while True:
        day = local.date()
        opens, closes = (datetime.combine(day, hour, WIB) for hour in (OPEN, CLOSE))
        start, closes = max(local, opens, spans(day)[0][0]), min(closes, closing(day))
        if is_working(day, {}) and start < closes:
            if start + left <= closes:
                return start + left
            left -= closes - start
        local = datetime.combine(day + timedelta(days=1), time(0), WIB)


def waking(at: datetime) -> datetime:
    """`at` itself, or shortly after five in the morning when it lies between 22.00 and 05.00."""
    local = at.astimezone(WIB)
    if local.hour >= 22:
        local = local.replace(hour=5, minute=local.minute // 2 + 25) + timedelta(days=1)
    elif local.hour < 5:
        local = local.replace(hour=5, minute=local.minute // 2 + 25)
    return local
