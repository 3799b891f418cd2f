"""People whom somebody looks after, and the offices right below somebody, as tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from sipokat.domain import directory, people_list, posts, titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.exports import places
from sipokat.domain.exports.table import PORTION, Asked, Cell, Column, Table, at_once
from sipokat.domain.offices import HOLDER, held, label_of
from sipokat.domain.people_list import STATE_NAMES, Listed
from sipokat.domain.posts import Post
from sipokat.domain.regions import names_of
from sipokat.domain.roles import ROLES
from sipokat.domain.term_days import over_by
from sipokat.domain.texts import phone
from sipokat.models import Term, User

EVERYWHERE = ""  # the scope of Diskominfo, who looks after everybody
PEOPLE = (
    Column("Nama", width=28),
    Column("Jabatan", width=44),
    Column("Nomor HP", width=18),
    Column("Keadaan", width=20),
    Column("Terakhir masuk", "moment", 19),
)
POSTS = (
    Column("Jabatan", width=30),
    *places.COLUMNS,
    Column("Nama", width=28),
    Column("Sebagai", width=24),
    Column("Sejak", "day", 13),
    Column("Sampai", "day", 13),
    Column("Keadaan", width=16),
)
OF_TODAY = ("Jabatan dan orangnya adalah keadaan saat berkas disiapkan.",)


def people_scopes(user: User, _filters: Any) -> list[str]:
    """Where the person looks after others. Raises NeverAllowed for who looks after nobody."""
    if directory.everywhere(user):
        return [EVERYWHERE]
    return sorted({office.region for office in directory.looking_after(user)})


def people_of(session: Session, asked: Asked) -> Table:
    """Those of the list, by the region of their first office, then by name."""
    names = ("region", "role", "state")
    wanted = people_list.Filter(*(asked.filters.get(name, "") for name in names))

    def portion(session: Session, after: Any) -> tuple[list[list[Cell]], Any]:
        user = session.get_one(User, asked.user_id)
        found, following = people_list.portion(session, user, wanted, asked.scopes, after, PORTION)
        return [_person(session, one) for one in found], following

    user = session.get_one(User, asked.user_id)
    total = people_list.count(session, user, wanted, asked.scopes)
    return Table(PEOPLE, total, portion, OF_TODAY)


def _person(session: Session, one: Listed) -> list[Cell]:
    running = [term for term in one.person.terms if not over_by(term, day_of(now()))]
    held_now = dict.fromkeys(titles.title_of(session, term) for term in running)
    return [
        one.person.name,
        " · ".join(held_now) or "Tidak memegang jabatan",
        phone(one.person.phone),
        STATE_NAMES.get(one.state),
        one.last_contact,
    ]


def posts_of(session: Session, asked: Asked) -> Table:
    """The offices of the page, each with whoever holds it or acts in it; one row where nobody
    does."""
    user = session.get_one(User, asked.user_id)
    found: list[Post] = []
    if "di" not in asked.filters:
        cities = [one.region for one in held(user) if one.role.key == "diskominfo"]
        found = [post for code in cities for post in posts.posts_of_city(session, code)]
    for scope in asked.scopes:
        found += posts.posts_in(session, scope)
    names = names_of(session, [one.region for one in found])
    return at_once(POSTS, [row for one in found for row in _post(one, names)], OF_TODAY)


def _post(one: Post, names: dict[str, str]) -> list[list[Cell]]:
    where = [ROLES[one.role].label, *places.cells(one.region, names)]
    terms: list[Term] = [*one.heads, *one.deputies, *one.staff]
    if not terms:
        return [[*where, None, None, None, None, "Kosong"]]
    state = "Kosong" if one.vacant else "Terisi"
    return [
        [
            *where,
            term.user.name,
            label_of(term.role, term.kind or HOLDER, term.title),
            term.since,
            term.until,
            state if term.user.active else "Akun ditutup",
        ]
        for term in terms
    ]
