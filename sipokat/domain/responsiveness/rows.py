"""One row for each stay on a desk that a move ends, in the transaction of its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.chain import DECISIONS
from sipokat.domain.clock import day_of, now
from sipokat.domain.desk_times import Left
from sipokat.domain.regions import at_desk
from sipokat.domain.responsiveness.months import forget_before
from sipokat.models import Answer
from sipokat.prepared import Prepared


def row_of(left: Left, event: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a stay that a move has ended. `event` is the row of the move's event."""
    decided = event["action"] in DECISIONS and left.due is not None
    return {
        "seq": event["seq"],
        "report_id": event["report_id"],
        "region_code": left.region,
        "desk": left.desk,
        "desk_code": at_desk(left.region, left.desk),
        "month": day_of(event["at"]).strftime("%Y-%m"),
        "worked_s": left.worked,
        "in_time": left.in_time if decided else None,
        "answered": bool(event["note"] or event["reason"]),
        "action": event["action"],
        "reason": event["reason"],
        "acted_for": event["actor_for"],
    }


def add(session: Session, row: dict[str, Any]) -> None:
    """Keep one row. Part of the transaction of its event."""
    _ADD.run(session, row)
    forget_before(session, [row["month"]], now())


def add_all(session: Session, rows: list[dict[str, Any]]) -> None:
    """Keep many at once."""
    if rows:
        session.execute(insert(table(Answer)), rows)
        forget_before(session, {row["month"] for row in rows}, now())


_ADD = Prepared(insert(table(Answer)))
