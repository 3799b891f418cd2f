"""People, and the terms in which they hold offices."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode


class User(Base):
    """A person who may sign in. `id` is opaque and never given to another person. `role` is
    the one in which the account was made. It says how the person is called, and what they may read
    on, only while they hold no other office; all else follows from the role of each term
    (`domain/offices.py`)."""

    __tablename__ = "user"
    steady = True

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    terms: Mapped[list[Term]] = relationship(
        back_populates="user",
        foreign_keys="Term.user_id",
        order_by="Term.since, Term.id",
    )

    # Flask-Login asks for these.
    is_anonymous = False

    @property
    def is_authenticated(self) -> bool:
        return self.active

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return self.id


class Term(Base):
    """An office held by one person: a role over a region, from `since` to `until`, both included.

    `kind` is `definitif` for its holder, `plh` for whoever acts while the holder is away
    (`acts_for_id` is the holder), `plt` for whoever acts while the office is vacant. Both deputies
    have a surat perintah, with its number and day, and an end; the
    number is empty until it follows. `title` is what somebody is called
    who sits at the desk without being its head (`data/terms.toml`), such as `sekretaris`.
    """

    __tablename__ = "term"
    steady = True
    __table_args__ = (
        Index("ix_term_region_code_until", "region_code", "until"),
        Index(
            "ix_term_numberless",
            "letter_date",
            sqlite_where=text("letter_number = ''"),
            postgresql_where=text("letter_number = ''"),
        ),
        CheckConstraint("kind IN ('definitif', 'plh', 'plt')", name="kind"),
        CheckConstraint("(kind = 'plh') = (acts_for_id IS NOT NULL)", name="plh_for_somebody"),
        CheckConstraint(
            "kind = 'definitif' OR (letter_number IS NOT NULL AND letter_date IS NOT NULL"
            " AND until IS NOT NULL AND title IS NULL)",
            name="deputy_by_letter",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    kind: Mapped[str] = mapped_column(String(10), default="definitif", server_default="definitif")
    title: Mapped[str | None] = mapped_column(String(20))
    acts_for_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    letter_number: Mapped[str | None] = mapped_column(String(60))
    letter_date: Mapped[date | None]
    since: Mapped[date]
    until: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="terms", foreign_keys=user_id)
