"""What a page says of a region's month: how it was closed, how it stands now where that differs,
and the twelve months up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.participation.closing import all_months, closed_among, start
from sipokat.domain.participation.figures import NAMES, Figures
from sipokat.domain.participation.month import Place, month_of
from sipokat.domain.periods import days_of, months
from sipokat.models import ClosedMonth
from sipokat.prepared import Among, Prepared

TREND = 12


class Kept(NamedTuple):
    """How a region stood when the month was closed."""

    figures: Figures
    rekap: str | None


@dataclass(frozen=True)
class Seen:
    """A region in a month. `figures` and `rekap` are as the month was closed, else as it stands;
    `now` is how a closed month stands today, where that differs. `held` as of `Place`."""

    code: str
    held: bool
    figures: Figures
    rekap: str | None
    now: Kept | None = None


@dataclass(frozen=True)
class Overview:
    """A region's month. `trend` has up to twelve months, this one last, each with the region's
    figures; a month of which none are known is left out. `over` are those of them that were
    closed."""

    month: str
    own: Seen
    below: tuple[Seen, ...]
    trend: tuple[tuple[str, Figures], ...]
    over: frozenset[str]

    @property
    def closed(self) -> bool:
        """Whether the month itself was."""
        return self.month in self.over


def overview(session: Session, scope: str, month: str, today: date) -> Overview:
    """The month of this region, in a fixed number of statements."""
    live = month_of(session, scope, month, today)
    wanted = _back(month, start(session) or month)
    over = closed_among(session, wanted)
    kept = {
        code: Kept(Figures(*counts), rekap)
        for code, rekap, *counts in _CLOSED.rows(session, {"scope": scope, "month": month})
    }
    closed = month in over
    here = _seen(live.own, kept, closed)
    there = {place.code: _seen(place, kept, closed) for place in live.below}
    gone = {
        code: Seen(code, False, one.figures, one.rekap, _later(one, Kept(Figures(), None)))
        for code, one in kept.items()
        if code != scope and code not in there
    }
    below = tuple(one for _, one in sorted((there | gone).items()))
    found = _trend(session, scope, wanted, over, today) | {month: here.figures}
    trend = tuple((one, found[one]) for one in wanted if one in found)
    return Overview(month, here, below, trend, over)


def _seen(place: Place, kept: dict[str, Kept], closed: bool) -> Seen:
    """Of what has no row in a closed month nobody was expected then."""
    now = Kept(place.figures, place.rekap)
    if not closed:
        return Seen(place.code, place.held, *now)
    was = kept.get(place.code, Kept(Figures(), None))
    return Seen(place.code, place.held, *was, _later(was, now))


def _later(was: Kept, now: Kept) -> Kept | None:
    return None if was == now else now


def _trend(
    session: Session, scope: str, wanted: list[str], over: frozenset[str], today: date
) -> dict[str, Figures]:
    """The months before the last of these. The one right before it may still be open; further back,
    whatever has no row is left out."""
    found = {
        one: Figures(*counts) for one, *counts in _TREND.rows(session, wanted, {"scope": scope})
    }
    if len(wanted) > 1 and (before := wanted[-2]) not in over:
        found[before] = month_of(session, scope, before, today).own.figures
    return found


def _back(month: str, first: str) -> list[str]:
    """Up to twelve months, of which this is the last, none before the first."""
    found = [month]
    while len(found) < TREND and found[0] > first:
        found.insert(0, months(days_of(found[0])[0])[1])
    return found


def offered(session: Session, today: date) -> list[str]:
    """The months that have figures, oldest first; the last one is running."""
    this = months(today)[0]
    return all_months(start(session) or this, this)


_KEPT = table(ClosedMonth).c
_FIGURES = tuple(_KEPT[name] for name in NAMES)
_SCOPE: Any = bindparam("scope", type_=_KEPT.region_code.type)
_CLOSED = Prepared(
    select(_KEPT.region_code, _KEPT.rekap, *_FIGURES).where(
        _KEPT.month == bindparam("month", type_=_KEPT.month.type),
        or_(_KEPT.region_code == _SCOPE, _KEPT.parent_code == _SCOPE),
    )
)
_TREND = Among(select(_KEPT.month, *_FIGURES).where(_KEPT.region_code == _SCOPE), _KEPT.month)
