"""Tells the head of an RT that the report of a month is missing, when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sipokat.domain.notices import rows
from sipokat.domain.notices.audience import Holder
from sipokat.domain.offices import office_key
from sipokat.domain.texts import month
from sipokat.domain.titles import title_with

KIND = "nudge"


def rows_of(nudge: Mapping[str, Any], there: Iterable[Holder]) -> Iterator[dict[str, Any]]:
    """The notices of this row of `nudge`, to those of `there` who hold the office of the RT."""
    code = nudge["region_code"]
    facts = {"region": code, "month": nudge["month"]}
    if nudge["by_role"]:
        named = ("by_role", "by_region", "by_kind")
        facts |= {name: nudge[name] for name in named}
    for one in there:
        if (one.role, one.region) == ("rt_head", code):
            key = f"{KIND} {code} {nudge['number']}"
            office = office_key(one.role, code)
            yield rows.row(one.user_id, KIND, key, nudge["at"], "/beranda", office, facts=facts)


def sentence(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """`Lurah Petanang Ulu mengingatkan: belum ada laporan November 2026 dari RT 001. …`"""
    code = facts["region"]
    missing = f"belum ada laporan {month(facts['month'])} dari {names.get(code, code)}."
    advice = "Kalau tidak ada kejadian, cukup lapor nihil."
    if "by_role" not in facts:
        return f"{missing[0].upper()}{missing[1:]} {advice}"
    return f"{by(facts, names)} mengingatkan: {missing} {advice}"


def by(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The office that asks: `Plh. Lurah Petanang Ulu`."""
    kind = facts["by_kind"]
    plain = kind in ("definitif", "plh", "plt")
    seat = None if plain else kind
    return title_with(names, facts["by_role"], facts["by_region"], kind if plain else None, seat)
