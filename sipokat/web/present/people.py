"""People as they are spoken to, and as the list of those to be looked after shows them."""

from __future__ import annotations

from typing import Any

from sipokat.database import db
from sipokat.domain import titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import label_of
from sipokat.domain.people_list import STATE_NAMES, Listed
from sipokat.domain.term_days import over_by
from sipokat.models import Term, User
from sipokat.web.present import times
from sipokat.web.present.regions import region_words

_CALLED = ("Pak ", "Bu ", "Bapak ", "Ibu ")
_TONES = {"never": "warn", "no_phone": "warn", "silent": "wait", "closed": "late"}


def called(name: str) -> str:
    """`Bapak/Ibu Rahman`; `Pak Rahman` where the name begins so already."""
    return name if name.startswith(_CALLED) else f"Bapak/Ibu {name}"


def offices_held(person: User) -> list[str]:
    """The offices held today or later, in words."""
    today = day_of(now())
    running = [term for term in person.terms if not over_by(term, today)]
    return list(dict.fromkeys(titles.title_of(db.session(), term) for term in running))


def office_fact(term: Term, names: dict[str, str]) -> tuple[str, str]:
    """A term as (label, words): `("Plh. Lurah", "Petanang Ulu, sejak 1 Des sampai 14 Des")`."""
    where, today = region_words(term.region_code, names), day_of(now())
    since = f"{where}, {'mulai' if term.since > today else 'sejak'} {times.date_words(term.since)}"
    label = label_of(term.role, term.kind, term.title)
    if term.until is None:
        return label, since
    label += " dahulu" if term.until < today else ""
    return label, f"{since} sampai {times.date_words(term.until)}"


def office_json(term: Term) -> dict[str, Any]:
    """A term on the wire."""
    return {
        "role": term.role,
        "region": term.region_code,
        "kind": term.kind,
        "acting_for": term.acts_for_id,
        "since": term.since.isoformat(),
        "until": term.until.isoformat() if term.until else None,
    }


def row(one: Listed) -> dict[str, Any]:
    """A person in the list."""
    contact = one.last_contact
    return {
        "id": one.person.id,
        "name": one.person.name,
        "offices": " · ".join(offices_held(one.person)) or "Tidak memegang jabatan",
        "phone": times.phone(one.person.phone),
        "state": (STATE_NAMES[one.state], _TONES[one.state]) if one.state else None,
        "contact": times.phrase("Terakhir masuk {}", times.ago(contact)) if contact else "",
    }


def as_json(one: Listed) -> dict[str, Any]:
    """The same on the wire."""
    contact = one.last_contact
    return {
        "id": one.person.id,
        "name": one.person.name,
        "phone": one.person.phone,
        "offices": offices_held(one.person),
        "active": one.person.active,
        "state": one.state or None,
        "last_contact": contact.isoformat(timespec="seconds") if contact else None,
    }
