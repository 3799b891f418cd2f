"""Who is told of what. Nothing here asks the database.

Nobody is told of what they did themselves, and nobody of a report that they may not see: whoever
wrote it keeps access to it, and all others are told by an office over its region.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sipokat.domain.chain import Move
from sipokat.domain.offices import office_key
from sipokat.domain.regions import at_desk
from sipokat.domain.roles import DESK_ROLES, DESKS, desks_below

# What each action tells, and whom: the author's office and whoever wrote the report (`author`), and
# who sits at the desk where it goes (`to`). Submissions, mendings and withdrawals tell nobody: what
# lies on a desk is told once a day.
TOLD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "verify": ("verified", ("author",)),
    "return": ("returned", ("author", "to")),
    "reject": ("rejected", ("author",)),
    "reopen": ("reopened", ("author", "to")),
}
OWN = ""  # the office of what somebody is told for themselves


class About(NamedTuple):
    """What must be known of a report to tell of it. `reporter` is the id of whoever wrote it, None
    where their account is closed."""

    id: int
    number: str
    region: str
    author_desk: str
    reporter: str | None
    urgent: bool


class Holder(NamedTuple):
    """Somebody who holds an office."""

    role: str
    region: str
    user_id: str


@dataclass(frozen=True)
class Telling:
    """A kind of notice, and whom it is for: the holders of these desks over the report's region,
    and its `writer`."""

    kind: str
    desks: tuple[str, ...]
    writer: bool = False

    def offices(self, region: str) -> list[tuple[str, str]]:
        """The desks' offices as (role, region), the author's first."""
        return [(DESK_ROLES[desk], at_desk(region, desk)) for desk in self.desks]


def of_move(about: About, move: Move, noted: bool) -> Telling | None:
    """What a move of the report tells; None for nothing. `noted` says whether it has a note, which
    makes a verification an answer. Bencana is told to every desk above its author's at once."""
    if move.action == "submit":
        above = tuple(desk for desk in DESKS if desk not in desks_up_to(about.author_desk))
        return Telling("bencana", above) if about.urgent else None
    if move.action not in TOLD:
        return None
    kind, whom = TOLD[move.action]
    desks = [about.author_desk]
    if "to" in whom and move.to_desk and move.to_desk not in desks:
        desks.append(move.to_desk)
    kind = "answered" if kind == "verified" and noted else kind
    return Telling(kind, tuple(desks), writer=True)


def desks_up_to(desk: str) -> tuple[str, ...]:
    """This desk and all below it."""
    return (*desks_below(desk), desk)


def addressed(
    telling: Telling, about: About, actor: str, holders: Iterable[Holder]
) -> dict[str, str]:
    """Who is told, each with the office by which they are (`Office.key`, OWN for the writer)."""
    found = {about.reporter: OWN} if telling.writer and about.reporter else {}
    for role, region in telling.offices(about.region):
        for one in holders:
            if (one.role, one.region) == (role, region):
                found.setdefault(one.user_id, office_key(role, region))
    found.pop(actor, None)
    return found
