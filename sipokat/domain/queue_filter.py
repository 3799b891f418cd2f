"""What a person narrows the queue of their desk to.

What lies on a desk is grouped by the regions one level below it: by RT for a lurah, by kelurahan
for a camat, by kecamatan for Bagian Pemerintahan. A report that was written at the desk's own level
(the lurah's own, when it came back) is in the group of the desk's own region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement

from sipokat.domain.clock import now
from sipokat.domain.lateness import due_today, late_at
from sipokat.domain.regions import at_desk, in_scope, level_of, lies_in
from sipokat.domain.report_search import finds
from sipokat.domain.roles import below
from sipokat.models import Report

LATE, TODAY = "terlambat", "hari_ini"
NO_CLASS = "belum"
AGE_MAX = 366  # days


@dataclass(frozen=True)
class Wanted:
    """What to show of the desk; an empty value narrows nothing. `group` is the code of a region one
    level below the desk; `klass` a class, or NO_CLASS; `age` is LATE, TODAY (its limit ends today)
    or how many days a report has lain there at least; `said` its number, or words in it."""

    group: str = ""
    category: str = ""
    klass: str = ""
    age: str = ""
    said: str = ""


NOTHING = Wanted()


def group_of(region: str, desk: str) -> str:
    """The group of a report from this region on a desk of this level."""
    lower = below(desk)
    return at_desk(region, lower) if lower else region


def from_group(group: str, desk_code: str) -> ColumnElement[bool] | None:
    """The condition for a report on this desk to be in the group; None where the desk has no such
    group."""
    if group == desk_code:
        return Report.region_code == group
    if lies_in(group, desk_code) and group_of(group, level_of(desk_code)) == group:
        return in_scope(Report.region_code, group)
    return None


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked of a report, but for its group."""
    asked: list[ColumnElement[bool]] = []
    if wanted.category:
        asked.append(Report.category == wanted.category)
    if wanted.klass:
        found = None if wanted.klass == NO_CLASS else wanted.klass
        asked.append(Report.klass == found)
    return asked + _of_age(wanted.age) + finds(wanted.said)


def _of_age(age: str) -> list[ColumnElement[bool]]:
    at = now()
    if age == LATE:
        return [late_at(at)]
    if age == TODAY:
        return [due_today(at)]
    return [Report.arrived_at <= at - timedelta(days=int(age))] if age else []
