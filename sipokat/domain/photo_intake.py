"""The bytes of a report's photos on their way in: as declared, late, or in the place of another."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, select, true, update
from sqlalchemy.orm import Session

from sipokat.database import db, lock_rows, table, writing
from sipokat.domain import events
from sipokat.domain.clock import now as present
from sipokat.domain.photo_changes import (
    find_declared,
    give_way,
    hold,
    is_to_be_replaced,
    remark_of,
    require_may_change,
)
from sipokat.domain.photos import Store, original_key
from sipokat.domain.receipts import Receipt, listed, receipt
from sipokat.domain.refusals import NotFound, NotNow
from sipokat.domain.visibility import find_report
from sipokat.models import Photo, Report, User
from sipokat.prepared import Prepared


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
        old = find_declared(db.session(), user, client_id, replaces)
        require_may_change(user, old, at)
        if look and is_to_be_replaced(old, photo_id):
            look(data)
            look = None
        with writing() as session:
            old = hold(session, user, client_id, replaces, at)
            give_way(session, user, old, photo_id, sha256, at)
    known = {"user": user.id, "report": client_id, "photo": photo_id, "sha256": sha256}
    awaited = _OWN_AWAITED.run(db.session(), known)
    if not awaited:  # a repeat, another person's or office's photo, or an unknown one
        photo = find_declared(db.session(), user, client_id, photo_id)
        if photo.sha256 != sha256:
            said = "Foto ini sudah ada dengan isi yang lain. Ganti fotonya."
            raise NotNow(said, photo.report)
        if photo.state != "missing":
            return receipt(photo.report)
        photo_pk, report_pk = photo.id, photo.report_id
    else:
        photo_pk, report_pk = awaited[0]
    if look:
        look(data)
    key = original_key(report_pk, photo_id)
    store.keep(key, data)
    with writing() as session:
        # Before the photo's row, as a revision does. A decision that is being made now comes
        # before this or after it, so that a late photo is always known as late.
        lock_rows(session, _ROW, {"report": report_pk})
        change = {"photo": photo_pk, "before": "missing", "after": "received", "at": at}
        received = _RECEIVED.run(session, change)
        rows = [_Arrival._make(row) for row in _RECEIPT.rows(session, {"report": report_pk})]
        if received and rows[0].version > 1:
            report = session.get_one(Report, report_pk, populate_existing=True)
            moves = [(one.version or 0, one.action) for one in events.moves_of(session, report)]
            if late := late_remark(user, report, photo_id, at, moves):
                events.remark(session, report.id, late)
    state = next(row.state for row in rows if row.id == photo_pk)
    if not received and state != "received":
        # It was sent twice at once, and the worker had already made the other copy ready.
        store.drop(key)
    return Receipt(client_id, rows[0].number, rows[0].reported_at, listed(rows))


_REPORT, _PHOTO = table(Report).c, table(Photo).c
# The report's row, to be locked.
_ROW = select(_REPORT.id).where(_REPORT.id == bindparam("report"))


class _Arrival(NamedTuple):
    """A report and one of its photos, as much of them as its receipt tells."""

    number: str
    version: int
    reported_at: datetime
    id: int
    client_id: str
    sha256: str
    state: str
    current: bool


_RECEIPT = Prepared(
    select(
        _REPORT.number,
        _REPORT.version,
        _REPORT.received_at,
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
        # Bound, it would be planned anew each time, since an index has this state in its condition.
        _PHOTO.state == literal_column("'missing'"),
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
    return remark_of("arrive", user, report, at, detail)


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
    require_may_change(user, photo, now or present())
    return photo
