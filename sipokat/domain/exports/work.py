"""What the worker does with the rows of exports: claims one, says how far it is, settles it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, literal_column, or_, select, update
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain.clock import now as present
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.rules import FORMATS, KEPT, RULES
from sipokat.domain.notices import rows
from sipokat.domain.notices.export_news import KIND
from sipokat.models import Export

# So long a worker may say nothing.
CLAIM = timedelta(minutes=5)
TRIES = 3
# As the index `ix_export_waiting` spells it.
_WAITING = Export.state == literal_column("'waiting'")


def claim(worker: str, now: datetime | None = None) -> int | None:
    """Claim one export that waits: its id. What nobody has tried comes first, and of that what was
    asked for first. A claim of which nothing was heard for five minutes may be taken: its worker
    has died, and the file is made again from the start. The third death is the last."""
    at = now or present()
    free = and_(_WAITING, or_(Export.claimed_at.is_(None), Export.claimed_at < at - CLAIM))
    order = (Export.claimed_at.nulls_first(), Export.id)
    waiting = db.session.scalar(select(Export.id).where(free).order_by(*order).limit(1))
    if waiting is None:
        return None
    died = case((Export.claim.is_not(None), 1), else_=0)
    with writing() as session:
        tries = session.execute(
            update(Export)
            .where(Export.id == waiting, free)
            .values(claimed_at=at, claim=worker, tries=Export.tries + died, done=0, total=None)
            .returning(Export.tries)
        ).scalar()
        if tries is not None and tries >= TRIES:
            _settle(session, waiting, worker, at, state="failed", why="broken")
            return None
    return waiting if tries is not None else None


def progress(export_id: int, worker: str, done: int, total: int) -> bool:
    """Say how far the file is. False when the claim was lost, or the export was taken back."""
    with writing() as session:
        mine = _claimed(export_id, worker)
        values = {"done": done, "total": total, "claimed_at": present()}
        changed = session.execute(update(Export).where(mine).values(values).returning(Export.id))
        return changed.scalar() is not None


def give_back(export_id: int, worker: str, at_once: bool = False) -> None:
    """Release a claimed export that is not at fault. After a full disk or a lost database nobody
    claims it again until five minutes after it was claimed; `at_once` for a worker that ends."""
    values: dict[str, object] = {"claim": None, "done": 0}
    if at_once:
        values["claimed_at"] = None
    with writing() as session:
        session.execute(update(Export).where(_claimed(export_id, worker)).values(values))


def count_try(export_id: int, worker: str) -> None:
    """Release a claimed export over which its own making has failed. That is a try as well: after
    the third its person is told that it cannot be made."""
    at = present()
    with writing() as session:
        tries = session.execute(
            update(Export)
            .where(_claimed(export_id, worker))
            .values(tries=Export.tries + 1)
            .returning(Export.tries)
        ).scalar()
        if tries is not None and tries >= TRIES:
            _settle(session, export_id, worker, at, state="failed", why="broken", ready_at=at)
            return
        session.execute(
            update(Export).where(_claimed(export_id, worker)).values(claim=None, done=0)
        )


def _claimed(export_id: int, worker: str) -> ColumnElement[bool]:
    return and_(Export.id == export_id, Export.claim == worker, _WAITING)


def finish(export_id: int, worker: str, rows_written: int, size: int) -> bool:
    """The file is there: tell its person. False when the claim was lost."""
    return _end(export_id, worker, "ready", None, rows_written, size)


def fail(export_id: int, worker: str, why: str) -> bool:
    """No file can be made: tell its person. `why` is a key of `finding.WHY`."""
    return _end(export_id, worker, "failed", why, 0, None)


def _end(
    export_id: int, worker: str, state: str, why: str | None, done: int, size: int | None
) -> bool:
    at = present()
    with writing() as session:
        return _settle(
            session, export_id, worker, at, state=state, why=why, done=done, size=size, ready_at=at
        )


def _settle(session: Session, export_id: int, worker: str, at: datetime, **values: object) -> bool:
    query = update(Export).where(_claimed(export_id, worker)).values(**values)
    told = session.execute(
        query.returning(Export.made_by_id, Export.what, Export.format, Export.done, Export.state)
    ).one_or_none()
    if told is None:
        return False
    person, what, form, done, state = told
    if state == "ready":
        _make_room(session, person)
    title = f"{KINDS[what].title} ({FORMATS[form]})"
    facts = {"title": title, "rows": done, "ready": state == "ready"}
    key, url = f"export {export_id}", f"/unduhan/{export_id}"
    rows.add(session, [rows.row(person, KIND, key, at, url, facts=facts)])
    return True


def _make_room(session: Session, person: str) -> None:
    """Let the person's oldest ready files go where all together are too large."""
    query = select(Export).where(Export.made_by_id == person, Export.state == "ready")
    left = RULES["ready_mb"] * 1_000_000
    for place, one in enumerate(session.scalars(query.order_by(Export.id.desc()))):
        left -= one.size or 0
        if left < 0 and place:
            one.state = "over"


def kept_files(session: Session, at: datetime) -> set[str]:
    """The names of the files that may still be given out."""
    return _names(session, "ready", at)


def recalled_files(session: Session, at: datetime) -> set[str]:
    """The names of the files that were taken back before their days were over."""
    return _names(session, "over", at)


def _names(session: Session, state: str, at: datetime) -> set[str]:
    query = select(Export.id, Export.claim, Export.format).where(
        Export.state == state, Export.ready_at > at - KEPT
    )
    return {file_name(*row) for row in session.execute(query)}


def file_name(export_id: int, worker: str | None, file_format: str) -> str:
    """What the file of an export is called in its folder. Each worker gives it a name of its own: a
    slow one that has lost its claim never puts what it has in the place of the other's file."""
    return f"{export_id}-{worker}.{file_format}"


def old_ones(session: Session, at: datetime) -> list[int]:
    """The rows that are forgotten: that somebody took a file is known for half a year."""
    old = Export.asked_at < at - timedelta(days=RULES["row_days"])
    return list(session.scalars(select(Export.id).where(old).limit(500)))


def forget(session: Session, ids: Collection[int]) -> None:
    """Forget these rows."""
    session.execute(delete(Export).where(Export.id.in_(ids)))
