"""What lies on a desk, counted by the regions below it: right without loading a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import String, bindparam, case, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from sipokat.database import Moment, table
from sipokat.domain.clock import now
from sipokat.domain.listed import Listed
from sipokat.domain.queue_filter import NOTHING, Wanted, conditions, group_of
from sipokat.domain.regions import level_of
from sipokat.domain.visibility import desks_of
from sipokat.models import Report, User
from sipokat.prepared import Among


@dataclass(frozen=True)
class Group:
    """How many reports from this region lie on the person's desks, how many of them are late, and
    since when the oldest lies there."""

    region: str
    waiting: int
    late: int
    oldest: datetime


_REPORT = table(Report).c
_COUNTED = select(
    _REPORT.desk_code,
    _REPORT.region_code,
    func.count(_REPORT.id),
    func.count(case((_REPORT.due_at < bindparam("now", type_=Moment), 1))),
    # As the driver gives it: only the oldest of each group is turned into a point in time.
    type_coerce(func.min(_REPORT.arrived_at), String),
).group_by(_REPORT.desk_code, _REPORT.region_code)
# The condition of the index that has them in this order.
_ALL = Among(_COUNTED.where(_REPORT.desk_code > literal_column("''")), _REPORT.desk_code)


def groups(session: Session, user: User, wanted: Wanted = NOTHING) -> list[Group]:
    """The groups of the person's desks, that with the oldest report first. Those of all of them,
    whichever group is wanted, so that one can go on to the next."""
    desks = sorted({office.region for office in desks_of(user)})
    if not desks:
        return []
    if wanted == replace(NOTHING, group=wanted.group):
        return _folded(session, _ALL.rows(session, desks, {"now": now()}))
    narrowed = _COUNTED.where(_REPORT.desk_code.in_(desks), *conditions(wanted))
    return _folded(session, session.execute(narrowed, {"now": now()}))


def by_group(reports: Iterable[Listed]) -> dict[str, list[Listed]]:
    """Reports that lie on desks, by their groups: that of the first one first, each in the order
    given."""
    found: dict[str, list[Listed]] = {}
    for report in reports:
        assert report.desk is not None
        found.setdefault(group_of(report.region_code, report.desk), []).append(report)
    return found


def counted(reports: dict[str, list[Listed]]) -> list[Group]:
    """The groups of these reports, which are all that there are."""
    at = now()
    return [
        Group(
            region,
            len(those),
            sum(one.due_at is not None and one.due_at < at for one in those),
            min(one.arrived_at for one in those),
        )
        for region, those in reports.items()
    ]


def _folded(session: Session, rows: Iterable[Any]) -> list[Group]:
    """The counts of each desk and region as those of groups. The city's desk has a row for each RT:
    so nothing is made for a row but its sums."""
    found: dict[str, list[Any]] = {}
    for desk_code, region, waiting, late, oldest in rows:
        code = _group_on(desk_code, region)
        known = found.get(code)
        if known is None:
            found[code] = [waiting, late, oldest]
            continue
        known[0] += waiting
        known[1] += late
        known[2] = min(known[2], oldest)
    dialect = session.get_bind().dialect
    groups = [
        Group(code, waiting, late, Moment.from_driver(oldest, dialect))
        for code, (waiting, late, oldest) in found.items()
    ]
    return sorted(groups, key=lambda group: (group.oldest, group.region))


@lru_cache(10_000)
def _group_on(desk_code: str, region: str) -> str:
    return group_of(region, level_of(desk_code))
