"""Activations: codes with which a person gets into their account without a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment
from sipokat.models.user import User


class Activation(Base):
    """One code that was made for a person. Only its keyed hash is stored.

    `made_by_id` is who made it, None for whoever runs the server. `uses` counts the browsers that
    it has activated, `failures` wrong answers to what is asked with it. `pin_hash` is of the PIN
    that was chosen with it, mixed with the code, while one more browser may be activated.
    `ended_at` is when it was spent, replaced or failed too often.
    """

    __tablename__ = "activation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    made_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    uses: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=user_id)
    made_by: Mapped[User | None] = relationship(foreign_keys=made_by_id)
