"""Reports as cards and pages need them: each with its record and with what one person may do,
loaded for all of them in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sipokat.domain import chain, changes, events, first_opened
from sipokat.domain.listed import (
    Listed,
    ListedMove,
    ListedPhoto,
    ListedRevision,
    moves_of,
    photos_of,
    revisions_of,
)
from sipokat.domain.refusals import NeverAllowed, Refused
from sipokat.domain.verification import actor_before, actors_before
from sipokat.models import Event, FirstOpened, Report, Revision, User

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

    @cached_property
    def round(self) -> tuple[Revision, Revision] | None:
        """The content that the person's desk has decided on before, and the present one; for who
        does not hold the desk, the one before. None in the first round."""
        versions = changes.compared(self.events, _desk_of(self.report, self.actor))
        if versions is None:
            return None
        kept = {one.version: one for one in self.report.revisions}
        return kept[versions[0]], kept[versions[1]]

    @property
    def barred(self) -> str:
        """Why another holder of the desk has to decide: the report is this person's own. Empty
        when that is not so, and where the person may act and nobody expects them to decide."""
        here = self.state.desk in self.actor.desks
        if "verify" in self.allowed or (self.allowed and not here):
            return ""
        try:
            chain.decide(self.state, self.actor, ANY_VERIFY)
        except NeverAllowed as refusal:
            return refusal.message if refusal.code == "own" else ""
        except Refused:
            pass
        return ""


def _desk_of(report: Report | Listed, actor: chain.Actor) -> str | None:
    """The desk where the report lies, if the person sits there."""
    return report.desk if report.desk in actor.desks else None


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
    round: tuple[ListedRevision, ...]
    actor: chain.Actor

    def card(self) -> Card:
        """The card, made of nothing but these facts. It knows no names of people, so it can tell
        what was decided, and not the whole time line."""
        values = self.report._asdict() | {"fields": self.report.fields, "photos": []}
        values["revisions"] = self.round
        report: Any = SimpleNamespace(**values)
        report.photos += [SimpleNamespace(**one._asdict(), report=report) for one in self.photos]
        moves: Any = self.moves
        return Card(report, moves, [], self.actor)


def facts_of(session: Session, user: User, reports: Sequence[Listed]) -> list[CardFacts]:
    """The facts of these reports' cards before this person, in two statements, three where some are
    there for the second time."""
    ids = [report.id for report in reports]
    photos, moves = photos_of(session, ids), moves_of(session, ids)
    actors = actors_before(user, reports)
    versions = {
        one.id: changes.compared(moves[one.id], _desk_of(one, actors[one.region_code]))
        for one in reports
    }
    again = revisions_of(session, [number for number, pair in versions.items() if pair])

    def round_of(number: int) -> tuple[ListedRevision, ...]:
        pair = versions[number] or ()
        return tuple(row for row in again.get(number, ()) if row.version in pair)

    return [
        CardFacts(one, photos[one.id], moves[one.id], round_of(one.id), actors[one.region_code])
        for one in reports
    ]
