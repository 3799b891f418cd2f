"""The tree of regions, keyed by the official dotted code."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, RegionCode


class Region(Base):
    """A region: `16.73` is the kota, `16.73.04` a kecamatan, `16.73.04.1009` a kelurahan,
    `16.73.04.1009.001` an RT."""

    __tablename__ = "region"
    steady = True
    # `in_scope` relies on it: of digits and dots only the dot comes before '/'.
    __table_args__ = (CheckConstraint("ltrim(code, '0123456789.') = ''", name="digits"),)

    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(RegionCode, ForeignKey("region.code"))
    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    official_name: Mapped[str] = mapped_column(String(80))
    also: Mapped[str] = mapped_column(String(80), default="")
