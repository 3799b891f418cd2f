"""Reports as cards and pages need them: each with its record and with what one person may do,
loaded for all of them in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sipokat.domain import chain, events, first_opened
from sipokat.domain.listed import Listed, ListedMove, ListedPhoto, moves_of, photos_of
from sipokat.domain.refusals import NeverAllowed, Refused
from sipokat.domain.verification import actor_before, actors_before
from sipokat.models import Event, FirstOpened, Report, User

ANY_VERIFY = chain.Request("verify")


@dataclass(frozen=True)
class Card:
    """A report, its entries in the record and first openings, and `actor`: the person who looks at
    it."""

    report: Report
    entries: Sequence[Event]
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


class CardFacts(NamedTuple):
    """All that the queue's card of a report says or offers depends on, but for names of regions and
    the clock. Equal facts make equal cards."""

    report: Listed
    photos: tuple[ListedPhoto, ...]
    moves: tuple[ListedMove, ...]
    actor: chain.Actor

    def card(self) -> Card:
        """The card, made of nothing but these facts. It knows no names of people, so it can tell
        what was decided, and not the whole time line."""
        values = self.report._asdict() | {"fields": self.report.fields, "photos": []}
        report: Any = SimpleNamespace(**values)
        report.photos += [SimpleNamespace(**one._asdict(), report=report) for one in self.photos]
        moves: Any = self.moves
        return Card(report, moves, [], self.actor)


def facts_of(session: Session, user: User, reports: Sequence[Listed]) -> list[CardFacts]:
    """The facts of these reports' cards before this person, in two statements."""
    ids = [report.id for report in reports]
    photos, moves = photos_of(session, ids), moves_of(session, ids)
    actors = actors_before(user, (report.region_code for report in reports))
    return [
        CardFacts(one, photos[one.id], moves[one.id], actors[one.region_code]) for one in reports
    ]
