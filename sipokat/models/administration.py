"""The administrative record: what was changed about accounts and offices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode
from sipokat.models.user import User


class AdministrativeEntry(Base):
    """One change of a person's account or office, or of a region, appended and never changed
    (`models/guards.py` refuses it).

    Who made it is a person, in the office `actor_role`, `actor_region`, `actor_kind` and
    `actor_for` as it was then, or whoever ran a command on the server (`operator`, their user name
    there). Of both, the operator made it, and said that it was for the person. `was` and `became`
    are JSON of what was changed, None where there was nothing before or is nothing after.
    """

    __tablename__ = "administrative_entry"
    __table_args__ = (
        CheckConstraint("actor_id IS NOT NULL OR operator IS NOT NULL", name="an_actor"),
        CheckConstraint("subject_id IS NOT NULL OR region_code IS NOT NULL", name="a_subject"),
        Index("ix_administrative_entry_subject_id_id", "subject_id", "id"),
        Index("ix_administrative_entry_region_code_id", "region_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    # No foreign key: the entry stays when an RT is taken back that nobody has used.
    region_code: Mapped[str | None] = mapped_column(RegionCode)
    action: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    actor_role: Mapped[str | None] = mapped_column(String(20))
    actor_region: Mapped[str | None] = mapped_column(RegionCode)
    actor_kind: Mapped[str | None] = mapped_column(String(10))
    actor_for: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    operator: Mapped[str | None] = mapped_column(String(80))
    was: Mapped[str | None] = mapped_column(Text)
    became: Mapped[str | None] = mapped_column(Text)

    actor: Mapped[User | None] = relationship(lazy="joined", foreign_keys=actor_id)
