"""A report as templates show it, on a list and on its own page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, cast

from flask import g

from sipokat.database import db
from sipokat.domain import (
    chain,
    changes,
    deadlines,
    decided,
    ended_rt,
    events,
    office_hours,
    reasons,
    same_report,
)
from sipokat.domain.cards import Card, cards_of
from sipokat.domain.categories import Category, categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.desk_times import MOVES_LIMIT
from sipokat.domain.listed import Listed
from sipokat.domain.photo_changes import awaited_since, may_change, spareable
from sipokat.domain.photos import in_place
from sipokat.domain.queue_filter import group_of
from sipokat.domain.regions import names_of
from sipokat.domain.report_titles import jenis_of, report_title
from sipokat.domain.roles import above
from sipokat.models import Event, Report, User
from sipokat.web.present import content, states, times
from sipokat.web.present.changes import side_by_side

# The actions by which a desk says something to the author.
SPEAKING = (*chain.DECISIONS, "reopen")
# What its author is told on top of the page, once the report is out of their hands.
ON_TOP = {"reject": ("Laporan ini ditolak", "late"), "reopen": ("Diperiksa lagi", "wait")}


DELAYED = timedelta(days=3)
WAITED = timedelta(hours=1)


@dataclass
class Row:
    """What a list shows of a report."""

    report: Report
    names: dict[str, str]
    overridden: dict[date, bool]

    @property
    def number(self) -> str:
        return self.report.number

    @property
    def url(self) -> str:
        return f"/laporan/{self.report.number}"

    @cached_property
    def category(self) -> Category:
        return categories()[self.report.category]

    @property
    def jenis(self) -> str:
        """The chosen `jenis` in words; empty for `lainnya` and where the category has none."""
        return jenis_of(self.report.category, self.report.fields)

    @property
    def title(self) -> str:
        """What lists, and the phone's outbox, call it."""
        return report_title(self.report.category, self.report.fields, self.report.period)

    @property
    def kind(self) -> str:
        """The category, and its `jenis` where it has one."""
        return f"{self.category.name}: {self.jenis}" if self.jenis else self.category.name

    @property
    def region(self) -> str:
        """`RT 001, Petanang Ulu`."""
        code = self.report.region_code
        if self.report.author_desk != "rt":
            return self.names.get(code, code)
        parent = code.rpartition(".")[0]
        return f"{self.names.get(code, code)}, {self.names.get(parent, parent)}"

    @property
    def alike_url(self) -> str:
        """Where reports of the same category from around it are listed."""
        around = self.report.region_code.rpartition(".")[0]
        return f"/laporan?category={self.report.category}&region={around}"

    @property
    def short_region(self) -> str:
        return self.names.get(self.report.region_code, self.report.region_code)

    @property
    def recorded(self) -> str:
        """`Dicatat oleh Sekretaris Kelurahan untuk RT 003`; empty for what its head wrote."""
        if not self.report.recorded_as:
            return ""
        return f"Dicatat oleh {self.report.recorded_as} untuk {self.short_region}"

    @property
    def author(self) -> str:
        return self.report.reporter.name

    @property
    def summary(self) -> str:
        """The text; without one its place. Empty where a month's report needs neither."""
        nothing = "" if self.report.period else "Tanpa keterangan"
        return self.report.text or self.place or nothing

    @property
    def badge(self) -> tuple[str, str]:
        return states.badge(self.report)

    @cached_property
    def clock(self) -> tuple[str, bool] | None:
        """The desk's clock in words and whether it is late."""
        due = self.report.due_at
        standing = deadlines.standing(due, now(), self.overridden)
        return (times.limit(standing[0], due), standing[1]) if standing and due else None

    @property
    def late(self) -> bool:
        return bool(self.clock and self.clock[1])

    @property
    def rail(self) -> list[dict[str, str]]:
        return states.stops(self.report, self.late)

    @property
    def happened(self) -> str:
        return times.day(self.report.happened_on)

    @property
    def about(self) -> str:
        """The day of the event; of the report of a month, which its title names, when it came."""
        if self.report.period:
            return times.phrase("diterima {}", self.received)
        return self.happened

    @property
    def received(self) -> str:
        return times.ago(self.report.received_at)

    @property
    def received_month(self) -> str:
        """The month in which it was received, `2026-11`."""
        return f"{day_of(self.report.received_at):%Y-%m}"

    @property
    def delay(self) -> str:
        """`ditulis 43 hari sebelum diterima`; empty when it came within three days."""
        delay = self.report.received_at - self.report.written_at
        return f"ditulis {delay.days} hari sebelum diterima" if delay > DELAYED else ""

    @property
    def waiting(self) -> times.Passing:
        """How long the report has been on its desk: `3 hari`."""
        return times.age(self.report.arrived_at)

    @property
    def lying(self) -> str:
        """`3 hari di meja lurah`; empty when the report is final."""
        if self.report.desk is None:
            return ""
        at = f"di meja {states.BY[self.report.desk]}"
        live = f"baru tiba {at}" if self.waiting == "baru saja" else f"{self.waiting} {at}"
        return times.Passing(live, f"{at} {self.waiting.copy}")

    @property
    def place(self) -> str:
        names = ("place_text", "lat", "accuracy_m")
        return content.place_words({name: getattr(self.report, name) for name in names})

    @property
    def point(self) -> str:
        """The coordinates as map programs take them: `-3.29450, 102.86140`; empty without any."""
        if self.report.lat is None or self.report.lon is None:
            return ""
        return f"{self.report.lat:.5f}, {self.report.lon:.5f}"

    @property
    def map_links(self) -> dict[str, str]:
        """Addresses that open the point in the phone's own map and in one on the web; empty without
        coordinates."""
        if not self.point:
            return {}
        point = self.point.replace(" ", "")
        return {
            "phone": f"geo:{point}?q={point}",
            "web": f"https://www.google.com/maps/search/?api=1&query={point}",
        }

    @property
    def photos(self) -> list[dict[str, str]]:
        return [content.photo_view(self.report, photo) for photo in in_place(self.report.photos)]

    @property
    def photos_awaited(self) -> str:
        """`2 foto menyusul sejak 23 Nov, 07.12 · Foto rusak, menunggu gantinya`; empty when all are
        there and sound. A broken photo has arrived, so nothing more follows by itself."""
        present = [photo for photo in self.report.photos if photo.current]
        missing = [awaited_since(photo) for photo in present if photo.state == "missing"]
        broken = sum(photo.state == "broken" for photo in present)
        words = [
            f"{len(missing)} foto menyusul sejak {times.moment(min(missing))}" if missing else "",
            f"{f'{broken} foto' if broken > 1 else 'Foto'} rusak, menunggu gantinya"
            if broken
            else "",
        ]
        return " · ".join(word for word in words if word)

    @property
    def klass(self) -> str:
        return chain.CLASSES.get(self.report.klass or "", "")

    @property
    def details(self) -> list[tuple[str, str]]:
        """The filled fields that neither the title nor the dates of a card already say."""
        said = {self.jenis, times.month(self.report.period) if self.report.period else ""}
        return [(label, value) for label, value in self.facts if value not in said]

    @property
    def beside_kind(self) -> list[tuple[str, str]]:
        """The filled fields that the heading of the report's page does not say."""
        return [(label, value) for label, value in self.facts if value != self.jenis]

    @property
    def facts(self) -> list[tuple[str, str]]:
        return content.field_facts(self.category, self.report.fields)


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
    def ended(self) -> str:
        """Who mends the report now that its RT is there no more; else empty."""
        if self.report.desk != ended_rt.DESK:
            return ""
        last = ended_rt.last_day(db.session(), self.report.region_code)
        if last is None:
            return ""
        who = "bisa Anda perbaiki" if "revise" in self.allowed else "diperbaiki kelurahan"
        return f"{self.short_region} berakhir {times.date_words(last)}. Laporan ini {who}."

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
        """The entries of the record and the first openings, in the order of time. What stands on
        top of its author's page is not said again."""
        above = self._spoken if self.on_top else None
        rows = [(one.at, self._event(one)) for one in self.card.entries if one is not above]
        if above:
            rows.append((above.at, self._event(above) | {"reason": "", "note": "", "other": None}))
        rows += [
            _noted(f"Dibaca {states.BY[one.desk]}", one.user, one.at) for one in self.card.openings
        ]
        return [row for _, row in sorted(rows, key=lambda pair: pair[0])]

    def _was_empty(self, event: Event) -> bool:
        """Whether the photo that was replaced had never arrived, so that the place was empty."""
        gone = json.loads(event.detail or "{}").get("photo")
        old = next((one for one in self.report.photos if one.client_id == gone), None)
        return old is not None and (old.received_at is None or old.received_at > event.at)

    def _event(self, event: Event) -> dict[str, Any]:
        who = f"{event.actor.name}, {states.office(event)}"
        return self._told(event) | {"who": who, "when": _when(event)}

    def _told(self, event: Event) -> dict[str, Any]:
        """The entry of the time line, but for who it was."""
        what = states.what_happened(event.action, event.actor_desk, event.to_desk)
        if event.action == "verify" and event.klass:
            what = f"{what} sebagai {chain.CLASSES[event.klass].lower()}"
        if event.action == "submit" and self.recorded:
            what = self.recorded
        if event.action == "replace" and self._was_empty(event):
            what = "Foto dikirim"
        reason = states.reason(event, self.report.author_desk)
        if event.action == MOVES_LIMIT:
            told = json.loads(event.detail or "{}")
            what = f"Batas pindah ke {times.moment(datetime.fromisoformat(told['due']))}"
            reason = told.get("why", "")
        return {
            "what": what,
            "when": times.moment(event.at),
            "reason": reason,
            "note": event.note or "",
            "other": self._other(event),
            "tone": states.TONES.get(event.action, "ok"),
        }

    def _other(self, event: Event) -> dict[str, str] | None:
        """The report that the event's reason speaks of, with its address if the person may read
        it."""
        number = events.other_of(event)
        url = f"/laporan/{number}" if number in self.readable else ""
        return {"number": number, "url": url} if number else None

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
        return self._told(self._spoken) | {
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
        return found | {"asked": self._told(asked) if asked else None}

    @property
    def revisions(self) -> list[dict[str, Any]]:
        """Every content that the report has had, newest first. Empty when there is only one."""
        return content.revisions(self.report)


def _when(event: Event) -> str:
    """The time of the event; of a decision that waited long for a signal also when it was made."""
    made = decided.of_event(event)
    waited = f" (diperiksa {times.moment(made)}, tanpa sinyal)" if event.at - made > WAITED else ""
    return times.moment(event.at) + waited


def _noted(what: str, person: Any, at: datetime) -> tuple[datetime, dict[str, str]]:
    """An entry of the time line for something that is not an event."""
    return at, {"what": what, "who": person.name, "when": times.moment(at)}


def late_photos(report: Report, user: User) -> list[dict[str, Any]]:
    """The photos that have not arrived or are broken and that this person may send or leave out,
    each with its place among the photos and, unless it is broken, since when it is awaited."""
    return [
        {
            "id": photo.client_id,
            "place": place,
            "client_id": report.client_id,
            "broken": photo.state == "broken",
            "since": times.moment(awaited_since(photo)),
            "spareable": spareable(report),
        }
        for place, photo in enumerate(in_place(report.photos), 1)
        if photo.state in ("missing", "broken") and may_change(user, photo, now())
    ]


def rows(reports: Sequence[Report | Listed]) -> list[Row]:
    """Reports for a list. It asks neither for authors nor for photos."""
    names, overridden = shared(reports)
    return [Row(cast(Report, report), names, overridden) for report in reports]


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


def shared(reports: Sequence[Report | Listed]) -> tuple[dict[str, str], dict[date, bool]]:
    """What rows and cards have in common: the names of their regions by code, and the days that the
    city itself declared working or free."""
    session = db.session()
    names = names_of(session, (report.region_code for report in reports))
    if "overrides" not in g:
        g.overrides = office_hours.overrides(session)
    return names, g.overrides


def names_near(names: dict[str, str], report: Report | Listed) -> tuple[tuple[str, str], ...]:
    """The names of the report's region and of the one above it, as far as they are known, by code.
    A row needs no others."""
    code = report.region_code
    return tuple((one, names[one]) for one in (code, code.rpartition(".")[0]) if one in names)
