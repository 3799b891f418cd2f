"""Codes on paper: for the people of one kelurahan at once, to be handed out at a meeting."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sipokat.domain import activations, administration
from sipokat.domain.activations import Made
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import HOLDER
from sipokat.domain.refusals import WrongContent
from sipokat.domain.regions import in_scope
from sipokat.domain.term_days import running_on
from sipokat.models import KnownDevice, Region, Term, User

CHOOSE = "Pilih orangnya dulu."
REPLACE = "Kode untuk {} masih berlaku. Kalau mau diganti, centang kotak ini."


@dataclass(frozen=True)
class Recipient:
    """Somebody who may get a code on paper, in the office `role` over `region`, under a title if
    they are not its head; `was_there` says that they have been signed in on some phone before,
    `code_until` until when the code is good that they have already."""

    person: User
    role: str
    region: str
    title: str | None
    was_there: bool
    code_until: datetime | None

    @property
    def waits(self) -> bool:
        """Whether they need a code: they were never there, and have none."""
        return not self.was_there and self.code_until is None


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
            activations.good_until(User.id, now()),
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
    session: Session, user: User, kelurahan: str, chosen: Collection[str], replace: bool = False
) -> list[tuple[Recipient, Made]]:
    """A new code for each of the chosen people, good for as long as one on paper is; the last one
    of each ends. Raises WrongContent on `people` where nobody of the kelurahan is chosen, and on
    `replace` where somebody has a code that is still good, unless that shall be replaced: a sheet
    that is loaded anew must not end the codes that were just printed."""
    administration.take_turn(session)
    wanted = [one for one in recipients(session, kelurahan) if one.person.id in chosen]
    if not wanted:
        raise WrongContent(CHOOSE, {"people": CHOOSE})
    good = list(dict.fromkeys(one.person.name for one in wanted if one.code_until))
    if good and not replace:
        sentence = REPLACE.format(good[0] if len(good) == 1 else f"{len(good)} orang")
        raise WrongContent(sentence, {"replace": sentence})
    made: dict[str, tuple[Recipient, Made]] = {}
    for one in wanted:  # who holds two offices there gets one code
        if one.person.id not in made:
            by = activations.activator(user, one.person)
            code = activations.make(session, by, one.person, printed=True)
            made[one.person.id] = (one, code)
    return list(made.values())
