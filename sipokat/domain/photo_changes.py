"""Photos that have not arrived or are broken: who may replace or drop them, and how they leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, writing
from sipokat.domain import events
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import content_digest
from sipokat.domain.ended_rt import is_heir
from sipokat.domain.former_offices import desk_held_lately
from sipokat.domain.offices import acting_at, desks_over
from sipokat.domain.photos import shown_in
from sipokat.domain.receipts import ARRIVED
from sipokat.domain.recording import desk_of_author, is_recorder
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.models import Photo, Report, User


def find_declared(session: Session, user: User, client_id: str, photo_id: str) -> Photo:
    """The declared photo, for whoever may send its bytes: the reporter, the present holder of the
    author's office, and who declared it, even if their term has ended since. Raises NotFound."""
    query = select(Photo).join(Photo.report)
    query = query.where(Photo.client_id == photo_id, Report.client_id == client_id)
    found = list(session.scalars(query))
    for may in (_wrote, _holds_office, _declared):
        for photo in found:
            if may(user, photo):
                return photo
    raise NotFound("Foto ini belum disebut di laporan. Kirim laporannya dulu.")


def _wrote(user: User, photo: Photo) -> bool:
    return photo.report.reporter_id == user.id


def _holds_office(user: User, photo: Photo) -> bool:
    report = photo.report
    holds = report.author_desk in desks_over(user, report.region_code)
    return holds or is_heir(user, report)


def _declared(user: User, photo: Photo) -> bool:
    return photo.declared_by == user.id


def may_change(user: User, photo: Photo, at: datetime) -> bool:
    """Whether this person may replace or drop the photo: the office's present holder, and whoever
    declared it in that office until it has ended for too long, or wrote the report for an RT."""
    report = photo.report
    lately = desk_held_lately(user, report.region_code, report.author_desk, day_of(at))
    by_office = _holds_office(user, photo) or is_recorder(user, report)
    return by_office or (_declared(user, photo) and lately)


def require_may_change(user: User, photo: Photo, at: datetime) -> None:
    """Raises NeverAllowed for whoever may not replace or drop the photo."""
    if not may_change(user, photo, at):
        raise NeverAllowed("Hanya ketua RT atau pejabat yang sekarang dapat mengganti foto ini.")


def hold(session: Session, user: User, client_id: str, photo_id: str, at: datetime) -> Photo:
    """A photo that this person may replace or drop. The photos of its report are locked against
    everybody else until the transaction ends."""
    photo = find_declared(session, user, client_id, photo_id)
    require_may_change(user, photo, at)
    report = photo.report
    lock_rows(session, select(Report.id).where(Report.id == report.id))
    for one in report.photos:
        session.expire(one)
    session.expire(report, ["photos"])
    return photo


def is_to_be_replaced(old: Photo, photo_id: str) -> bool:
    """Whether the photo still has to give way to the new one; False when it has done so before.
    Raises NotNow if it may not."""
    report = old.report
    if any(one.client_id == photo_id for one in report.photos):
        return False
    if old.state in ARRIVED:
        raise NotNow("Foto itu sudah sampai, jadi tidak perlu diganti.", report)
    if not old.current:
        raise NotNow("Foto itu sudah tidak dipakai di laporan ini.", report)
    return True


def give_way(
    session: Session, user: User, old: Photo, photo_id: str, sha256: str, at: datetime
) -> None:
    """Let the photo give way to the new one in its report, with an entry in the record. Raises
    NotNow if it may not; once it has done so nothing happens."""
    report = old.report
    if not is_to_be_replaced(old, photo_id):
        return  # sent before
    report.photos.append(
        Photo(
            client_id=photo_id,
            declared_by=user.id,
            sha256=sha256,
            state="missing",
            added_at=at,
        )
    )
    old.gave_way_to = photo_id
    _leave(user, old, at)
    detail = {"photo": old.client_id, "by": photo_id, "sha256": sha256}
    _remark(session, "replace", user, report, at, detail)


def spareable(report: Report) -> bool:
    """Whether the report may do without one of its photos: not if that is the last required one."""
    left = sum(one.current for one in report.photos) - 1
    return left > 0 or not categories()[report.category].photo_required


def awaited_since(photo: Photo) -> datetime:
    """Since when the server waits for this photo."""
    return photo.added_at or photo.report.received_at


def drop(user: User, client_id: str, photo_id: str, now: datetime | None = None) -> Report:
    """Take a photo that never arrived, or is broken, out of the report. Repeats change nothing.

    Raises NeverAllowed for somebody who may not, NotNow for a photo that has arrived, WrongContent
    for the last one where a photo is required: that one may only be replaced.
    """
    at = now or present()
    with writing() as session:
        photo = hold(session, user, client_id, photo_id, at)
        report = photo.report
        if not photo.current:
            return report
        if photo.state in ARRIVED:
            raise NotNow("Foto itu sudah sampai, jadi tidak dapat dihapus lagi.", report)
        if not spareable(report):
            raise WrongContent(
                "Laporan ini perlu foto. Ganti dengan foto lain.",
                {"photos": "Laporan ini perlu foto. Ganti dengan foto lain."},
            )
        photo.gave_way_to = None
        _leave(user, photo, at)
        _remark(session, "drop", user, report, at, {"photo": photo.client_id})
        return report


def _leave(user: User, photo: Photo, at: datetime) -> None:
    """Take the photo out of the report without a new version. Who did it and when is kept, and the
    report's content digest, which later events carry, no longer includes the photo."""
    photo.current, photo.left_at, photo.left_by = False, at, user.id
    report = photo.report
    latest = report.revisions[-1]
    shown = [{"id": p.client_id, "sha256": p.sha256} for p in shown_in(latest, report.photos)]
    content = latest.content | {"photos": shown}
    report.content_digest = content_digest(report.category, report.region_code, content)


def _remark(
    session: Session, action: str, user: User, report: Report, at: datetime, detail: dict[str, str]
) -> None:
    events.remark(session, report.id, remark_of(action, user, report, at, detail))


def remark_of(
    action: str, user: User, report: Report, at: datetime, detail: dict[str, str]
) -> events.Remark:
    """What the record notes of a photo, from the desk at which the person acts for the author."""
    office = acting_at(user, desk_of_author(user, report), report.region_code)
    return events.Remark(action, user.id, office, at, report.content_digest, detail)
