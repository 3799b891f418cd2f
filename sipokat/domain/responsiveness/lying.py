"""What lies on desks now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from sipokat.database import Moment, table
from sipokat.domain.regions import level_of
from sipokat.domain.responsiveness.counted import Lying
from sipokat.domain.roles import DESKS
from sipokat.models import Report
from sipokat.prepared import Prepared


def on_desks(session: Session, scope: str, at: datetime) -> dict[str, Lying]:
    """What lies on each desk at or below this region, by the code of the desk's region. What
    officials mend themselves lies on nobody's desk here."""
    given = {"scope": scope, "beyond": scope + "/", "now": at}
    found: dict[str, Lying] = {}
    for code, timed, late, oldest, mending, mending_since in _LYING.rows(session, given):
        if level_of(code) == DESKS[0]:
            found[code] = Lying(mending, 0, mending_since)
        elif timed:
            found[code] = Lying(timed, late, oldest)
    return found


_REPORT = table(Report).c
_TIMED = _REPORT.due_at.is_not(None)
_SCOPE: Any = bindparam("scope", type_=_REPORT.desk_code.type)
_BEYOND: Any = bindparam("beyond", type_=_REPORT.desk_code.type)
_LYING = Prepared(
    select(
        _REPORT.desk_code,
        func.count(_REPORT.due_at),
        func.count(case((_REPORT.due_at < bindparam("now", type_=Moment), 1))),
        func.min(case((_TIMED, _REPORT.arrived_at))),
        func.count(case((_REPORT.due_at.is_(None), 1))),
        func.min(case((_REPORT.due_at.is_(None), _REPORT.arrived_at))),
    )
    # As the index has it that is in this order.
    .where(
        _REPORT.desk_code > literal_column("''"),
        _REPORT.desk_code >= _SCOPE,
        _REPORT.desk_code < _BEYOND,
    )
    .group_by(_REPORT.desk_code)
)
