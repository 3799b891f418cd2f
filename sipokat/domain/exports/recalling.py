"""Takes files back that say what the law has erased."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.regions import lies_in
from sipokat.models import Export, Report

WITH_WORDS = ("laporan", "keputusan")  # the tables that have the words of reports or of notes


def recall(session: Session, report: Report) -> None:
    """Give out no file any more that may have the words of this report, and begin anew what is
    being written: part of the transaction that erases them. The worker deletes the files."""
    query = select(Export).where(
        Export.what.in_(WITH_WORDS), Export.state.in_(("ready", "waiting"))
    )
    # Locked: a worker must not call one ready between the look and the change.
    locked = query.with_for_update().execution_options(populate_existing=True)
    for one in session.scalars(locked):
        scopes: list[str] = json.loads(one.scopes)
        wrote = one.made_by_id == report.reporter_id
        if not wrote and not any(lies_in(report.region_code, scope) for scope in scopes):
            continue
        if one.state == "ready":
            one.state = "over"
        else:
            one.claim = one.claimed_at = None
