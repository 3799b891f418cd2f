"""How far the desks of a region answer: its own, all below it, and each one level below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.regions import at_desk, level_of
from sipokat.domain.responsiveness.counted import Counted, Lying
from sipokat.domain.responsiveness.lying import on_desks
from sipokat.domain.responsiveness.months import Done, in_month, in_year, last_over, months_to
from sipokat.domain.roles import DESKS, below
from sipokat.models import Answer, Event, User
from sipokat.prepared import Prepared

Deputies = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Desk:
    """One desk, or all of a level in a region. `month` is what was done in the month, `year` in the
    twelve months up to the last one that is over, `lying` what lies there now. `deputies` are those
    who decided as Plh. in the month, each with how often: it counts for the office."""

    desk: str
    code: str
    month: Counted
    year: Counted
    lying: Lying
    deputies: Deputies = ()


@dataclass(frozen=True)
class Overview:
    """A region's desks in a month. `whole` has all that decide together; `desks` all of each level
    at or below the region, its own first; `below` the desk of each region right below it that did
    anything or where something lies. `trend` has twelve months, this one last, each with all desks
    together and with those of each level. `year` is the last month of each `Desk.year`.
    """

    month: str
    year: str
    whole: Desk
    desks: tuple[Desk, ...]
    below: dict[str, Desk]
    trend: tuple[tuple[str, Counted, dict[str, Counted]], ...]


def overview(session: Session, scope: str, month: str, at: datetime) -> Overview:
    """How far the desks of this region answered in the month, `at` being now: two statements, one
    more where a Plh. decided, and one for each month that is over and that this process has not
    read before."""
    last = min(month, last_over(at))
    here, year = in_month(session, scope, month, at), in_year(session, scope, last, at)
    lying = on_desks(session, scope, at)
    deputies = _deputies(session, scope, month) if here.whole.deputed else {}
    level = level_of(scope)
    desks = tuple(
        _desks(desk, scope, here, year, lying, deputies)
        for desk in reversed(DESKS[: DESKS.index(level) + 1])
    )
    trend = ((one, in_month(session, scope, one, at)) for one in months_to(month)[:-1])
    return Overview(
        month,
        last,
        Desk("", scope, here.whole, year.whole, sum((one.lying for one in desks), Lying())),
        desks,
        _below(scope, here, year, lying, deputies),
        tuple((one, done.whole, done.by_desk) for one, done in (*trend, (month, here))),
    )


def _desks(
    desk: str,
    scope: str,
    here: Done,
    year: Done,
    lying: dict[str, Lying],
    deputies: dict[str, Deputies],
) -> Desk:
    """All desks of a level."""
    there = [one for code, one in lying.items() if level_of(code) == desk]
    names = [one for code, those in deputies.items() if level_of(code) == desk for one in those]
    done, lately = here.by_desk[desk], year.by_desk[desk]
    return Desk(desk, scope, done, lately, sum(there, Lying()), tuple(names))


def _below(
    scope: str, here: Done, year: Done, lying: dict[str, Lying], deputies: dict[str, Deputies]
) -> dict[str, Desk]:
    desk = below(level_of(scope))
    codes: Iterable[str] = {*here.by_code, *year.by_code, *lying}
    return {
        code: Desk(
            desk,
            code,
            here.by_code.get(code, Counted()),
            year.by_code.get(code, Counted()),
            lying.get(code, Lying()),
            deputies.get(code, ()),
        )
        for code in sorted(codes)
        if desk and level_of(code) == desk and at_desk(code, level_of(scope)) == scope
    }


def _deputies(session: Session, scope: str, month: str) -> dict[str, Deputies]:
    """Who decided as Plh. in the month at the desks at or below the region, by their codes."""
    given = {"scope": scope, "beyond": scope + "/", "month": month}
    found: dict[str, Deputies] = {}
    for code, name, count in _DEPUTIES.rows(session, given):
        found[code] = (*found.get(code, ()), (name, count))
    return found


_ANSWER, _EVENT, _USER = table(Answer).c, table(Event).c, table(User).c
_SCOPE: Any = bindparam("scope", type_=_ANSWER.desk_code.type)
_BEYOND: Any = bindparam("beyond", type_=_ANSWER.desk_code.type)
_DEPUTIES = Prepared(
    select(_ANSWER.desk_code, _USER.name, func.count())
    .join(table(Event), _EVENT.seq == _ANSWER.seq)
    .join(table(User), _USER.id == _EVENT.actor_id)
    .where(
        _ANSWER.acted_for.is_not(None),
        _ANSWER.in_time.is_not(None),
        _ANSWER.month == bindparam("month", type_=String),
        _ANSWER.desk_code >= _SCOPE,
        _ANSWER.desk_code < _BEYOND,
    )
    .group_by(_ANSWER.desk_code, _USER.id, _USER.name)
    .order_by(_ANSWER.desk_code, _USER.name)
)
