"""Reports as lists and queues read them: plain values instead of objects that a session watches.

They can be compared and be the key of what was made of them: whatever a report says anew, or no
longer says, makes other values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.models import Event, Photo, Report, Revision
from sipokat.prepared import Among, Prepared


class Listed(NamedTuple):
    """A report, with the names of its columns. `fields_json` is what its category asks, as JSON."""

    id: int
    number: str
    client_id: str
    region_code: str
    author_desk: str
    recorded_as: str | None
    received_at: datetime
    written_at: datetime
    clock_doubtful: bool
    category: str
    period: str | None
    urgent: bool
    happened_on: date
    text: str
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    place_text: str | None
    status: str
    desk: str | None
    version: int
    klass: str | None
    arrived_at: datetime
    due_at: datetime | None
    ended_desk: str | None
    fields_json: str

    @property
    def fields(self) -> dict[str, Any]:
        """What its category asks, read anew each time."""
        found: dict[str, Any] = json.loads(self.fields_json)
        return found


class ListedPhoto(NamedTuple):
    """A photo of a report, with the names of its columns."""

    report_id: int
    id: int
    client_id: str
    sha256: str
    state: str
    current: bool
    left_at: datetime | None
    gave_way_to: str | None
    added_at: datetime | None


class ListedRevision(NamedTuple):
    """A content of a report, from this version on, as JSON."""

    report_id: int
    version: int
    at: datetime
    content_json: str

    @property
    def content(self) -> dict[str, Any]:
        """The content, read anew each time."""
        found: dict[str, Any] = json.loads(self.content_json)
        return found


class ListedMove(NamedTuple):
    """A move of a report, as its event tells it; not by whose name, since that may change."""

    report_id: int
    version: int
    at: datetime
    actor_id: str
    actor_desk: str | None
    action: str
    from_desk: str | None
    to_desk: str | None
    klass: str | None
    reason: str | None
    note: str | None
    detail: str | None


_COLUMNS = (
    *(getattr(Report, name) for name in Listed._fields[:-1]),
    cast(Report.fields, Text).label("fields_json"),
)
_PHOTO, _EVENT = table(Photo).c, table(Event).c
_PHOTOS = Among(
    select(*(_PHOTO[name] for name in ListedPhoto._fields)).order_by(_PHOTO.id), _PHOTO.report_id
)
_MOVES = Among(
    select(*(_EVENT["class" if name == "klass" else name] for name in ListedMove._fields))
    .where(_EVENT.version.is_not(None))
    .order_by(_EVENT.seq),
    _EVENT.report_id,
)


_REVISION = table(Revision).c
_REVISIONS = Among(
    select(
        *(_REVISION[name] for name in ListedRevision._fields[:-1]),
        cast(_REVISION.content, Text).label("content_json"),
    ).order_by(_REVISION.version),
    _REVISION.report_id,
)


def as_listed(query: Select[Any]) -> Select[Any]:
    """The query, for no more of its reports than `read_listed` takes."""
    return query.with_only_columns(*_COLUMNS)


def read_listed(session: Session, query: Select[Any] | Prepared) -> list[Listed]:
    """The reports that a query of `as_listed`, prepared or not, finds, in its order."""
    rows: Iterable[Any]
    rows = query.rows(session, {}) if isinstance(query, Prepared) else session.execute(query)
    return [Listed._make(row) for row in rows]


def photos_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[ListedPhoto, ...]]:
    """The photos of each of these reports, as they were declared: one statement for all."""
    rows = _PHOTOS.rows(session, ids) if ids else ()
    return _by_report(ids, map(ListedPhoto._make, rows))


def moves_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[ListedMove, ...]]:
    """The moves of each of these reports, oldest first: one statement for all."""
    rows = _MOVES.rows(session, ids) if ids else ()
    return _by_report(ids, map(ListedMove._make, rows))


def revisions_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[ListedRevision, ...]]:
    """All contents of each of these reports, oldest first: one statement, none for no report."""
    rows = _REVISIONS.rows(session, ids) if ids else ()
    return _by_report(ids, map(ListedRevision._make, rows))


def _by_report(ids: Iterable[int], rows: Iterable[Any]) -> dict[int, tuple[Any, ...]]:
    found: dict[int, list[Any]] = {one: [] for one in ids}
    for row in rows:
        found[row.report_id].append(row)
    return {one: tuple(those) for one, those in found.items()}
