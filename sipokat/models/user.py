"""People and the offices they hold."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode
from sipokat.models.region import Region


class User(Base):
    """A person with an account. The id says nothing about them and is never used again for anybody
    else."""

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
        back_populates="user", order_by="Term.since, Term.id", lazy="selectin"
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
    """A term of office: who holds the office of which region, from `since` until `until`."""

    __tablename__ = "term"
    steady = True
    __table_args__ = (Index("ix_term_region_code_until", "region_code", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    region_code: Mapped[str] = mapped_column(RegionCode, ForeignKey("region.code"))
    since: Mapped[date]
    until: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="terms")
    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)
