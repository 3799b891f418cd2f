"""How long each desk took: one row for each stay of a report on a desk that is over."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, RegionCode

_FOR_SOMEBODY = "acted_for IS NOT NULL"


class Answer(Base):
    """One stay of a report on a desk, as the move that ended it left it. It follows from the events
    alone; `domain/responsiveness/` writes it in the transaction of the move and reads it.

    `seq` is the number of the move's event. `region_code` is the report's region, `desk_code` the
    one whose desk it was. `month` is the one in which the move was received, in Asia/Jakarta: what
    comes later never changes a month that is over. `worked_s` are the office hours in seconds.

    `in_time` says whether a decision came within the desk's limit. It is None where nobody's clock
    ran or nobody decided: for the days in which its author mends a report, and for what its author
    withdrew. So the decisions are the rows that have it. `answered` says whether a note or a reason
    came with the move. `acted_for` is the holder whose place a Plh. took.
    """

    __tablename__ = "answer"
    __table_args__ = (
        # All figures of a desk and month, without the table itself; times in their order.
        Index(
            "ix_answer_desk",
            *("desk", "month", "desk_code", "worked_s", "in_time", "answered", "action", "reason"),
            "acted_for",
        ),
        # Which deputies decided at a desk.
        Index(
            "ix_answer_deputy",
            *("month", "desk_code"),
            sqlite_where=text(_FOR_SOMEBODY),
            postgresql_where=text(_FOR_SOMEBODY),
        ),
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"),
        ForeignKey("event.seq"),
        primary_key=True,
        autoincrement=False,
    )
    report_id: Mapped[int]
    region_code: Mapped[str] = mapped_column(RegionCode)
    desk: Mapped[str] = mapped_column(String(10))
    desk_code: Mapped[str] = mapped_column(RegionCode)
    month: Mapped[str] = mapped_column(String(7))
    worked_s: Mapped[int]
    in_time: Mapped[bool | None]
    answered: Mapped[bool]
    action: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    acted_for: Mapped[str | None] = mapped_column(String(36))
