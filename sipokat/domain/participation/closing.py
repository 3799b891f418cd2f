"""A month is closed: how every region stood then is written once and never changed. What comes
later is shown beside it.

Each month is a job of the day after its closing day (`domain/daily.py`). Whoever comes too late,
because no worker ran, closes it as it stands then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import daily
from sipokat.domain.clock import day_of
from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.month import by_rt, duties
from sipokat.domain.periods import CLOSING_DAY, days_of, months
from sipokat.domain.regions import up_from
from sipokat.models import ClosedMonth, DailyJob, Event, Region

NAME = "month"


def start(session: Session) -> str | None:
    """The first month that has figures: that of the first report; None before it. Whoever held an
    office earlier had nothing to report with. It stays the first, so the session remembers it."""
    known: str | None = session.info.get("first_month")
    if known is None:
        earliest = select(func.min(Event.seq)).scalar_subquery()
        first = session.scalar(select(Event.at).where(Event.seq == earliest))
        known = session.info["first_month"] = months(day_of(first))[0] if first else None
    return known


def last_closing(today: date) -> str:
    """The last month whose reporting is over."""
    last = months(today)[1]
    return last if today.day > CLOSING_DAY else months(days_of(last)[0])[1]


def all_months(first: str, last: str) -> list[str]:
    """Every month from the first to the last, oldest first."""
    found = []
    while first <= last:
        found.append(first)
        first = months(days_of(first)[1])[0]
    return found


def closed_on(month: str) -> date:
    """The day on which the month is closed."""
    return days_of(month)[1].replace(day=CLOSING_DAY) + timedelta(days=1)


def to_close(session: Session, today: date) -> list[str]:
    """The months that are over and not closed yet, oldest first."""
    first = start(session)
    if first is None:
        return []
    done = set(session.scalars(select(DailyJob.day).where(DailyJob.name == NAME)))
    over = all_months(first, last_closing(today))
    return [month for month in over if closed_on(month) not in done]


def close(session: Session, month: str, at: datetime) -> bool:
    """Write down how the month stands. False when it was closed before. Part of the caller's
    transaction."""
    if not daily.take(session, NAME, closed_on(month), at):
        return False
    today = day_of(at)
    for top in session.scalars(select(Region.code).where(Region.parent_code.is_(None))).all():
        rows = _rows(session, top, month, today)
        if rows:
            session.execute(insert(table(ClosedMonth)), rows)
    return True


def _rows(session: Session, top: str, month: str, today: date) -> list[dict[str, object]]:
    rekap = duties(session, top, month, today)
    figures: dict[str, Figures] = {code: Figures() for code in rekap}
    for rt, own in by_rt(session, top, month, today).items():
        for code in up_from(rt):
            figures[code] = figures.get(code, Figures()) + own
    return [
        {
            "month": month,
            "region_code": code,
            "parent_code": code.rpartition(".")[0],
            "rekap": rekap.get(code),
            **asdict(of_it),
        }
        for code, of_it in sorted(figures.items())
    ]


def is_closed(session: Session, month: str) -> bool:
    """Whether the month was closed."""
    return month in closed_among(session, [month])


def closed_among(session: Session, wanted: Iterable[str]) -> frozenset[str]:
    """Those of these months that were closed."""
    days = {closed_on(month): month for month in wanted}
    query = select(DailyJob.day).where(DailyJob.name == NAME, DailyJob.day.in_(days))
    return frozenset(days[day] for day in session.scalars(query))
