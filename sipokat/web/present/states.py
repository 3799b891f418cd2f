"""Where a report stands, as people read it: its badge, its rail, and what happened to it."""

from __future__ import annotations

import json

from sipokat.domain import reasons
from sipokat.domain.offices import label_of
from sipokat.domain.roles import DESKS
from sipokat.domain.state_names import BY as BY
from sipokat.domain.state_names import FINAL
from sipokat.domain.state_names import badge as badge
from sipokat.domain.state_names import what_happened as what_happened
from sipokat.models import Event, Report

TONES = {
    "verify": "ok",
    "return": "warn",
    "reject": "late",
    "withdraw": "warn",
    "reopen": "wait",
    "replace": "",
    "drop": "",
    "arrive": "",
    "erase": "warn",
    "limit": "",
}


def done(action: str, to_desk: str | None) -> str:
    """What the person's own action has just done: `diverifikasi, naik ke camat.`"""
    to = BY[to_desk] if to_desk else ""
    return {
        "verify": f"diverifikasi, naik ke {to}." if to else "terverifikasi, selesai.",
        "return": f"dikembalikan ke {to}.",
        "reject": "ditolak. Pelapor melihat alasannya.",
        "withdraw": "dibatalkan.",
        "reopen": f"dibuka kembali, sekarang di meja {to}.",
    }[action]


def reason(event: Event, author_desk: str) -> str:
    """The reason in words, for a report from this desk. Empty without one, and where the note
    begins with the same words, as a ready sentence does."""
    found = reasons.find(event.action, event.reason)
    words = found.said(author_desk) if found else ""
    return "" if (event.note or "").casefold().startswith(words.casefold()) else words


def advice(event: Event, author_desk: str) -> str:
    """What the author at this desk should do after a decision with a reason; else empty."""
    found = reasons.find(event.action, event.reason)
    return found.advice(author_desk) if found else ""


def office(event: Event) -> str:
    """The office in which somebody acted, as it was then: `Camat`, `Plt. Camat`, or
    `Plh. Camat, mewakili Yusuf`."""
    detail = json.loads(event.detail or "{}")
    label = label_of(event.actor_role, detail.get("kind"), detail.get("title"))
    return f"{label}, mewakili {event.acted_for.name}" if event.acted_for else label


def stops(report: Report, late: bool = False) -> list[dict[str, str]]:
    """The stops of the rail, each with its label, its state and a word. There are four, and fewer
    for an official's report."""
    labels = {"rt": "RT", "kelurahan": "Lurah", "kecamatan": "Camat", "kota": "Bag. Pem."}
    first = DESKS.index(report.author_desk)
    here = report.desk
    if here is None:
        return _final_stops(report, labels, first)
    out = []
    for place in range(first, len(DESKS)):
        desk = DESKS[place]
        state, word = "todo", "Belum sampai"
        if place < DESKS.index(here):
            state, word = "done", "Dikirim" if place == first else "Diverifikasi"
        elif desk == here:
            state, word = _here(report, late)
        out.append({"label": labels[desk], "state": state, "word": word})
    return out


def _here(report: Report, late: bool) -> tuple[str, str]:
    if report.desk == report.author_desk:
        return "returned", "Perlu diperbaiki"
    if report.status == "returned":
        return "returned", "Dikembalikan"
    return ("late", "Terlambat") if late else ("here", "Menunggu")


def _final_stops(report: Report, labels: dict[str, str], first: int) -> list[dict[str, str]]:
    """The stops of a final report: all are done if it was verified, else those before the desk
    where it ended."""
    if report.status == "verified":
        return [
            {
                "label": labels[desk],
                "state": "done",
                "word": "Dikirim" if n == 0 else "Diverifikasi",
            }
            for n, desk in enumerate(DESKS[first:])
        ]
    word, tone = FINAL[report.status]
    state = "late" if tone == "late" else "returned"
    out = [{"label": labels[DESKS[first]], "state": "done", "word": "Dikirim"}]
    out += [{"label": labels[desk], "state": "todo", "word": ""} for desk in DESKS[first + 1 :]]
    end = DESKS.index(report.ended_desk) - first if report.ended_desk else 0
    for place in range(end):
        out[place] |= {"state": "done", "word": "Diverifikasi" if place else "Dikirim"}
    out[end] |= {"state": state, "word": word}
    return out
