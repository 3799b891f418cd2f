"""How long each desk took, one row for each stay of a report that is over, from the events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import groupby, islice
from typing import Any

import holidays
import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WIB = timezone(timedelta(hours=7))
CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PARTS = {"rt": 5, "kelurahan": 4, "kecamatan": 3, "kota": 2}
DECISIONS = ("verify", "return", "reject")
BATCH = 1000
NAMES = ("seq", "report_id", "version", "action", "to_desk", "reason", "note", "actor_for")

ANSWER = sa.table(
    "answer",
    *map(sa.column, ("seq", "report_id", "region_code", "desk", "desk_code", "month", "worked_s")),
    *map(sa.column, ("action", "reason", "acted_for")),
    sa.column("in_time", sa.Boolean()),
    sa.column("answered", sa.Boolean()),
)


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("seq", SEQ, autoincrement=False, nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("desk", sa.String(length=10), nullable=False),
        sa.Column("desk_code", CODE, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("worked_s", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("acted_for", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["event.seq"], name="fk_answer_seq"),
        sa.PrimaryKeyConstraint("seq", name="pk_answer"),
    )
    _fill(op.get_bind())
    op.create_index(
        "ix_answer_desk",
        "answer",
        [
            *("desk", "month", "desk_code", "worked_s", "in_time", "answered", "action", "reason"),
            "acted_for",
        ],
    )
    of_deputies = sa.text("acted_for IS NOT NULL")
    op.create_index(
        "ix_answer_deputy",
        "answer",
        ["month", "desk_code"],
        sqlite_where=of_deputies,
        postgresql_where=of_deputies,
    )


def downgrade() -> None:
    op.drop_table("answer")


def _fill(connection: sa.Connection) -> None:
    days = sa.table("day_override", sa.column("day", sa.Date()), sa.column("working"))
    own = {row.day: bool(row.working) for row in connection.execute(sa.select(days))}
    report = sa.table("report", *map(sa.column, ("id", "region_code", "author_desk")))
    event = sa.table("event", *map(sa.column, NAMES), sa.column("detail"), sa.column("at", MOMENT))
    told = (
        sa.select(event, report.c.region_code, report.c.author_desk)
        .join(report, report.c.id == event.c.report_id)
        .order_by(event.c.report_id, event.c.seq)
    )
    found = connection.execute(told, execution_options={"yield_per": BATCH})
    rows = _rows(found, own)
    while batch := list(islice(rows, BATCH)):
        connection.execute(sa.insert(ANSWER), batch)


def _rows(found: Any, own: dict[date, bool]) -> Iterator[dict[str, Any]]:
    for _, entries in groupby(found, lambda one: one.report_id):
        desk, arrived, due = None, None, None
        for one in entries:
            said = json.loads(one.detail or "{}")
            if one.version is None:
                if one.action == "limit" and desk:
                    due = datetime.fromisoformat(said["due"])
                continue
            at = _aware(one.at)
            if desk:
                ended = datetime.fromisoformat(said["decided"]) if "decided" in said else at
                worked = said.get("worked")
                if worked is None:
                    worked = _worked(arrived, ended, own)
                yield _row(one, desk, at, worked, ended <= due if due else None)
            desk, arrived, due = one.to_desk, at, None
            if desk in LIMITS and desk != one.author_desk:
                due = _due(said, desk, at, own)


def _row(one: Any, desk: str, at: datetime, worked: int, in_time: bool | None) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "report_id": one.report_id,
        "region_code": one.region_code,
        "desk": desk,
        "desk_code": ".".join(one.region_code.split(".")[: PARTS[desk]]),
        "month": f"{at.astimezone(WIB):%Y-%m}",
        "worked_s": worked,
        "in_time": in_time if one.action in DECISIONS else None,
        "answered": bool(one.note or one.reason),
        "action": one.action,
        "reason": one.reason,
        "acted_for": one.actor_for,
    }


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# Events of before say neither when a limit ended nor how long a stay took: for these alone the
# calendar of today.
LIMITS = {"kelurahan": 2, "kecamatan": 3, "kota": 3}
USUAL = (("07:30", "12:00", "13:00", "16:00"), ("07:30", "11:30", "13:00", "16:30"))
RAMADAN = (("08:00", "12:00", "12:30", "15:00"), ("08:00", "11:30", "12:30", "15:30"))
IN_RAMADAN = (
    (date(2026, 2, 19), date(2026, 3, 20)),
    (date(2027, 2, 8), date(2027, 3, 9)),
)
FRIDAY, SATURDAY = 4, 5


@cache
def _holidays(year: int) -> frozenset[date]:
    found = holidays.country_holidays("ID", years=year, categories=("public", "government"))
    return frozenset(found)


def _is_working(day: date, own: dict[date, bool]) -> bool:
    usual = day.weekday() < SATURDAY and day not in _holidays(day.year)
    return own.get(day, usual)


def _moments(day: date) -> list[datetime]:
    """Opening and closing, before and after the break."""
    hours = RAMADAN if any(first <= day <= last for first, last in IN_RAMADAN) else USUAL
    clock = hours[day.weekday() == FRIDAY]
    return [datetime.combine(day, time.fromisoformat(one), WIB) for one in clock]


def _due(said: dict[str, Any], desk: str, at: datetime, own: dict[date, bool]) -> datetime:
    if "due" in said:
        return datetime.fromisoformat(said["due"])
    day, left = at.astimezone(WIB).date(), LIMITS[desk]
    while left:
        day += timedelta(days=1)
        left -= _is_working(day, own)
    return _moments(day)[-1]


def _worked(start: datetime, end: datetime, own: dict[date, bool]) -> int:
    found, day = 0.0, start.astimezone(WIB).date()
    while day <= end.astimezone(WIB).date():
        if _is_working(day, own):
            opens, pause, again, closes = _moments(day)
            for first, last in ((opens, pause), (again, closes)):
                open_for = (min(last, end) - max(first, start)).total_seconds()
                found += max(0.0, open_for)
        day += timedelta(days=1)
    return round(found)
