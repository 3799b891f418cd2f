"""What is said of terms, of an RT that has ended, of a new phone, of a missing report, and of a
table that was taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from sipokat.domain.notices import export_news, nudge_news, phone_news, rt_news, term_news
from sipokat.domain.phones import NAMELESS
from sipokat.domain.roles import DECIDERS
from sipokat.domain.texts import dots, written
from sipokat.domain.titles import title_with

Facts = Mapping[str, Any]
Names = Mapping[str, str]


def _office(facts: Facts, names: Names) -> str:
    """`Plh. Lurah Petanang Ulu`"""
    return title_with(names, facts["role"], facts["region"], facts["kind"], facts.get("title"))


def _day(facts: Facts, name: str) -> str:
    return written(date.fromisoformat(facts[name])) if name in facts else ""


def _whose(facts: Facts, names: Names) -> str:
    return names.get(facts["who"], "seseorang") if "who" in facts else "Anda"


def _begins(facts: Facts, names: Names) -> str:
    if "count" in facts:
        return f"{dots(facts['count'])} orang mulai bertugas di wilayah Anda."
    until = f", sampai {_day(facts, 'until')}" if "until" in facts else ""
    who, office = _whose(facts, names), _office(facts, names)
    said = f"{who} bertugas sebagai {office} mulai {_day(facts, 'since')}{until}."
    if count := facts.get("lying"):
        to_do = "diperiksa" if facts["role"] in DECIDERS else "diperbaiki"
        said += f" {dots(count)} laporan di meja Anda menunggu {to_do}."
    return said


def _ends(facts: Facts, names: Names, over: bool = False) -> str:
    """That a term ends soon, or, when it is `over`, that it has ended."""
    if "count" in facts:
        when = "sudah" if over else "segera"
        said = f"Tugas {dots(facts['count'])} orang di wilayah Anda {when} berakhir."
    else:
        who, office = _whose(facts, names), _office(facts, names)
        when = "sudah berakhir pada" if over else "berakhir"
        said = f"Tugas {who} sebagai {office} {when} {_day(facts, 'until')}."
    return f"{said} Belum ada penggantinya." if facts.get("open") else said


def _rt_ended(facts: Facts, names: Names) -> str:
    code = facts["region"]
    name = f"{names.get(code, code)} {names.get(code.rpartition('.')[0], '')}".strip()
    which = "Satu laporannya" if facts["count"] == 1 else f"{dots(facts['count'])} laporannya"
    return (
        f"{name} berakhir {_day(facts, 'until')}. {which} sekarang di meja Anda, untuk diperbaiki "
        "atau dibatalkan."
    )


def _new_phone(facts: Facts, _names: Names) -> str:
    device = facts["device"] or NAMELESS
    how = "kode aktivasi" if facts["how"] == "activate" else "nomor HP dan kata sandi"
    return f"Akun Anda dipakai di HP atau komputer baru ({device}), dengan {how}."


SENTENCES: dict[str, Callable[[Facts, Names], str]] = {
    term_news.BEGINS: _begins,
    term_news.ENDS: _ends,
    term_news.ENDED: partial(_ends, over=True),
    rt_news.KIND: _rt_ended,
    phone_news.KIND: _new_phone,
    nudge_news.KIND: nudge_news.sentence,
    export_news.KIND: export_news.sentence,
}
