"""What happened to reports: events, who opened them first, and the counter that numbers events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode
from sipokat.models.user import User


class Event(Base):
    """One entry of the record, appended and never changed (`models/guards.py` refuses it).

    `seq` numbers all entries of the city without gaps: it is taken from a counter row inside the
    transaction of the entry. A move of a report has a `version`, the report's after it. Entries
    without one are photos that were replaced, dropped or late, and erasures; `detail` is JSON that
    says more about them.

    `actor_role`, `actor_region` and `actor_for` are the office in which the actor acted and, for a
    deputy, the person whose place they took: as it was then, whatever they hold today.

    `note`, `request_digest` and `content_digest` lie beside the record: `sealed` is their digest
    with `salt`. An erasure blanks all three and the salt. `hash` is the keyed hash over
    `previous_hash` and all other columns but those four; `domain/record.py` makes it.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("report_id", "version"),
        UniqueConstraint("actor_id", "action_id"),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    version: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    actor_desk: Mapped[str | None] = mapped_column(String(10))
    actor_role: Mapped[str] = mapped_column(String(20))
    actor_region: Mapped[str] = mapped_column(RegionCode)
    actor_for: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(String(10))
    from_desk: Mapped[str | None] = mapped_column(String(10))
    to_desk: Mapped[str | None] = mapped_column(String(10))
    klass: Mapped[str | None] = mapped_column("class", String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(500))
    action_id: Mapped[str] = mapped_column(String(36))
    request_digest: Mapped[str] = mapped_column(String(64))
    content_digest: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))
    sealed: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=actor_id)
    acted_for: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=actor_for)


class FirstOpened(Base):
    """The first time that a holder of the desk opened a report: "Dibaca" on its time line."""

    __tablename__ = "first_opened"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(String(10), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Counter(Base):
    """A counter without gaps. Taking a number locks its row until the transaction ends.

    `last_hash` is the hash of the entry `last_seq`; a trigger writes both when the entry is
    inserted. `token` is a new random word for each number. An entry keeps only its keyed digest
    (`mark`), so whoever removes the last entry cannot set the counter back to the one before.
    """

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int]
    token: Mapped[str | None] = mapped_column(String(32))
    last_seq: Mapped[int] = mapped_column(server_default=text("0"))
    last_hash: Mapped[str] = mapped_column(String(64), server_default=text("''"))
