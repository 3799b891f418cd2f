"""What authors are told of their reports."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.chain import DECISIONS
from sipokat.domain.listing import ROW
from sipokat.domain.visibility import visible_reports
from sipokat.models import Event, Report, User

# What was returned lies on the author's desk to be mended, and is shown there.
ANSWERS = tuple(action for action in DECISIONS if action != "return")


@dataclass(frozen=True)
class Answer:
    """A decision with a note, and the report that it was about."""

    event: Event
    report: Report


def answers_to(session: Session, user: User, limit: int = 3) -> list[Answer]:
    """The latest notes that desks wrote to the authors of this person's regions, newest first. What
    was returned is not among them: it lies on the author's desk to be mended."""
    seen = visible_reports(user).with_only_columns(Report.id)
    last = (
        select(Event.seq)
        .where(Event.report_id.in_(seen), Event.action.in_(ANSWERS), Event.note.is_not(None))
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
