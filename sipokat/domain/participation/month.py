"""How a month stands now: the figures of a region and of each one right below it.

One set is numerator and denominator: the RT that are there and have a head (definitif or Plt.) on
the month's last day, or today while it runs. An RT that has ended hands on what stands for it to
what it became, so nobody is silent because of a new number. A change of regions may be entered
weeks after its day: what came under the old number until then counts for the new one as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Exists,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.offices import HOLDER
from sipokat.domain.participation.figures import Figures, rekap_state
from sipokat.domain.periods import days_of
from sipokat.domain.regions import at_desk, level_of
from sipokat.domain.roles import DESK_ROLES, below
from sipokat.models import MonthCount, Region, RegionSuccessor, Term
from sipokat.prepared import Prepared


@dataclass(frozen=True)
class Place:
    """A region in a month. `held` says whether its own office had a head on the day that counts;
    `rekap` how that lurah or camat stands with their rekap (`figures.rekap_state`)."""

    code: str
    held: bool
    rekap: str | None
    figures: Figures


@dataclass(frozen=True)
class Month:
    """A region in a month, and the regions right below it in the order of their codes."""

    own: Place
    below: tuple[Place, ...]


def counting_day(month: str, today: date) -> date:
    """The day whose heads are expected to report: the month's last, today while it runs."""
    return min(days_of(month)[1] - timedelta(days=1), today)


def month_of(session: Session, scope: str, month: str, today: date) -> Month:
    """How this region and those right below it stand, in two statements. A region that is not there
    on the day that counts has no figures."""
    day = counting_day(month, today)
    given = _given(scope, month, day)
    lowest = level_of(scope) in ("kelurahan", "rt")
    query = _BY_RT if lowest else _BY_KELURAHAN
    found: dict[str, Figures] = {}
    for code, *counts in query.rows(session, given):
        for one in {scope, _part(code, scope)}:
            found[one] = found.get(one, Figures()) + Figures(*counts)
    there = {name: given[name] for name in ("scope", "month", "day")}
    places = {
        code: Place(code, bool(held), _rekap(code, bool(held), *rekap), found.get(code, Figures()))
        for code, held, *rekap in _PLACES.rows(session, there)
    }
    own = places.pop(scope, None) or Place(scope, False, None, found.get(scope, Figures()))
    return Month(own, tuple(places[code] for code in sorted(places)))


def by_rt(session: Session, scope: str, month: str, today: date) -> dict[str, Figures]:
    """How each expected RT at or below this region stands, by its code, in one statement."""
    given = _given(scope, month, counting_day(month, today))
    return {code: Figures(*counts) for code, *counts in _BY_RT.rows(session, given)}


def duties(session: Session, scope: str, month: str, today: date) -> dict[str, str | None]:
    """How each lurah and camat at or below this region stands with their rekap, by the code of each
    kelurahan and kecamatan that is there, and None for every region above them: one statement."""
    given = _given(scope, month, counting_day(month, today))
    rows = _DUTIES.rows(session, given)
    return {code: _rekap(code, bool(held), *rekap) for code, held, *rekap in rows}


def _part(code: str, scope: str) -> str:
    """The region right below the scope in which this one lies."""
    level = below(level_of(scope))
    return at_desk(code, level) if level else code


def _rekap(code: str, held: bool, sent: int | None, on_time: int | None) -> str | None:
    duty = level_of(code) in ("kelurahan", "kecamatan")
    return rekap_state(duty and held, sent or 0, on_time or 0)


def _given(scope: str, month: str, day: date) -> dict[str, Any]:
    return {"scope": scope, "beyond": scope + "/", "month": month, "day": day}


_REGION, _COUNT, _TERM = table(Region).c, table(MonthCount).c, table(Term).c
_SCOPE: Any = bindparam("scope", type_=_REGION.code.type)
_BEYOND: Any = bindparam("beyond", type_=_REGION.code.type)
_MONTH: Any = bindparam("month", type_=String)
_DAY: Any = bindparam("day", type_=Date)


