"""Erasure by law: what is gone, what stays, and that the record says so and holds."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain import erasure, events, intake, photo_intake, photo_work, photos, verification
from sipokat.domain.clock import now
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow
from sipokat.models import Report
from tests import steps
from tests.cast import AGUS, BEJO, DEWI, HARTONO, RAHMAN, RATNA, YUSUF, Person
from tests.services.pictures import jpeg
from tests.services.tampering import checkpoints, verdict
from tests.services.worker import make_all_ready, photos_of, received
from tests.steps import act, photo, refused, report_of, revise, send, user_of

WORDS = "Pak Budi sakit keras."
NOTE = "Sampaikan salam untuk Pak Budi."
WHY = "Permintaan Pak Budi, surat 12/2026"


def erase(report: Report, person: Person = AGUS, store: Any = None) -> bool:
    return erasure.erase(user_of(person), report.number, WHY, store or NoStore())


class NoStore:
    def drop(self, key: str) -> None:
        pass


@pytest.fixture
def store(app: Flask) -> PhotoStore:
    made: PhotoStore = app.extensions["photo_store"]
    return made


@pytest.fixture
def report(session: Session) -> Report:
    """A report that was returned, mended and verified, with notes, place and words."""
    filed = send(RAHMAN, "tamu", text=WORDS, lat=-3.29, lon=102.86, place_text="Rumah Pak Budi")
    act(HARTONO, filed, "return", note=NOTE)
    revise(RAHMAN, report_of(filed.number), text=f"{WORDS} Sudah dibawa.")
    return act(HARTONO, report_of(filed.number), "verify", note=NOTE)


def dump() -> str:
    """Every value of every table that could hold words."""
    found = []
    with db.engine.connect() as connection:
        for table in ("report", "revision", "event", "photo", "notice"):
            found += [str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}"))]
    return "\n".join(found)


def holds() -> bool:
    if not checkpoints().all():
        checkpoints().write(now())
    found = verdict()
    assert found.faults == []
    return found.holds


def test_words_notes_and_place_are_gone_and_the_chain_holds(report: Report) -> None:
    assert holds()
    digests = {one.content_digest for one in steps.events_of(report)} | {report.submission_digest}
    assert erase(report)
    left = dump()
    for gone in ("Budi", "salam", "102.86", "-3.29", *digests):
        assert gone not in left.replace(WHY, "")
    assert holds()
    told = steps.events_of(report)
    assert [one.action for one in told] == ["submit", "return", "revise", "verify"]
    assert [one.actor.name for one in told] == ["Rahman", "Hartono", "Rahman", "Hartono"]
    assert all(one.salt is None for one in told)


def test_the_record_says_who_erased_when_and_why(session: Session, report: Report) -> None:
    erase(report)
    last = events.entries_of(session, [report])[report.id][-1]
    assert (last.action, last.actor.name, last.note) == ("erase", AGUS.name, WHY)
    assert (last.actor_role, last.actor_region) == ("diskominfo", "16.73")


def test_counts_and_choices_stay(session: Session, report: Report) -> None:
    erase(report)
    session.expire_all()
    after = report_of(report.number)
    assert after.text == ""
    assert after.fields == steps.least("tamu")
    assert (after.place_text, after.lat, after.status) == (None, None, report.status)


def test_a_second_erasure_changes_nothing(report: Report) -> None:
    assert erase(report)
    before = dump()
    assert not erase(report)
    assert dump() == before


@pytest.mark.parametrize("person", [RAHMAN, HARTONO, RATNA, BEJO], ids=str)
def test_nobody_else_erases(report: Report, person: Person) -> None:
    before = dump()
    refused(NeverAllowed, erase, report, person)
    assert dump() == before


def test_bagian_pemerintahan_may_and_a_number_that_is_none_is_said(report: Report) -> None:
    assert erase(report, DEWI)
    with pytest.raises(NotFound):
        erasure.erase(user_of(AGUS), "99999", WHY, NoStore())


def test_the_report_goes_its_way_afterwards(report: Report) -> None:
    erase(report)
    back = act(YUSUF, report_of(report.number), "return", note="Isinya sudah dihapus.")
    back = act(HARTONO, report_of(back.number), "return", note="Silakan tulis lagi.")
    again = revise(RAHMAN, report_of(back.number), text="Ada tiga tamu.")
    assert again.text == "Ada tiga tamu."
    assert holds()
    assert erase(again)
    assert holds()


def test_repeats_are_believed_although_their_content_is_gone(session: Session) -> None:
    """A phone that has not heard of the erasure gets its receipt and lets its copy go."""
    sent = steps.submission(text=WORDS)
    first, _ = intake.submit(user_of(RAHMAN), sent)
    filed = report_of(first.number)
    request = verification.chain.Request("verify", 1, "kegiatan", None, NOTE)
    verification.act(user_of(HARTONO), filed.number, request, "action-1")
    erase(filed)
    session.expire_all()
    again, new = intake.submit(user_of(RAHMAN), sent)
    assert (again.number, new) == (first.number, False)
    assert verification.act(user_of(HARTONO), filed.number, request, "action-1").version == 2
    assert holds()


# --- Photos --------------------------------------------------------------------------------------


def files(store: PhotoStore) -> list[str]:
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


def test_photos_are_gone_from_the_disk_in_every_state(session: Session, store: PhotoStore) -> None:
    ready = received(store, jpeg())
    make_all_ready(store)
    only_received = received(store, jpeg())
    other = received(store, jpeg())
    kept = [name for name in files(store) if name.startswith(f"{other}-")]
    for ident in (ready, only_received):
        erase(session.get_one(Report, ident), store=store)
    assert files(store) == kept
    for ident in (ready, only_received):
        assert [(one.state, one.current) for one in photos_of(ident)] == [("erased", False)]
    assert holds()


def test_a_photo_that_a_worker_had_in_hand_goes_as_well(
    session: Session, store: PhotoStore
) -> None:
    """The worker writes its picture after the erasure; the next tidying finds it."""
    ident = received(store, jpeg())
    (one,) = photos_of(ident)
    assert photo_work.claim("busy") == one.id
    erase(session.get_one(Report, ident), store=store)
    store.keep(photos.picture_key(one, "photo"), b"picture")
    assert not photo_work.settle(one.id, "busy", (1, 1))
    assert photo_work.drop_originals(store) == 0, "its worker may be busy still"
    assert photo_work.drop_originals(store, now() + photo_work.CLAIM * 2) == 1
    assert files(store) == []
    assert holds()


def test_a_photo_that_arrives_after_the_erasure_is_not_kept(
    session: Session, store: PhotoStore
) -> None:
    """Its phone is told that all is well, so that it lets go of its copy."""
    late = photo()
    filed = send(RAHMAN, "sampah", photos=[late])
    erase(filed, store=store)
    user = user_of(RAHMAN)
    session.expire_all()
    answer = photo_intake.accept(user, filed.client_id, late.id, late.sha256, b"bytes", store)
    assert answer.photos == ({"id": late.id, "sha256": late.sha256, "state": "ready"},)
    assert files(store) == []
    refused(
        NotNow,
        photo_intake.accept,
        user,
        filed.client_id,
        photo().id,
        "0" * 64,
        b"x",
        store,
        late.id,
    )
    assert holds()


def test_an_erased_photo_does_not_come_back_with_a_revision(
    session: Session, store: PhotoStore
) -> None:
    late = photo()
    filed = send(RAHMAN, "sampah", photos=[late])
    act(HARTONO, filed, "return")
    erase(filed, store=store)
    session.expire_all()
    refused(NotNow, revise, RAHMAN, report_of(filed.number), photos=[late])
    assert holds()


# --- What the database lets be blanked -----------------------------------------------------------


def test_nothing_is_blanked_before_the_record_says_so(session: Session, report: Report) -> None:
    with pytest.raises(IntegrityError), writing() as inner:
        events.blank(inner, report.id)
    erase(report)
    other = send(RAHMAN)
    with pytest.raises(IntegrityError), writing() as inner:
        events.blank(inner, other.id)
    with pytest.raises(IntegrityError), writing() as inner:
        inner.execute(text("UPDATE event SET note = 'x' WHERE report_id = :id"), {"id": report.id})
