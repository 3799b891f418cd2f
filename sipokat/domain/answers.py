"""What authors are told of their reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.chain import DECISIONS
from sipokat.domain.first_opened import not_opened_by_author
from sipokat.domain.listing import ROW
from sipokat.domain.offices import held
from sipokat.domain.visibility import newest_visible
from sipokat.models import Event, Report, User

RECENT = 100  # reports; an office has thousands in some years, and all of them would be read
# What was returned lies on the author's desk to be mended, and is shown there.
ANSWERS = tuple(action for action in DECISIONS if action != "return")


@dataclass(frozen=True)
class Answer:
    """A decision with a note, and the report that it was about."""

    event: Event
    report: Report


def answers_to(
    session: Session, user: User, news: Sequence[Answer], limit: int = 3
) -> list[Answer]:
    """The latest notes that desks wrote to the authors of this person's regions on their newest
    reports, newest first, but for those about the reports of `news`: what `rejections` gives is
    shown by itself."""
    seen = newest_visible(user, RECENT, []).with_only_columns(Report.id)
    shown = [answer.report.id for answer in news]
    last = (
        select(Event.seq)
        .where(Event.report_id.in_(seen), Event.action.in_(ANSWERS), Event.note.is_not(None))
        .where(Event.report_id.not_in(shown))
        .order_by(Event.seq.desc())
        .limit(limit)
        .subquery()
    )
    query = (
        select(Event, Report)
        .join(Report, Report.id == Event.report_id)
        .where(Event.seq.in_(select(last.c.seq)))
        .order_by(Event.seq.desc())
        .options(*ROW)
    )
    return [Answer(event, report) for event, report in session.execute(query)]


def rejections(session: Session, user: User) -> list[Answer]:
    """The rejections that the author's office has not opened yet, newest first."""
    query = (
        select(Event, Report)
        .join(Report, and_(Report.id == Event.report_id, Report.version == Event.version))
        .where(_is_news(user), Event.action == "reject")
        .order_by(Event.seq.desc())
        .options(*ROW)
    )
    return [Answer(event, report) for event, report in session.execute(query)]


def _is_news(user: User) -> ColumnElement[bool]:
    """Whether the report was rejected and none of the person's offices, which wrote it, knows."""
    own = [
        and_(Report.region_code == office.region, Report.author_desk == office.desk)
        for office in held(user)
        if office.reports
    ]
    return and_(or_(false(), *own), Report.status == "rejected", not_opened_by_author())
