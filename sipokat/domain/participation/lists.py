"""The RT behind each figure: as many as the figure says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, bindparam, func, or_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.participation.figures import NAMES, Figures
from sipokat.domain.participation.month import by_rt
from sipokat.domain.regions import PARTS, level_of, parts_of
from sipokat.domain.responsiveness.months import months_to
from sipokat.models import ClosedMonth, MonthCount, RegionSuccessor
from sipokat.prepared import Prepared

MANY = 24  # months that are looked back: of whoever is silent longer it says no more
LONG = 3  # months in a row without anything: who is silent for so long needs a visit, not a message


@dataclass(frozen=True)
class Row:
    """An RT in a month: its figures as the month was closed, else as it stands, and how it stands
    `now` where that differs from a closed month. `silent` is for how many closed months in a row,
    up to this one, nothing came from it: 0 of an RT that is not expected in the month."""

    code: str
    figures: Figures
    now: Figures | None
    silent: int


# Which RT each list shows; the key is what its address says.
WHICH: Mapping[str, Callable[[Row], bool]] = {
    "semua": lambda row: bool(row.figures.expected),
    "aktif": lambda row: bool(row.figures.active),
    "melapor": lambda row: bool(row.figures.sent),
    "tepat": lambda row: bool(row.figures.on_time),
    "terlambat": lambda row: bool(row.figures.late),
    "nihil": lambda row: bool(row.figures.nihil),
    "dicatat": lambda row: bool(row.figures.recorded),
    "belum": lambda row: bool(row.figures.silent),
    "lama": lambda row: row.silent >= LONG,
    "berubah": lambda row: row.now is not None,
}


def rows(session: Session, scope: str, month: str, today: date, closed: bool) -> list[Row]:
    """Every RT at or below this region that was expected in the month or is now, in the order of
    codes: two statements, three for a closed month."""
    now = by_rt(session, scope, month, today)
    kept = _kept(session, scope, month) if closed else now
    silent = _silent_months(session, scope, month)
    found = []
    for code in sorted(now.keys() | kept.keys()):
        was, later = kept.get(code, Figures()), now.get(code, Figures())
        months = silent.get(code, 0) if was.expected else 0
        found.append(Row(code, was, None if was == later else later, months))
    return found


def _silent_months(session: Session, scope: str, month: str) -> dict[str, int]:
    """For how many closed months in a row, up to this one, nothing came from each RT at or below
    this region, at most MANY. A month in which nobody was its head does not count, nor does it end
    the row; what came later for a month that was closed does end it."""
    given = _given(scope, month) | {"earliest": months_to(month, MANY)[0]}
    return {code: int(count) for code, count in _SILENT.rows(session, given)}


def _kept(session: Session, scope: str, month: str) -> dict[str, Figures]:
    return {
        code: Figures(*counts)
        for code, *counts in _CLOSED.rows(session, _given(scope, month))
        if level_of(code) == "rt"
    }


def _given(scope: str, month: str) -> dict[str, Any]:
    return {"scope": scope, "beyond": scope + "/", "month": month}


_KEPT, _COUNT = table(ClosedMonth).c, table(MonthCount).c
_SCOPE: Any = bindparam("scope", type_=_KEPT.region_code.type)
_BEYOND: Any = bindparam("beyond", type_=_KEPT.region_code.type)
_MONTH: Any = bindparam("month", type_=String)
_EARLIEST: Any = bindparam("earliest", type_=String)
_IN_SCOPE = (_KEPT.region_code >= _SCOPE, _KEPT.region_code < _BEYOND)
_CLOSED = Prepared(
    select(_KEPT.region_code, *(_KEPT[name] for name in NAMES)).where(
        _KEPT.month == _MONTH, *_IN_SCOPE
    )
)
# The last month for which anything stands for the RT, or for what became it: a report may come
# under the old number after the month was closed.
_FORMER = table(RegionSuccessor).c
_FORMERS = select(_FORMER.region_code).where(_FORMER.successor_code == _KEPT.region_code)
_LAST = (
    select(func.max(_COUNT.month))
    .where(or_(_COUNT.region_code == _KEPT.region_code, _COUNT.region_code.in_(_FORMERS)))
    .where(_COUNT.month <= _MONTH)
    .where(_COUNT.real + _COUNT.nihil > 0)
    .scalar_subquery()
)
_SILENT = Prepared(
    select(_KEPT.region_code, func.count())
    .where(_KEPT.month >= _EARLIEST, _KEPT.month <= _MONTH, *_IN_SCOPE)
    .where(parts_of(_KEPT.region_code) == PARTS["rt"] - 1)
    .where(_KEPT.sent + _KEPT.recorded == 0, _KEPT.expected > 0)
    .where(_KEPT.month > func.coalesce(_LAST, ""))
    .group_by(_KEPT.region_code)
)
