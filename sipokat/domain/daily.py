"""What is done once a day, whoever does it and whoever was killed meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import take_turns
from sipokat.models import DailyJob


def is_done(session: Session, name: str, day: date) -> bool:
    """Whether this job of the day was done."""
    there = select(DailyJob.done_at).where(DailyJob.name == name, DailyJob.day == day)
    return session.scalar(there) is not None


def take(session: Session, name: str, day: date, at: datetime) -> bool:
    """Enter that this job of the day is done, in the transaction that does it. False when it was
    done already: who comes second waits until the first has committed, or has failed."""
    take_turns(session, f"daily {name}")
    if is_done(session, name, day):
        return False
    session.add(DailyJob(name=name, day=day, done_at=at))
    session.flush()
    return True
