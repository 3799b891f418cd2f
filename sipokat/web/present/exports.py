"""Exports in words: how far each is, and until when its file is kept."""

from __future__ import annotations

import json
from typing import Any

from sipokat.domain.clock import day_of
from sipokat.domain.exports import finding
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.rules import FORMATS
from sipokat.models import Export
from sipokat.web.present import times

STATES = {
    "waiting": ("Menunggu giliran", "wait"),
    "working": ("Sedang disiapkan", "wait"),
    "ready": ("Siap diunduh", "ok"),
    "failed": ("Tidak berhasil", "late"),
    "expired": ("Sudah dihapus", ""),
    "out_of_reach": ("Tidak dapat diunduh", "warn"),
}


def row(one: Export, state: str) -> dict[str, Any]:
    """One of them as the list and its own page show it; `state` is one of STATES."""
    until = finding.until(one)
    kind, filters = KINDS[one.what], json.loads(one.filters)
    return {
        "id": one.id,
        "title": f"{kind.title} ({FORMATS[one.format]})",
        "said": one.said or "Semua",
        "asked": times.ago(one.asked_at),
        "state": state,
        "badge": STATES[state],
        "done": one.done,
        "total": one.total,
        "rows": times.figure(one.done),
        "size": _size(one.size or 0),
        "until": times.date_words(day_of(until)) if until else "",
        "why": finding.WHY[one.why or "broken"] if state == "failed" else "",
        "page": kind.page(filters),
        "again": {"what": one.what, "fields": kind.typed(filters)},
    }


def as_json(one: Export, state: str) -> dict[str, Any]:
    """The same on the wire."""
    until = finding.until(one)
    return {
        "id": one.id,
        "what": one.what,
        "format": one.format,
        "state": state,
        "done": one.done,
        "total": one.total,
        "url": f"/unduhan/{one.id}",
        "file": f"/unduhan/{one.id}/berkas" if state == "ready" else None,
        "bytes": one.size,
        "until": until.isoformat(timespec="seconds") if until and state == "ready" else None,
    }


def _size(count: int) -> str:
    """`1,2 MB`, below that `34 KB`."""
    if count < 1_000_000:
        return f"{times.figure(max(1, round(count / 1000)))} KB"
    return f"{times.figure(round(count / 1_000_000, 1))} MB"
