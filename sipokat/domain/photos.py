"""Photos of a report: declared, looked at, and which of them stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.content import PhotoClaim
from sipokat.domain.receipts import ERASED
from sipokat.domain.refusals import NotFound, NotNow
from sipokat.domain.visibility import find_report
from sipokat.models import Photo, Report, Revision, User
from sipokat.prepared import Prepared


class Store(Protocol):
    """Where bytes lie. `keep` returns once they are durable."""

    def keep(self, key: str, data: bytes) -> None: ...
    def read(self, key: str) -> bytes: ...
    def drop(self, key: str) -> None: ...


def original_key(report_id: int, photo_id: str) -> str:
    """Where the received bytes lie until they are made ready. Spread over 256 folders, so that
    a new report seldom makes a folder that must be synced as well."""
    return f"original/{photo_id[:2]}/{report_id}-{photo_id}"


def picture_key(photo: Photo, size: str) -> str:
    """Where what is served lies; `size` is `photo` or `thumbnail`."""
    return f"{size}/{photo.client_id[:2]}/{photo.report_id}-{photo.client_id}.jpg"


def rows_of(user: User, claims: Sequence[PhotoClaim]) -> list[dict[str, Any]]:
    """The rows of photos that this person declares; their bytes come by themselves later."""
    row = {
        "declared_by": user.id,
        "state": "missing",
        "current": True,
        "original": False,
        "tries": 0,
    }
    return [row | {"client_id": one.id, "sha256": one.sha256} for one in claims]


def declare(session: Session, report_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Await these photos of a report."""
    for row in rows:
        _DECLARE.run(session, row | {"report_id": report_id})


_DECLARE = Prepared(insert(table(Photo)))


def redeclare(
    session: Session, user: User, report: Report, claims: Sequence[PhotoClaim], at: datetime
) -> None:
    """Make the listed photos the present ones of the report, and await those that are new from `at`
    on. Raises NotNow for an id that stands for other bytes."""
    new = choose(report, claims)
    session.flush()
    declare(session, report.id, [row | {"added_at": at} for row in rows_of(user, new)])
    session.expire(report, ["photos"])


def choose(report: Report, claims: Sequence[PhotoClaim]) -> list[PhotoClaim]:
    """Make those of the report's photos that are listed its present ones; returns the claims of
    photos that are not there yet. Raises NotNow for an id that stands for other bytes."""
    there = {photo.client_id: photo for photo in report.photos}
    listed = {claim.id for claim in claims}
    for photo in report.photos:
        photo.current = photo.client_id in listed
    for claim in claims:
        known = there.get(claim.id)
        if known is not None and known.state == ERASED:
            raise NotNow("Foto ini sudah dihapus. Ganti fotonya.", report)
        if known is not None and known.sha256 != claim.sha256:
            raise NotNow("Foto ini sudah ada dengan isi yang lain. Ganti fotonya.", report)
    return [one for one in claims if one.id not in there]


def shown_in(revision: Revision, photos: Sequence[Photo]) -> list[Photo]:
    """The photos of a revision as they are now: a photo that was replaced later is shown by its
    replacement, one that was dropped later is left out."""
    by_id = {photo.client_id: photo for photo in photos}
    shown = []
    for claim in revision.content["photos"]:
        photo = by_id.get(claim["id"])
        while photo is not None and photo.left_at is not None and photo.left_at >= revision.at:
            photo = by_id.get(photo.gave_way_to or "")
        if photo is not None:
            shown.append(photo)
    return shown


def in_place(photos: Sequence[Photo]) -> list[Photo]:
    """The photos that the report has now, in the order in which they were declared; one that was
    sent in the place of another has its place, so that the numbers of the others stay."""
    before = {one.gave_way_to: one for one in photos if one.gave_way_to}

    def place(photo: Photo) -> int:
        at = photos.index(photo)
        while photo.client_id in before:
            photo = before.pop(photo.client_id)  # nobody else has given way to it
            at = photos.index(photo)
        return at

    return sorted((one for one in photos if one.current), key=place)


def find_visible(session: Session, user: User, number: str, photo_id: str) -> Photo:
    """A ready photo that may be shown to this person. Raises NotFound."""
    report = find_report(session, user, number)
    for photo in report.photos:
        if photo.client_id == photo_id and photo.state == "ready":
            return photo
    raise NotFound("Foto tidak ditemukan.")
