"""A region's month as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.lists import Row
from sipokat.domain.participation.overview import Overview, Seen
from sipokat.domain.responsiveness.overview import Desk
from sipokat.domain.responsiveness.overview import Overview as Answered


def region_json(seen: Overview, answered: Answered, names: dict[str, str]) -> dict[str, Any]:
    """The region, and each one right below it."""
    own = _seen_json(seen.own, names)
    return {
        **own,
        "period": seen.month,
        "closed": seen.closed,
        "response": [desk_json(one) for one in answered.desks],
        "below": [
            _seen_json(one, names)
            | {
                "response": [desk_json(answered.below[one.code])]
                if one.code in answered.below
                else []
            }
            for one in seen.below
        ],
        "trend": [{"period": month, **figures_json(one)} for month, one in seen.trend],
    }


def desk_json(one: Desk) -> dict[str, Any]:
    """All desks of a level in a region: `median_h` and `p90_h` are office hours, `within` and the
    other shares go from 0 to 1, and all of these are null of too few decisions."""
    done, lying = one.month, one.lying
    mends = one.desk == "rt"
    return {
        "desk": one.desk,
        "decisions": done.decisions,
        "median_h": _hours(done.median),
        "p90_h": _hours(done.ninetieth),
        "within": None if mends else done.share_in_time,
        "answered": None if mends else done.share_answered,
        "returned": done.share_sent_back,
        "reasons": dict(done.returned),
        "year_median_h": _hours(one.year.median),
        "waiting": lying.waiting,
        "late": lying.late,
        "oldest": lying.oldest.isoformat() if lying.oldest else None,
        "deputies": [{"name": name, "decisions": count} for name, count in one.deputies],
    }


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)


def row_json(row: Row, names: dict[str, str]) -> dict[str, Any]:
    """An RT of a list."""
    return {
        "region": row.code,
        "name": names.get(row.code, row.code),
        "state": row.figures.state,
        "nihil": bool(row.figures.nihil),
        "now": row.now.state if row.now else row.figures.state,
        "silent_months": row.silent,
    }


def figures_json(figures: Figures) -> dict[str, int]:
    """The figures of RT, with those that follow from the others."""
    return {**asdict(figures), "silent": figures.silent, "active": figures.active}


def _seen_json(one: Seen, names: dict[str, str]) -> dict[str, Any]:
    """`corrected` is how a closed month stands today, null where nothing has changed since."""
    now = one.now
    corrected = {"participation": figures_json(now.figures), "rekap": now.rekap} if now else None
    return {
        "region": one.code,
        "name": names.get(one.code, one.code),
        "held": one.held,
        "participation": figures_json(one.figures),
        "rekap": one.rekap,
        "corrected": corrected,
    }
