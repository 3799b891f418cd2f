"""RT that have not reported, and what came of asking them, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sipokat.domain.notices import nudge_news
from sipokat.domain.nudges.asking import (
    CLOSED,
    NO_NUMBER,
    NO_PHONE,
    OWN,
    RECENT,
    REPORTED,
    VACANT,
    may_open,
    office_over,
    why_not,
)
from sipokat.domain.nudges.heads import Asked, Facts
from sipokat.domain.nudges.outcomes import Result
from sipokat.domain.nudges.rules import MOST, NOTICE, PAUSE, WHATSAPP, free_at
from sipokat.domain.participation import lists
from sipokat.domain.participation.closing import closed_on
from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.names import TITLES, state_words
from sipokat.web.access import me
from sipokat.web.present import times
from sipokat.web.present.monitoring import in_a_row
from sipokat.web.present.regions import region_words

WAYS = {NOTICE: "pemberitahuan", WHATSAPP: "WhatsApp"}
FOLDED, SUMMED = 30, 100  # so many RT are folded by kelurahan; more are shown as sums alone
# Why RT are left out, after a number.
LEFT = {
    VACANT: "ketuanya kosong",
    CLOSED: "akun ketuanya ditutup",
    OWN: "RT Anda sendiri",
    REPORTED: "sudah melapor",
    RECENT: "baru diingatkan",
    NO_PHONE: "HP-nya belum aktif",
    NO_NUMBER: "nomornya tidak ada pada Anda",
}


@dataclass(frozen=True)
class Row:
    """An RT of the list: how it stands in the list's month, what is known of its head, and its
    figures in the month that is asked for."""

    row: lists.Row
    facts: Facts
    figures: Figures | None

    @property
    def code(self) -> str:
        return self.row.code

    def why(self, way: str, at: datetime) -> str | None:
        return why_not(self.facts, self.figures, way, me(), at)


def regions_in(rows: Iterable[Row]) -> list[str]:
    """The regions whose names the list needs."""
    found = [(one.code, one.facts.asked) for one in rows]
    return [
        *(code for code, _ in found),
        *(asked.by_region for _, asked in found if asked and asked.by_region),
    ]


def regions_asked(found: Iterable[Result]) -> list[str]:
    """The same of what came of nudges."""
    return [
        code
        for one in found
        for code in (one.code, *(asked.by_region for asked in one.asked))
        if code
    ]


def by_words(asked: Asked, names: dict[str, str]) -> str:
    """`Lurah Petanang Ulu lewat WhatsApp`"""
    if asked.by_role is None:
        return "SIPOKAT secara otomatis"
    return f"{nudge_news.by(asdict(asked), names)} lewat {WAYS[asked.way]}"


def silent_page(
    rows: Sequence[Row],
    names: dict[str, str],
    which: str,
    asked: str,
    at: datetime,
    counts: dict[str, int],
) -> dict[str, Any]:
    """The page of the RT that have not reported."""
    groups: dict[str, list[Row]] = {}
    for one in rows:
        groups.setdefault(one.code.rpartition(".")[0], []).append(one)
    acting = [one for one in rows if office_over(me(), one.code)]
    summed = len(rows) > SUMMED and len(groups) > 1
    return {
        "which": which,
        "title": TITLES[which],
        "counts": counts,
        "long": lists.LONG,
        "pause": PAUSE.days,
        "asked": asked,
        "closing": times.date_words(closed_on(asked) - timedelta(days=1)),
        "total": len(rows),
        "acts": bool(acting),
        "all": _together(acting, asked, at) if len(groups) > 1 and not summed else None,
        "folded": len(rows) > FOLDED and len(groups) > 1,
        "summed": summed,
        "groups": [
            {
                "code": code,
                "name": names.get(code, code),
                "count": len(those),
                "rows": [] if summed else [_row(one, names, at) for one in those],
                "together": _together(
                    [one for one in those if office_over(me(), one.code)], asked, at
                ),
            }
            for code, those in groups.items()
        ],
    }


def _together(rows: Sequence[Row], asked: str, at: datetime) -> dict[str, Any] | None:
    """Who would be asked at once by a notice, at most MOST of them, and how many are left out and
    why; None where there is nobody."""
    why = {one.code: one.why(NOTICE, at) for one in rows}
    codes = [code for code, reason in why.items() if reason is None]
    left = Counter(reason for reason in why.values() if reason)
    if len(rows) < 2:
        return None
    return {"codes": codes[:MOST], "left": left_words(left), "month": asked}


def left_words(left: Counter[str]) -> str:
    """`2 baru diingatkan, 1 ketuanya kosong`"""
    return ", ".join(f"{left[key]} {words}" for key, words in LEFT.items() if left[key])


def _row(one: Row, names: dict[str, str], at: datetime) -> dict[str, Any]:
    facts, head = one.facts, one.facts.head
    office = office_over(me(), one.code)
    notice, whatsapp = one.why(NOTICE, at), one.why(WHATSAPP, at)
    return {
        "code": one.code,
        "name": names.get(one.code, one.code),
        "where": region_words(one.code, names),
        "state": state_words(one.row.figures),
        "silent": in_a_row(one.row.silent),
        "head": head.person.name if head else "",
        "last": times.ago(facts.last_report) if facts.last_report else "",
        "phone": phone_words(facts),
        "asked": asked_words(facts.asked, names) if facts.asked else "",
        "acts": office is not None,
        "notice": notice is None,
        "whatsapp": whatsapp is None,
        "again": whatsapp == RECENT and may_open(facts, whatsapp, me(), WHATSAPP),
        "why": why_words(one, notice, whatsapp, bool(office.role.activates)) if office else "",
        "appoint": f"/pengelolaan/jabatan/rt_head/{one.code}"
        if notice == VACANT and office and office.desk == "kelurahan"
        else "",
        "person": f"/pengelolaan/orang/{head.person.id}"
        if head and notice == NO_PHONE and office and office.role.activates
        else "",
    }


def phone_words(facts: Facts) -> str:
    """Whether something sent in SIPOKAT can be read there, and when it was last used."""
    head = facts.head
    if head is None or not head.person.active:
        return ""
    if head.last_contact is None:
        return "HP belum aktif, belum pernah masuk"
    state = "HP aktif" if head.has_phone else "HP belum aktif"
    return times.phrase(f"{state}, terakhir masuk {{}}", times.ago(head.last_contact))


def asked_words(asked: Asked, names: dict[str, str]) -> str:
    """`Diingatkan 2 kali, terakhir 28 Nov, 09.12 oleh Lurah Petanang Ulu lewat WhatsApp`"""
    times_asked = "1 kali," if asked.number == 1 else f"{asked.number} kali, terakhir"
    by = by_words(asked, names)
    return times.phrase(f"Diingatkan {times_asked} {{}} oleh {by}", times.ago(asked.at))


def why_words(one: Row, notice: str | None, whatsapp: str | None, has_numbers: bool) -> str:
    """What stands in the place of a button that there is not. `has_numbers`: the person's office
    looks after heads of RT, and has the numbers of most."""
    if notice not in (None, NO_PHONE):
        return refusal_words(notice or "", one.facts)
    if whatsapp is None:
        return refusal_words(NO_PHONE, one.facts) if notice else ""
    holders = "Diskominfo" if has_numbers else "lurah dan camat"
    if notice is None:
        return f"Nomor HP-nya ada pada {holders}."
    return f"HP-nya belum aktif, dan nomornya ada pada {holders}. Sampaikan lewat mereka."


def refusal_words(why: str, facts: Facts) -> str:
    """Why this RT is not asked, in a sentence."""
    if why == RECENT:
        assert facts.asked is not None
        return f"Baru diingatkan. Bisa lagi mulai {times.moment(free_at(facts.asked.at))}."
    return {
        VACANT: "Ketua RT kosong, belum ada yang bisa diingatkan.",
        CLOSED: "Akun ketua RT ini ditutup.",
        OWN: "Ini RT Anda sendiri.",
        REPORTED: "Sudah ada laporan untuk bulan yang diminta.",
        NO_PHONE: "Pemberitahuan belum bisa terbaca: HP-nya belum aktif.",
        NO_NUMBER: "Nomor HP-nya tidak ada pada Anda.",
    }[why]


def asked_json(asked: Asked, names: dict[str, str]) -> dict[str, Any]:
    """A nudge on the wire; `by` is null of what SIPOKAT sent by itself."""
    return {
        "at": asked.at.isoformat(timespec="seconds"),
        "way": asked.way,
        "period": asked.month,
        "by": nudge_news.by(asdict(asked), names) if asked.by_role else None,
        "next": free_at(asked.at).isoformat(timespec="seconds"),
    }


def row_json(one: Row, names: dict[str, str], at: datetime) -> dict[str, Any]:
    """An RT of the list. `refused` says of each way why it is not open to the person, or null."""
    facts, head = one.facts, one.facts.head
    acts = office_over(me(), one.code) is not None
    return {
        "region": one.code,
        "name": names.get(one.code, one.code),
        "head": head.person.name if head else None,
        "last_report": iso(facts.last_report),
        "phone": bool(head and head.has_phone),
        "last_contact": iso(head.last_contact) if head else None,
        "silent_months": one.row.silent,
        "nudges": facts.asked.number if facts.asked else 0,
        "last": asked_json(facts.asked, names) if facts.asked else None,
        "refused": {way: one.why(way, at) if acts else "forbidden" for way in WAYS},
    }


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
