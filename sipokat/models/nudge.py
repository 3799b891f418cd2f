"""Nudges: an RT whose report of a month is missing is asked for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, Moment, RegionCode


class Nudge(Base):
    """That the head of an RT was asked once for the report of `month`. Rows are only appended
    (`models/guards.py`).

    `number` counts the nudges of the RT, from 1: of two people who nudge the same RT at the same
    moment only one gets the next number. `head_id` is who was asked. `way` is `notice` or
    `whatsapp` (the message was opened; whether it was sent nobody knows here). `by_id` is who
    asked, in the office `by_role` over `by_region`, held as `by_kind`; all are None of what SIPOKAT
    sent by itself. An answer counts until `until`.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        UniqueConstraint("region_code", "number"),
        Index("ix_nudge_month_region_code", "month", "region_code"),
        CheckConstraint("way IN ('notice', 'whatsapp')", name="way"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # No reference: an RT that was made by mistake can be taken back.
    region_code: Mapped[str] = mapped_column(RegionCode)
    number: Mapped[int]
    month: Mapped[str] = mapped_column(String(7))
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    way: Mapped[str] = mapped_column(String(10))
    head_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    by_role: Mapped[str | None] = mapped_column(String(20))
    by_region: Mapped[str | None] = mapped_column(RegionCode)
    by_kind: Mapped[str | None] = mapped_column(String(20))
