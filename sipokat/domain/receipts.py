"""Receipts: what of a report has arrived, so that the phone may delete its copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sipokat.models import Report

ARRIVED = ("received", "ready")
ERASED = "erased"  # by law: nothing of it is kept, and nothing of it is taken again


@dataclass(frozen=True)
class Receipt:
    """What the phone may delete its copy by. `photos` are `{id, sha256, state}`."""

    client_id: str
    number: str
    received_at: datetime
    photos: tuple[dict[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """The receipt on the wire."""
        return {
            "client_id": self.client_id,
            "number": self.number,
            "received_at": self.received_at.isoformat(),
            "photos": list(self.photos),
        }


def receipt(report: Report) -> Receipt:
    """The receipt of a report as it is now."""
    return Receipt(report.client_id, report.number, report.received_at, listed(report.photos))


def listed(photos: Iterable[Any]) -> tuple[dict[str, str], ...]:
    """The photos, or rows with their columns, that a receipt names: those of the present content,
    any that arrived although a revision had left it out, and those that were erased. Otherwise the
    phone would send them for ever."""
    return tuple(
        {
            "id": photo.client_id,
            "sha256": photo.sha256,
            "state": "ready" if photo.state == ERASED else photo.state,
        }
        for photo in photos
        if photo.current or photo.state in (*ARRIVED, ERASED)
    )
