"""Many reports verified at once: each a decision of its own, and some never among others."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.domain import bulk, chain
from sipokat.domain.bulk import Item
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import Event, Report
from tests.cast import HARTONO, RAHMAN, SITI, YUSUF, Person
from tests.steps import act, report_of, revise, send, user_of


def item(report: Report, version: int | None = None) -> Item:
    return Item(report.number, version or report.version, str(uuid.uuid4()))


def verify(person: Person, *items: Item, klass: str | None = "kinerja") -> list[bulk.Outcome]:
    return list(bulk.verify_each(user_of(person), klass, items))


def test_what_is_wrong_with_one_holds_up_no_other(session: Session) -> None:
    reports = [send(RAHMAN, text=f"Nomor {place}.") for place in range(5)]
    stale = item(reports[2], 7)
    outcomes = verify(HARTONO, *map(item, reports[:2]), stale, *map(item, reports[3:]))
    assert [one.desk for one in outcomes] == ["kecamatan", "kecamatan", None, *["kecamatan"] * 2]
    assert isinstance(outcomes[2].refusal, NotNow)
    assert [report_of(one.number).desk for one in reports].count("kelurahan") == 1
    events = session.scalars(select(Event).where(Event.action == "verify").order_by(Event.seq))
    seqs = [one.seq for one in events]
    assert seqs == list(range(seqs[0], seqs[0] + 4)), "numbered without a gap, in their order"


def test_a_cut_in_the_middle_leaves_what_was_done(session: Session) -> None:
    reports = [send(RAHMAN, text=f"Nomor {place}.") for place in range(3)]
    items = [item(one) for one in reports]
    outcomes = bulk.verify_each(user_of(HARTONO), "kinerja", items)
    next(outcomes)
    assert [report_of(one.number).desk for one in reports] == ["kecamatan", *["kelurahan"] * 2]
    # Whoever was cut off sends all of them again.
    assert [one.refusal for one in verify(HARTONO, *items)] == [None] * 3
    count = select(func.count()).select_from(Event).where(Event.action == "verify")
    assert session.scalar(count) == 3


def test_an_unknown_class_is_refused_before_anything_is_verified(session: Session) -> None:
    report = send(RAHMAN)
    with pytest.raises(WrongContent):
        bulk.verify_each(user_of(HARTONO), "bagus", [item(report)])
    assert report_of(report.number).desk == "kelurahan"


def test_bencana_and_what_was_returned_are_decided_alone(session: Session) -> None:
    flood = send(SITI, "bencana")
    returned = act(YUSUF, act(HARTONO, send(RAHMAN), "verify"), "return")
    for report in (flood, returned):
        (outcome,) = verify(HARTONO, item(report))
        assert isinstance(outcome.refusal, WrongContent)
        assert "satu per satu" in outcome.refusal.message
        state = chain.State("rt", report.status, report.desk, 1, urgent=report.urgent)
        assert chain.alone(state) == outcome.refusal.message
    assert act(HARTONO, flood, "verify").desk == "kecamatan", "as always, by itself"


def test_a_mended_report_takes_the_class_that_was_chosen_now(session: Session) -> None:
    sent = act(HARTONO, send(RAHMAN), "return")
    mended = revise(RAHMAN, sent, text="Diperbaiki.")
    (outcome,) = verify(HARTONO, item(mended))
    assert outcome.desk == "kecamatan"
    assert report_of(mended.number).klass == "kinerja"


def test_above_the_first_desk_a_class_that_stands_is_left(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN), "verify", klass="kegiatan")
    (outcome,) = verify(YUSUF, item(report), klass="kinerja")
    assert outcome.desk == "kota"
    assert report_of(report.number).klass == "kegiatan"
