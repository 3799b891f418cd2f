"""Settings that are kept in the database."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base


class Setting(Base):
    """One named setting of this database, such as `demo`."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class DayOverride(Base):
    """A day that the city declares working or free, whatever the calendar of holidays says."""

    __tablename__ = "day_override"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80), default="")
