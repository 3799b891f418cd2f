"""Says that a table somebody has asked for can be fetched, or cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sipokat.domain.exports.rules import RULES
from sipokat.domain.texts import dots

KIND = "export"


def sentence(facts: Mapping[str, Any], _names: Mapping[str, str]) -> str:
    """`Unduhan Laporan (Excel) siap: 1.234 baris. Disimpan 7 hari.`"""
    if not facts["ready"]:
        return f"Unduhan {facts['title']} tidak berhasil disiapkan."
    rows, days = dots(facts["rows"]), RULES["days"]
    return f"Unduhan {facts['title']} siap: {rows} baris. Disimpan {days} hari."
