"""Months: how they are written, which ones a report may speak for, and one report for each.

A period is `YYYY-MM`. A month's reporting closes on the 10th of the next.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, select
from sqlalchemy.orm import Session

from sipokat.domain.categories import categories
from sipokat.domain.refusals import WrongContent
from sipokat.models import Report

CLOSING_DAY = 10
# What no longer stands leaves its month free for another report.
FALLEN = ("rejected", "withdrawn")


@lru_cache(200)
def months(day: date) -> tuple[str, str]:
    """The month of `day` and the one before it."""
    first = day.replace(day=1)
    return first.strftime("%Y-%m"), (first - timedelta(days=1)).strftime("%Y-%m")


def month_of(period: str | None, happened_on: date) -> str:
    """The month that a report counts in: the one that it is of, else that of the event."""
    return period or months(happened_on)[0]


def days_of(period: str) -> tuple[date, date]:
    """The first day of the month and the first day after it."""
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def stands_in(month: Any) -> ColumnElement[bool]:
    """The condition for a report that stands and counts in this month, as the index of what is
    reported spells it."""
    fallen: list[Any] = [literal_column(f"'{one}'") for one in FALLEN]
    return and_(Report.month == month, Report.status.not_in(fallen))


def any_category() -> ColumnElement[bool]:
    """Beside `stands_in` and a region: with every category named, the index of what is reported is
    read in this region alone."""
    return Report.category.in_(list(categories()))


def refuse_second(
    session: Session, region_code: str, category: str, period: str | None, but: int | None = None
) -> None:
    """Raises WrongContent on `periode`, with the number of the first report, when one already
    stands for this region, category and month. `but` is the id of a report that does not count:
    the one that is being revised."""
    if period is None:
        return
    query = select(Report.number).where(
        Report.region_code == region_code,
        Report.category == category,
        Report.period == period,
        Report.status.not_in(FALLEN),
    )
    if but is not None:
        query = query.where(Report.id != but)
    first = session.scalars(query).first()
    if first is not None:
        name = categories()[category].name
        sentence = f"{name} untuk bulan ini sudah ada: laporan {first}."
        raise WrongContent(sentence, {"fields.periode": sentence}, code="second_of_period")
