"""Who opened a report first at each desk: "Dibaca". No event, and no new version."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain.clock import now as present
from sipokat.domain.visibility import desks_over
from sipokat.models import Reading, Report, User


def note_opening(user: User, report: Report, now: datetime | None = None) -> None:
    """Record, once a desk, that a holder of the desk where it waits has opened the report."""
    desk = report.desk
    if (
        desk is None
        or desk == report.author_desk
        or desk not in desks_over(user, report.region_code)
    ):
        return
    if db.session.get(Reading, (report.id, desk)) is not None:
        return
    with writing() as session, suppress(IntegrityError), session.begin_nested():
        session.add(Reading(report_id=report.id, desk=desk, user_id=user.id, at=now or present()))


def openings_of(session: Session, report: Report) -> list[Reading]:
    """Who opened it first at each desk."""
    query = select(Reading).where(Reading.report_id == report.id).order_by(Reading.at)
    return list(session.scalars(query))
