"""The photos of one report against its contents and its entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sipokat.domain.audit.rows import Row, moment


def photo_faults(
    photos: Sequence[Row], revisions: Sequence[Row], told: Sequence[Row], erased: dict[str, Any]
) -> Iterator[str]:
    """What is wrong with the rows of photos: which there are, whose they are, and which left the
    report when. `erased` is the detail of the report's erasure, `told` are its entries."""
    left = _left(told)
    wanted = _declared(revisions) | _replacements(told) | erased.get("photos", {})
    found = {photo["client_id"]: photo for photo in photos}
    for photo_id in wanted.keys() - found.keys():
        yield f"photo {photo_id} is missing"
    for photo_id, photo in found.items():
        if photo_id not in wanted:
            yield f"photo {photo_id} was inserted by hand"
        elif [photo["sha256"], photo["declared_by"]] != wanted[photo_id]:
            yield f"photo {photo_id} was changed"
        elif photo_id in erased.get("photos", {}) and photo["state"] != "erased":
            yield f"photo {photo_id} was erased and is there again"
        row = (photo["left_at"], photo["left_by"], photo["gave_way_to"])
        if left.get(photo_id, (None, None, None)) != row:
            yield f"photo {photo_id} was replaced or dropped by hand"


def _declared(revisions: Sequence[Row]) -> dict[str, list[str]]:
    """Digest and declarer of each photo that a content lists, by its id: the first one's count."""
    found: dict[str, list[str]] = {}
    for revision in revisions:
        for claim in revision["content"]["photos"]:
            found.setdefault(claim["id"], [claim["sha256"], revision["author_id"]])
    return found


def _replacements(told: Sequence[Row]) -> dict[str, list[str]]:
    found = {}
    for event in told:
        if event["action"] == "replace":
            detail = json.loads(event["detail"])
            found[detail["by"]] = [detail["sha256"], event["actor_id"]]
    return found


def _left(told: Sequence[Row]) -> dict[str, tuple[Any, Any, Any]]:
    """When each photo left the report, by whom, and which one came in its place."""
    found = {}
    for event in told:
        if event["action"] in ("replace", "drop"):
            detail = json.loads(event["detail"])
            way = (moment(event["at"]), event["actor_id"], detail.get("by"))
            found[detail["photo"]] = way
    return found


def shown_in(revision: Row, photos: Sequence[Row]) -> list[Row]:
    """The photos of a content as they are now, as `domain/photos.py` shows them."""
    by_id = {photo["client_id"]: photo for photo in photos}
    shown = []
    for claim in revision["content"]["photos"]:
        photo, seen = by_id.get(claim["id"]), set()
        while photo is not None and photo["left_at"] and photo["left_at"] >= revision["at"]:
            seen.add(photo["client_id"])
            photo = by_id.get(photo["gave_way_to"])
            if photo is not None and photo["client_id"] in seen:
                raise ValueError("photos that replace each other")
        if photo is not None:
            shown.append(photo)
    return shown
