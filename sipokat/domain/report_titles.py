"""What a report is called: on lists, in the phone's outbox, in notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sipokat.domain.categories import categories
from sipokat.domain.texts import month


def jenis_of(category: str, fields: Mapping[str, Any]) -> str:
    """The chosen `jenis` in words; empty for `lainnya` and where the category has none."""
    chosen = fields.get("jenis")
    if not chosen or chosen == "lainnya":
        return ""
    return dict(categories()[category].kinds).get(chosen, str(chosen))


def report_title(category: str, fields: Mapping[str, Any], period: str | None) -> str:
    """Its `jenis`, the category where it has none; with its month if it is the report of one."""
    named = jenis_of(category, fields) or categories()[category].name
    return f"{named} {month(period)}" if period else named
