"""What an RT's own card says: its months, and what of its work was verified. An RT is compared with
its own past and with no neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.participation.figures import Figures
from sipokat.domain.periods import FALLEN, days_of, month_of
from sipokat.models import RegionSuccessor, Report


@dataclass(frozen=True)
class CardMonth:
    """One month of an RT: its figures, how many reports stand that count in it, and how many of
    these are performance."""

    month: str
    figures: Figures
    reports: int = 0
    kinerja: int = 0


def is_kinerja() -> ColumnElement[bool]:
    """The condition for a report that counts as performance: classed so, and the camat or a higher
    desk has verified it."""
    return and_(Report.klass == "kinerja", or_(Report.status == "verified", Report.desk == "kota"))


def card(
    session: Session, code: str, trend: Sequence[tuple[str, Figures]]
) -> tuple[CardMonth, ...]:
    """These months of the RT, oldest first, in one statement that reads its reports since then."""
    columns = (Report.period, Report.happened_on, is_kinerja())
    first = trend[0][0]
    since = or_(
        Report.period >= first,
        and_(Report.period.is_(None), Report.happened_on >= days_of(first)[0]),
    )
    query = select(*columns).where(Report.region_code == code, Report.status.not_in(FALLEN), since)
    found: dict[str, list[bool]] = {}
    for period, happened_on, kinerja in session.execute(query):
        found.setdefault(month_of(period, happened_on), []).append(bool(kinerja))
    return tuple(
        CardMonth(month, figures, len(found.get(month, ())), sum(found.get(month, ())))
        for month, figures in trend
    )


def formers(session: Session, code: str) -> list[str]:
    """The RT that became this one, whole or in part, over several steps too: what was filed under
    their numbers counts for it until the change."""
    follows = table(RegionSuccessor).c
    found = select(follows.region_code).where(follows.successor_code == code).cte(recursive=True)
    earlier = select(follows.region_code).where(follows.successor_code == found.c.region_code)
    every = found.union(earlier)
    return sorted(session.scalars(select(every.c.region_code)))
