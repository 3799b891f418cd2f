"""Days that the city declares free or working, and the open limits that this moves.

A limit that is running is reckoned anew, and the record gets an entry that says so for each report
whose limit moves. Stays that are over keep the end and the hours that counted then
(`domain/desk_times.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, table, take_turns, writing
from sipokat.domain import administration, days_held, events
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.deadlines import as_detail, due_at
from sipokat.domain.desk_times import MOVES_LIMIT
from sipokat.domain.limits import LIMITS
from sipokat.domain.office_hours import overrides
from sipokat.domain.refusals import NeverAllowed, WrongContent
from sipokat.domain.visibility import is_open
from sipokat.models import DayOverride, Region, Report

AHEAD = timedelta(days=800)  # a day further away is taken for a slip in the year
NAME_MAX = 80


class Declared(NamedTuple):
    """Whether the day was not so already, and how many limits have moved."""

    changed: bool
    moved: int


def set_day(
    who: Callable[[Session], By],
    day: date,
    working: bool | None,
    name: str = "",
    now: datetime | None = None,
) -> Declared:
    """Declare the day as `declare` does, in a transaction of its own, and move once more the limits
    of what came in or was decided at that moment by the calendar of before. `who` says for whom it
    is done. Ended in between, it may be done again."""
    with writing() as session:
        declared = declare(session, who(session), day, working, name, now)
    with writing() as session:
        more = move_limits(session, who(session), name, now)
    return declared._replace(moved=declared.moved + more)


def declare(
    session: Session,
    by: By,
    day: date,
    working: bool | None,
    name: str = "",
    now: datetime | None = None,
) -> Declared:
    """Declare the day working (True) or free (False), or as the calendar has it again (None);
    `name` says what day it is. Moves the limits that are running, in the same transaction. Nothing
    is written when it is so already.

    Raises WrongContent for a day that is too far away or too long a name, and NeverAllowed where
    nobody is named for whom it is done.
    """
    at = now or present()
    if not LIMITS.first_day <= day <= day_of(at) + AHEAD:
        sentence = "Tanggal ini terlalu jauh. Periksa tahunnya."
        raise WrongContent(sentence, {"day": sentence})
    if len(name) > NAME_MAX:
        sentence = f"Nama hari paling panjang {NAME_MAX} huruf."
        raise WrongContent(sentence, {"name": sentence})
    take_turns(session, "days")
    row = session.get(DayOverride, day)
    was, became = _facts(row), _told(day, working, name)
    if was == became:
        return Declared(False, 0)
    if row is not None:
        session.delete(row)
        session.flush()
    if working is not None:
        session.add(DayOverride(day=day, working=working, name=name))
    region = session.get_one(Region, _office_of(by).region)
    administration.record(session, by, region, "set_day", was, became, at)
    moved = move_limits(session, by, name, at)
    days_held.hold(session)
    return Declared(True, moved)


def move_limits(session: Session, by: By, why: str = "", now: datetime | None = None) -> int:
    """Reckon every running limit anew by the calendar as it is now; how many have moved. For each
    of them the record gets an entry, with `why`."""
    take_turns(session, "days")  # else another's days, read before, would come after ours
    at, overridden, report = now or present(), overrides(session), table(Report).c
    query = (
        select(*(report[name] for name in ("id", "desk", "arrived_at", "due_at", "content_digest")))
        .where(is_open(), report.due_at.is_not(None))
        .order_by(report.id)
    )

    def moved(ids: list[int] | None = None) -> list[tuple[Any, datetime]]:
        rows = session.execute(query if ids is None else query.where(report.id.in_(ids)))
        found = ((row, due_at(row.arrived_at, row.desk, overridden)) for row in rows)
        return [(row, due) for row, due in found if due is not None and due != row.due_at]

    found = moved()
    if not found:
        return 0
    # Looked at once more behind the lock: some may have been decided meanwhile.
    ids = [row.id for row, _ in found]
    lock_rows(session, select(report.id).where(report.id.in_(ids)).order_by(report.id))
    found = moved(ids)
    if not found:
        return 0
    change = update(table(Report)).where(report.id == bindparam("one"))
    session.execute(
        change.values(due_at=bindparam("due")), [{"one": row.id, "due": due} for row, due in found]
    )
    more = {"why": why} if why else {}
    more |= {"operator": by.operator} if by.operator else {}
    events.append_all(
        session,
        [(row.id, _entry(by, at, row.content_digest, as_detail(due) | more)) for row, due in found],
    )
    return len(found)


def _entry(by: By, at: datetime, digest: str, detail: Mapping[str, str]) -> events.Remark:
    office = _office_of(by)
    assert by.user is not None
    return events.Remark(MOVES_LIMIT, by.user.id, office, at, digest, detail)


def _office_of(by: By) -> Any:
    if by.user is None or by.office is None:
        raise NeverAllowed("Sebutkan untuk siapa dari Diskominfo ini dilakukan.")
    return by.office


def _facts(row: DayOverride | None) -> dict[str, Any] | None:
    return _told(row.day, row.working, row.name) if row else None


def _told(day: date, working: bool | None, name: str) -> dict[str, Any] | None:
    if working is None:
        return None
    return {"day": day.isoformat(), "working": working, "name": name}
