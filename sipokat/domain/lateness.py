"""What lies on a desk beyond its limit: who is told of it, and of which reports they were not told
yet.

The rule. Past its limit a report is *late*: the desk's own people are told, and the desk one level
up. Past twice its limit the desk two levels up is told as well. Over the last desk stands the
Asisten, who is told what is late there and nothing else. Nobody is told more at three times the
limit: whoever could act knows it by then.

| late at   | past the limit               | past twice the limit, as well |
| kelurahan | lurah, camat                 | Bag. Pemerintahan             |
| kecamatan | camat, Bag. Pemerintahan     |                               |
| kota      | Bag. Pemerintahan, Asisten   |                               |

An RT's desk has no limit. A limit is over when the moment `Report.due_at` has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, update
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import deadlines, office_hours
from sipokat.domain.clock import day_of, start_of
from sipokat.domain.listed import Listed, as_listed, read_listed
from sipokat.domain.offices import Office, held
from sipokat.domain.regions import at_desk, in_scope
from sipokat.domain.roles import DESK_ROLES, DESKS, ROLES, above
from sipokat.domain.visibility import first_of, is_open, on_own_desk
from sipokat.models import Report, User

# How late: past the limit, past twice the limit. A report that is not late is at stage 0.
LATE, TWICE = 1, 2


def told(desk: str, stage: int) -> tuple[str, ...]:
    """The roles that are told of a report on this desk when it comes to this stage, and were not
    told before: the desk's own first."""
    one_up = above(desk)
    if stage == LATE:
        return (DESK_ROLES[desk], DESK_ROLES[one_up] if one_up else _OVERSEERS[desk])
    two_up = above(one_up) if one_up and stage == TWICE else None
    return (DESK_ROLES[two_up],) if two_up else ()


_OVERSEERS = {role.oversees: role.key for role in ROLES.values() if role.oversees}


def watched(office: Office) -> dict[str, int]:
    """The desks below whose late reports this office sees, each with the stage from which on."""
    key, own = office.role.key, office.desk
    if own is None and not office.role.oversees:
        return {}
    return {
        desk: stage
        for desk in _WITH_LIMIT
        for stage in (TWICE, LATE)
        if desk != own and key in told(desk, stage)
    }


_WITH_LIMIT = tuple(desk for desk in DESKS if deadlines.limit_of(desk))


def watches(user: User) -> bool:
    """Whether one of the person's offices is told what is late on desks below it."""
    return any(watched(office) for office in held(user))


def late_below(
    session: Session, user: User, at: datetime, indexed: bool = True
) -> ColumnElement[bool]:
    """The condition for a report that this person is told is late `at` that moment, and that lies
    on none of their own desks. `indexed` as in `visibility.reports_in`."""
    parts = _parts(session, user, at, indexed)
    return and_(is_open(), late_at(at, indexed), or_(false(), *parts), not_(on_own_desk(user)))


def _parts(
    session: Session, user: User, at: datetime, indexed: bool = True
) -> list[ColumnElement[bool]]:
    """For each desk that one of the person's offices watches what is late there."""
    where, code = (
        column if indexed else column.concat("") for column in (Report.desk, Report.desk_code)
    )
    return [
        and_(where == desk, late_at(before, indexed), in_scope(code, region))
        for desk, before, region in _watched_by(session, user, at)
    ]


def longest_late(
    session: Session, user: User, at: datetime, most: int = 5
) -> tuple[list[Listed], int]:
    """Of what this person is told is late `at` that moment, the reports that are so longest, and
    how many there are in all."""
    late = late_below(session, user, at)
    count = session.scalar(select(func.count(Report.id)).where(late)) or 0
    if not count:
        return [], 0
    # Each desk gives those that are late there longest, which the index has in order.
    here = not_(on_own_desk(user))
    parts = [select(Report.id).where(part, here) for part in _parts(session, user, at)]
    return read_listed(session, as_listed(first_of(parts, [Report.due_at], most))), count


