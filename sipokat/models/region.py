"""The tree of regions, keyed by the official dotted code."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, RegionCode


class Region(Base):
    """A region: `16.73` is the kota, `16.73.04` a kecamatan, `16.73.04.1009` a kelurahan,
    `16.73.04.1009.001` an RT.

    It is there from `since` to `until`, both included; None where that is not known, or not yet.
    `name` is the one that it began with; later ones are `RegionName`s.
    """

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
    since: Mapped[date | None]
    until: Mapped[date | None]


class RegionName(Base):
    """The name that a region has from a day on."""

    __tablename__ = "region_name"

    region_code: Mapped[str] = mapped_column(
        RegionCode, ForeignKey("region.code"), primary_key=True
    )
    since: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class RegionSuccessor(Base):
    """That a region, or a part of it, became another one: split, merged, moved or given another
    number."""

    __tablename__ = "region_successor"

    region_code: Mapped[str] = mapped_column(
        RegionCode, ForeignKey("region.code"), primary_key=True
    )
    successor_code: Mapped[str] = mapped_column(
        RegionCode, ForeignKey("region.code"), primary_key=True
    )
