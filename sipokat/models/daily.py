"""What the worker does once a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, Moment


class DailyJob(Base):
    """One job of one day, entered in the transaction that does it: where its row is, it was done,
    and a worker that was killed before has done nothing."""

    __tablename__ = "daily_job"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(Moment)