def late_at(at: datetime, indexed: bool = True) -> ColumnElement[bool]:
    """The condition for a report whose limit is over `at` that moment. `indexed` as in
    `visibility.reports_in`: lists in another order must not sort all that is late."""
    due = Report.due_at if indexed else func.coalesce(Report.due_at, Report.due_at)
    return due < at


def due_today(at: datetime) -> ColumnElement[bool]:
    """The condition for a report whose limit ends later on the day, seen `at` that moment."""
    return and_(Report.due_at >= at, Report.due_at < start_of(day_of(at) + timedelta(days=1)))


def _watched_by(session: Session, user: User, at: datetime) -> Iterator[tuple[str, datetime, str]]:
    """Each desk that one of the person's offices watches, the moment before which a report must
    have been due there, and the region of the office."""
    for office in held(user):
        for desk, stage in watched(office).items():
            yield desk, _due_before(session, desk, stage, at), office.region


def _due_before(session: Session, desk: str, stage: int, at: datetime) -> datetime:
    """What was due on this desk before this moment has come to the stage `at` that moment."""
    if stage == LATE:
        return at
    return deadlines.due_before_twice(at, desk, office_hours.overrides(session))


# --- Telling it once -----------------------------------------------------------------------------


class Late(NamedTuple):
    """A report that has come to a stage of which nobody was told yet."""

    id: int
    number: str
    region_code: str
    category: str
    desk: str
    desk_code: str
    due_at: datetime
    stage: int

    @property
    def tells(self) -> tuple[tuple[str, str], ...]:
        """The offices whose people are to be told now, as (role, region). The first at stage LATE
        is that of the desk itself; all others are above it."""
        desks = {role.key: role.desk or role.oversees for role in ROLES.values()}
        return tuple(
            (role, at_desk(self.region_code, desks[role] or "kota"))
            for role in told(self.desk, self.stage)
        )


def take_late(session: Session, at: datetime, most: int = 100) -> list[Late]:
    """Reports that are late `at` that moment, or twice late, and of which that was not told yet:
    now it is, so call it in the transaction that tells it. At most `most` of each stage.

    A report that is twice late when it is first looked at comes once for each stage. What was told
    once is not told again while the report lies there, even where a holiday that the city added
    later has moved its limit. Several workers may call this at once: each report is given to one.
    """
    return [
        one for stage, late in _stages(session, at) for one in _take(session, stage, late, most)
    ]


def is_untold(session: Session, at: datetime) -> bool:
    """Whether `take_late` would find a report."""
    return any(
        session.scalar(select(Report.id).where(_untold(stage, late)).limit(1)) is not None
        for stage, late in _stages(session, at)
    )


def _stages(session: Session, at: datetime) -> Iterator[tuple[int, ColumnElement[bool]]]:
    """Each stage, with the condition for a report that has come to it `at` that moment."""
    yield LATE, late_at(at)
    for desk in _WITH_LIMIT:
        if told(desk, TWICE):
            twice = late_at(_due_before(session, desk, TWICE, at))
            yield TWICE, and_(Report.desk == desk, twice)


def _untold(stage: int, late: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(is_open(), Report.late_told == stage - 1, late)


def _take(session: Session, stage: int, late: ColumnElement[bool], most: int) -> list[Late]:
    new = _untold(stage, late)
    oldest = select(Report.id).where(new).order_by(Report.due_at).limit(most)
    # The condition stands in the update too: a row that another worker took meanwhile, or that was
    # decided, must not be taken when its lock is free.
    rows = session.execute(
        update(table(Report))
        .where(Report.id.in_(oldest), new)
        .values(late_told=stage)
        .returning(*(table(Report).c[name] for name in Late._fields[:-1]))
    )
    return sorted((Late._make((*row, stage)) for row in rows), key=lambda one: (one.due_at, one.id))
