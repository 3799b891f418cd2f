"""The entries of the menu, for each role."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from sipokat.domain.offices import held, roles_of
from sipokat.domain.roles import DECIDERS, READERS, ROLES
from sipokat.domain.visibility import reads

# Label, address, icon, and the roles that the entry is for. Only the shells need the last.
Place = tuple[str, str, str, tuple[str, ...]]

RT_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Laporan", "/laporan", "doc", ()),
    ("Kotak keluar", "/kotak-keluar", "outbox", ()),
    ("Akun", "/akun", "user", ()),
]
OFFICIAL_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Verifikasi", "/verifikasi", "queue", ()),
    ("Laporan", "/laporan", "doc", ()),
    ("Akun", "/akun", "user", ()),
]
# For who looks after people below them: a lost phone is found at once, whatever waits on home.
PEOPLE: Place = ("Orang", "/pengelolaan", "people", ("lurah", "camat"))
# For who only names who acts in the offices below them.
POSTS: Place = ("Jabatan", "/pengelolaan/jabatan", "people", ("pemerintahan",))
PLAIN_NAV: list[Place] = [("Beranda", "/beranda", "home", ()), ("Akun", "/akun", "user", ())]
DISKOMINFO_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Pengelolaan", "/pengelolaan", "people", ()),
    ("Akun", "/akun", "user", ()),
]
# Only for those whose menu has a place left; officials open monitoring from home.
MONITORING: Place = ("Pemantauan", "/pemantauan", "chart", ("asisten", "viewer"))
VIEWER_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Laporan", "/laporan", "doc", ()),
    MONITORING,
    ("Akun", "/akun", "user", ()),
]
# A shell has the same bytes for everybody, so it has every entry; the phone's script shows those of
# the owner's role.
SHELL_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Verifikasi", "/verifikasi", "queue", tuple(k for k, r in ROLES.items() if r.decides)),
    ("Laporan", "/laporan", "doc", READERS),
    ("Kotak keluar", "/kotak-keluar", "outbox", ("rt_head",)),
    ("Pengelolaan", "/pengelolaan", "people", ("diskominfo",)),
    PEOPLE,
    POSTS,
    MONITORING,
    ("Akun", "/akun", "user", ()),
]


def places(shell: bool = False) -> list[dict[str, Any]]:
    """The menu of the signed-in person; on a shell, every entry with the roles that it is for."""
    if not shell and not current_user.is_authenticated:
        return []
    shown = SHELL_NAV if shell else _own(roles_of(current_user))
    return [
        {
            "label": label,
            "href": href,
            "icon": icon,
            "roles": roles,
            # Whoever decides has no place for it, as on all other pages.
            "not_for": DECIDERS if shell and label == "Kotak keluar" else (),
            "current": request.path == href or request.path.startswith(href + "/"),
        }
        for label, href, icon, roles in shown
    ]


def _own(roles: frozenset[str]) -> list[Place]:
    if any(ROLES[key].decides for key in roles):
        looks = [place for place in (PEOPLE, POSTS) if held(current_user) and roles & {*place[3]}]
        return [*OFFICIAL_NAV[:3], *looks[:1], *OFFICIAL_NAV[3:]]
    if "rt_head" in roles:
        return RT_NAV
    if "diskominfo" in roles:
        return DISKOMINFO_NAV
    return VIEWER_NAV if reads(current_user) else PLAIN_NAV
