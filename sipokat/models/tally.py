"""How many reports of each region have ended, and how."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, RegionCode


class Tally(Base):
    """How many reports of one region are final with one status. Counting them anew would read every
    report that the city ever had; `domain/tallies.py` keeps this in the transaction of the move."""

    __tablename__ = "tally"

    region_code: Mapped[str] = mapped_column(
        RegionCode, ForeignKey("region.code"), primary_key=True
    )
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]
