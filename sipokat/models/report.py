"""A report: its present content, its revisions and its photos."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode
from sipokat.models.user import User

_OPEN = "desk_code IS NOT NULL"
_COUNTED = "desk_code > ''"
_LISTED = ("id", "status", "category", "happened_on")
_STANDS = "status NOT IN ('rejected', 'withdrawn')"
_STANDING = f"period IS NOT NULL AND {_STANDS}"


class Report(Base):
    """One report. `domain/intake.py` gives it its first state, only `domain/verification.py` and
    `domain/revisions.py` change it.

    `desk` is the desk where it lies, None when final; `desk_code` is the region whose desk that is.
    `ended_desk` is the desk where it lay when it became final. `late_told` is the last stage of
    `domain/lateness.py` that was told since it came to its desk. `kota_code`, `kecamatan_code` and
    `kelurahan_code` are the regions that `region_code` lies in, None for those below it: with them
    the newest reports of a region are read from one index in their order, without sorting. `month`
    (`YYYY-MM`) is the one in which it counts: `period`, else that of `happened_on`.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("reporter_id", "client_id"),
        # One report per region, category and period among those not rejected or withdrawn. Only
        # nihil, kependudukan and rekap_bulanan have a period.
        Index(
            "uq_report_period",
            "region_code",
            "category",
            "period",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
        # A desk's queue, what it can be narrowed to, and its figures.
        Index(
            "ix_report_desk",
            *("desk_code", "arrived_at", "id", "urgent", "due_at", "author_desk"),
            *("region_code", "category", "class"),
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        # How many lie on a desk from each region. Its condition is its own, so that SQLite takes it
        # for no other query.
        Index(
            "ix_report_group",
            *("desk_code", "region_code", "arrived_at", "due_at"),
            sqlite_where=text(_COUNTED),
            postgresql_where=text(_COUNTED),
        ),
        # What is late: above its desk, and for whom it was not told yet.
        Index(
            "ix_report_late",
            *("due_at", "late_told", "desk", "desk_code"),
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        # Lists of what is not final.
        Index(
            "ix_report_open",
            *("id", "due_at", "status", "category", "happened_on", "desk", "desk_code"),
            *("region_code", "kelurahan_code", "kecamatan_code", "kota_code"),
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "ix_report_urgent",
            "desk_code",
            sqlite_where=text("urgent = 1 AND desk IS NOT NULL"),
            postgresql_where=text("urgent AND desk IS NOT NULL"),
        ),
        Index(
            "ix_report_recorded",
            *("region_code", "desk_code"),
            sqlite_where=text("recorded_as IS NOT NULL"),
            postgresql_where=text("recorded_as IS NOT NULL"),
        ),
        # Lists, newest first, with what they can be filtered by.
        Index("ix_report_kota", "kota_code", *_LISTED),
        Index("ix_report_kecamatan", "kecamatan_code", *_LISTED),
        Index("ix_report_kelurahan", "kelurahan_code", *_LISTED),
        # What is reported: the counts of each month, category and region.
        Index(
            "ix_report_month",
            *("month", "category", "region_code"),
            sqlite_where=text(_STANDS),
            postgresql_where=text(_STANDS),
        ),
        Index("ix_report_region_code_id", "region_code", "id"),
        Index("ix_report_reporter_id_id", "reporter_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    client_id: Mapped[str] = mapped_column(String(36))
    reporter_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    kelurahan_code: Mapped[str | None] = mapped_column(RegionCode)
    kecamatan_code: Mapped[str | None] = mapped_column(RegionCode)
    kota_code: Mapped[str | None] = mapped_column(RegionCode)
    author_desk: Mapped[str] = mapped_column(String(10))
    recorded_as: Mapped[str | None] = mapped_column(String(60))
    submission_digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    written_at_raw: Mapped[str | None] = mapped_column(String(40))
    written_at: Mapped[datetime] = mapped_column(Moment)
    clock_doubtful: Mapped[bool] = mapped_column(default=False)
    form_version: Mapped[str | None] = mapped_column(String(40))

    category: Mapped[str] = mapped_column(String(30))
    period: Mapped[str | None] = mapped_column(String(7))
    month: Mapped[str] = mapped_column(String(7), server_default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    place_text: Mapped[str | None] = mapped_column(String(200))
    content_digest: Mapped[str] = mapped_column(String(64))

    status: Mapped[str] = mapped_column(String(10))
    desk: Mapped[str | None] = mapped_column(String(10))
    desk_code: Mapped[str | None] = mapped_column(RegionCode)
    version: Mapped[int]
    klass: Mapped[str | None] = mapped_column("class", String(10))
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    late_told: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_desk: Mapped[str | None] = mapped_column(String(10))

    reporter: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    photos: Mapped[list[Photo]] = relationship(
        back_populates="report", order_by="Photo.id", lazy="selectin"
    )
    revisions: Mapped[list[Revision]] = relationship(
        back_populates="report", order_by="Revision.version"
    )


class Revision(Base):
    """The whole content of a report from this version on, until the next revision."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("report_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    version: Mapped[int]
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_digest: Mapped[str] = mapped_column(String(64))

    report: Mapped[Report] = relationship(back_populates="revisions")


class Photo(Base):
    """A photo that a report declares. `state` is `missing`, `received`, `ready` or `broken`,
    and `erased` when the law had it erased.

    `sha256` is the digest that the phone computed of the bytes it sends. `current` is false for a
    photo that only an old revision shows, and for one that was replaced or dropped without a new
    version: then `left_at` and `left_by` say when and by whom, and `gave_way_to` is the id of the
    photo that replaced it. `claim` is the name of the worker that claimed it at `claimed_at`, and
    `tries` counts the workers that died while they worked on it. `original` is true while the
    received bytes are in the store. `added_at` is when a revision or a replacement declared it,
    None when the report itself did.
    """

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("client_id", "report_id"),
        Index(
            "ix_photo_waiting",
            "state",
            sqlite_where=text("state = 'received' OR original"),
            postgresql_where=text("state = 'received' OR original"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(36))
    declared_by: Mapped[str] = mapped_column(ForeignKey("user.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="missing")
    current: Mapped[bool] = mapped_column(default=True)
    original: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    claim: Mapped[str | None] = mapped_column(String(36))
    tries: Mapped[int] = mapped_column(default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    left_by: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    gave_way_to: Mapped[str | None] = mapped_column(String(36))
    added_at: Mapped[datetime | None] = mapped_column(Moment)

    report: Mapped[Report] = relationship(back_populates="photos")
    leaver: Mapped[User | None] = relationship(foreign_keys=left_by)
