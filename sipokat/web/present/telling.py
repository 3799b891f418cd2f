"""The messages by which a desk's person tells others of a return or rejection by WhatsApp."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app

from sipokat.database import db
from sipokat.domain import events, offices, telling
from sipokat.domain.telling import Addressee
from sipokat.domain.titles import title
from sipokat.models import Event, User
from sipokat.web.present import states
from sipokat.web.present.origin import address
from sipokat.web.present.people import called
from sipokat.web.present.report import Full


@dataclass(frozen=True)
class Telling:
    """A message to one person. `href` opens WhatsApp with it; empty where only its `text` is shown.
    `instead` says whom else to ask where there is no message."""

    name: str
    text: str = ""
    href: str = ""
    instead: str = ""


def tellings(report: Full, user: User) -> list[Telling]:
    """The messages about the decision that was just made on the report at this person's desk."""
    decided = telling.decision(report.card.events, user, report.card.actor.desks)
    if decided is None:
        return []
    told = telling.addressees(db.session(), user, report.report, decided)
    return [_telling(one, report, decided, user) for one in told]


def _telling(one: Addressee, report: Full, decided: Event, user: User) -> Telling:
    if one.person is None:
        return Telling(one.office, instead=_nobody(one, report, decided))
    name = called(one.person.name)
    if one.person.id == user.id:
        return Telling(name, instead="Laporan ini ada di meja Anda sendiri.")
    if not one.may_call and one.wrote and report.recorded:
        return Telling(name, instead=f"{report.recorded}. Sampaikan kepada {report.author}.")
    if not one.may_call:
        return Telling(
            name, instead=f"Nomor {one.office} ada pada {one.through}. Sampaikan lewat beliau."
        )
    text = _text(name, one, report, decided, user)
    number = one.person.phone.removeprefix("+")
    demo = current_app.config["MODE"] == "demo"
    return Telling(
        name, text, "" if demo else f"https://wa.me/{number}?text={quote(text, safe='')}"
    )


def _nobody(one: Addressee, report: Full, decided: Event) -> str:
    if report.recorded:
        return f"{one.office} kosong. {report.recorded}: sampaikan kepada {report.author}."
    if one.wrote and report.rt_end:
        return report.ended or f"{report.rt_end} Sampaikan kepada {report.author}."
    if decided.from_desk == "kelurahan":
        return f"{one.office} kosong. Isi dulu jabatannya di halaman Jabatan."
    return f"{one.office} kosong. Sampaikan lewat kantor di atasnya."


def _text(name: str, one: Addressee, report: Full, decided: Event, user: User) -> str:
    """The message: what became of the report, the desk's own words, what to do, and where."""
    office = offices.acting_at(user, decided.actor_desk or "", report.report.region_code)
    signed = title(db.session(), office.role.key, office.region, office.kind, office.title)
    advice = (
        states.advice(decided, report.report.author_desk) if _is_for_author(one, decided) else ""
    )
    parts = (
        f"Yth. {name}, {_what(one, report, decided)}",
        f"“{decided.note}”" if decided.note else "",
        advice,
        f"Laporannya: {address(report.url)}",
        f"Terima kasih. {user.name}, {signed}",
    )
    return "\n\n".join(part for part in parts if part)


def _is_for_author(one: Addressee, decided: Event) -> bool:
    """Whether this author has something to do, or is told of the end."""
    returned_between = decided.action == "return" and decided.to_desk != one.desk
    return one.wrote and not returned_between


def _what(one: Addressee, report: Full, decided: Event) -> str:
    reason = (
        states.reason(decided, report.report.author_desk) if decided.reason != "lainnya" else ""
    )
    other = events.other_of(decided)
    reason += f" (laporan {other})" if reason and other else ""
    why = f": {reason[0].lower()}{reason[1:]}." if reason else "."
    number = f"laporan nomor {report.number} di SIPOKAT"
    if not one.wrote:
        return f"{number} dari {report.region} dikembalikan ke meja Anda{why} Mohon diperiksa lagi."
    if decided.action == "reject":
        return f"{number} ditolak{why}"
    if decided.to_desk != one.desk:
        to = states.BY[decided.to_desk or ""]
        return f"{number} dikembalikan ke {to}{why} Belum ada yang perlu Anda perbaiki."
    return f"{number} perlu diperbaiki{why}"
