"""New content for a report that lies on its author's desk. Every content is kept whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import table, writing
from sipokat.domain import chain, days_held
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import Content, Raw, check, content_digest, digest, loose
from sipokat.domain.participation.facts import share_now
from sipokat.domain.periods import refuse_second
from sipokat.domain.photos import redeclare
from sipokat.domain.standing import leaving, settle
from sipokat.domain.verification import (
    Attempt,
    alone_for_its_month,
    guard,
    record,
    take_up,
)
from sipokat.models import Report, Revision, User
from sipokat.prepared import Prepared


def revise(
    user: User,
    number: str,
    version: int | None,
    raw: Raw,
    action_id: str | None = None,
    now: datetime | None = None,
) -> Report:
    """Replace the content by the author's office and send it to the desk above its author's.

    Photos listed in `raw` are kept or awaited; the others stay in the old revision only. Dates are
    judged by the day on which the report was first written: however long it lay on desks, a date
    that was right stays right. Raises as `verification.act` does, and WrongContent with a sentence
    for each field.
    """
    attempt = attempt_of(user, number, version, raw, now or present(), action_id)
    with writing() as session:
        report, done = take_up(session, attempt)
        if not done:
            _replace(session, attempt, report, raw)
        return report


def attempt_of(
    user: User, number: str, version: int | None, raw: Raw, at: datetime, action_id: str | None
) -> Attempt:
    """The attempt to send this new content, with its digest."""
    asked = digest(["revise", number, version, loose(raw)])
    return Attempt(user, number, chain.Request("revise", version), asked, at, action_id)


def _replace(session: Session, attempt: Attempt, report: Report, raw: Raw) -> None:
    state, move = guard(session, attempt, report)
    content, seal = content_of(report, raw)

    def refuse_second_of_month() -> None:
        refuse_second(session, report.region_code, report.category, content.period, report.id)

    overridden = days_held.overrides(session)
    left, before = leaving(report, attempt.at, overridden), share_now(report)
    refuse_second_of_month()
    try:
        with alone_for_its_month(session, content.period):
            redeclare(session, attempt.user, report, content.photos, attempt.at)
            rewrite(report, content, seal)
            settle(session, report, chain.advance(state, move), attempt.at, overridden)
    except IntegrityError:  # another report for that month was filed at this very moment
        refuse_second_of_month()
        raise
    record(session, attempt, report, move, left, before)
    row = revision_row(attempt.user, attempt.at, report.version, content.as_json(), seal)
    keep_revision(session, report.id, row)


def content_of(report: Report, raw: Raw) -> tuple[Content, str]:
    """The report's new content, and its digest. Raises WrongContent."""
    content = check(categories()[report.category], raw, day_of(report.written_at))
    return content, content_digest(report.category, report.region_code, content.as_json())


def rewrite(report: Report, content: Content, seal: str) -> None:
    """Write the content onto the report; `seal` is its digest."""
    for name, value in {**content.as_columns(), "content_digest": seal}.items():
        setattr(report, name, value)


def revision_row(
    author: User, at: datetime, version: int, content: Any, seal: str
) -> dict[str, Any]:
    """A content as it is kept whole, under the version that it came with; `seal` is its digest."""
    return {
        "version": version,
        "author_id": author.id,
        "at": at,
        "content": content,
        "content_digest": seal,
    }


def keep_revision(session: Session, report_id: int, row: dict[str, Any]) -> None:
    """Add the content to those that the report has had."""
    _KEEP.run(session, row | {"report_id": report_id})


_KEEP = Prepared(insert(table(Revision)))
