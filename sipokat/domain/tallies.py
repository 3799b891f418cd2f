"""How many reports have ended, and how: kept with each move, since counting reads all of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.chain import FINAL
from sipokat.domain.regions import in_scope
from sipokat.models import Tally

_TALLY = table(Tally)


def note_move(session: Session, region: str, before: str, after: str) -> None:
    """Count a report of this region whose status was `before` and is `after` now. Part of the
    transaction of the move."""
    for status, by in changes(before, after):
        insert = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        add = insert.insert(_TALLY).values(region_code=region, status=status, count=bindparam("by"))
        more = {"count": _TALLY.c.count + bindparam("by")}
        session.execute(
            add.on_conflict_do_update(index_elements=["region_code", "status"], set_=more),
            {"by": by},
        )


def changes(before: str, after: str) -> list[tuple[str, int]]:
    """Which counts a report's move from one status to another changes, and by how much."""
    return [
        (status, by)
        for status, by in ((before, -1), (after, 1))
        if status in FINAL and before != after
    ]


def ended_in(session: Session, scopes: tuple[str, ...]) -> dict[str, int]:
    """How many reports at or below these regions have ended with each status."""
    return {status: int(count) for status, count in session.execute(_ended(scopes))}


@lru_cache(500)
def _ended(scopes: tuple[str, ...]) -> Select[Any]:
    within = or_(false(), *(in_scope(_TALLY.c.region_code, scope) for scope in scopes))
    query = select(_TALLY.c.status, func.sum(_TALLY.c.count)).where(within)
    return query.group_by(_TALLY.c.status)