def _there() -> ColumnElement[bool]:
    """A region that is there on the day."""
    return and_(
        or_(_REGION.since.is_(None), _REGION.since <= _DAY),
        or_(_REGION.until.is_(None), _REGION.until >= _DAY),
    )


def _headed() -> Exists:
    """A region whose own office has a head on the day: its holder, or who acts while it is vacant.
    A Plh. acts for a holder, who is counted."""
    role = case(*((_REGION.level == desk, role) for desk, role in DESK_ROLES.items()))
    return (
        select(_TERM.id)
        .where(
            _TERM.region_code == _REGION.code,
            _TERM.role == role,
            or_(_TERM.kind == HOLDER, _TERM.kind == "plt"),
            _TERM.title.is_(None),
            _TERM.since <= _DAY,
            or_(_TERM.until.is_(None), _TERM.until >= _DAY),
        )
        .exists()
    )


def _heirs() -> CTE:
    """Which RT that ended before the day became which: `former` and `heir`, over several steps
    where one was moved twice."""
    follows, ended = table(RegionSuccessor).c, table(Region).alias()
    over = ended.c.until < _DAY
    step = select(follows.region_code.label("former"), follows.successor_code.label("heir"))
    step = step.join(ended, ended.c.code == follows.region_code).where(over)
    found = step.cte("heirs", recursive=True)
    further = select(follows.region_code, found.c.heir).join(
        found, found.c.former == follows.successor_code
    )
    return found.union(further.join(ended, ended.c.code == follows.region_code).where(over))


def _expected() -> Any:
    """The RT that are expected, each with what stands for it."""
    heirs = _heirs()
    names = ("real", "nihil", "recorded", "on_time")
    inherited = (
        select(heirs.c.heir, *(func.sum(_COUNT[name]).label(name) for name in names))
        .join(table(MonthCount), and_(_COUNT.region_code == heirs.c.former, _COUNT.month == _MONTH))
        .group_by(heirs.c.heir)
        .subquery()
    )
    counts = (
        (func.coalesce(_COUNT[name], 0) + func.coalesce(inherited.c[name], 0)).label(name)
        for name in names
    )
    return (
        select(_REGION.code, _REGION.parent_code, *counts)
        .outerjoin(
            table(MonthCount), and_(_COUNT.region_code == _REGION.code, _COUNT.month == _MONTH)
        )
        .outerjoin(inherited, inherited.c.heir == _REGION.code)
        .where(_REGION.level == "rt", _REGION.code >= _SCOPE, _REGION.code < _BEYOND)
        .where(_there(), _headed())
        .subquery()
    )


def _figures(by: str) -> Prepared:
    """The figures of the expected RT in the scope, summed by this column. They are in the order of
    the fields of `Figures`."""
    rt = _expected().c
    own = rt.real + rt.nihil - rt.recorded
    conditions = (
        own > 0,
        rt.on_time > 0,
        and_(own > 0, rt.real == 0),
        and_(own == 0, rt.recorded > 0),
    )
    counts = (func.sum(case((condition, 1), else_=0)) for condition in conditions)
    return Prepared(select(rt[by], func.count(), *counts).group_by(rt[by]))


_BY_RT, _BY_KELURAHAN = _figures("code"), _figures("parent_code")
_REKAP = (
    select(_REGION.code, _headed(), _COUNT.rekap, _COUNT.rekap_on_time)
    .outerjoin(table(MonthCount), and_(_COUNT.region_code == _REGION.code, _COUNT.month == _MONTH))
    .where(_there())
)
_PLACES = Prepared(_REKAP.where(or_(_REGION.code == _SCOPE, _REGION.parent_code == _SCOPE)))
_DUTIES = Prepared(
    _REKAP.where(_REGION.level != "rt", _REGION.code >= _SCOPE, _REGION.code < _BEYOND)
)
