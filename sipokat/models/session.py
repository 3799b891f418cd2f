"""Sessions, the phones that have signed in to an account before, and failed sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment
from sipokat.models.user import User


class LoginSession(Base):
    """A phone or browser that is signed in. Only the hash of its token is stored. `device_id` is
    the phone as the account knows it; None for a session that a version before opened. `proved_at`
    is when the person last proved on it who they are; None: not since it was opened. `has_news`
    says whether something is to be told there (`domain/account_news.py`)."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("known_device.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    has_news: Mapped[bool] = mapped_column(default=False, server_default=false())

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class KnownDevice(Base):
    """A phone that has signed in to this account before. Its failed tries are counted apart, so
    that a stranger's tries on the number do not lock it out.

    `pin_hash` is of the person's PIN on this phone, mixed with the phone's token; None where the
    phone was not activated. `pin_failures` counts wrong PINs since the last right one. `device` is
    the phone in words, None where nobody has signed in since it has them. `read_entry_id` is the
    last entry of the administrative record that the person has been told of on this phone."""

    __tablename__ = "known_device"
    __table_args__ = (Index("uq_known_device_token", "token_hash", "user_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    device: Mapped[str | None] = mapped_column(String(80))
    read_entry_id: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class SignInFailure(Base):
    """One failed try. `key` says what it counts against: a typed number, a known phone or a network
    address."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Moment)
