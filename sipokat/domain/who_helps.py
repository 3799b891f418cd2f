"""Whom to call for a new code, by office: where the PIN or the password was forgotten."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.regions import at_desk
from sipokat.domain.term_days import over_by
from sipokat.domain.titles import title
from sipokat.models import Term, User

DISKOMINFO = "Diskominfo"


def who_helps(session: Session, user: User) -> str:
    """`Lurah Petanang Ulu` for an RT head of hers, `Camat Lubuklinggau Utara I atau Diskominfo` for
    a lurah, else `Diskominfo`: the nearest who makes codes for all offices that the person holds,
    today or later (`activations.activator`)."""
    today = day_of(now())
    terms = [term for term in user.terms if not over_by(term, today)]
    roles = {term.role for term in terms}
    if roles == {"rt_head"} and (region := _one(terms, "kelurahan")):
        return title(session, "lurah", region)
    if roles and roles <= {"rt_head", "lurah"} and (region := _one(terms, "kecamatan")):
        return f"{title(session, 'camat', region)} atau {DISKOMINFO}"
    return DISKOMINFO


def _one(terms: list[Term], desk: str) -> str | None:
    """The region of this desk in which all of these offices lie; None for several."""
    regions = {at_desk(term.region_code, desk) for term in terms}
    return regions.pop() if len(regions) == 1 else None
