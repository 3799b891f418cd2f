"""What stands for each region and month, kept with each move: to count it anew would read every
report of the city."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.participation.facts import COUNTS, Share
from sipokat.models import MonthCount
from sipokat.prepared import Prepared

_MONTH = table(MonthCount)


def _adding(dialect: Any) -> Prepared:
    new = dialect.insert(_MONTH)
    sums = {name: _MONTH.c[name] + new.excluded[name] for name in COUNTS}
    return Prepared(new.on_conflict_do_update(index_elements=["month", "region_code"], set_=sums))


_ADD = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}


def add(session: Session, shares: Sequence[Share]) -> None:
    """Add these shares to the counts. Part of the transaction of the move, after its event has its
    number: the counter's row is locked then, so nobody else waits for a count that we wait for."""
    if shares:
        statement = _ADD[session.get_bind().dialect.name]
        statement.run_each(session, [share._asdict() for share in shares])


def summed(shares: Iterable[Share]) -> dict[tuple[str, str], Share]:
    """The counts that come of these shares, by month and region."""
    found: dict[tuple[str, str], Share] = {}
    for share in shares:
        key = (share.month, share.region_code)
        known = found.get(key)
        found[key] = share if known is None else _plus(known, share)
    return found


def fill(session: Session, shares: Iterable[Share]) -> None:
    """Insert the counts that come of these shares, into an empty table."""
    rows = [share._asdict() for share in summed(shares).values()]
    if rows:
        session.execute(insert(_MONTH), rows)


def _plus(one: Share, other: Share) -> Share:
    sums = (a + b for a, b in zip(one[2:], other[2:], strict=True))
    return Share(one.month, one.region_code, *sums)
