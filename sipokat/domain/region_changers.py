"""Who changes the RT of a kelurahan: whoever makes codes for the heads of its RT, that is its
lurah, its camat, and Diskominfo."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import offices
from sipokat.domain.administration import By
from sipokat.domain.offices import Office
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import lies_in
from sipokat.models import Region, User


def changer(user: User, code: str) -> By:
    """As what the person changes the RT of the kelurahan with this code. Raises NeverAllowed for
    roles that never do it, NotFound out of one's region."""
    for office in _changing(user):
        if _everywhere(office) or lies_in(code, office.region):
            return By(user, office)
    raise NotFound("Kelurahan ini tidak ada di wilayah Anda.")


def kelurahan_of(session: Session, user: User) -> list[str]:
    """The codes of the kelurahan whose RT the person changes. Raises NeverAllowed like
    `changer`."""
    held = _changing(user)
    codes = session.scalars(select(Region.code).where(Region.level == "kelurahan"))
    return [
        code for code in codes if any(_everywhere(one) or lies_in(code, one.region) for one in held)
    ]


def may_rename_kelurahan(user: User) -> bool:
    """Whether the person may also give the kelurahan itself another name: Diskominfo alone."""
    return any(_everywhere(office) for office in _changing(user))


def _changing(user: User) -> list[Office]:
    held = [one for one in offices.held(user) if "rt_head" in one.role.activates]
    if not held or not user.active:
        raise NeverAllowed("RT diubah oleh lurah, camat atau Diskominfo.")
    return held


def _everywhere(office: Office) -> bool:
    return office.role.key == "diskominfo"
