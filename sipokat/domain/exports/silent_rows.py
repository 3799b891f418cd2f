"""The RT that have not reported, as a table: who is their head, and how often they were asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of
from sipokat.domain.exports import places
from sipokat.domain.exports.table import PORTION, Asked, Cell, Column, Table
from sipokat.domain.nudges.heads import Facts, facts_of
from sipokat.domain.participation import lists
from sipokat.domain.participation.closing import is_closed
from sipokat.domain.participation.names import state_words
from sipokat.domain.regions import names_of

COLUMNS = (
    *places.COLUMNS,
    Column("Keadaan", width=20),
    Column("Bulan berturut-turut tanpa laporan", "whole", 33),
    Column("Ketua RT", width=26),
    Column("Laporan terakhir", "moment", 19),
    Column("HP", width=14),
    Column("Terakhir masuk", "moment", 19),
    Column("Diingatkan (kali)", "whole", 17),
    Column("Terakhir diingatkan", "moment", 20),
)
COUNTED = (
    f"Paling banyak {lists.MANY} bulan dihitung ke belakang. Ketua RT, HP, dan pengingat adalah "
    "keadaan saat berkas disiapkan.",
)


def table_of(session: Session, asked: Asked) -> Table:
    """The RT of the list, in the order of codes."""
    code, month, today = asked.filters["code"], asked.filters["month"], day_of(asked.at)
    every = lists.rows(session, code, month, today, is_closed(session, month))
    found = [row for row in every if lists.WHICH[asked.filters["which"]](row)]

    def portion(session: Session, after: int | None) -> tuple[list[list[Cell]], int | None]:
        first = after or 0
        part = found[first : first + PORTION]
        known = facts_of(session, [row.code for row in part], today)
        names = names_of(session, [row.code for row in part])
        following = first + PORTION
        rows = [_row(row, known[row.code], names) for row in part]
        return rows, following if following < len(found) else None

    return Table(COLUMNS, len(found), portion, COUNTED)


def _row(row: lists.Row, facts: Facts, names: dict[str, str]) -> list[Cell]:
    head, asked = facts.head, facts.asked
    phone = ("Aktif" if head.has_phone else "Belum aktif") if head and head.person.active else None
    return [
        *places.cells(row.code, names),
        state_words(row.figures)[0],
        row.silent,
        head.person.name if head else None,
        facts.last_report,
        phone,
        head.last_contact if head else None,
        asked.number if asked else 0,
        asked.at if asked else None,
    ]
