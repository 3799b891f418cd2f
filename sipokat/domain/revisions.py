"""What a report says, as it is kept: its present content, every revision, the photos it awaits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.categories import Category
from sipokat.domain.content import Content, PhotoClaim, digest
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import Photo, Report, Revision, User


def put_content(report: Report, content: Content) -> None:
    """Make this the present content of the report."""
    report.happened_on, report.text = content.happened_on, content.text
    report.fields, report.period = content.fields, content.period
    report.lat, report.lon = content.lat, content.lon
    report.accuracy_m, report.place_text = content.accuracy_m, content.place_text
    report.content_digest = content_digest(report, content.as_json())


def content_digest(report: Report, content: Mapping[str, Any]) -> str:
    """The digest of a content in its canonical form, as this report's events carry it."""
    return digest({"category": report.category, "region": report.region_code, **content})


def keep_revision(
    session: Session, user: User, report: Report, content: Content, at: datetime
) -> None:
    """Keep this content whole, under the version that it came with."""
    row = {
        "report_id": report.id,
        "version": report.version,
        "author_id": user.id,
        "at": at,
        "content": content.as_json(),
        "content_digest": report.content_digest,
    }
    session.execute(insert(table(Revision)), row)


def declare(session: Session, user: User, report: Report, claims: Sequence[PhotoClaim]) -> None:
    """Await these photos; their bytes come by themselves."""
    if claims:
        shared = {"report_id": report.id, "declared_by": user.id, "state": "missing"}
        shared |= {"current": True, "original": False, "tries": 0}
        rows = [shared | {"client_id": one.id, "sha256": one.sha256} for one in claims]
        session.execute(insert(table(Photo)), rows)
        session.expire(report, ["photos"])


def redeclare(session: Session, user: User, report: Report, content: Content) -> None:
    """Make the photos that the content lists the present ones; await those that are new. Raises
    NotNow for an id that stands for other bytes."""
    there = {photo.client_id: photo for photo in report.photos}
    listed = {claim.id for claim in content.photos}
    for photo in report.photos:
        photo.current = photo.client_id in listed
    for claim in content.photos:
        known = there.get(claim.id)
        if known is not None and known.sha256 != claim.sha256:
            raise NotNow("Foto ini sudah ada dengan isi yang lain. Ganti fotonya.", report)
    session.flush()
    declare(session, user, report, [one for one in content.photos if one.id not in there])


def refuse_second(
    session: Session,
    category: Category,
    region_code: str,
    period: str | None,
    but: Report | None = None,
) -> None:
    """One standing report a region, category and period. Raises WrongContent on `periode`, with
    the number of the first."""
    if period is None:
        return
    query = select(Report.number).where(
        Report.region_code == region_code,
        Report.category == category.key,
        Report.period == period,
        Report.status.not_in(("rejected", "withdrawn")),
    )
    if but is not None:
        query = query.where(Report.id != but.id)
    first = session.scalars(query).first()
    if first is not None:
        sentence = f"{category.name} untuk bulan ini sudah ada: laporan {first}."
        raise WrongContent(sentence, {"fields.periode": sentence}, code="second_of_period")
