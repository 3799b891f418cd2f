"""Photos of a report: declared, received, made ready; replaced or dropped while they are not."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session, lazyload

from sipokat.database import db, lock_rows, table, writing
from sipokat.domain.categories import categories
from sipokat.domain.clock import now as present
from sipokat.domain.refusals import NotFound, NotNow, WrongContent
from sipokat.domain.visibility import desks_over, find_report, visible_reports
from sipokat.models import Photo, Report, User

ARRIVED = ("received", "ready")
CLAIM = timedelta(minutes=2)
TRIES = 5


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


def find_own(session: Session, user: User, client_id: str) -> Report:
    """The report with the phone's id whose photos this person may send: its reporter, or the
    present holder of the author's office. Raises NotFound."""
    query = visible_reports(user).where(Report.client_id == client_id)
    found = list(session.scalars(query).unique())
    for report in found:
        if report.reporter_id == user.id:
            return report
    for report in found:
        if report.author_desk in desks_over(user, report.region_code):
            return report
    raise NotFound("Laporan untuk foto ini belum sampai. Kirim laporannya dulu.")


def _hold_own(session: Session, user: User, client_id: str) -> Report:
    """The same, with nobody else changing its photos until the transaction ends."""
    report = find_own(session, user, client_id)
    lock_rows(session, select(Report.id).where(Report.id == report.id))
    for photo in report.photos:
        session.expire(photo)
    session.expire(report, ["photos"])
    return report


def _photo(report: Report, photo_id: str) -> Photo | None:
    return next((one for one in report.photos if one.client_id == photo_id), None)


def accept(
    user: User,
    client_id: str,
    photo_id: str,
    sha256: str,
    data: bytes,
    store: Store,
    replaces: str | None = None,
    now: datetime | None = None,
) -> Report:
    """Take the bytes of a declared photo, in every state of the report.

    The caller has checked that `data` has this digest and is a photo. Returns once the bytes are
    durable; a repeat changes nothing. `replaces` names a photo of the same report that is
    missing or broken and gives way to this one. Raises NotFound for an undeclared photo and
    NotNow for an id that stands for other bytes.
    """
    if replaces is not None:
        with writing() as session:
            _give_way(user, _hold_own(session, user, client_id), replaces, photo_id, sha256)
    awaited = db.session.execute(
        _OWN_AWAITED, {"user": user.id, "report": client_id, "photo": photo_id, "sha256": sha256}
    ).first()
    if awaited is None:  # sent before, somebody else's, the office's, or wrong
        report = find_own(db.session(), user, client_id)
        photo = _declared(report, photo_id, sha256)
        if photo.state != "missing":
            return report
        photo_pk, report_pk = photo.id, report.id
    else:
        photo_pk, report_pk = awaited
    store.keep(original_key(report_pk, photo_id), data)
    with writing() as session:
        session.execute(_RECEIVED, {"photo": photo_pk, "at": now or present()})
        return session.get_one(Report, report_pk, populate_existing=True, options=_BARE)


# A receipt needs neither the person nor the region.
_BARE = (lazyload(Report.reporter), lazyload(Report.region))

# The usual case, in one look: a photo that its reporter declared and that has not arrived.
_OWN_AWAITED = (
    select(Photo.id, Photo.report_id)
    .join(Report, Report.id == Photo.report_id)
    .where(
        Report.reporter_id == bindparam("user"),
        Report.client_id == bindparam("report"),
        Photo.client_id == bindparam("photo"),
        Photo.sha256 == bindparam("sha256"),
        Photo.state == "missing",
    )
)
_RECEIVED = (
    update(table(Photo))
    .where(table(Photo).c.id == bindparam("photo"), table(Photo).c.state == "missing")
    .values(state="received", original=True, received_at=bindparam("at"))
)


def _declared(report: Report, photo_id: str, sha256: str) -> Photo:
    photo = _photo(report, photo_id)
    if photo is None:
        raise NotFound("Foto ini belum disebut di laporan. Kirim laporannya dulu.")
    if photo.sha256 != sha256:
        raise NotNow("Foto ini sudah ada dengan isi yang lain. Ganti fotonya.", report)
    return photo


