"""Tells a kelurahan that an RT has ended with reports on its desk, which it mends or withdraws from
then on (`domain/ended_rt.py`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.domain.ended_rt import DESK
from sipokat.domain.notices import rows
from sipokat.domain.notices.audience import Holder
from sipokat.domain.offices import office_key
from sipokat.domain.regions import at_desk
from sipokat.domain.roles import DESK_ROLES, RECORDING
from sipokat.models import Notice, Region, Report

KIND = "rt_ended"


def to_tell(session: Session, since: date, day: date, at: datetime) -> Iterator[dict[str, Any]]:
    """The notices of RT whose last day lies between `since` and `day`, to those who sit at the
    kelurahan's desk on `day` and were not told yet."""
    lying = session.execute(
        select(Region.code, Region.until, func.count(), func.min(Report.number))
        .join(Report, Report.desk_code == Region.code)
        .where(Region.level == DESK, Region.until < day, Region.until >= since)
        .group_by(Region.code, Region.until)
        .order_by(Region.code)
    ).all()
    offices = {code: (DESK_ROLES[RECORDING], at_desk(code, RECORDING)) for code, *_ in lying}
    there = rows.holders(session, set(offices.values()), day)
    keys = {code: f"{KIND} {code}" for code in offices}
    told = _told(session, keys.values(), there)
    for code, until, count, number in lying:
        assert until is not None
        office, key = offices[code], keys[code]
        facts = {"region": code, "until": until.isoformat(), "count": count}
        url = f"/laporan/{number}" if count == 1 else f"/laporan?status=returned&region={code}"
        for one in there:
            if (one.role, one.region) == office and (one.user_id, key) not in told:
                yield rows.row(one.user_id, KIND, key, at, url, office_key(*office), facts=facts)


def _told(session: Session, keys: Collection[str], there: Iterable[Holder]) -> set[tuple[str, str]]:
    """Who was told of which of these, by the key of the notice."""
    people = {one.user_id for one in there}
    query = select(Notice.user_id, Notice.key).where(
        Notice.key.in_(keys), Notice.user_id.in_(people)
    )
    return {(user_id, key) for user_id, key in session.execute(query)} if people else set()
