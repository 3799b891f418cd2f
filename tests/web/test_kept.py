"""Cards and rows that were kept are those that are made anew, for everybody, whatever happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, g, render_template
from sqlalchemy import select, update

from sipokat.database import db, writing
from sipokat.domain import erasure, photo_intake, queue
from sipokat.domain.clock import now
from sipokat.models import DayOverride, LoginSession, Photo, Region, Report, Term
from sipokat.web import present
from sipokat.web.decision_forms import decision_forms
from sipokat.web.kept import Kept
from sipokat.web.queue_cards import queue_cards
from tests import steps
from tests.cast import (
    AGUS,
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Visitor, fresh_id
from tests.shelf import Shelf, drop
from tests.steps import act, photo, report_of, revise, send, user_of

Site = Callable[[Person], Visitor]
MORNING = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # a Monday
JSON = {"Accept": "application/json"}
DECIDERS = (HARTONO, SARI, YUSUF, EFFENDI, DEWI)
SHOWN = [
    *((person, "/verifikasi") for person in DECIDERS),
    *((person, "/verifikasi/sekaligus") for person in (HARTONO, YUSUF)),
    *((person, "/laporan") for person in (RAHMAN, HARTONO, SARI, YUSUF, RATNA)),
    (DEWI, "/laporan?status=waiting"),
]


class City:
    """A few reports, and all that can happen to them: each step, in this order."""

    def __init__(self) -> None:
        self.shelf, self.claims = Shelf(), [photo() for _ in range(4)]
        sent = self.claims[:3]
        place = {"lat": -3.29, "lon": 102.86, "accuracy_m": 12.0}
        self.waste = send(RAHMAN, "sampah", photos=sent, **place).number
        self.flood = send(SITI, "bencana", text="Air sampai ke lutut.").number
        self.other = send(MARLINA, text="Rapat di <b>balai</b> & musala.").number
        self.own = send(HARTONO, "pad_inovasi", text="Parkir di tepi sungai, dekat selokan.").number

    def photo_arrives(self) -> None:
        one = self.claims[0]
        user, report = user_of(RAHMAN), report_of(self.waste).client_id
        photo_intake.accept(user, report, one.id, one.sha256, b"bytes", self.shelf)

    def photo_becomes(self, place: int, state: str) -> None:
        """As the worker writes it."""
        with writing() as session:
            change = update(Photo).where(Photo.client_id == self.claims[place].id)
            session.execute(change.values(state=state))

    def photo_is_replaced(self) -> None:
        new, old = self.claims[3], self.claims[1]
        user, report = user_of(RAHMAN), report_of(self.waste).client_id
        photo_intake.accept(user, report, new.id, new.sha256, b"new", self.shelf, old.id)

    def photo_is_dropped(self) -> None:
        drop(report_of(self.waste), self.claims[2])

    def act(self, person: Person, name: str, action: str, **said: Any) -> None:
        act(person, report_of(getattr(self, name)), action, **said)

    def revise(self) -> None:
        revise(RAHMAN, report_of(self.waste), text="Selokan sudah dibersihkan.")

    def a_day_is_declared_free(self) -> None:
        with writing() as session:
            session.add(DayOverride(day=date(2026, 11, 17), working=False))

    def a_region_is_renamed(self) -> None:
        with writing() as session:
            session.get_one(Region, PETANANG_ULU).name = "Petanang Baru"

    def somebody_is_renamed(self) -> None:
        with writing():
            user_of(HARTONO).name = "Hartono, S.Sos."

    def a_lurah_deputises(self) -> None:
        steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)

    def an_office_ends(self) -> None:
        steps.end_term(HARTONO, steps.today() - timedelta(days=1))
        with writing() as session:
            user = user_of(HARTONO)
            session.execute(
                update(Term).where(Term.user_id == user.id).values(until=date(2026, 11, 15))
            )

    def erase(self) -> None:
        erasure.erase(user_of(AGUS), self.waste, "Surat 12/2026", self.shelf)


Step = tuple[str, Callable[[City, Any], object]]
CHANGES: list[Step] = [
    ("nothing", lambda city, clock: None),
    ("an hour passes", lambda city, clock: clock.shift(timedelta(hours=1))),
    ("a photo arrives", lambda city, clock: city.photo_arrives()),
    ("it is ready", lambda city, clock: city.photo_becomes(0, "ready")),
    ("another is broken", lambda city, clock: city.photo_becomes(1, "broken")),
    ("that one is replaced", lambda city, clock: city.photo_is_replaced()),
    ("one is dropped", lambda city, clock: city.photo_is_dropped()),
    ("a day is declared free", lambda city, clock: city.a_day_is_declared_free()),
    ("a region is renamed", lambda city, clock: city.a_region_is_renamed()),
    ("a holder is renamed", lambda city, clock: city.somebody_is_renamed()),
    ("a lurah returns", lambda city, clock: city.act(HARTONO, "waste", "return")),
    ("it is mended", lambda city, clock: city.revise()),
    ("a lurah verifies", lambda city, clock: city.act(HARTONO, "flood", "verify")),
    ("another does", lambda city, clock: city.act(SARI, "other", "verify", klass="kinerja")),
    ("the camat verifies", lambda city, clock: city.act(YUSUF, "flood", "verify")),
    ("the last desk returns", lambda city, clock: city.act(DEWI, "flood", "return")),
    ("a lurah deputises", lambda city, clock: city.a_lurah_deputises()),
    ("a camat rejects", lambda city, clock: city.act(YUSUF, "other", "reject")),
    ("it is reopened", lambda city, clock: city.act(DEWI, "other", "reopen")),
    ("the day turns", lambda city, clock: clock.shift(timedelta(days=1))),
    ("limits end", lambda city, clock: clock.shift(timedelta(days=6))),
    ("an office ends", lambda city, clock: city.an_office_ends()),
    ("words are erased", lambda city, clock: city.erase()),
    ("the year turns", lambda city, clock: clock.shift(timedelta(days=45))),
]


def plain(html: str) -> str:
    """A page without what is new each time: the ids of actions."""
    html = re.sub(r'name="action_id" value="[^"]+"', "", html)
    return re.sub(r'name="item" value="(\d+~\d+)~[^"]+"', r"\1", html)


def forget(app: Flask) -> None:
    for name in [one for one in app.extensions if one.startswith("kept_")]:
        del app.extensions[name]


def pages(site: Site) -> dict[str, str]:
    """Pages that show rows or cards, as these people see them: 403 once they may not any more."""
    return {
        f"{person} {path}": plain(site(person).request("GET", path).text) for person, path in SHOWN
    } | {
        f"{person} as JSON": site(person).request("GET", "/verifikasi", headers=JSON).text
        for person in DECIDERS
    }


def by_objects(person: Person) -> list[str]:
    """The cards as the page of a refused decision makes them, from rows that a session watches."""
    user, made = user_of(person), []
    for one in (*queue.urgent(db.session(), user), *queue.desk_queue(db.session(), user)):
        report = db.session.scalars(select(Report).where(Report.id == one.id)).unique().one()
        full = present.full(report, user)
        forms = decision_forms(full, fresh_id()) if "verify" in full.allowed else ""
        shown = [{"report": full, "decide": forms}]
        made.append(plain(render_template("verification/_cards.html", shown=shown)))
    return made


@pytest.mark.whole
def test_what_is_kept_is_what_would_be_made_anew(app: Flask, site: Site) -> None:
    """For the whole cast, after each of all these changes: the pages with what was kept before it,
    and without."""
    with time_machine.travel(MORNING, tick=False) as clock:
        with app.app_context():
            city = City()
        before: dict[str, str] = {}
        for name, change in CHANGES:
            with app.app_context():
                change(city, clock)
                with writing() as session:  # nobody's session ends meanwhile
                    session.execute(
                        update(LoginSession).values(created_at=now(), last_used_at=now())
                    )
            kept = pages(site)
            forget(app)
            anew = pages(site)
            assert {page for page in kept if kept[page] != anew[page]} == set(), name
            assert kept != before, f"{name}: nobody sees it, so it proves nothing"
            before = kept
            for person in DECIDERS:
                with app.test_request_context("/verifikasi"):
                    g._login_user = user_of(person)
                    db.session.expire_all()
                    found = queue.urgent(db.session(), g._login_user)
                    found += queue.desk_queue(db.session(), g._login_user)
                    cards = [plain(card) for card in queue_cards(found, g._login_user)]
                    assert cards == by_objects(person), (name, person)


def test_the_day_turns_where_nothing_else_does(app: Flask, site: Site) -> None:
    """On a Saturday night: so many working days and as many whole hours as before."""
    sent = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
    before_midnight, after = sent + timedelta(hours=3.3), sent + timedelta(hours=3.6)
    with time_machine.travel(sent, tick=False) as clock:
        with app.app_context():
            send(RAHMAN)
        said = []
        for at in (before_midnight, after, before_midnight):
            clock.move_to(at)
            said.append(plain(site(HARTONO).request("GET", "/verifikasi").text))
    assert said[0] == said[2]
    assert "hari ini, 20.30" in said[0]
    assert "kemarin, 20.30" in said[1]


def test_nobody_is_shown_what_was_kept_for_somebody_else(app: Flask, site: Site) -> None:
    """The same report is a card for three desks and for who has no desk over it."""
    with app.app_context():
        number = send(RAHMAN, "bencana").number
    for _ in range(2):  # the second time all of them are kept
        for person in CAST:
            if person.active:
                page = site(person).request("GET", "/verifikasi")
                sees = person in (HARTONO, YUSUF, DEWI)
                assert (f"kartu-{number}" in page.text) == sees, person
                assert ('action="/laporan/' in page.text) == (person is HARTONO), person


def test_each_card_has_an_id_of_its_own_for_the_decision(app: Flask, site: Site) -> None:
    with app.app_context():
        send(RAHMAN)
        send(SITI)
    ids = [
        one
        for _ in range(2)
        for one in set(
            re.findall(
                r'name="action_id" value="([^"]+)"',
                site(HARTONO).request("GET", "/verifikasi").text,
            )
        )
    ]
    assert len(ids) == len(set(ids)) == 4


def test_the_least_used_is_forgotten() -> None:
    kept, made = Kept(2), []

    def make(fact: str) -> str:
        made.append(fact)
        return fact.upper()

    for fact in "abacab":
        assert kept.get(lambda fact=fact: fact, make) == fact.upper()  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"], "b was the oldest when c came"


def test_what_nobody_asks_for_is_gone_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """So erased words do not stay in memory, however few cards a city has."""
    clock = iter([0.0, 3000.0, 3599.0, 3601.0, 7000.0])
    monkeypatch.setattr("sipokat.web.kept.time.monotonic", lambda: next(clock))
    kept, made = Kept(9), []

    def make(fact: str) -> str:
        made.append(fact)
        return fact

    for fact in ("erased", "used", "used", "used", "erased"):
        kept.get(lambda fact=fact: fact, make)  # type: ignore[misc]
    assert made == ["erased", "used", "erased"]


def test_what_the_clock_has_passed_meanwhile_is_not_kept() -> None:
    kept, days = Kept(2), iter(["monday", "tuesday", "tuesday", "tuesday"])
    seen = [kept.get(lambda: next(days), str.upper) for _ in range(2)]
    assert seen == ["MONDAY", "TUESDAY"]


@pytest.mark.parametrize("sign", ["~number~", "~action~", "<!--live-->"])
def test_what_somebody_writes_fills_no_blank(app: Flask, site: Site, sign: str) -> None:
    with app.app_context():
        number = send(RAHMAN, text=f"Tanda {sign} di papan.").number
    for _ in range(2):
        card = site(HARTONO).get("/verifikasi").text(f"#kartu-{number}")
        assert f"Tanda {sign} di papan." in card
