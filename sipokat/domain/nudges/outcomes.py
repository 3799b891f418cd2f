"""What came of nudges, counted from their rows and from the reports that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.categories import categories
from sipokat.domain.nudges.heads import Asked
from sipokat.domain.participation.facts import REKAP
from sipokat.domain.periods import stands_in
from sipokat.models import MonthCount, Nudge, Report
from sipokat.prepared import Prepared


@dataclass(frozen=True)
class Result:
    """An RT that was asked for the report of a month: its nudges for it, the oldest first, and when
    the report was written that came within the days of one of them; None where none did."""

    code: str
    asked: tuple[Asked, ...]
    answered: datetime | None


def results(session: Session, scope: str, month: str) -> list[Result]:
    """Every RT at or below this region that was asked for this month's report, in one statement. A
    report of its own counts that stands for the month and was written after the nudge, by the
    server's clock; what the kelurahan wrote for it does not."""
    given = {"scope": scope, "beyond": scope + "/", "month": month}
    found: dict[str, list[tuple[Asked, datetime | None]]] = {}
    for code, answered, *rest in _RESULTS.rows(session, given):
        found.setdefault(code, []).append((Asked(*rest), answered))
    return [
        Result(
            code,
            tuple(asked for asked, _ in each),
            min((at for _, at in each if at is not None), default=None),
        )
        for code, each in found.items()
    ]


_NUDGE, _REPORT, _COUNT = table(Nudge).c, table(Report).c, table(MonthCount).c
_SCOPE: Any = bindparam("scope", type_=_NUDGE.region_code.type)
_BEYOND: Any = bindparam("beyond", type_=_NUDGE.region_code.type)
_MONTH: Any = bindparam("month", type_=_NUDGE.month.type)
_WRITTEN = case((_REPORT.clock_doubtful, _REPORT.received_at), else_=_REPORT.written_at)
# The condition and the categories are spelled out, as the index of months asks for them: so no
# report of another month is looked at.
_CATEGORIES = [literal_column(f"'{key}'", String) for key in categories() if key != REKAP]
_ANSWERED = (
    select(func.min(_WRITTEN))
    .where(stands_in(_MONTH), _REPORT.region_code == _NUDGE.region_code)
    .where(_REPORT.category.in_(_CATEGORIES), _REPORT.recorded_as.is_(None))
    .where(_NUDGE.at < _WRITTEN, _NUDGE.until >= _WRITTEN)
    .correlate(table(Nudge))
    .scalar_subquery()
)
# Most of those who were asked have sent nothing: their reports of all years are not looked through.
_RESULTS = Prepared(
    select(
        _NUDGE.region_code,
        case((_COUNT.real + _COUNT.nihil > 0, _ANSWERED), else_=None).label("answered"),
        *(_NUDGE.number, _NUDGE.month, _NUDGE.at, _NUDGE.way, _NUDGE.by_id),
        *(_NUDGE.by_role, _NUDGE.by_region, _NUDGE.by_kind),
    )
    .select_from(table(Nudge))
    .outerjoin(
        table(MonthCount),
        and_(_COUNT.region_code == _NUDGE.region_code, _COUNT.month == _NUDGE.month),
    )
    .where(_NUDGE.month == _MONTH, _NUDGE.region_code >= _SCOPE, _NUDGE.region_code < _BEYOND)
    .order_by(_NUDGE.region_code, _NUDGE.number)
)
