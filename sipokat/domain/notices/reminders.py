"""Reminders: a report that came back to its author and that nobody mends is told again after some
working days, in the morning, to whoever may mend it.

Only those reports are meant that lie with their author, an official's as well: what was returned to
a desk between has that desk's own clock, and is told as late there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import daily, ended_rt
from sipokat.domain.clock import day_of
from sipokat.domain.deadlines import days_between
from sipokat.domain.notices import audience, rows
from sipokat.domain.notices.audience import About, Holder, Telling
from sipokat.domain.notices.digest import RULES
from sipokat.domain.notices.old import KEPT
from sipokat.domain.office_hours import is_working, overrides
from sipokat.domain.regions import at_desk
from sipokat.domain.roles import DESK_ROLES, RECORDING
from sipokat.domain.visibility import is_open
from sipokat.models import Event, Notice, Region, Report

NAME = "reminder"
AFTER: tuple[int, ...] = tuple(RULES["reminder"]["after"])  # working days, the fewest first
_REPORT, _EVENT, _REGION = table(Report).c, table(Event).c, table(Region).c


class Left(NamedTuple):
    """A report that lies with its author since `arrived_at`; `seq` is the number of the event by
    which it came there. `recorded_as` is not None where somebody of the kelurahan wrote it; `until`
    is the last day of the region that it is from, None for one without an end."""

    id: int
    number: str
    region: str
    kelurahan: str | None
    author_desk: str
    reporter: str
    recorded_as: str | None
    urgent: bool
    arrived_at: datetime
    seq: int
    until: date | None

    def mended_at(self, day: date) -> str:
        """The desk whose people mend it on that day: its author's, or that of the kelurahan once
        the RT is there no more (`domain/ended_rt.py`)."""
        gone = self.until is not None and self.until < day
        return RECORDING if gone and self.author_desk == ended_rt.DESK else self.author_desk


_LEFT = (
    select(
        *(_REPORT.id, _REPORT.number, _REPORT.region_code, _REPORT.kelurahan_code),
        *(_REPORT.author_desk, _REPORT.reporter_id, _REPORT.recorded_as, _REPORT.urgent),
        *(_REPORT.arrived_at, _EVENT.seq, _REGION.until),
    )
    .join_from(
        table(Report),
        table(Event),
        and_(_EVENT.report_id == _REPORT.id, _EVENT.version == _REPORT.version),
    )
    .join(table(Region), _REGION.code == _REPORT.region_code)
    .where(is_open(), _REPORT.desk == _REPORT.author_desk)
    .order_by(_REPORT.id)
)


def step(arrived_on: date, day: date, overridden: Mapping[date, bool]) -> int:
    """Which reminder is due on the morning of `day` for what came to its author then: the most of
    AFTER whose working days have passed whole, without the day of arrival; 0 for none yet."""
    passed = days_between(arrived_on, day - timedelta(days=1), overridden)
    return max((days for days in AFTER if passed >= days), default=0)


def morning(arrived_on: date, days: int, overridden: Mapping[date, bool]) -> date:
    """The day on whose morning the reminder after so many working days falls."""
    day = arrived_on
    while step(arrived_on, day, overridden) < days or not is_working(day, overridden):
        day += timedelta(days=1)
    return day


def tell(session: Session, day: date, at: datetime) -> bool:
    """Remind of every report for which it is time, each step once, in the caller's transaction; a
    step that nobody was there to be told of is told once somebody is. False, and nothing is done,
    when it was done already that day."""
    if not daily.take(session, NAME, day, at):
        return False
    overridden = overrides(session)
    due = [
        (one, days)
        for one in left(session)
        # Of what came before that, the notices that were told may have been forgotten.
        if one.arrived_at > at - KEPT
        if (days := step(day_of(one.arrived_at), day, overridden))
    ]
    told = set(session.scalars(select(Notice.key).where(Notice.kind == NAME)))
    due = [(one, days) for one, days in due if _key(one, days) not in told]
    holders = rows.holders(session, offices_of([one for one, _ in due], day), day)
    rows.add(session, [row for one, days in due for row in rows_of(one, days, holders, at)])
    return True


def left(session: Session) -> list[Left]:
    """All reports that lie with their author."""
    return [Left._make(row) for row in session.execute(_LEFT)]


def _key(one: Left, days: int) -> str:
    return f"{NAME} {one.seq} {days}"


def offices_of(left: Iterable[Left], day: date) -> set[tuple[str, str]]:
    """The offices whose people may be told on that day, (role, region)."""
    found: set[tuple[str, str]] = set()
    for one in left:
        desk = one.mended_at(day)
        found.add((DESK_ROLES[desk], at_desk(one.region, desk)))
        if one.recorded_as and one.kelurahan:
            found.add((DESK_ROLES[RECORDING], one.kelurahan))
    return found


def rows_of(
    one: Left, days: int, holders: Collection[Holder], at: datetime
) -> list[dict[str, Any]]:
    """The notices of this reminder: to the office that may mend it, and to whoever of the kelurahan
    wrote it for an RT and is still there."""
    here = (DESK_ROLES[RECORDING], one.kelurahan)
    writes = one.recorded_as and (*here, one.reporter) in {tuple(each) for each in holders}
    about = About(
        *(one.id, one.number, one.region, one.author_desk),
        one.reporter if writes else None,
        one.urgent,
    )
    telling = Telling(NAME, (one.mended_at(day_of(at)),), writer=bool(writes))
    return [
        rows.row(
            *(user_id, NAME, _key(one, days), at, f"/laporan/{one.number}"),
            office=office,
            report_id=one.id,
            event_seq=one.seq,
            facts={"days": days},
        )
        for user_id, office in audience.addressed(telling, about, "", holders).items()
    ]
