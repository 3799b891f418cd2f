"""Who opened a report first at each desk: "Dibaca" on its time line. It is no event and makes no
new version."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import db, write_if_possible
from sipokat.domain.clock import now as present
from sipokat.domain.offices import desks_over
from sipokat.models import FirstOpened, Report, User


def note_opening(user: User, report: Report, now: datetime | None = None) -> None:
    """Record, once a desk, that a holder of the desk where it waits has opened the report; and that
    the author's office has opened one that was rejected. When nothing can be written now, the next
    opening is the first that is recorded."""
    desk = opened_at(user, report)
    if desk is None:
        return
    known = db.session.get(FirstOpened, (report.id, desk))
    if not is_first(report, known):
        return
    at = now or present()

    def note(session: Session) -> None:
        with suppress(IntegrityError), session.begin_nested():
            if known is None:
                session.add(FirstOpened(report_id=report.id, desk=desk, user_id=user.id, at=at))
            else:  # it was rejected once more since
                known.user_id, known.at = user.id, at

    write_if_possible("first opening", note)


def opened_at(user: User, report: Report) -> str | None:
    """The desk at which it counts that this person opens the report now, if there is one."""
    desk = report.author_desk if report.status == "rejected" else report.desk
    waits = report.status == "rejected" or desk != report.author_desk
    return desk if desk and waits and desk in desks_over(user, report.region_code) else None


def is_first(report: Report, known: FirstOpened | None) -> bool:
    """Whether an opening now is the first at its desk; `known` is the one recorded there."""
    return known is None or (report.desk is None and known.at < report.arrived_at)


def not_opened_by_author() -> ColumnElement[bool]:
    """Whether the author's office has not opened the report since it became final."""
    return ~exists().where(
        FirstOpened.report_id == Report.id,
        FirstOpened.desk == Report.author_desk,
        FirstOpened.at >= Report.arrived_at,
    )


def openings_of(session: Session, reports: Iterable[Report]) -> dict[int, list[FirstOpened]]:
    """Who opened each report first at each desk, by the report's id: one statement for all."""
    found: dict[int, list[FirstOpened]] = {report.id: [] for report in reports}
    query = select(FirstOpened).where(FirstOpened.report_id.in_(found)).order_by(FirstOpened.at)
    for opening in session.scalars(query) if found else ():
        found[opening.report_id].append(opening)
    return found
