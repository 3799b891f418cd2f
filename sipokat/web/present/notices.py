"""Notices as a page and the wire show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sipokat.database import db
from sipokat.domain.clock import WIB, day_of, now
from sipokat.domain.notices import names, sentences
from sipokat.domain.notices.inbox import Entry
from sipokat.web.present import times

# The border of what has not been read: by what it asks for.
TONES = dict.fromkeys(
    ("returned", "reminder", "term_ends", "rt_ended", "new_phone", "nudge"), "warn"
) | dict.fromkeys(("rejected", "bencana", "late", "late_below"), "late")


def rows(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """The notices in words, each with the day under which it stands."""
    known, today = names.of(db.session(), found), day_of(now())
    return [
        {
            "id": one.id,
            "sentence": _sentence(one, known, today),
            "message": sentences.message_of(one),
            "url": sentences.url_of(one),
            "more": _more(one),
            "date": day_of(one.at),
            "day": _heading(one),
            "time": f"{one.at.astimezone(WIB):%H.%M}",
            "read": one.read_at is not None,
            "tone": TONES.get(one.kind, "wait"),
        }
        for one in found
    ]


def as_json(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """The same on the wire."""
    known = names.of(db.session(), found)
    return [
        {
            "id": one.id,
            "at": one.at.isoformat(timespec="seconds"),
            "kind": one.kind,
            "text": sentences.text_of(one, known),
            "url": sentences.url_of(one),
            "read": one.read_at is not None,
        }
        for one in found
    ]


def _sentence(one: Entry, known: dict[str, str], today: date) -> str:
    live, copy = sentences.sentence_of(one, known, today), sentences.sentence_of(one, known)
    return live if live == copy else times.Passing(live, copy)


def _more(one: Entry) -> str:
    """What tells the notice from others that say the same: the report's number, or its time."""
    number = one.url.removeprefix("/laporan/")
    return f"Nomor {number}" if one.category else times.moment(one.at)


def _heading(one: Entry) -> str:
    """`Hari ini`, `Kemarin`, else `23 Nov`."""
    word = times.day(day_of(one.at))
    return times.Passing(word.capitalize(), word.copy) if isinstance(word, times.Passing) else word
