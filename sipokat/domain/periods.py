"""Months: how they are written, which ones a report may speak for, and one report for each.

A period is `YYYY-MM`. A month's reporting closes on the 10th of the next.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.categories import categories
from sipokat.domain.refusals import WrongContent
from sipokat.models import Report

CLOSING_DAY = 10
# What no longer stands leaves its month free for another report.
FALLEN = ("rejected", "withdrawn")


def months(day: date) -> tuple[str, str]:
    """The month of `day` and the one before it."""
    first = day.replace(day=1)
    return first.strftime("%Y-%m"), (first - timedelta(days=1)).strftime("%Y-%m")


def days_of(period: str) -> tuple[date, date]:
    """The first day of the month and the first day after it."""
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


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
