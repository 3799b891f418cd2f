"""What one report counts for: in which month, as what, and whether in time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sipokat.domain.clock import start_of
from sipokat.domain.periods import CLOSING_DAY, FALLEN, days_of, month_of
from sipokat.models import Report

NIHIL, REKAP = "nihil", "rekap_bulanan"


class Share(NamedTuple):
    """What one standing report adds to the counts of its region and month (`MonthCount`)."""

    month: str
    region_code: str
    real: int = 0
    nihil: int = 0
    recorded: int = 0
    on_time: int = 0
    rekap: int = 0
    rekap_on_time: int = 0

    def taken_back(self) -> Share:
        """The same with its sign turned."""
        return Share(self.month, self.region_code, *(-count for count in self[2:]))


COUNTS = Share._fields[2:]
# What must be known of a report to say its share.
NEEDED = (
    *("status", "category", "region_code", "period", "happened_on"),
    *("written_at", "received_at", "clock_doubtful", "recorded_as"),
)


@lru_cache(200)
def closes_at(month: str) -> datetime:
    """The moment when the month's reporting closes: the end of the 10th of the next one."""
    _, after = days_of(month)
    return start_of(after.replace(day=CLOSING_DAY) + timedelta(days=1))


def in_time(month: str, written_at: datetime, received_at: datetime, clock_doubtful: bool) -> bool:
    """Whether it was there before the month closed: when it was written, by the server's clock, or
    received where the phone's clock cannot be believed. So who has no signal is not late."""
    return (received_at if clock_doubtful else written_at) < closes_at(month)


def share_of(report: Mapping[str, Any]) -> Share | None:
    """What a report with these columns (NEEDED) adds to its month; None where it does not stand."""
    if report["status"] in FALLEN:
        return None
    month = month_of(report["period"], report["happened_on"])
    recorded = report["recorded_as"] is not None
    own_in_time = not recorded and in_time(
        month, report["written_at"], report["received_at"], report["clock_doubtful"]
    )
    region, category = report["region_code"], report["category"]
    if category == REKAP:
        return Share(month, region, rekap=1, rekap_on_time=int(own_in_time))
    nihil = int(category == NIHIL)
    return Share(month, region, 1 - nihil, nihil, int(recorded), int(own_in_time))


def share_now(report: Report) -> Share | None:
    """The same of a report as it is now."""
    return share_of({name: getattr(report, name) for name in NEEDED})


def changes(before: Share | None, after: Share | None) -> list[Share]:
    """What must be added to the counts when a report's share changes from one to the other."""
    if before == after:
        return []
    return [*([before.taken_back()] if before else ()), *([after] if after else ())]