def _give_way(user: User, report: Report, old_id: str, photo_id: str, sha256: str) -> None:
    if _photo(report, photo_id) is not None:
        return  # sent before
    old = _photo(report, old_id)
    if old is None:
        raise NotFound("Foto yang diganti tidak ditemukan.")
    if old.state in ARRIVED or not old.current:
        raise NotNow("Foto itu sudah sampai, jadi tidak perlu diganti.", report)
    old.current = False
    report.photos.append(
        Photo(client_id=photo_id, declared_by=user.id, sha256=sha256, state="missing")
    )


def drop(user: User, client_id: str, photo_id: str) -> Report:
    """Take a photo that never arrived, or is broken, out of the report. Repeats change nothing.

    Raises NotNow for one that has arrived, WrongContent for the last one where a photo is
    required: that one may only be replaced.
    """
    with writing() as session:
        report = _hold_own(session, user, client_id)
        photo = _photo(report, photo_id)
        if photo is None:
            raise NotFound("Foto ini tidak ada di laporan.")
        if not photo.current:
            return report
        if photo.state in ARRIVED:
            raise NotNow("Foto itu sudah sampai, jadi tidak dapat dihapus lagi.", report)
        left = sum(one.current for one in report.photos) - 1
        if categories()[report.category].photo_required and left == 0:
            raise WrongContent(
                "Laporan ini perlu foto. Ganti dengan foto lain.",
                {"photos": "Laporan ini perlu foto. Ganti dengan foto lain."},
            )
        photo.current = False
        return report


def find_visible(session: Session, user: User, number: str, photo_id: str) -> Photo:
    """A ready photo that may be shown to this person. Raises NotFound."""
    photo = _photo(find_report(session, user, number), photo_id)
    if photo is None or photo.state != "ready":
        raise NotFound("Foto tidak ditemukan.")
    return photo


def claim(now: datetime | None = None) -> tuple[int, str] | None:
    """Claim one received photo for this worker: its row's id and the token of the claim.

    A claim older than two minutes belonged to a worker that died, and may be taken. A photo on
    which five workers died is broken.
    """
    at = now or present()
    free = and_(
        Photo.state == "received",
        or_(Photo.claimed_at.is_(None), Photo.claimed_at < at - CLAIM),
    )
    waiting = db.session.scalar(select(Photo.id).where(free).order_by(Photo.id).limit(1))
    if waiting is None:
        return None
    token = str(uuid.uuid4())
    with writing() as session:
        taken = session.execute(
            update(Photo)
            .where(Photo.id == waiting, free)
            .values(claimed_at=at, claim=token, tries=Photo.tries + 1)
            .returning(Photo.tries)
        ).scalar()
        if taken is not None and taken > TRIES:
            session.execute(update(Photo).where(Photo.id == waiting).values(state="broken"))
            return None
    return (waiting, token) if taken is not None else None


def settle(photo_id: int, token: str, size: tuple[int, int] | None) -> bool:
    """Record what became of a claimed photo: ready with its size, or broken. False when the
    claim was lost to another worker."""
    values: dict[str, object] = {"state": "broken"}
    if size is not None:
        values = {"state": "ready", "width": size[0], "height": size[1]}
    with writing() as session:
        done = session.execute(
            update(Photo)
            .where(Photo.id == photo_id, Photo.claim == token, Photo.state == "received")
            .values(**values)
            .returning(Photo.id)
        ).scalar()
    return done is not None


def drop_originals(store: Store, limit: int = 50) -> int:
    """Drop received bytes that are no longer needed; how many. Safe to be killed in."""
    query = select(Photo).where(Photo.original, Photo.state == "ready").limit(limit)
    done = list(db.session.scalars(query))
    for photo in done:
        store.drop(original_key(photo.report_id, photo.client_id))
    if done:
        ids = [photo.id for photo in done]
        with writing() as session:
            session.execute(update(Photo).where(Photo.id.in_(ids)).values(original=False))
    return len(done)
