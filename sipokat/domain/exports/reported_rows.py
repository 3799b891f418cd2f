"""What people report in a region, as a table: categories from month to month."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.domain.categories import categories
from sipokat.domain.exports.table import Asked, Cell, Column, Table, at_once
from sipokat.domain.reported import Kind, reported
from sipokat.domain.texts import month as month_words

COUNTED = (
    "Dihitung menurut bulan kejadian. Yang ditolak dan yang dibatalkan tidak dihitung. “Biasanya” "
    "adalah median bulan-bulan sebelumnya di wilayah ini.",
)


def table_of(session: Session, asked: Asked) -> Table:
    """How many reports of each category stand for each of twelve months, all of them last."""
    found = reported(session, asked.filters["code"], asked.filters["month"])
    months = (Column(month_words(one), "whole", 16) for one in found.months)
    columns = (Column("Kategori", width=28), Column("Biasanya sebulan", "decimal", 17), *months)
    return at_once(columns, [_row(one) for one in (*found.kinds, found.total)], COUNTED)


def _row(kind: Kind) -> list[Cell]:
    name = categories()[kind.category].name if kind.category else "Semua laporan"
    return [name, kind.usual, *kind.counts]
