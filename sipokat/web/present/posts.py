"""Offices in words: who holds each, who acts in it, since when nobody does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sipokat.database import db
from sipokat.domain import appointers, posts, titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.letters import number_due
from sipokat.domain.offices import HOLDER, RULES, TITLES, held
from sipokat.domain.posts import Post
from sipokat.domain.regions import level_of, names_of
from sipokat.domain.roles import ROLES
from sipokat.domain.term_days import over_by
from sipokat.models import Term, User
from sipokat.web.present import people, times

DAY = timedelta(days=1)


def address(role: str, region: str) -> str:
    """The page of an office."""
    return f"/pengelolaan/jabatan/{role}/{region}"


def naming(role: str, region: str) -> str:
    """The page on which somebody is named to act in an office."""
    return f"{address(role, region)}/wakil"


def written(day: date) -> str:
    """`30 Nov`, with the year where it is another one."""
    return times.date_words(day)


def city_groups(user: User) -> list[dict[str, Any]]:
    """For Diskominfo the offices of city hall itself, before those below it."""
    codes = [one.region for one in held(user) if one.role.key == "diskominfo"]
    session = db.session()
    return [
        {
            "name": "Kantor wali kota",
            "posts": [post(one) | {"below": ""} for one in posts.posts_of_city(session, code)],
        }
        for code in codes
    ]


def group(scope: str, found: list[Post], user: User) -> dict[str, Any]:
    """The offices right below a region, under its name. Whoever sees those below as well is led on
    to them."""
    names_of(db.session(), [one.region for one in found] or [scope])
    own = appointers.scopes(user)
    level = level_of(scope)
    deeper = len(own) == 1 and level in ("kota", "kecamatan") and _everywhere(user)
    return {
        "name": names_of(db.session(), [scope]).get(scope, scope),
        "rt_of": scope if level == "kelurahan" else "",
        "posts": [
            post(one) | {"below": f"/pengelolaan/jabatan?di={one.region}" if deeper else ""}
            for one in found
        ],
    }


def _everywhere(user: User) -> bool:
    return any(one.role.key == "diskominfo" for one in held(user))


def post(one: Post) -> dict[str, Any]:
    """An office as the list and its own page show it."""
    session = db.session()
    deputy, today = (one.deputies[0] if one.deputies else None), day_of(now())
    return {
        "role": one.role,
        "region": one.region,
        "url": address(one.role, one.region),
        "naming": naming(one.role, one.region),
        "title": titles.title(session, one.role, one.region),
        "deputies": ROLES[one.role].desk is not None,
        "shared": one.shared,
        "seats": [("", ROLES[one.role].label), *TITLES.get(one.role, {}).items()],
        "vacant": one.vacant,
        "empty": one.empty,
        "since": vacant_since(one) if one.vacant or one.empty else "",
        "holders": [_held(term) for term in (*one.heads, *one.deputies, *one.staff)],
        "coming": [_held(term) for term in one.coming],
        "owing": [_held(term) for term in one.numberless if over_by(term, today)],
        "kind": "plt" if one.vacant else "plh",
        "kind_words": RULES["plt" if one.vacant else "plh"]["label"],
        "deputy": deputy is not None,
        "ends": _ends(deputy) if deputy else "",
    }


def vacant_since(one: Post) -> str:
    """Since when nobody holds the office: `Kosong sejak 1 Des`."""
    if one.heads:
        return "Akun pejabatnya ditutup"
    if one.deputies:
        return "Belum ada pejabat definitif"
    return f"Kosong sejak {written(one.ended + DAY)}" if one.ended else "Belum pernah diisi"


def _held(term: Term) -> dict[str, Any]:
    today = day_of(now())
    begins = f"{'mulai' if term.since > today else 'sejak'} {written(term.since)}"
    until = f" sampai {written(term.until)}" if term.until else ""
    letter = ""
    if term.letter_date:
        letter = f"Surat perintah {term.letter_number}, {written(term.letter_date)}"
        if not term.letter_number:
            letter = f"Surat perintah {written(term.letter_date)}, nomornya menyusul"
    return {
        "id": term.id,
        "name": term.user.name,
        "person": term.user_id,
        "office": titles.title_of(db.session(), term),
        "when": begins + until,
        "letter": letter,
        "numberless": term.letter_number == "",
        "letter_date": term.letter_date.isoformat() if term.letter_date else "",
        "holder": term.kind == HOLDER,
        "begun": term.since <= today,
        "active": term.user.active,
    }


def _ends(term: Term) -> str:
    """A warning where a deputy's term ends soon."""
    assert term.until is not None
    left = (term.until - day_of(now())).days
    if left > RULES["warning"]["days"]:
        return ""
    return ending_words(term)


def ending_words(term: Term) -> str:
    """`Plh. Lurah Petanang Ulu berakhir 14 Des, 3 hari lagi.`"""
    assert term.until is not None
    left = (term.until - day_of(now())).days
    office = titles.title_of(db.session(), term)
    when = f"{left} hari lagi" if left else "hari ini"
    return f"{office} berakhir {written(term.until)}, {when}."


def named(term: Term) -> str:
    """What is said of somebody who was named, and of a number that follows."""
    said = f"{term.user.name} menjadi {titles.title_of(db.session(), term)}."
    if term.letter_number == "" and term.letter_date:
        due = written(number_due(term.letter_date))
        said += f" Isi nomor surat perintahnya paling lambat {due}."
    return said


def term_json(term: Term) -> dict[str, Any]:
    """A term on the wire."""
    return {
        "id": term.id,
        "user": {"id": term.user_id, "name": term.user.name},
        **people.office_json(term),
    }
