"""What people report: how many reports of each category stand for a month, and how many do so
usually. A region is compared with its own past alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median_low
from typing import Any

from sqlalchemy import String, bindparam, func, literal_column, select, true, union_all
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.categories import categories
from sipokat.domain.participation.closing import start
from sipokat.domain.periods import stands_in
from sipokat.domain.responsiveness.months import months_to
from sipokat.models import Report
from sipokat.prepared import Prepared

ENOUGH = 3  # months before, for what is usual


@dataclass(frozen=True)
class Kind:
    """The reports of one category in the months of `Reported`."""

    category: str
    counts: tuple[int, ...]

    @property
    def now(self) -> int:
        """How many stand for the last month."""
        return self.counts[-1]

    @property
    def usual(self) -> int | None:
        """The median of the months before, the lower one of two; None of too few."""
        before = self.counts[:-1]
        return median_low(before) if len(before) >= ENOUGH else None

    @property
    def striking(self) -> bool:
        """Whether it is at least twice as many as usual, and three more: what may need a look."""
        return self.usual is not None and self.now >= max(2 * self.usual, self.usual + 3)


@dataclass(frozen=True)
class Reported:
    """What a region reported: up to twelve `months`, oldest first, and the categories of which
    anything stands in them, the most frequent of the last month first."""

    months: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @property
    def total(self) -> Kind:
        """All categories together."""
        counts = [kind.counts for kind in self.kinds]
        return Kind("", tuple(sum(one) for one in zip(*counts, strict=True)) or (0,))


def reported(session: Session, scope: str, month: str) -> Reported:
    """What was reported at or below this region in the twelve months up to this one, or as many as
    there are: one statement."""
    first = start(session) or month
    months = [one for one in months_to(month) if one >= first]
    counts: dict[str, dict[str, int]] = {}
    for one, category, count in _counting(len(months)).rows(session, _given(scope, months)):
        counts.setdefault(category, {})[one] = count
    kinds = [
        Kind(category, tuple(found[one] for one in months)) for category, found in counts.items()
    ]
    order = list(categories())
    kinds = [kind for kind in kinds if any(kind.counts)]
    kinds.sort(key=lambda kind: (-kind.now, -sum(kind.counts), order.index(kind.category)))
    return Reported(tuple(months), tuple(kinds))


def _given(scope: str, months: Sequence[str]) -> dict[str, Any]:
    named = {f"month_{place}": one for place, one in enumerate(months)}
    return {"scope": scope, "beyond": scope + "/", **named}


@lru_cache(12)
def _counting(count: int) -> Prepared:
    """How many stand for each of so many months and each category. Each pair is a range of the
    index of what is reported: to group all at once would have to sort what it finds."""
    months = union_all(
        *(select(bindparam(f"month_{n}", type_=String).label("month")) for n in range(count))
    ).subquery("months")
    kinds = union_all(
        *(select(literal_column(f"'{key}'", String).label("category")) for key in categories())
    ).subquery("kinds")
    report = table(Report).c
    standing = select(func.count()).where(
        stands_in(months.c.month),
        report.category == kinds.c.category,
        report.region_code >= bindparam("scope", type_=report.region_code.type),
        report.region_code < bindparam("beyond", type_=report.region_code.type),
    )
    counted = standing.select_from(table(Report)).correlate(months, kinds).scalar_subquery()
    pairs = months.join(kinds, true())
    return Prepared(select(months.c.month, kinds.c.category, counted).select_from(pairs))
