"""The content of a report as people read it: fields, place, photos and revisions."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from sipokat.domain.categories import categories
from sipokat.domain.field_facts import field_facts as field_facts
from sipokat.domain.photos import shown_in
from sipokat.models import Photo, Report, Revision
from sipokat.web.present import times


def place_words(place: dict[str, Any]) -> str:
    """`Gang 3, akurasi ±12 m`; without words `Titik di peta, akurasi ±12 m`."""
    words, accuracy = place["place_text"] or "", place["accuracy_m"]
    if place["lat"] is None:
        return words
    point = "" if accuracy is None else f"akurasi ±{times.figure(round(accuracy))}\u00a0m"
    return ", ".join(part for part in (words or "Titik di peta", point) if part)


def photo_view(report: Report, photo: Photo) -> dict[str, str]:
    """A photo with the addresses of its picture and thumbnail."""
    base = f"/laporan/{report.number}/foto/{photo.client_id}"
    return {
        "id": photo.client_id,
        "sha256": photo.sha256,
        # One that a revision left out is no longer awaited, although its phone may still send it.
        "state": "left_out" if photo.state == "missing" and not photo.current else photo.state,
        "url": base,
        "thumbnail_url": f"{base}?ukuran=kecil",
        "alt": f"laporan {categories()[report.category].name.lower()} {report.number}",
    }


def revisions(report: Report) -> list[dict[str, Any]]:
    """Every revision, newest first, each with what it changed. Empty when there is only one."""
    if len(report.revisions) < 2:
        return []
    shown = [_revision(report, row, place) for place, row in enumerate(report.revisions, 1)]
    for before, after in pairwise(shown):
        _mark_changes(before, after)
    return shown[::-1]


def _revision(report: Report, row: Revision, place: int) -> dict[str, Any]:
    content = row.content
    return {
        "title": "Laporan pertama" if place == 1 else f"Perbaikan {place - 1}",
        "when": times.moment(row.at),
        "text": content["text"],
        "facts": [
            *field_facts(categories()[report.category], content["fields"]),
            ("Tanggal", times.day(date.fromisoformat(content["happened_on"]))),
            ("Lokasi", place_words(content)),
        ],
        "changed": set(),
        "photos": [photo_view(report, photo) for photo in shown_in(row, report.photos)],
    }


def _mark_changes(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put what the revision changed into `after["changed"]`: `text`, `photos`, labels of facts."""
    old, new = dict(before["facts"]), dict(after["facts"])
    after["facts"] += [(label, "") for label in old if label not in new]
    changed = {label for label in old | new if old.get(label, "") != new.get(label, "")}
    changed |= {name for name in ("text", "photos") if before[name] != after[name]}
    after["changed"] = changed
