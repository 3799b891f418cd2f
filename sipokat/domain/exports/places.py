"""The columns that say where something is."""

from __future__ import annotations

from collections.abc import Mapping

from sipokat.domain.exports.table import Column
from sipokat.domain.regions import level_of, up_from

COLUMNS = (
    Column("Kode wilayah", width=18),
    Column("Wilayah", width=20),
    Column("Kelurahan", width=20),
    Column("Kecamatan", width=22),
)


def cells(code: str, names: Mapping[str, str]) -> tuple[str, str, str, str]:
    """The code of the region, its name, and those of the kelurahan and kecamatan above it, or that
    it is."""
    above = {level_of(one): names.get(one, one) for one in up_from(code)}
    place = names.get(code, code)
    return code, place, above.get("kelurahan", ""), above.get("kecamatan", "")
