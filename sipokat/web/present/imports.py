"""Imports as their pages and the wire show them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.imports import kept
from sipokat.domain.imports.applying import Applied
from sipokat.domain.imports.verdicts import KINDS, Verdict, digest
from sipokat.domain.people import normal_phone
from sipokat.domain.regions import above_it, names_of
from sipokat.models import ImportRow, PeopleImport, Term, User
from sipokat.web.present import times

TITLES = {
    "asks": "Perlu Anda pastikan",
    "refused": "Ditolak",
    "changed": "Berubah",
    "new": "Baru",
    "unchanged": "Tidak berubah",
}
SHOWN_MAX = 600  # rows of one kind on a page
COLUMN_MAX, SAMPLE_MIN = 30, 13  # signs of a column in the list to choose from
_CHANGED = {"name": "Nama", "phone": "Nomor HP", "office": "Jabatan", "account": "Akun"}
_STATES = {
    "waiting": ("Belum diterapkan", "wait"),
    "applied": ("Sudah diterapkan", "ok"),
    "undone": ("Dibatalkan", "late"),
}


def state_of(one: PeopleImport) -> str:
    """`waiting`, `applied` or `undone`."""
    if one.undone_at is not None:
        return "undone"
    return "waiting" if one.applied_at is None else "applied"


def listed(one: PeopleImport) -> dict[str, Any]:
    """An import as a card, and as the head of its page."""
    label, tone = _STATES[state_of(one)]
    return {
        "id": one.id,
        "name": one.file_name,
        "when": times.ago(one.made_at),
        "at": times.moment(one.made_at),
        "by": one.made_by.name,
        "state": state_of(one),
        "label": label,
        "tone": tone,
    }


def groups(found: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The rows by verdict, those that need a look first."""
    by_kind: dict[str, list[Verdict]] = {kind: [] for kind in TITLES}
    for row in found:
        by_kind["asks" if row.asks else row.kind].append(row)
    return [
        {
            "kind": kind,
            "title": TITLES[kind],
            "count": len(rows),
            "rows": [_row(row) for row in rows[:SHOWN_MAX]],
            "applies": rows[0].applies,
        }
        for kind, rows in by_kind.items()
        if rows
    ]


def _row(row: Verdict) -> dict[str, Any]:
    return {
        "line": row.line,
        "name": row.name or "Tanpa nama",
        "office": row.office,
        "phone": _phone(row.phone),
        "why": row.why,
        "note": row.note,
        "changes": [change_words(asdict(change)) for change in row.changes],
    }


def change_words(change: dict[str, str]) -> str:
    """`Nomor HP: 0812 0000 0101 menjadi 0813 9000 0001`; `Jabatan: Ketua RT 009 Petanang Ulu`."""
    if change["field"] == "region":
        return f"RT {change['became'].rpartition('.')[2]} ditambahkan ke SIPOKAT"
    was, became = (_phone(change[key]) for key in ("was", "became"))
    label = _CHANGED[change["field"]]
    return f"{label}: {was} menjadi {became}" if was else f"{label}: {became}"


def _phone(text: str) -> str:
    """A number as people write it; a name, or a number of which only the file knows, as it is."""
    number = normal_phone(text)
    return times.phone(number) if number else text


def applied_row(session: Session, row: ImportRow) -> dict[str, Any]:
    """A row that was applied: whose account, and what was changed."""
    user = session.get_one(User, row.user_id)
    changes: list[dict[str, str]] = json.loads(row.changes or "[]")
    words = [
        f"Akun baru: {change['became']}"
        if change["field"] == "account" and not change["was"]
        else change_words(change)
        for change in changes
    ]
    return {"id": user.id, "name": user.name, "line": row.line, "changes": words}


def kelurahan_of(session: Session, rows: Iterable[ImportRow]) -> list[tuple[str, str]]:
    """The kelurahan of those whom these rows gave an account or an office, as (code, name)."""
    ids = [row.user_id for row in rows]
    held = session.scalars(select(Term.region_code).where(Term.user_id.in_(ids)))
    codes = {code for one in held if (code := above_it(one)["kelurahan_code"])}
    names = names_of(session, codes)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda one: one[1])


def columns(heads: Sequence[str], samples: Sequence[str]) -> list[tuple[int, str]]:
    """The columns to choose from, each with what stands in it: `No. HP: 0813 7000 0001`."""
    pairs = zip(heads, samples, strict=False)
    return [(place, _with_sample(head, sample)) for place, (head, sample) in enumerate(pairs)]


def _with_sample(head: str, sample: str) -> str:
    """A closed list shows COLUMN_MAX signs on a phone: more of a sample is left out, but never so
    much of it that a number could not be told from a name."""
    if not sample:
        return head
    most = max(COLUMN_MAX - len(head) - 2, SAMPLE_MIN)
    return f"{head}: {sample if len(sample) <= most else sample[: most - 1] + '…'}"


def applied_words(done: Applied) -> str:
    """What was done, in one sentence or two."""
    if not done.count and not done.refused:
        return "Tidak ada yang perlu diubah."
    said = f"Diterapkan: {done.count} baris."
    if done.refused:
        line, why = done.refused[0]
        said += f" {len(done.refused)} baris tidak bisa. Baris {line}: {why}"
    if done.left:
        said += f" Masih ada {times.figure(len(done.left))} baris: terapkan lagi."
    return said


def as_json(one: PeopleImport, found: Sequence[Verdict], applied: int) -> dict[str, Any]:
    """An import on the wire."""
    counts = Counter(row.kind for row in found)
    return {
        "id": one.id,
        "file": one.file_name,
        "state": state_of(one),
        "heads": kept.heads_of(one),
        "columns": kept.columns_of(one),
        "counts": {kind: counts[kind] for kind in KINDS},
        "applied": applied,
        "seen": digest(found),
        "rows": [
            {
                "line": row.line,
                "verdict": row.kind,
                "why": row.why,
                "note": row.note,
                "asks": row.asks,
                "name": row.name,
                "phone": row.phone,
                "office": row.office,
                "changes": [asdict(change) for change in row.changes],
            }
            for row in found
        ],
    }
