"""Tells what is late: to the desk where it lies, and above it as `domain/lateness.py` says. What
becomes late on a desk at the same time is told in one notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sipokat.domain import lateness
from sipokat.domain.clock import day_of
from sipokat.domain.lateness import TWICE, Late
from sipokat.domain.notices import rows
from sipokat.domain.notices.audience import Holder
from sipokat.domain.offices import office_key
from sipokat.domain.roles import DESK_ROLES, DESK_WORDS

OWN_DESK, BELOW = "late", "late_below"


class Batch(NamedTuple):
    """Reports that have come to one stage on one desk, for one office that is told of them, as
    (role, region)."""

    office: tuple[str, str]
    desk_code: str
    stage: int


def tell(session: Session, at: datetime) -> int:
    """Tell of all that is late `at` that moment and was not told yet, in the caller's transaction;
    of how many reports. Those that are left, when there are very many, come with the next call."""
    found = lateness.take_late(session, at)
    rows.add(session, rows_of(found, _holders(session, found, day_of(at)), at))
    return len(found)


def _holders(session: Session, found: Iterable[Late], day: date) -> list[Holder]:
    offices = {office for one in found for office in one.tells}
    return rows.holders(session, offices, day)


def rows_of(
    found: Iterable[Late], there: Iterable[Holder], at: datetime | None = None
) -> list[dict[str, Any]]:
    """The rows of the notices of these reports, told `at` that moment; without it at that of their
    limit's end. `there` are the holders of the offices that are told."""
    batches: dict[Batch, list[Late]] = defaultdict(list)
    for one in found:
        for office in one.tells:
            batches[Batch(office, one.desk_code, one.stage)].append(one)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    holders = list(there)
    for batch, reports in batches.items():
        for holder in holders:
            if (holder.role, holder.region) == batch.office:
                moment = at or max(one.due_at for one in reports)
                row = _row(batch, reports, holder.user_id, moment)
                # A lurah who acts for the camat is told once, as the desk's own.
                told.setdefault((row["user_id"], row["key"]), row)
    return list(told.values())


def _row(batch: Batch, found: Sequence[Late], user_id: str, at: datetime) -> dict[str, Any]:
    """A notice of one report leads to it, of several to their list."""
    first = found[0]
    own = batch.office == (DESK_ROLES[first.desk], batch.desk_code)
    facts = {
        "desk": first.desk,
        "region": batch.desk_code,
        "stage": batch.stage,
        "reports": [one.id for one in found],
    }
    alone = len(found) == 1
    url = "/verifikasi?umur=terlambat" if own else f"/laporan?late=below&region={batch.desk_code}"
    return rows.row(
        user_id,
        OWN_DESK if own else BELOW,
        f"late {batch.stage} {first.id} {first.due_at:%Y%m%d%H%M}",
        at,
        f"/laporan/{first.number}" if alone else url,
        office_key(*batch.office),
        first.id if alone else None,
        facts=facts,
    )


def sentence(which: str, facts: dict[str, Any], place: str, own: bool) -> str:
    """`Laporan Banjir, RT 001 Petanang Ulu, terlambat di meja lurah Petanang Ulu.` `which` names
    the one report, or says how many there are; `place` is the name of the desk's region."""
    desk = facts["desk"]
    at = "Anda" if own else f"{DESK_WORDS[desk]} {place}".strip()
    if facts["stage"] == TWICE:
        return f"{which} sudah lewat dua kali batas waktunya di meja {at}."
    return f"{which} terlambat di meja {at}."
