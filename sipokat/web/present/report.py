"""A report as its own page and a card of the queue show it to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sipokat.database import db
from sipokat.domain import (
    chain,
    changes,
    ended_rt,
    events,
    reasons,
    same_report,
)
from sipokat.domain.cards import Card, cards_of
from sipokat.domain.queue_filter import group_of
from sipokat.domain.roles import above
from sipokat.models import Event, Report, User
from sipokat.web.present import content, states, times
from sipokat.web.present.changes import side_by_side
from sipokat.web.present.row import Row, shared
from sipokat.web.present.time_line import time_line, told

# The actions by which a desk says something to the author.
SPEAKING = (*chain.DECISIONS, "reopen")
# What its author is told on top of the page, once the report is out of their hands.
ON_TOP = {"reject": ("Laporan ini ditolak", "late"), "reopen": ("Diperiksa lagi", "wait")}


@dataclass
class Full(Row):
    """What the report's own page and a card of the queue show to one person, whose `card` it is.
    `readable` are the numbers of other reports that entries name and the person may read."""

    card: Card
    readable: frozenset[str] = frozenset()

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.card.allowed

    @property
    def rt_end(self) -> str:
        """`RT 003 berakhir 30 Nov.`, where the report is of an RT that is there no more."""
        last = ended_rt.last_day(db.session(), self.report.region_code)
        return f"{self.short_region} berakhir {times.date_words(last)}." if last else ""

    @property
    def ended(self) -> str:
        """Who mends the report that lies on the desk of such an RT; else empty."""
        if self.report.desk != ended_rt.DESK or not self.rt_end:
            return ""
        who = "bisa Anda perbaiki" if "revise" in self.allowed else "diperbaiki kelurahan"
        return f"{self.rt_end} Laporan ini {who}."

    @property
    def asks_class(self) -> bool:
        return chain.may_class(self.card.state)

    @property
    def barred(self) -> str:
        """Why another holder of the desk has to decide; empty when that is not so."""
        return self.card.barred

    @property
    def alone(self) -> str:
        """Why it is never verified together with others; empty if it may be."""
        return chain.alone(self.card.state)

    @property
    def group(self) -> str:
        """The region in whose group it is in the queue; empty when it is final."""
        report = self.report
        return group_of(report.region_code, report.desk) if report.desk else ""

    @property
    def note_required(self) -> bool:
        return self.report.status == "returned"

    @property
    def next_holder(self) -> str:
        """Who gets the report when it is verified: `camat`; empty above the last desk."""
        desk = above(self.report.desk) if self.report.desk else None
        return states.BY[desk] if desk else ""

    @property
    def dates(self) -> str:
        """`Kejadian 18 Nov · diterima 20 Nov, 07.12`; of a month's report when it came."""
        if self.report.period:
            return times.phrase("Diterima {}", self.received)
        return times.phrase("Kejadian {} · diterima {}", self.happened, self.received)

    @property
    def timeline(self) -> list[dict[str, Any]]:
        above = self._spoken if self.on_top else None
        return time_line(self, self.card, self.readable, above)

    @property
    def erased(self) -> str:
        """When the words, place and photos were erased: `16 Nov, 10.30`. Empty when they were not,
        or when the report was written anew after that."""
        told = [event.at for event in self.card.entries if event.action in ("erase", "revise")]
        erased = [event.at for event in self.card.entries if event.action == "erase"]
        return times.moment(told[-1]) if erased and told[-1] == erased[-1] else ""

    @property
    def standing(self) -> dict[str, str]:
        """The last entry of the time line: where the report is now. Empty when it is final."""
        if self.report.desk is None:
            return {}
        word, tone = self.badge
        clock = self.clock[0] if self.clock else ""
        return {"what": word, "who": clock, "tone": "late" if self.late else tone}

    @property
    def ahead(self) -> list[dict[str, str]]:
        """The desks that the report has yet to reach. None when it is final."""
        stops = states.stops(self.report) if self.report.desk else []
        return [
            {"what": stop["label"], "who": stop["word"], "tone": "ahead"}
            for stop in stops
            if stop["state"] == "todo"
        ]

    @property
    def why(self) -> dict[str, Any]:
        """The latest decision that gave a reason or a note, in words, but for who it was, with what
        the author should do then. Empty when there is none."""
        if not self._spoken:
            return {}
        return told(self, self._spoken, self.readable) | {
            "advice": states.advice(self._spoken, self.report.author_desk)
        }

    @property
    def on_top(self) -> tuple[str, str] | None:
        """The heading, and its tone, under which the author reads `why` on top of the page: while
        the report lies with them, once it was rejected, and when it was opened again."""
        state, actor = self.card.state, self.card.actor
        if not self._spoken:
            return None
        if "revise" in self.allowed:
            return "Yang perlu diperbaiki", "warn"
        if not (state.author_desk in actor.desks or actor.id in state.writers):
            return None
        if self._spoken is not self.card.events[-1]:
            return None
        return ON_TOP.get(self._spoken.action)

    @property
    def asked_at(self) -> str:
        """The field of the form at which the mending begins, see `reasons.opens_at`."""
        spoken = self._spoken
        found = reasons.find("return", spoken.reason) if spoken else None
        return reasons.opens_at(found, self.category, self.report.fields)

    @property
    def _spoken(self) -> Event | None:
        """The latest decision that gave a reason or a note."""
        said = [e for e in self.card.events if (e.note or e.reason) and e.action in SPEAKING]
        return said[-1] if said else None

    @property
    def changed(self) -> dict[str, Any] | None:
        """What the second round has changed, with why the report came back; see `side_by_side`.
        None in the first round, and where nothing is left to be compared."""
        if self.card.round is None:
            return None
        before, after = self.card.round
        found = side_by_side(self.report, before, after)
        if not (found["rows"] or found["photos"]) and not after.content["text"]:
            return None  # it was erased, or never said anything
        asked = changes.asked(self.card.events)
        return found | {"asked": told(self, asked, self.readable) if asked else None}

    @property
    def revisions(self) -> list[dict[str, Any]]:
        """Every content that the report has had, newest first. Empty when there is only one."""
        return content.revisions(self.report)


def cards(reports: Sequence[Report], user: User) -> list[Full]:
    """Reports as cards before this person. The number of statements does not grow with theirs."""
    names, overridden = shared(reports)
    found = cards_of(db.session(), user, reports)
    return [Full(card.report, names, overridden, card) for card in found]


def full(report: Report, user: User) -> Full:
    """A report for its own page."""
    (one,) = cards([report], user)
    named = (events.other_of(event) for event in one.card.entries)
    one.readable = same_report.readable(db.session(), user, filter(None, named))
    return one
