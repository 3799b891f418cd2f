"""The decisions behind each figure: as many as the figure says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.regions import in_scope
from sipokat.domain.responsiveness.months import COUNTS, YEAR, in_year, last_over, months_to
from sipokat.domain.roles import DESKS
from sipokat.models import Answer, Event, Report, User

PAGE = 30
_ANSWER, _EVENT, _REPORT, _USER = (table(one).c for one in (Answer, Event, Report, User))
# Which decisions each list shows; the key is what its address says.
WHICH: Mapping[str, ColumnElement[bool]] = {
    "semua": true(),
    "tepat": _ANSWER.in_time.is_(True),
    "terlambat": _ANSWER.in_time.is_(False),
    "berpesan": _ANSWER.answered.is_(True),
    "dikembalikan": _ANSWER.action == "return",
}


class Asked(NamedTuple):
    """Which decisions: of the desks of this level at or below the region, or with "" of all that
    decide, in a month or in as many as `span` up to it. `which` is one of WHICH, `reason` that of
    what went back, if any."""

    scope: str
    desk: str
    month: str
    which: str = "semua"
    reason: str = ""
    span: int = 1


class Decision(NamedTuple):
    """One decision. `worked_s` are the office hours that it took, in seconds; `actor_role`,
    `detail` and `acted_for` say in which office `actor` decided, as the event does."""

    seq: int
    desk: str
    desk_code: str
    worked_s: int
    in_time: bool | None
    action: str
    reason: str | None
    at: datetime
    to_desk: str | None
    note: str | None
    actor_role: str
    detail: str | None
    acted_for: str | None
    actor: str
    number: str
    category: str
    period: str | None
    region_code: str
    author_desk: str
    fields: dict[str, Any]


def count(session: Session, asked: Asked, at: datetime) -> int:
    """How many there are, `at` being now. Of all in a year that is over the figures know it: to
    count them takes long in a city."""
    whole_year = asked.span == YEAR and asked.month <= last_over(at)
    if whole_year and asked.which == "semua" and not asked.reason:
        done = in_year(session, asked.scope, asked.month, at)
        return (done.by_desk[asked.desk] if asked.desk else done.whole).decisions
    return session.scalar(select(func.count()).where(*_conditions(asked))) or 0


def page(
    session: Session, asked: Asked, after: int | None, most: int | None = None
) -> tuple[list[Decision], int | None]:
    """A page of them, `most` where it is said, and where the next one begins (`after`, the number
    of the last one's event). Level by level, the newest month first, and of each desk what took
    longest first."""
    most = most or PAGE
    order = (_ANSWER.desk, _ANSWER.month, _ANSWER.desk_code, _ANSWER.worked_s, _ANSWER.seq)
    query = select(*_COLUMNS).where(*_conditions(asked))
    query = query.where(_REPORT.id == _ANSWER.report_id, _EVENT.seq == _ANSWER.seq)
    query = query.where(_USER.id == _EVENT.actor_id)
    if after is not None:
        last = session.execute(select(*order).where(_ANSWER.seq == after)).one_or_none()
        if last is None:
            return [], None
        query = query.where(tuple_(*order) < tuple(last))
    rows = session.execute(query.order_by(*(one.desc() for one in order)).limit(most + 1)).all()
    found = [Decision(*row) for row in rows]
    return found[:most], found[most - 1].seq if len(found) > most else None


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    # Each desk by its name, so that the index is read from its first column on.
    desks = (asked.desk,) if asked.desk else DESKS[1:]
    conditions = [
        _ANSWER.desk.in_(desks),
        COUNTS,
        _months(asked),
        in_scope(_ANSWER.desk_code, asked.scope),
        WHICH[asked.which],
    ]
    return [*conditions, _ANSWER.reason == asked.reason] if asked.reason else conditions


def _months(asked: Asked) -> ColumnElement[bool]:
    # One month by its name, so that the index is read on to the desk.
    first = months_to(asked.month, asked.span)[0]
    within = _ANSWER.month.between(first, asked.month)
    return within if first < asked.month else _ANSWER.month == asked.month


_COLUMNS = (
    *(_ANSWER[name] for name in Decision._fields[:7]),
    *(_EVENT[name] for name in ("at", "to_desk", "note", "actor_role", "detail")),
    _ANSWER.acted_for,
    _USER.name,
    *(_REPORT[name] for name in Decision._fields[14:]),
)
