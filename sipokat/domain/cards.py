"""Reports as cards and pages need them: each with its record and with what one person may do,
loaded for all of them in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from sipokat.domain import chain, events, first_opened
from sipokat.domain.refusals import NeverAllowed, Refused
from sipokat.domain.verification import actor_before
from sipokat.models import Event, FirstOpened, Report, User

ANY_VERIFY = chain.Request("verify")


@dataclass(frozen=True)
class Card:
    """A report, its entries in the record and first openings, and `actor`: the person who looks at
    it."""

    report: Report
    entries: list[Event]
    openings: list[FirstOpened]
    actor: chain.Actor

    @cached_property
    def events(self) -> list[Event]:
        """The moves of the report, oldest first."""
        return events.moves(self.entries)

    @cached_property
    def state(self) -> chain.State:
        """Where the report stands, from its events alone."""
        return events.rebuild(self.report, self.events)

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """The actions that the person may take now."""
        return chain.allowed(self.state, self.actor)

    @property
    def barred(self) -> str:
        """Why another holder of the desk has to decide: the report is this person's own. Empty
        when that is not so."""
        if self.allowed:
            return ""
        try:
            chain.decide(self.state, self.actor, ANY_VERIFY)
        except NeverAllowed as refusal:
            return refusal.message if refusal.code == "own" else ""
        except Refused:
            pass
        return ""


def cards_of(session: Session, user: User, reports: Sequence[Report]) -> list[Card]:
    """The cards of these reports, in their order, before this person."""
    told = events.entries_of(session, reports)
    opened = first_opened.openings_of(session, reports)
    return [
        Card(report, told[report.id], opened[report.id], actor_before(user, report))
        for report in reports
    ]
