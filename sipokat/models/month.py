"""What stands for each region in each month, and how each closed month stood."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, RegionCode


class MonthCount(Base):
    """How many reports of one region stand for one month, `YYYY-MM`: neither rejected nor
    withdrawn. `domain/participation/counts.py` keeps it in the transaction of each move.

    `nihil` and `rekap` count what their names say, `real` all else. `recorded` are those of `real`
    and `nihil` that the kelurahan wrote down for the RT; `on_time` and `rekap_on_time` those that
    the office itself wrote by the closing day.
    """

    __tablename__ = "month_count"

    region_code: Mapped[str] = mapped_column(
        RegionCode, ForeignKey("region.code"), primary_key=True
    )
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    real: Mapped[int]
    nihil: Mapped[int]
    recorded: Mapped[int]
    on_time: Mapped[int]
    rekap: Mapped[int]
    rekap_on_time: Mapped[int]


class ClosedMonth(Base):
    """How a region stood when the month was closed: written once by
    `domain/participation/closing.py`, never changed.

    Each counts RT at or below the region, as `participation/month.py` says; of an RT itself each
    is 0 or 1. `rekap` is how the region's own lurah or camat stood with their rekap, None where it
    was nobody's duty. There is a row for each RT that was expected, and for each region above one.
    """

    __tablename__ = "closed_month"
    __table_args__ = (Index("ix_closed_month_parent_code_month", "parent_code", "month"),)

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    # No reference: what was counted outlives an RT that is taken back.
    region_code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
    parent_code: Mapped[str] = mapped_column(RegionCode)
    expected: Mapped[int]
    sent: Mapped[int]
    on_time: Mapped[int]
    nihil: Mapped[int]
    recorded: Mapped[int]
    rekap: Mapped[str | None] = mapped_column(String(10))
