"""The morning digest: how many reports lie on a desk and how many are due that day, told once on
each working day to everybody who sits there. Home says the same of the moment."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from importlib.resources import files
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import daily, lateness
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.notices import rows
from sipokat.domain.office_hours import closing, is_working, overrides
from sipokat.domain.offices import office_key
from sipokat.domain.texts import dots, written
from sipokat.domain.visibility import is_open
from sipokat.models import Notice, Report

RULES: dict[str, Any] = tomllib.loads(
    files("sipokat.data").joinpath("notices.toml").read_text("utf-8")
)
FROM = time.fromisoformat(RULES["digest"]["from"])
NAME = "digest"


@dataclass(frozen=True)
class Figures:
    """How many reports lie on somebody's desks, and of these how many are past their limit and how
    many are due later that day."""

    waiting: int = 0
    due: int = 0
    late: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(self.waiting + other.waiting, self.due + other.due, self.late + other.late)


def sentence(figures: Figures, day: date, today: date | None) -> str:
    """`8 laporan menunggu, 2 jatuh tempo hari ini, 1 terlambat.` for the figures of a day, which is
    called so only when it is `today`."""
    when = "hari ini" if day == today else written(day)
    said = [f"{dots(figures.waiting)} laporan menunggu"]
    said += [f"{dots(figures.due)} jatuh tempo {when}"] if figures.due else []
    said += [f"{dots(figures.late)} terlambat"] if figures.late else []
    return f"{', '.join(said)}."


def day_to_tell(session: Session, at: datetime) -> date | None:
    """The day whose digest is to be told at that moment; None outside of its hours, and on days on
    which the offices are closed."""
    day = day_of(at)
    told = is_hour(at) and is_working(day, overrides(session))
    return day if told else None


def is_hour(at: datetime) -> bool:
    """Whether a digest may be told at this time of the day: until the offices close."""
    return at.astimezone(WIB).time() >= FROM and at < closing(day_of(at))


def tell(session: Session, day: date, at: datetime) -> bool:
    """Tell the digest of this day to everybody at whose desks something lies, in the caller's
    transaction; those of days before count as read. False, and nothing is done, when it was told
    already."""
    if not daily.take(session, NAME, day, at):
        return False
    past = update(table(Notice)).where(Notice.kind == NAME, Notice.read_at.is_(None))
    session.execute(past.values(read_at=at))
    lying = _by_desk(session, at)
    told: dict[str, tuple[Figures, str]] = {}
    for one in rows.deciders(session, day):
        figures, office = told.get(one.user_id, (Figures(), office_key(one.role, one.region)))
        told[one.user_id] = (figures + lying.get(one.region, Figures()), office)
    key = f"{NAME} {day.isoformat()}"
    rows.add(
        session,
        [
            rows.row(user_id, NAME, key, at, "/verifikasi", office, facts=asdict(figures))
            for user_id, (figures, office) in told.items()
            if figures.waiting
        ],
    )
    return True


def _by_desk(session: Session, at: datetime) -> dict[str, Figures]:
    """What lies on each desk, by its code."""
    counted = (
        select(
            Report.desk_code,
            func.count(),
            func.count(case((lateness.due_today(at), 1))),
            func.count(case((lateness.late_at(at), 1))),
        )
        .where(is_open())
        .group_by(Report.desk_code)
    )
    return {str(code): Figures(*counts) for code, *counts in session.execute(counted)}
