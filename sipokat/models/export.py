"""Exports: tables that people take out of SIPOKAT as files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, Moment

_WAITING = "state = 'waiting'"


class Export(Base):
    """One table that one person has asked for as a file.

    `what` is a key of `domain/exports/kinds.py`, `format` is `xlsx` or `csv`. `filters` is a JSON
    object of what the table was narrowed to, `said` the same in words, `scopes` a JSON list of the
    codes of the regions that it may speak of: all as they were when it was asked for.

    `state` is `waiting` until a worker has made the file, then `ready`, or `failed` with `why`; it
    is `over` once the file is not given out any more. `claim` and `claimed_at` say which worker
    makes it and when that one last said how far it is: `done` of `total` rows. `tries` counts the
    workers that have died over it.
    """

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_made_by_id_id", "made_by_id", "id"),
        Index(
            "ix_export_waiting",
            "claimed_at",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    what: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(4))
    filters: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str | None] = mapped_column(String(20))
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    size: Mapped[int | None]
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
