"""The work on received photos: claimed, given back or settled; their originals dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, case, literal_column, not_, or_, select, text, update

from sipokat.database import db, writing
from sipokat.domain.clock import now as present
from sipokat.domain.photos import Store, original_key, picture_key
from sipokat.models import Photo

CLAIM = timedelta(minutes=2)
TRIES = 5
BROKEN_KEPT = timedelta(days=30)

# These are spelled as the index `ix_photo_waiting` spells them, not with bound values: SQLite uses
# a partial index only for a query that does so.
_RECEIVED = Photo.state == literal_column("'received'")
_ORIGINAL = text("photo.original")


def claim(worker: str, now: datetime | None = None, after: str = "") -> int | None:
    """Claim one received photo for this worker, whose name no other has: its row's id.

    Photos that were never tried come first, then the one whose last try is longest ago. Among the
    first, the people who sent them take turns in the order of their ids: it is the turn of the one
    behind `after`, whose photo this worker had before. So three hundred photos of one phone do not
    hold back the single one of another. A claim older than two minutes may be taken: its worker has
    died, unless it is this one. A photo on which five workers have died is broken.
    """
    at = now or present()
    free = and_(
        _RECEIVED,
        or_(Photo.claimed_at.is_(None), Photo.claimed_at < at - CLAIM),
    )
    turn = case((Photo.declared_by > after, 0), else_=1)
    first = select(Photo.id).where(free).limit(1)
    waiting = db.session.scalar(
        first.order_by(Photo.claimed_at.nulls_first(), turn, Photo.declared_by, Photo.id)
    )
    if waiting is None:
        return None
    died = case((and_(Photo.claim.is_not(None), Photo.claim != worker), 1), else_=0)
    with writing() as session:
        tries = session.execute(
            update(Photo)
            .where(Photo.id == waiting, free)
            .values(claimed_at=at, claim=worker, tries=Photo.tries + died)
            .returning(Photo.tries)
        ).scalar()
        if tries is not None and tries >= TRIES:
            session.execute(update(Photo).where(Photo.id == waiting).values(state="broken"))
            return None
    return waiting if tries is not None else None


def give_back(photo_id: int, worker: str) -> None:
    """Release a claimed photo that could not be worked on although its bytes may be sound (a full
    disk, a lost database). It does not count as a try; nobody claims the photo again until two
    minutes after it was claimed."""
    with writing() as session:
        session.execute(
            update(Photo).where(Photo.id == photo_id, Photo.claim == worker).values(claim=None)
        )


def settle(photo_id: int, worker: str, size: tuple[int, int] | None) -> bool:
    """Record what became of a claimed photo: ready with its size, or broken. False when the
    claim was lost to another worker."""
    values: dict[str, object] = {"state": "broken"}
    if size is not None:
        values = {"state": "ready", "width": size[0], "height": size[1]}
    with writing() as session:
        done = session.execute(
            update(Photo)
            .where(Photo.id == photo_id, Photo.claim == worker, _RECEIVED)
            .values(**values)
            .returning(Photo.id)
        ).scalar()
    return done is not None


def drop_originals(store: Store, now: datetime | None = None) -> int:
    """Delete received bytes that are no longer needed; how many. It may be killed at any point.

    The bytes hold more than the picture, such as where it was taken. Those of a ready photo go at
    once; those of a broken one when the photo has left the report, or after thirty days in which
    somebody may look at what broke it. An erased photo's go with its picture and thumbnail, when
    no worker can be busy with it any more.
    """
    at = now or present()
    over = or_(not_(Photo.current), Photo.received_at < at - BROKEN_KEPT)
    idle = or_(Photo.claimed_at.is_(None), Photo.claimed_at < at - CLAIM)
    done_with = or_(
        Photo.state == "ready",
        and_(Photo.state == "broken", over),
        and_(Photo.state == "erased", idle),
    )
    done = list(db.session.scalars(select(Photo).where(_ORIGINAL, done_with).limit(50)))
    for photo in done:
        drop_files(store, photo) if photo.state == "erased" else store.drop(
            original_key(photo.report_id, photo.client_id)
        )
    if done:
        ids = [photo.id for photo in done]
        with writing() as session:
            session.execute(update(Photo).where(Photo.id.in_(ids)).values(original=False))
    return len(done)


def drop_files(store: Store, photo: Photo) -> None:
    """Delete all that the store has of a photo."""
    store.drop(original_key(photo.report_id, photo.client_id))
    for size in ("photo", "thumbnail"):
        store.drop(picture_key(photo, size))
