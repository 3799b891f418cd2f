"""Photos that are still to come, for whoever may send them."""

from __future__ import annotations

from typing import Any

from sipokat.domain.clock import now
from sipokat.domain.photo_changes import awaited_since, may_change, spareable
from sipokat.domain.photos import in_place
from sipokat.models import Report, User
from sipokat.web.present import times


def late_photos(report: Report, user: User) -> list[dict[str, Any]]:
    """The photos that have not arrived or are broken and that this person may send or leave out,
    each with its place among the photos and, unless it is broken, since when it is awaited."""
    return [
        {
            "id": photo.client_id,
            "place": place,
            "client_id": report.client_id,
            "broken": photo.state == "broken",
            "since": times.moment(awaited_since(photo)),
            "spareable": spareable(report),
        }
        for place, photo in enumerate(in_place(report.photos), 1)
        if photo.state in ("missing", "broken") and may_change(user, photo, now())
    ]
