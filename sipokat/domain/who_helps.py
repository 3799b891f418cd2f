"""Whom to call for a new code, by office: where the PIN or the password was forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES
from sipokat.domain.regions import at_desk
from sipokat.domain.term_days import over_by
from sipokat.domain.titles import title
from sipokat.models import Term, User
from sipokat.prepared import Prepared

DISKOMINFO = "Diskominfo"
_TERM, _USER = table(Term), table(User)
_DAY: Any = bindparam("day")
# Asked for each home, whose phone is to know it.
_THERE = Prepared(
    select(_TERM.c.role, _TERM.c.kind, _TERM.c.title)
    .join_from(_TERM, _USER, _TERM.c.user_id == _USER.c.id)
    .where(
        _USER.c.active,
        _TERM.c.since <= _DAY,
        or_(_TERM.c.until.is_(None), _TERM.c.until >= _DAY),
        or_(
            and_(_TERM.c.region_code == bindparam("kelurahan"), _TERM.c.role == "lurah"),
            and_(_TERM.c.region_code == bindparam("kecamatan"), _TERM.c.role == "camat"),
        ),
    )
)


def who_helps(session: Session, user: User) -> str:
    """`Lurah Petanang Ulu` for an RT head of hers, `Camat Lubuklinggau Utara I atau Diskominfo` for
    a lurah, else `Diskominfo`: the nearest who makes codes for all offices that the person holds,
    today or later (`activations.activator`). While somebody is Plh. or Plt. there, they are named,
    since the holder is away; an office in which nobody is at all is passed over.
    """
    today = day_of(now())
    terms = [term for term in user.terms if not over_by(term, today)]
    roles = {term.role for term in terms}
    kecamatan = _one(terms, "kecamatan") if roles and roles <= {"rt_head", "lurah"} else None
    if kecamatan is None:
        return DISKOMINFO
    kelurahan = _one(terms, "kelurahan") if roles == {"rt_head"} else None
    asked = {"kelurahan": kelurahan or "", "kecamatan": kecamatan, "day": today}
    there = sorted(_THERE.rows(session, asked), key=_nearness)
    for role, kind, seat in there:
        if role == "lurah":
            return title(session, role, kelurahan or "", kind, seat)
        return f"{title(session, role, kecamatan, kind, seat)} atau {DISKOMINFO}"
    return DISKOMINFO


def _nearness(there: tuple[str, str | None, str | None]) -> tuple[bool, bool, bool]:
    """The lurah before the camat; at one desk a deputy, then its head, then who sits beside."""
    role, kind, seat = there
    return role != "lurah", kind not in DEPUTIES, seat is not None


def _one(terms: list[Term], desk: str) -> str | None:
    """The region of this desk in which all of these offices lie; None for several."""
    regions = {at_desk(term.region_code, desk) for term in terms}
    return regions.pop() if len(regions) == 1 else None
