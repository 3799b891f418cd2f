"""What a report's second round has changed, side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

from sipokat.domain import changes
from sipokat.domain.categories import categories
from sipokat.domain.changes import Piece
from sipokat.domain.photos import shown_in
from sipokat.web.present import content, times

NOTHING = "Tidak diisi"


def side_by_side(report: Any, before: Any, after: Any) -> dict[str, Any]:
    """What differs between two revisions of the report: `rows` of label, old and new (pieces of
    text), and the photos of both, each with a word for what became of it, if these differ."""
    old, new = before.content, after.content
    return {
        "rows": [*_text(old, new), *_facts(report.category, old, new)],
        "photos": _photos(report, before, after),
        "text": old["text"] != new["text"],
    }


def _row(label: str, old: list[Piece], new: list[Piece]) -> dict[str, Any]:
    return {"label": label, "old": old or [Piece(NOTHING)], "new": new or [Piece(NOTHING)]}


def _text(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    if old["text"] == new["text"]:
        return []
    return [_row("Keterangan", *changes.words(old["text"], new["text"]))]


def _facts(category: str, old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    was, now = (dict(_said(category, one)) for one in (old, new))
    now["Lokasi"] = _place(old, new)
    labels = [*now, *(label for label in was if label not in now)]
    return [
        _row(label, *changes.words(was.get(label, ""), now.get(label, "")))
        for label in labels
        if was.get(label, "") != now.get(label, "")
    ]


def _said(category: str, one: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields, day and place of a content, in words."""
    return [
        *content.field_facts(categories()[category], one["fields"]),
        ("Tanggal", times.date_words(date.fromisoformat(one["happened_on"]))),
        ("Lokasi", content.place_words(one)),
    ]


def _place(old: dict[str, Any], new: dict[str, Any]) -> str:
    """The new place in words, with how far its point has moved."""
    words = content.place_words(new)
    if old["lat"] is None or new["lat"] is None:
        return words
    far = changes.metres((old["lat"], old["lon"]), (new["lat"], new["lon"]))
    return f"{words}, bergeser {times.figure(round(far))}\u00a0m" if far >= 1 else words


def _photos(report: Any, before: Any, after: Any) -> dict[str, Any] | None:
    """The photos of both contents, each with its word; None if they are the same ones."""
    old, new = (shown_in(one, report.photos) for one in (before, after))
    kept = {one.client_id for one in old} & {one.client_id for one in new}
    if len(kept) == len(old) == len(new):
        return None

    def views(photos: list[Any], word: str) -> list[dict[str, str]]:
        return [
            content.photo_view(report, one) | {"word": "Tetap" if one.client_id in kept else word}
            for one in photos
        ]

    return {"old": views(old, "Tidak dipakai lagi"), "new": views(new, "Baru")}
