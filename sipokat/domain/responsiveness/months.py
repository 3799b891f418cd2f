"""What all desks of a region did in a month: one statement that reads the month's rows and no more.

Rows count in the month in which they were written. So a month that is over never changes, and this
process remembers what it has read of one.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session

from sipokat.database import lines, table
from sipokat.domain.clock import day_of
from sipokat.domain.periods import days_of
from sipokat.domain.periods import months as month_and_before
from sipokat.domain.regions import level_of
from sipokat.domain.responsiveness.counted import Counted, together
from sipokat.domain.roles import DESKS
from sipokat.models import Answer
from sipokat.prepared import Among

YEAR = 12
# A transaction that began in a month may end a little later.
SETTLED = timedelta(hours=1)
REMEMBERED = 20_000  # months of regions
AUTHOR = DESKS[0]


@dataclass(frozen=True)
class Done:
    """What the desks at or below a region did in some time: `by_code` by the regions whose desks
    they are, of those that did anything."""

    by_code: Mapping[str, Counted]

    @cached_property
    def by_desk(self) -> dict[str, Counted]:
        """All desks of each level together."""
        found: dict[str, list[Counted]] = {desk: [] for desk in DESKS}
        for code, one in self.by_code.items():
            found[level_of(code)].append(one)
        return {desk: together(parts) for desk, parts in found.items()}

    @cached_property
    def whole(self) -> Counted:
        """All desks that decide together."""
        return together(one for desk, one in self.by_desk.items() if desk != AUTHOR)


Memory = dict[tuple[str, ...], Done]
_remembered: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def in_month(session: Session, scope: str, month: str, at: datetime) -> Done:
    """What the desks at or below this region did in the month. `at` is now."""
    if month > last_over(at):
        return _read(session, scope, month)
    memory, key = _memory(session), (scope, month)
    if key not in memory:
        memory[key] = _read(session, scope, month)
    return memory[key]


def in_year(session: Session, scope: str, last: str, at: datetime) -> Done:
    """The same of the twelve months up to this one, which is over."""
    memory, key = _memory(session), (scope, last, "year")
    if last > last_over(at):
        raise ValueError(f"{last} is not over")
    if key not in memory:
        parts: dict[str, list[Counted]] = {}
        for month in months_to(last):
            for code, one in in_month(session, scope, month, at).by_code.items():
                parts.setdefault(code, []).append(one)
        memory[key] = Done({code: together(those) for code, those in parts.items()})
    return memory[key]


def last_over(at: datetime) -> str:
    """The last month to which nothing can be added any more."""
    return month_and_before(day_of(at - SETTLED))[1]


def months_to(last: str, count: int = YEAR) -> list[str]:
    """So many months, oldest first, up to this one."""
    found = [last]
    while len(found) < count:
        found.append(month_and_before(days_of(found[-1])[0])[1])
    return found[::-1]


def forget(session: Session) -> None:
    """Forget what was read of months that are over."""
    _remembered.pop(_engine(session), None)


def forget_before(session: Session, written: Iterable[str], at: datetime) -> None:
    """Forget it if one of these months, in which rows are written now, is over: a made-up past is
    loaded."""
    over = last_over(at)
    if any(month <= over for month in written):
        forget(session)


def _memory(session: Session) -> Memory:
    memory = _remembered.setdefault(_engine(session), {})
    if len(memory) > REMEMBERED:
        memory.clear()
    return memory


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _read(session: Session, scope: str, month: str) -> Done:
    given = {"scope": scope, "beyond": scope + "/", "month": month}
    return Done(
        {
            code: Counted(
                array("i", sorted(map(int, times.split("\n")))),
                in_time,
                answered,
                Counter(reasons.split("\n")) if reasons else Counter(),
                deputed,
            )
            for code, times, in_time, answered, reasons, deputed in _READ.rows(
                session, DESKS, given
            )
        }
    )


_ANSWER = table(Answer).c
COUNTS = or_(_ANSWER.in_time.is_not(None), and_(_ANSWER.desk == AUTHOR, _ANSWER.action == "revise"))
_READ = Among(
    select(
        _ANSWER.desk_code,
        lines(cast(_ANSWER.worked_s, String)),
        func.count(case((_ANSWER.in_time, 1))),
        func.count(case((_ANSWER.answered, 1))),
        lines(case((_ANSWER.action == "return", _ANSWER.reason))),
        func.count(_ANSWER.acted_for),
    )
    .where(
        _ANSWER.month == bindparam("month", type_=String),
        _ANSWER.desk_code >= bindparam("scope", type_=_ANSWER.desk_code.type),
        _ANSWER.desk_code < bindparam("beyond", type_=_ANSWER.desk_code.type),
        COUNTS,
    )
    .group_by(_ANSWER.desk, _ANSWER.desk_code),
    _ANSWER.desk,
)
