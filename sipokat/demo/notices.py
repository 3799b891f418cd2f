"""What the demo city's people were told of its reports, by the domain's own rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from sipokat.demo.play import Play
from sipokat.domain import lateness
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.events import NewEvent
from sipokat.domain.lateness import Late
from sipokat.domain.notices import audience, digest, late, reminders, rows, term_news
from sipokat.domain.notices.audience import About, Holder
from sipokat.domain.office_hours import is_working
from sipokat.domain.regions import level_of
from sipokat.domain.roles import DESK_ROLES

READ_AFTER = timedelta(hours=3)
UNREAD = timedelta(days=3)  # what is younger nobody has looked at


def tell(session: Session, play: Play, moment: datetime, nudges: Iterable[dict[str, Any]]) -> None:
    """Insert the notices of all that was played, of what is late or left unmended, these `nudges`,
    and those of the last morning, in the order of time; the older ones were read some hours later.
    """
    told = [*_rows(play), *_late(session, moment), *_reminders(session, play, moment), *nudges]
    told.sort(key=lambda row: row["at"])
    seen = [_seen(row, moment) for row in told]
    morning = last_morning(moment, play.overridden)
    before = [row for row in seen if row["at"] <= morning]
    rows.add(session, before)
    digest.tell(session, day_of(morning), morning)
    rows.add(session, seen[len(before) :])


def tell_of_offices(session: Session, moment: datetime) -> None:
    """Insert what is told of offices that have begun, ended, or end soon, as a worker tells
    it; before its hour nothing, since it comes to it then."""
    term_news.tell(session, moment)


def _late(session: Session, moment: datetime) -> Iterator[dict[str, Any]]:
    """What is late now, told when its limit ended."""
    found: list[Late] = []
    while more := lateness.take_late(session, moment):
        found += more
    found.sort(key=lambda one: one.due_at)
    there = rows.holders(session, {office for one in found for office in one.tells}, day_of(moment))
    for _, together in groupby(found, key=lambda one: one.due_at):
        yield from late.rows_of(together, there)


def _reminders(session: Session, play: Play, moment: datetime) -> Iterator[dict[str, Any]]:
    """Every reminder whose morning has come, of what still lies with its author."""
    lying = reminders.left(session)
    holders = rows.holders(session, reminders.offices_of(lying, day_of(moment)), day_of(moment))
    for one in lying:
        for days in reminders.AFTER:
            day = reminders.morning(day_of(one.arrived_at), days, play.overridden)
            at = datetime.combine(day, digest.FROM, WIB)
            if at <= moment:
                yield from reminders.rows_of(one, days, holders, at)


def _seen(row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The same, read some hours later if it is older."""
    return row | {"read_at": row["at"] + READ_AFTER if moment - row["at"] > UNREAD else None}


def last_morning(moment: datetime, overridden: Mapping[date, bool]) -> datetime:
    """The last moment at which the digest was due."""
    local = moment.astimezone(WIB)
    day = local.date() if local.time() >= digest.FROM else local.date() - timedelta(days=1)
    while not is_working(day, overridden):
        day -= timedelta(days=1)
    return datetime.combine(day, digest.FROM, WIB)


def _rows(play: Play) -> Iterator[dict[str, Any]]:
    """One for each person and event. The entries were numbered in the order of the play."""
    holders = [
        Holder(DESK_ROLES[level_of(code)], code, user.id) for code, user in play.offices.items()
    ]
    at = {(one.role, one.region): one for one in holders}
    for seq, (report, entry) in enumerate(play.entries, play.last + 1):
        if not isinstance(entry, NewEvent):
            continue
        region, reporter = report.region_code, report.reporter_id
        about = About(report.id, report.number, region, report.author_desk, reporter, report.urgent)
        found = audience.of_move(about, entry.move, noted=bool(entry.note))
        if found is not None:
            there = [at[one] for one in found.offices(region) if one in at]
            yield from rows.rows_of_move(about, found, entry.move.actor, there, entry.at, seq)
