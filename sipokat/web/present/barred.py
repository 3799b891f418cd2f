"""The desks that wait for a Plh., in words."""

from __future__ import annotations

from sipokat.database import db
from sipokat.domain import barred, titles
from sipokat.domain.regions import level_of
from sipokat.domain.roles import DESK_ROLES, DESK_WORDS
from sipokat.models import User
from sipokat.web.present import times
from sipokat.web.present.posts import address


def waiting(user: User) -> list[dict[str, str]]:
    """The desks that wait for a Plh., in words."""
    found = barred.waiting_for_deputy(db.session(), user)
    return [waiting_at(code, count) for code, count in sorted(found.items())]


def waiting_at(code: str, count: int) -> dict[str, str]:
    """`Menunggu Plh. lurah`: a desk whose holders may not decide what lies there."""
    desk = level_of(code)
    return {
        "what": f"Menunggu Plh. {DESK_WORDS[desk]}",
        "title": titles.title(db.session(), DESK_ROLES[desk], code),
        "count": f"{times.figure(count)} laporan",
        "url": address(DESK_ROLES[desk], code),
    }
