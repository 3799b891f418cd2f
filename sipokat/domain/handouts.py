"""Codes on paper: for the people of one kelurahan at once, to be handed out at a meeting."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sipokat.domain import activations
from sipokat.domain.activations import Made
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import HOLDER
from sipokat.domain.refusals import WrongContent
from sipokat.domain.regions import in_scope
from sipokat.domain.term_days import running_on
from sipokat.models import KnownDevice, Region, Term, User

CHOOSE = "Pilih orangnya dulu."


@dataclass(frozen=True)
class Recipient:
    """Somebody who may get a code on paper, in the office `role` over `region`, under a title if
    they are not its head; `was_there` says that they have been signed in on some phone before."""

    person: User
    role: str
    region: str
    title: str | None
    was_there: bool


def recipients(session: Session, kelurahan: str) -> list[Recipient]:
    """The people at the lurah's desk and the RT heads of a kelurahan, as far as their account is
    open. Raises WrongContent for what is no kelurahan."""
    region = session.get(Region, kelurahan)
    if region is None or region.level != "kelurahan":
        raise WrongContent("Pilih kelurahannya.", {"kelurahan": "Pilih kelurahannya."})
    today = day_of(now())
    rows = session.execute(
        select(
            User,
            Term.role,
            Term.region_code,
            Term.title,
            exists().where(KnownDevice.user_id == User.id),
        )
        .join(Term, Term.user_id == User.id)
        .where(
            User.active,
            Term.role.in_(("lurah", "rt_head")),
            Term.kind == HOLDER,
            in_scope(Term.region_code, kelurahan),
            running_on(today),
        )
        .order_by(Term.region_code, User.name)
    )
    return [Recipient(*row) for row in rows]


def make(
    session: Session, user: User, kelurahan: str, chosen: Collection[str]
) -> list[tuple[Recipient, Made]]:
    """A new code for each of the chosen people, good for as long as one on paper is; the last one
    of each ends. Raises WrongContent where nobody of the kelurahan is chosen."""
    wanted = [one for one in recipients(session, kelurahan) if one.person.id in chosen]
    if not wanted:
        raise WrongContent(CHOOSE, {"people": CHOOSE})
    made: dict[str, tuple[Recipient, Made]] = {}
    for one in wanted:  # who holds two offices there gets one code
        if one.person.id not in made:
            by = activations.activator(user, one.person)
            code = activations.make(session, by, one.person, printed=True)
            made[one.person.id] = (one, code)
    return list(made.values())
