"""Entries of the administrative record in words: for the person whom they are about, and for who
looks after people and regions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sipokat.database import db
from sipokat.domain.administration import facts
from sipokat.domain.offices import label_of
from sipokat.domain.phones import NAMELESS
from sipokat.domain.regions import names_of
from sipokat.domain.roles import ROLES
from sipokat.domain.titles import title
from sipokat.models import AdministrativeEntry
from sipokat.web.present import times

WHAT = {
    "create": "Akun dibuat",
    "set_password": "Kata sandi diganti",
    "set_pin": "PIN diganti",
    "new_phone": "HP baru masuk",
    "disable": "Akun ditutup",
    "enable": "Akun dibuka lagi",
    "end_session": "Satu HP dikeluarkan dari akun",
    "end_sessions": "Semua HP dikeluarkan dari akun",
    "begin_term": "Jabatan mulai",
    "end_term": "Jabatan berakhir",
    "withdraw_term": "Jabatan dibatalkan",
    "number_letter": "Nomor surat perintah diisi",
    "lose_phone": "HP hilang, dikeluarkan dari akun",
    "change_name": "Nama diganti",
    "change_phone": "Nomor HP diganti",
    "make_activation": "Kode aktivasi dibuat",
    "activate": "HP baru diaktifkan",
    "add_region": "RT ditambahkan",
    "end_region": "RT berakhir",
    "withdraw_region": "RT dibatalkan",
    "rename_region": "Nama wilayah diganti",
    "set_day": "Hari libur atau hari kerja ditetapkan",
}


def entries(found: Sequence[AdministrativeEntry], own: bool = True) -> list[dict[str, str]]:
    """All of these in words; the names of their regions are read in one statement."""
    told = [facts(text) for one in found for text in (one.was, one.became)]
    regions = [one.actor_region for one in found] + [one.get("region") for one in told]
    names_of(db.session(), filter(None, regions))
    return [entry(one, own) for one in found]


def entry(one: AdministrativeEntry, own: bool = True) -> dict[str, str]:
    """What was changed, in detail, when and by whom; `own` where the person themselves reads it."""
    return {
        "what": _what(one),
        "detail": _detail(one.action, facts(one.was), facts(one.became)),
        "when": times.ago(one.at),
        "who": _how(one) or f"oleh {_who(one, own)}",
    }


def _what(one: AdministrativeEntry) -> str:
    return "PIN dibuat" if facts(one.became).get("first") else WHAT[one.action]


def news(one: AdministrativeEntry) -> str:
    """`Kode aktivasi dibuat oleh Lurah Hartono, 23 Nov, 07.12`; which phone is new or has a PIN,
    and how it came."""
    if one.action in ("activate", "new_phone", "set_pin"):
        device = facts(one.became).get("device") or NAMELESS
        words = [f"{_what(one)} ({device})", *filter(None, [_how(one)])]
        return times.phrase(f"{' '.join(words)}, {{}}", times.ago(one.at))
    if one.actor is None or one.actor_id == one.subject_id:
        maker = _who(one, own=True)
    else:
        maker = _as_what(one.actor.name, one.actor_role, one.actor_kind)
    return times.phrase(f"{WHAT[one.action]} oleh {maker}, {{}}", times.ago(one.at))


def _how(one: AdministrativeEntry) -> str:
    """How somebody got in: "" where nobody did. By whom stands there for all else; this may have
    been anybody who had the code or the password."""
    if one.action == "new_phone":
        return "dengan nomor HP dan kata sandi"
    return _code_of(one) if one.action == "activate" else ""


def _code_of(one: AdministrativeEntry) -> str:
    """With whose code the phone was activated: it is never the person alone who does that."""
    became = facts(one.became)
    if "code_by" not in became:
        return "dengan kode dari pengelola SIPOKAT"
    maker = _as_what(became["code_by"], became["code_role"], became["code_kind"])
    return f"dengan kode dari {maker}"


def _as_what(name: str, role: str | None, kind: str | None) -> str:
    """`Lurah Hartono`, `Plh. Lurah Sari`"""
    return f"{label_of(role, kind)} {name}" if role in ROLES else name


def _who(one: AdministrativeEntry, own: bool) -> str:
    if one.actor is None:
        return "pengelola SIPOKAT"
    if one.actor_id == one.subject_id:
        whom = "Anda" if own else one.actor.name
        return f"pengelola SIPOKAT untuk {whom}" if one.operator else f"{whom} sendiri"
    role = one.actor_role
    person = one.actor.name
    if role in ROLES and one.actor_region:
        person += f", {title(db.session(), role, one.actor_region, one.actor_kind)}"
    return f"pengelola SIPOKAT untuk {person}" if one.operator else person


def _detail(action: str, was: dict[str, Any], became: dict[str, Any]) -> str:
    if action in ("create", "begin_term", "end_term", "withdraw_term"):
        told = became or was
        return _term(told, ends=action == "end_term") if "role" in told else ""
    if action == "number_letter":
        return f"{became['letter']}, {_term(became, ends=False)}"
    if action == "change_name":
        return f"{was['name']} menjadi {became['name']}"
    if action == "change_phone":
        return f"{times.phone(was['phone'])} menjadi {times.phone(became['phone'])}"
    if action == "make_activation":
        return f"berlaku sampai {times.moment(datetime.fromisoformat(became['until']))}"
    if action in ("add_region", "end_region", "withdraw_region", "rename_region"):
        return _region(action, was, became)
    if action == "set_day":
        return _day(became) if became else f"{_day(was)}, dibatalkan"
    return str(was.get("device") or became.get("device") or "")


def _day(facts: dict[str, Any]) -> str:
    """`17 Nov: hari libur, Hari jadi kota`"""
    kind = "hari kerja" if facts["working"] else "hari libur"
    name = f", {facts['name']}" if facts["name"] else ""
    return f"{times.date_words(date.fromisoformat(facts['day']))}: {kind}{name}"


def _region(action: str, was: dict[str, Any], became: dict[str, Any]) -> str:
    """`RT 014, mulai 1 Des, dari RT 001`; `RT 003, sampai 30 Nov, menjadi RT 014`."""
    if action == "rename_region":
        since = date.fromisoformat(became["since"])
        return f"{was['name']} menjadi {became['name']} mulai {times.date_words(since)}"
    told = became or was
    words = [told["name"]]
    ends = action == "end_region"
    if day := told.get("until" if ends else "since"):
        words.append(f"{'sampai' if ends else 'mulai'} {times.date_words(date.fromisoformat(day))}")
    if others := told.get("into" if ends else "from"):
        names = names_of(db.session(), others)
        joined = ", ".join(names.get(code, code) for code in others)
        words.append(f"{'menjadi' if ends else 'dari'} {joined}")
    return ", ".join(words)


def _term(facts: dict[str, Any], ends: bool) -> str:
    kind, seat = facts.get("kind"), facts.get("title")
    office = title(db.session(), facts["role"], facts["region"], kind, seat)
    since, until = (date.fromisoformat(facts[k]) if k in facts else None for k in _DAYS)
    if ends and until:
        return f"{office}, sampai {times.date_words(until)}"
    return f"{office}, sejak {times.date_words(since)}" if since else office


_DAYS = ("since", "until")
