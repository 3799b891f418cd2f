"""Imports: the rows of a spreadsheet of people, and what was changed by each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sipokat.database import Base, Moment, RegionCode
from sipokat.models.user import User


class PeopleImport(Base):
    """One spreadsheet that was loaded. The file itself is not kept.

    `heads` is a JSON list of the names of its columns, `columns` a JSON object of the column of
    each field, `kelurahan` that of all rows where no column holds it. `applied_at` is when
    something of it was last applied, `undone_at` when that was taken back.
    """

    __tablename__ = "people_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    file_name: Mapped[str] = mapped_column(String(120))
    heads: Mapped[str] = mapped_column(Text)
    columns: Mapped[str] = mapped_column(Text)
    kelurahan: Mapped[str | None] = mapped_column(RegionCode)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    made_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ImportRow(Base):
    """One row of it. `cells` is a JSON list of texts, None once they are not needed any more.

    For a row that was applied `user_id` is whose account it changed, `changes` a JSON list of what
    was changed in it, `entry_id` the last entry of the administrative record that was made of that:
    what comes after it was done by others. It is None once the row was taken back.
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("uq_import_row_line", "import_id", "line", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("people_import.id"))
    line: Mapped[int]
    cells: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    changes: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[int | None]
