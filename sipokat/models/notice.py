"""What people are told: one row for each person and each thing that happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, Moment

_UNREAD = "read_at IS NULL"


class Notice(Base):
    """One thing that one person is told once: `key` names it (`event 31`), the same for everybody.

    `office` is the one by which they are told (`Office.key`), and is empty for what they wrote
    themselves or what is about their account: whoever leaves the office reads its notices no more.
    `url` is the page where they do what is to be done; opening it counts as having read the notice.

    Nothing here is anybody's words. The sentence is made when it is read
    (`domain/notices/sentences.py`): from `facts`, JSON of what only the notice knows, and from the
    report and the event with the number `event_seq`, so that what the law has erased there is not
    told either.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notice_user_id_id", "user_id", "id"),
        # The count on every page.
        Index(
            "ix_notice_unread",
            *("user_id", "office", "url"),
            sqlite_where=text(_UNREAD),
            postgresql_where=text(_UNREAD),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str] = mapped_column(String(80))
    office: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(120))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    event_seq: Mapped[int | None] = mapped_column(ForeignKey("event.seq"))
    facts: Mapped[str | None] = mapped_column(Text)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
