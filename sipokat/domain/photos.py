"""Photos of a report: declared, received, and replaced or dropped while they have not arrived."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select, true, update
from sqlalchemy.orm import Session

from sipokat.database import db, lock_rows, table, writing
from sipokat.domain import events
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import PhotoClaim, content_digest
from sipokat.domain.offices import acting_at, desk_held_lately, desks_over
from sipokat.domain.receipts import ARRIVED, ERASED, Receipt, listed, receipt
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
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


def _find(session: Session, user: User, client_id: str, photo_id: str) -> Photo:
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
    return report.author_desk in desks_over(user, report.region_code)


def _declared(user: User, photo: Photo) -> bool:
    return photo.declared_by == user.id


def may_change(user: User, photo: Photo, at: datetime) -> bool:
    """Whether this person may replace or drop the photo: the office's present holder, and whoever
    declared it in that office until it has ended for too long."""
    report = photo.report
    lately = desk_held_lately(user, report.region_code, report.author_desk, day_of(at))
    return _holds_office(user, photo) or (_declared(user, photo) and lately)


def _require_may_change(user: User, photo: Photo, at: datetime) -> None:
    """Raises NeverAllowed for whoever may not replace or drop the photo."""
    if not may_change(user, photo, at):
        raise NeverAllowed("Hanya ketua RT atau pejabat yang sekarang dapat mengganti foto ini.")


def _hold(session: Session, user: User, client_id: str, photo_id: str, at: datetime) -> Photo:
    """A photo that this person may replace or drop. The photos of its report are locked against
    everybody else until the transaction ends."""
    photo = _find(session, user, client_id, photo_id)
    _require_may_change(user, photo, at)
    report = photo.report
    lock_rows(session, select(Report.id).where(Report.id == report.id))
    for one in report.photos:
        session.expire(one)
    session.expire(report, ["photos"])
    return photo


def accept(
    user: User,
    client_id: str,
    photo_id: str,
    sha256: str,
    data: bytes,
    store: Store,
    replaces: str | None = None,
    now: datetime | None = None,
    look: Callable[[bytes], object] | None = None,
) -> Receipt:
    """Take the bytes of a declared photo, in every state of the report, for the report's receipt.

    The caller has checked that `data` has this digest. `look` raises what is wrong with it as a
    photo; it is called only once it is known that the bytes are awaited from this person. Returns
    once they are durable; a repeat changes nothing. `replaces` names a photo of the same report
    that is missing or broken and gives way to this one. Raises NotFound for an undeclared photo,
    NeverAllowed for somebody who may not replace it, and NotNow for an id that stands for other
    bytes.
    """
    at = now or present()
    if replaces is not None:
        old = _find(db.session(), user, client_id, replaces)
        _require_may_change(user, old, at)
        if look and _is_to_be_replaced(old, photo_id):
            look(data)
            look = None
        with writing() as session:
            old = _hold(session, user, client_id, replaces, at)
            _give_way(session, user, old, photo_id, sha256, at)
    known = {"user": user.id, "report": client_id, "photo": photo_id, "sha256": sha256}
    awaited = _OWN_AWAITED.run(db.session(), known | {"state": "missing"}).first()
    if awaited is None:  # a repeat, another person's or office's photo, or an unknown one
        photo = _find(db.session(), user, client_id, photo_id)
        if photo.sha256 != sha256:
            said = "Foto ini sudah ada dengan isi yang lain. Ganti fotonya."
            raise NotNow(said, photo.report)
        if photo.state != "missing":
            return receipt(photo.report)
        photo_pk, report_pk = photo.id, photo.report_id
    else:
        photo_pk, report_pk = awaited
    if look:
        look(data)
    key = original_key(report_pk, photo_id)
    store.keep(key, data)
    with writing() as session:
        # Before the photo's row, as a revision does. A decision that is being made now comes
        # before this or after it, so that a late photo is always known as late.
        lock_rows(session, _ROW, {"report": report_pk})
        change = {"photo": photo_pk, "before": "missing", "after": "received", "at": at}
        received = _RECEIVED.run(session, change).first()
        rows = session.execute(_RECEIPT, {"report": report_pk}).all()
        if received is not None and rows[0].version > 1:
            report = session.get_one(Report, report_pk, populate_existing=True)
            moves = [(one.version or 0, one.action) for one in events.moves_of(session, report)]
            if late := late_remark(user, report, photo_id, at, moves):
                events.remark(session, report.id, late)
    state = next(row.state for row in rows if row.id == photo_pk)
    if received is None and state != "received":
        # It was sent twice at once, and the worker had already made the other copy ready.
        store.drop(key)
    return Receipt(client_id, rows[0].number, rows[0].reported_at, listed(rows))


_REPORT, _PHOTO = table(Report).c, table(Photo).c
# The report's row, to be locked.
_ROW = select(_REPORT.id).where(_REPORT.id == bindparam("report"))

# A report and its photos, as much of them as its receipt tells.
_RECEIPT = (
    select(
        _REPORT.number,
        _REPORT.version,
        _REPORT.received_at.label("reported_at"),
        *_PHOTO["id", "client_id", "sha256", "state", "current"],
    )
    .join_from(table(Report), table(Photo), _PHOTO.report_id == _REPORT.id)
    .where(_REPORT.id == bindparam("report"))
    .order_by(_PHOTO.id)
)

# The usual case in one statement: a photo that its reporter declared and that has not arrived.
_OWN_AWAITED = Prepared(
    select(_PHOTO.id, _PHOTO.report_id)
    .join_from(table(Photo), table(Report), _REPORT.id == _PHOTO.report_id)
    .where(
        _REPORT.reporter_id == bindparam("user"),
        _REPORT.client_id == bindparam("report"),
        _PHOTO.client_id == bindparam("photo"),
        _PHOTO.sha256 == bindparam("sha256"),
        _PHOTO.state == bindparam("state"),
    )
)
_RECEIVED = Prepared(
    update(table(Photo))
    .where(_PHOTO.id == bindparam("photo"), _PHOTO.state == bindparam("before"))
    .values(state=bindparam("after"), original=true(), received_at=bindparam("at"))
    .returning(_PHOTO.id)
)


def late_remark(
    user: User, report: Report, photo_id: str, at: datetime, moves: Sequence[tuple[int, str]]
) -> events.Remark | None:
    """What the record notes when a photo arrives after somebody has decided without it. `moves` are
    the versions and actions of the report's moves. Nothing for a photo that is no longer in the
    report: it has been dropped, replaced or left out since."""
    photo = next(photo for photo in report.photos if photo.client_id == photo_id)
    if not photo.current:
        return None
    by_new_id = {photo.gave_way_to: photo.client_id for photo in report.photos}
    ids, one = {photo_id}, by_new_id.get(photo_id)
    while one is not None and one not in ids:  # it stands for a photo that was declared earlier
        ids.add(one)
        one = by_new_id.get(one)
    declared = min(
        (
            revision.version
            for revision in report.revisions
            if ids & {claim["id"] for claim in revision.content["photos"]}
        ),
        default=0,
    )
    since = [action for version, action in moves if version > declared]
    if all(action in ("submit", "revise") for action in since):
        return None
    detail = {"photo": photo_id, "sha256": photo.sha256}
    return _remark_of("arrive", user, report, at, detail)


def _remark(
    session: Session, action: str, user: User, report: Report, at: datetime, detail: dict[str, str]
) -> None:
    events.remark(session, report.id, _remark_of(action, user, report, at, detail))


def _remark_of(
    action: str, user: User, report: Report, at: datetime, detail: dict[str, str]
) -> events.Remark:
    office = acting_at(user, report.author_desk, report.region_code)
    return events.Remark(action, user.id, office, at, report.content_digest, detail)


def _is_to_be_replaced(old: Photo, photo_id: str) -> bool:
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


def _give_way(
    session: Session, user: User, old: Photo, photo_id: str, sha256: str, at: datetime
) -> None:
    report = old.report
    if not _is_to_be_replaced(old, photo_id):
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


def send_late(
    user: User,
    number: str,
    photo_id: str,
    data: bytes,
    store: Store,
    look: Callable[[bytes], object],
    now: datetime | None = None,
) -> None:
    """Take a photo from whichever phone for one that has not arrived or is broken: the same photo
    if the bytes are those that were declared, else one that replaces it. Repeats change nothing.

    `look` raises what is wrong with the bytes as a photo. Raises as `find_late` and `accept` do.
    """
    photo = find_late(db.session(), user, number, photo_id, now)
    sha256 = hashlib.sha256(data).hexdigest()
    client_id = photo.report.client_id
    same = photo.sha256 == sha256 and photo.state == "missing" and photo.current
    # A new id that is made of the bytes, so that a repeat is known as one.
    new = photo_id if same else str(uuid.uuid5(uuid.UUID(photo_id), sha256))
    replaces = None if same else photo_id
    accept(user, client_id, new, sha256, data, store, replaces, now, look)


def find_late(
    session: Session, user: User, number: str, photo_id: str, now: datetime | None = None
) -> Photo:
    """A photo of this report, for whoever may send another one or do without it. Raises NotFound
    where the report or the photo is not to be seen, NeverAllowed for those who only read it."""
    report = find_report(session, user, number)
    photo = next((one for one in report.photos if one.client_id == photo_id), None)
    if photo is None:
        raise NotFound("Foto tidak ditemukan.")
    _require_may_change(user, photo, now or present())
    return photo


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
        photo = _hold(session, user, client_id, photo_id, at)
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
