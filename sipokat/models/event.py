"""What happened to reports: events, who opened them first, and the counter that numbers events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment
from sipokat.models.user import User


class Event(Base):
    """One move of one report, appended and never changed. `seq` numbers all events of the city
    without gaps: it is taken from a counter row inside the transaction of the move."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("report_id", "version"),
        UniqueConstraint("actor_id", "action_id"),
        Index("ix_event_report_id_seq", "report_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    actor_desk: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(10))
    from_desk: Mapped[str | None] = mapped_column(String(10))
    to_desk: Mapped[str | None] = mapped_column(String(10))
    klass: Mapped[str | None] = mapped_column("class", String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(500))
    action_id: Mapped[str] = mapped_column(String(36))
    request_digest: Mapped[str] = mapped_column(String(64))
    content_digest: Mapped[str] = mapped_column(String(64))

    actor: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class FirstOpened(Base):
    """The first time that a holder of the desk opened a report: "Dibaca" on its time line."""

    __tablename__ = "first_opened"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(String(10), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Counter(Base):
    """A counter without gaps. Taking a number locks its row until the transaction ends."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int]
