"""Erasure by law: the words, the place and the photos of a report are blanked, and the record says
so. What it says about who moved the report where and when stays, and so do the counts that were
reported.

The right to erasure: Undang-Undang 27/2022 tentang Pelindungan Data Pribadi, pasal 8 and 43.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import events, offices
from sipokat.domain.categories import categories
from sipokat.domain.clock import now as present
from sipokat.domain.content import content_digest
from sipokat.domain.exports.recalling import recall
from sipokat.domain.photo_work import drop_files
from sipokat.domain.photos import Store
from sipokat.domain.receipts import ERASED
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.models import Event, Report, User

ERASERS = ("diskominfo", "pemerintahan")


def erase(
    user: User,
    number: str,
    why: str,
    store: Store,
    now: datetime | None = None,
    operator: str | None = None,
) -> bool:
    """Blank the report's words, place, notes and photos, and append who did it and `why`, with the
    `operator` who typed it on the server. Files that were taken out with them are taken back.

    Returns False, and appends nothing, when nothing is left to blank; the files of its photos are
    deleted once more all the same. Raises NotFound, and NeverAllowed for somebody who is neither
    Diskominfo nor Bagian Pemerintahan.
    """
    office = office_of_eraser(user)
    with writing() as session:
        query = select(Report).where(Report.number == number)
        report = session.scalars(
            query.with_for_update(of=Report, key_share=True).execution_options(
                populate_existing=True
            )
        ).one_or_none()
        if report is None:
            raise NotFound("Laporan tidak ditemukan. Periksa nomornya.")
        erased = _is_filled(report) or _has_notes(session, report)
        if erased:
            blanking = prepare(user, office, report, why, now or present(), operator)
            # The record first: the database lets nothing be blanked before it says so.
            events.remark(session, report.id, blanking.entry)
            blank(report, blanking)
            session.flush()
            events.blank(session, report.id)
            recall(session, report)
        photos = [photo for photo in report.photos if photo.state == ERASED]
    if erased:  # once more: whoever began to write a file before the commit has read the words
        with writing() as session:
            recall(session, report)
    for photo in photos:  # only now: nothing may refer to a file that is gone
        drop_files(store, photo)
    return erased


def office_of_eraser(user: User) -> offices.Office:
    """The office in which this person may erase. Raises NeverAllowed."""
    office = next((one for one in offices.held(user) if one.role.key in ERASERS), None)
    if office is None or not user.active:
        raise NeverAllowed("Hanya Diskominfo dan Bagian Pemerintahan yang menghapus isi laporan.")
    return office


def blanked(category: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A content without words, place and photos: category, day, choices and counts stay."""
    words = {field.key for field in categories()[category].all_fields if field.type == "text"}
    fields = {key: value for key, value in content["fields"].items() if key not in words}
    nothing = {"lat": None, "lon": None, "accuracy_m": None, "place_text": None}
    return {**content, **nothing, "text": "", "fields": fields, "photos": []}


def _is_filled(report: Report) -> bool:
    contents = [revision.content for revision in report.revisions]
    return any(one != blanked(report.category, one) for one in contents) or any(
        photo.state != ERASED for photo in report.photos
    )


def _has_notes(session: Session, report: Report) -> bool:
    query = select(Event.seq).where(
        Event.report_id == report.id, Event.action != "erase", Event.note.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class Blanking:
    """What an erasure leaves of a report: its entry in the record, and what each of the report's
    revisions keeps, with its digest."""

    entry: events.Remark
    contents: list[tuple[dict[str, Any], str]]


def prepare(
    user: User,
    office: offices.Office,
    report: Report,
    why: str,
    at: datetime,
    operator: str | None = None,
) -> Blanking:
    """What the erasure of this report will leave. Changes nothing."""
    contents = []
    for revision in report.revisions:
        content = blanked(report.category, revision.content)
        seal = content_digest(report.category, report.region_code, content)
        contents.append((content, seal))
    digests = {
        str(revision.version): seal
        for revision, (_, seal) in zip(report.revisions, contents, strict=True)
    }
    photos = {photo.client_id: [photo.sha256, photo.declared_by] for photo in report.photos}
    detail: dict[str, Any] = {"revisions": digests, "photos": photos}
    if operator is not None:
        detail["operator"] = operator
    entry = events.Remark("erase", user.id, office, at, contents[-1][1], detail, why)
    return Blanking(entry, contents)


def blank(report: Report, blanking: Blanking) -> None:
    """Blank the report, its revisions and its photos."""
    for revision, (content, seal) in zip(report.revisions, blanking.contents, strict=True):
        revision.content, revision.content_digest = content, seal
    latest, digest = blanking.contents[-1]
    for name in ("text", "fields", "lat", "lon", "accuracy_m", "place_text"):
        setattr(report, name, latest[name])
    report.content_digest, report.submission_digest = digest, events.ERASED
    for photo in report.photos:
        photo.state, photo.current, photo.original = ERASED, False, True
