"""Who may have which file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.clock import now
from sipokat.domain.exports.asking import asked_of
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.rules import KEPT
from sipokat.domain.refusals import Gone, NeverAllowed, NotFound, NotNow
from sipokat.domain.regions import lies_in
from sipokat.models import Export, User

LIST = 30
OUT_OF_REACH = "Jabatan Anda sudah berubah. Berkas ini tidak dapat diunduh lagi."
OVER = "Berkas ini sudah dihapus. Buat lagi kalau masih perlu."
WHY = {
    "office": OUT_OF_REACH,
    "rows": "Barisnya terlalu banyak untuk Excel. Persempit pilihannya, atau pilih CSV.",
    "broken": "Berkas ini tidak berhasil disiapkan. Buat lagi, atau minta bantuan Diskominfo.",
}


def find(session: Session, user: User, export_id: int) -> Export:
    """The person's own export with this id. Raises NotFound, the same for another's."""
    found = session.get(Export, export_id)
    if found is None or found.made_by_id != user.id:
        raise NotFound("Unduhan tidak ditemukan. Buka daftar unduhan Anda.")
    return found


def own(session: Session, user: User) -> list[Export]:
    """What the person has asked for last, newest first."""
    query = select(Export).where(Export.made_by_id == user.id)
    return list(session.scalars(query.order_by(Export.id.desc()).limit(LIST)))


def state_of(one: Export, at: datetime | None = None) -> str:
    """`waiting`, `working`, `ready`, `failed`, or `expired`."""
    if one.state == "waiting":
        return "working" if one.claim else "waiting"
    if one.state == "over" or (one.state == "ready" and is_over(one, at or now())):
        return "expired"
    return one.state


def until(one: Export) -> datetime | None:
    """The moment from which a ready file is not given out any more."""
    return one.ready_at + KEPT if one.ready_at else None


def is_over(one: Export, at: datetime) -> bool:
    """Whether its days are over."""
    end = until(one)
    return end is not None and end <= at


def within_reach(user: User, one: Export) -> bool:
    """Whether this person's offices of today still let them have all that the file speaks of. An
    account that is closed has no offices."""
    asked = asked_of(one)
    try:
        mine = KINDS[one.what].scopes(user, asked.filters)
    except (NeverAllowed, NotFound):
        return False
    return user.active and all(any(lies_in(code, scope) for scope in mine) for code in asked.scopes)


def to_hand_out(session: Session, user: User, export_id: int) -> Export:
    """The person's own export whose file they may have now. Raises NotFound, NotNow while it is not
    ready, and Gone for one that is over, or out of the reach of their offices."""
    one = find(session, user, export_id)
    state = state_of(one)
    if not within_reach(user, one):
        raise Gone(OUT_OF_REACH)
    if state == "expired":
        raise Gone(OVER)
    if state == "failed":
        raise Gone(WHY[one.why or "broken"])
    if state != "ready":
        raise NotNow("Berkas ini masih disiapkan. Tunggu sampai siap.")
    return one
