"""What an entry of the record keeps: the office in which its actor acted, and photos that were
replaced, dropped or came after a decision."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import events, intake, photo_intake, verification
from sipokat.domain.chain import Request
from sipokat.domain.content import PhotoClaim
from sipokat.models import Event, Report, User
from tests import steps
from tests.cast import DEWI, HARTONO, RAHMAN, SARI, UTARA_I, YUSUF, Person
from tests.services.database import statements
from tests.services.speed import patience, tries
from tests.shelf import DATA, Shelf, drop
from tests.steps import act, climb, photo, revise, send, user_of


def entries(report: Report) -> list[Event]:
    db.session.expire_all()
    return events.entries_of(db.session(), [report])[report.id]


def remarks(report: Report) -> list[tuple[str, dict[str, Any]]]:
    """The entries that are no moves, with what they say."""
    return [
        (one.action, json.loads(one.detail or "{}"))
        for one in entries(report)
        if one.version is None
    ]


def arrive(
    report: Report, claim: PhotoClaim, replaces: PhotoClaim | None = None, person: Person = RAHMAN
) -> None:
    old = replaces.id if replaces else None
    photo_intake.accept(
        user_of(person), report.client_id, claim.id, claim.sha256, DATA, Shelf(), replaces=old
    )


# --- Photos --------------------------------------------------------------------------------------


def test_a_photo_that_is_replaced_on_a_verified_report_leaves_a_trace(session: Session) -> None:
    old, new = photo(), photo()
    report = climb(send(RAHMAN, "sampah", photos=[old]), HARTONO, YUSUF, DEWI)
    before = report.content_digest
    arrive(report, new, replaces=old)
    assert remarks(report) == [
        ("replace", {"photo": old.id, "by": new.id, "sha256": new.sha256}),
        ("arrive", {"photo": new.id, "sha256": new.sha256}),
    ]
    last = entries(report)[-1]
    assert (last.actor.name, last.actor_role) == (RAHMAN.name, "rt_head")
    assert last.content_digest == steps.report_of(report.number).content_digest != before
    assert steps.report_of(report.number).version == 4, "it is no new version"


def test_a_photo_that_is_dropped_leaves_a_trace(session: Session) -> None:
    one, two = photo(), photo()
    report = send(RAHMAN, "sampah", photos=[one, two])
    drop(report, two)
    drop(report, two)
    assert remarks(report) == [("drop", {"photo": two.id})]


def test_a_photo_that_comes_before_any_decision_is_no_entry(session: Session) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    arrive(report, one)
    climb(report, HARTONO)
    arrive(report, one)
    assert remarks(report) == []


@pytest.mark.parametrize("after", ["verify", "return", "reject", "withdraw"])
def test_a_photo_that_comes_after_a_decision_is_an_entry_once(session: Session, after: str) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    report = act(RAHMAN if after == "withdraw" else HARTONO, report, after)
    arrive(report, one)
    arrive(report, one)
    assert remarks(report) == [("arrive", {"photo": one.id, "sha256": one.sha256})]


def test_after_a_revision_only_what_was_declared_before_the_decision_is_late(
    session: Session,
) -> None:
    old, new = photo(), photo()
    report = act(HARTONO, send(RAHMAN, "sampah", photos=[old]), "return")
    report = revise(RAHMAN, report, photos=[old, new])
    arrive(report, new)
    assert remarks(report) == []
    arrive(report, old)
    assert [action for action, _ in remarks(report)] == ["arrive"]


def test_a_photo_that_is_no_longer_in_the_report_does_not_arrive_late(session: Session) -> None:
    kept, dropped, replaced, new = photo(), photo(), photo(), photo()
    report = act(HARTONO, send(RAHMAN, "sampah", photos=[kept, dropped, replaced]), "verify")
    drop(report, dropped)
    arrive(report, new, replaces=replaced)
    before = [action for action, _ in remarks(report)]
    assert before == ["drop", "replace", "arrive"]
    arrive(report, dropped)
    arrive(report, replaced)
    assert [action for action, _ in remarks(report)] == before
    arrive(report, kept)
    assert remarks(report)[-1] == ("arrive", {"photo": kept.id, "sha256": kept.sha256})


@pytest.mark.only("postgresql", why="SQLite has one writer at a time")
def test_a_photo_that_comes_while_somebody_decides_is_known_as_late(
    app: Flask, session: Session
) -> None:
    """The decision has its number and is not committed yet. On PostgreSQL the photo waits for it:
    else it would find the report as it was before."""
    claim, begun = photo(), threading.Event()
    report = send(RAHMAN, "sampah", photos=[claim])
    rahman, hartono = user_of(RAHMAN).id, user_of(HARTONO).id
    session.rollback()

    def decide() -> None:
        with writing() as inner:
            request = Request("verify", 1, "kegiatan", None, "")
            verification.act(inner.get_one(User, hartono), report.number, request)
            begun.set()
            for _ in tries(10):
                with db.engine.connect() as other:
                    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                    if other.exec_driver_sql(query).scalar():
                        return

    def come() -> None:
        assert begun.wait(patience(30))
        user = db.session.get_one(User, rahman)
        photo_intake.accept(user, report.client_id, claim.id, claim.sha256, DATA, Shelf())

    outcomes = steps.at_once(app, decide, come)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert [one.action for one in entries(report)] == ["submit", "verify", "arrive"]


# --- Offices -------------------------------------------------------------------------------------


def offices(report: Report) -> list[tuple[str, str, str | None]]:
    return [
        (one.actor_role, one.actor_region, one.acted_for.name if one.acted_for else None)
        for one in entries(report)
    ]


def test_an_entry_keeps_the_office_of_its_day(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO, YUSUF, DEWI)
    then = [
        ("rt_head", RAHMAN.region, None),
        ("lurah", HARTONO.region, None),
        ("camat", YUSUF.region, None),
        ("pemerintahan", DEWI.region, None),
    ]
    assert offices(report) == then
    with writing():  # Hartono becomes camat of another kecamatan, and Sari takes his place
        hartono = user_of(HARTONO)
        hartono.role = hartono.terms[0].role = "camat"
        hartono.terms[0].region_code = "16.73.02"
    assert offices(report) == then


def test_a_deputy_acts_for_somebody_and_in_no_other_office(session: Session) -> None:
    steps.add_term(SARI, UTARA_I, role="camat", acts_for=YUSUF)
    report = climb(send(RAHMAN), HARTONO, SARI)
    assert offices(report)[-1] == ("camat", UTARA_I, YUSUF.name)


def test_who_holds_the_office_and_is_its_deputy_too_acts_as_its_holder(session: Session) -> None:
    steps.add_term(YUSUF, UTARA_I, role="camat", acts_for=SARI)
    report = climb(send(RAHMAN), HARTONO, YUSUF)
    assert offices(report)[-1] == ("camat", UTARA_I, None)


def test_a_deputy_who_reports_does_so_for_somebody(session: Session) -> None:
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    steps.add_term(SARI, RAHMAN.region, role="rt_head", acts_for=RAHMAN)
    report = send(SARI, region=RAHMAN.region)
    assert offices(report) == [("rt_head", RAHMAN.region, RAHMAN.name)]


# --- Speed ---------------------------------------------------------------------------------------


def test_hashing_adds_no_statement(app: Flask, session: Session) -> None:
    """A report without photo is written by five statements: number, report, revision, event and the
    count of its month. The hash of the entry before comes with the number, a trigger keeps this
    one's."""
    user = user_of(RAHMAN)
    session.rollback()
    with statements(app) as sent:
        intake.submit(user, steps.submission())
    written = [one.split()[0] for one in sent if one.startswith(("INSERT", "UPDATE"))]
    assert written == ["UPDATE", "INSERT", "INSERT", "INSERT", "INSERT"]
    assert not [one for one in sent if one.startswith("SELECT") and "event" in one]
