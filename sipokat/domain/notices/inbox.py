"""What a person reads of what they were told: the newest first, how many are unread, and which they
have read now. What is read on one phone is read on all of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Text, bindparam, cast, func, or_, select, update
from sqlalchemy.orm import Session

from sipokat.database import lines, table
from sipokat.domain.clock import now
from sipokat.domain.notices.audience import OWN
from sipokat.domain.offices import held
from sipokat.models import Event, Notice, Report, User
from sipokat.prepared import Among

PAGE = 20
FIRST = 2**31 - 1  # no notice has a number above it
MOST = 100  # unread ones are counted so far on each page

_NOTICE, _REPORT, _EVENT = table(Notice).c, table(Report).c, table(Event).c


class Entry(NamedTuple):
    """A notice with all that its sentence and its link need: of the report as it is now and of the
    event that it tells. `facts_json` is what only the notice knows."""

    id: int
    kind: str
    at: datetime
    office: str
    url: str
    facts_json: str | None
    read_at: datetime | None
    category: str | None
    fields_json: str | None
    period: str | None
    region: str | None
    author_desk: str | None
    desk: str | None
    action: str | None
    actor_desk: str | None
    to_desk: str | None
    reason: str | None
    note: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """What only the notice knows."""
        found: dict[str, Any] = json.loads(self.facts_json or "{}")
        return found

    @property
    def fields(self) -> dict[str, Any]:
        """What the report's category asks."""
        found: dict[str, Any] = json.loads(self.fields_json or "{}")
        return found


_OF_NOTICE = ("id", "kind", "at", "office", "url", "facts", "read_at")
_OF_EVENT = ("action", "actor_desk", "to_desk", "reason", "note")
_PAGE = Among(
    select(
        *(_NOTICE[name] for name in _OF_NOTICE),
        _REPORT.category,
        cast(_REPORT.fields, Text),
        _REPORT.period,
        _REPORT.region_code,
        _REPORT.author_desk,
        _REPORT.desk,
        *(_EVENT[name] for name in _OF_EVENT),
    )
    .outerjoin_from(table(Notice), table(Report), _REPORT.id == _NOTICE.report_id)
    .outerjoin(table(Event), _EVENT.seq == _NOTICE.event_seq)
    .where(_NOTICE.user_id == bindparam("user"), _NOTICE.id < bindparam("before"))
    .order_by(_NOTICE.id.desc())
    .limit(PAGE + 1),
    _NOTICE.office,
)
_UNREAD = Among(
    select(func.count()).where(_NOTICE.user_id == bindparam("user"), _NOTICE.read_at.is_(None)),
    _NOTICE.office,
)


def waiting(user_id: Any) -> ScalarSelect[str | None]:
    """What `told_at` reads: by which office, and where they lead, of at most MOST unread notices of
    the person with the id in this column. It goes along with another statement, which every page
    sends, so that the count on each costs none of its own."""
    some = (
        select((_NOTICE.office + "|" + _NOTICE.url).label("what"))
        .where(_NOTICE.user_id == user_id, _NOTICE.read_at.is_(None))
        .correlate(user_id.table)
        .limit(MOST)
        .subquery()
    )
    return select(lines(some.c.what)).scalar_subquery()


def told_at(user: User, waiting: str | None) -> list[str]:
    """Where the person's unread notices lead, each with its page: MOST of them at most."""
    if not waiting:
        return []
    offices = set(offices_of(user))
    told = [one.partition("|") for one in waiting.splitlines()]
    return [url for office, _, url in told if office in offices]


def offices_of(user: User) -> list[str]:
    """By which offices the person is told something today: those held, and none."""
    return [OWN, *sorted({office.key for office in held(user)})]


def page(session: Session, user: User, before: int | None = None) -> tuple[list[Entry], int | None]:
    """A page of what the person was told, newest first, and the number before which the next one
    goes on; None on the last."""
    given = {"user": user.id, "before": FIRST if before is None else before}
    found = [Entry._make(row) for row in _PAGE.rows(session, offices_of(user), given)]
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].id if more else None


def unread(session: Session, user: User) -> int:
    """How many of them the person has not read."""
    return int(_UNREAD.rows(session, offices_of(user), {"user": user.id})[0][0])


def unread_at(session: Session, user: User, urls: Collection[str]) -> list[int]:
    """The numbers of the unread ones that lead to one of these pages."""
    mine = select(Notice.id).where(
        Notice.user_id == user.id,
        Notice.read_at.is_(None),
        Notice.office.in_(offices_of(user)),
        Notice.url.in_(urls),
    )
    return list(session.scalars(mine))


def read(
    session: Session,
    user: User,
    ids: Sequence[int] = (),
    until: int = 0,
    at: datetime | None = None,
) -> int:
    """The person has read these, and all up to the number `until`: how many of them were unread.
    What others were told, and what is told no more because an office has ended, stays as it is."""
    mine = update(table(Notice)).where(
        _NOTICE.user_id == user.id,
        _NOTICE.read_at.is_(None),
        _NOTICE.office.in_(offices_of(user)),
        or_(_NOTICE.id.in_(ids), _NOTICE.id <= until),
    )
    done = session.execute(mine.values(read_at=at or now()).returning(_NOTICE.id))
    return len(done.all())
