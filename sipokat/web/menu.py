"""The entries of the menu, for each role."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from sipokat.domain.offices import roles_of
from sipokat.domain.roles import READERS, ROLES
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
PLAIN_NAV: list[Place] = [("Beranda", "/beranda", "home", ()), ("Akun", "/akun", "user", ())]
DISKOMINFO_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Pengelolaan", "/pengelolaan", "people", ()),
    ("Akun", "/akun", "user", ()),
]
VIEWER_NAV: list[Place] = [
    ("Beranda", "/beranda", "home", ()),
    ("Laporan", "/laporan", "doc", ()),
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
    ("Akun", "/akun", "user", ()),
]


def places(shell: bool = False) -> list[dict[str, Any]]:
    """The menu of the signed-in person; on a shell, every entry with the roles that it is for."""
    if shell:
        shown = SHELL_NAV
    elif not current_user.is_authenticated:
        return []
    elif any(ROLES[key].decides for key in roles_of(current_user)):
        shown = OFFICIAL_NAV
    elif "rt_head" in roles_of(current_user):
        shown = RT_NAV
    elif "diskominfo" in roles_of(current_user):
        shown = DISKOMINFO_NAV
    else:
        shown = VIEWER_NAV if reads(current_user) else PLAIN_NAV
    return [
        {
            "label": label,
            "href": href,
            "icon": icon,
            "roles": roles,
            "current": request.path == href or request.path.startswith(href + "/"),
        }
        for label, href, icon, roles in shown
    ]
