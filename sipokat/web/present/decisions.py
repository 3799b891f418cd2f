"""Decisions in words, as the list behind a figure shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sipokat.domain import reasons
from sipokat.domain.offices import label_of
from sipokat.domain.report_titles import report_title
from sipokat.domain.responsiveness.decisions import Asked, Decision
from sipokat.web.present import states, times
from sipokat.web.present.regions import region_words
from sipokat.web.present.response import days, hours

TITLES = {
    "semua": "Keputusan",
    "tepat": "Keputusan dalam batas waktu",
    "terlambat": "Keputusan sesudah batas waktu",
    "berpesan": "Keputusan dengan pesan",
    "dikembalikan": "Laporan yang dikembalikan",
}
OF = {
    "": "semua meja",
    "kelurahan": "lurah",
    "kecamatan": "camat",
    "kota": "Bag. Pemerintahan",
    "rt": "diperbaiki RT",
}


def page(
    found: Sequence[Decision], names: Mapping[str, str], asked: Asked, count: int
) -> dict[str, Any]:
    """The page of these decisions."""
    mended = asked.desk == "rt"
    return {
        "title": title(asked),
        "of": "" if mended else OF[asked.desk],
        "reason": reasons.words_of(asked.reason) if asked.reason else "",
        "months": span(asked),
        "counted": f"{times.figure(count)} {'laporan' if mended else 'keputusan'}",
        "rows": [_row(one, names) for one in found],
    }


def span(asked: Asked) -> str:
    """`12 bulan sampai `, before the month; empty of a single one."""
    return f"{asked.span} bulan sampai " if asked.span > 1 else ""


def title(asked: Asked) -> str:
    """What the list of these decisions is called."""
    return "Laporan yang diperbaiki RT" if asked.desk == "rt" else TITLES[asked.which]


def said(asked: Asked) -> str:
    """The same with whose they are, and the reason: `Laporan yang dikembalikan, lurah`."""
    of = "" if asked.desk == "rt" else OF[asked.desk]
    reason = reasons.words_of(asked.reason) if asked.reason else ""
    return ", ".join(part for part in (title(asked), of, reason) if part)


def _row(one: Decision, names: Mapping[str, str]) -> dict[str, Any]:
    late = one.in_time is False
    clock = ("Terlambat", "late") if late else ("Dalam batas", "ok")
    reason = reasons.find(one.action, one.reason)
    return {
        "title": report_title(one.category, one.fields, one.period),
        "number": one.number,
        "url": f"/laporan/{one.number}",
        "region": region_words(one.region_code, dict(names)),
        "what": states.what_happened(one.action, one.desk, one.to_desk),
        "who": _who(one),
        "at": one.at,
        "took": days(one.worked_s) if one.in_time is None else hours(one.worked_s),
        "clock": None if one.in_time is None else clock,
        "reason": reason.said(one.author_desk) if reason else "",
        "note": one.note,
    }


def _who(one: Decision) -> str:
    """`Hartono, Lurah`, of a deputy as what they decided."""
    detail = json.loads(one.detail or "{}")
    return f"{one.actor}, {label_of(one.actor_role, detail.get('kind'), detail.get('title'))}"


def as_json(one: Decision) -> dict[str, Any]:
    """A decision on the wire: `worked_h` are office hours."""
    return {
        "number": one.number,
        "seq": one.seq,
        "desk": one.desk,
        "region": one.desk_code,
        "action": one.action,
        "reason": one.reason,
        "at": one.at.isoformat(),
        "worked_h": round(one.worked_s / 3600, 2),
        "within": one.in_time,
        "actor": one.actor,
        "deputy": one.acted_for is not None,
    }
