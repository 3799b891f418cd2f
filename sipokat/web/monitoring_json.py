"""A region's month as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.lists import Row
from sipokat.domain.participation.overview import Overview, Seen


def region_json(seen: Overview, names: dict[str, str]) -> dict[str, Any]:
    """The region, and each one right below it."""
    own = _seen_json(seen.own, names)
    return {
        **own,
        "period": seen.month,
        "closed": seen.closed,
        "response": [],
        "below": [_seen_json(one, names) for one in seen.below],
        "trend": [{"period": month, **figures_json(one)} for month, one in seen.trend],
    }


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
