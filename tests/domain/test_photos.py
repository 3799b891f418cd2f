"""Photos: declared and received, who may send them, and what may be replaced or dropped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import intake, photo_changes, photo_intake, photos
from sipokat.domain.clock import now
from sipokat.domain.content import PhotoClaim, content_digest
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.models import Photo, Report
from tests import steps
from tests.cast import DEWI, HARTONO, MARLINA, RAHMAN, RATNA, SARI, SITI, YUSUF, Person
from tests.shelf import DATA, NOW, Shelf, drop, put, states
from tests.steps import act, climb, photo, refused, revise, send, user_of


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """A clock that stands at NOW until the test moves it."""
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


def become(report: Report, state: str) -> None:
    """Put all photos of the report into this state."""
    with writing():
        for one in report.photos:
            one.state = state
            one.original = state != "missing"


def row(report: Report, claim: PhotoClaim) -> Photo:
    return next(one for one in report.photos if one.client_id == claim.id)


# Receiving.


def test_a_declared_photo_is_received_and_kept(session: Session, shelf: Shelf) -> None:
    one, two = photo("one"), photo("two")
    report = send(RAHMAN, "sampah", photos=[one, two])
    assert states(report) == {one.id: "missing", two.id: "missing"}
    assert states(put(shelf, report, one)) == {one.id: "received", two.id: "missing"}
    assert shelf.kept == {photos.original_key(report.id, one.id): DATA}
    assert row(report, one).received_at == NOW
    assert report.version == 1


def test_a_repeat_changes_nothing(session: Session, shelf: Shelf) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    put(shelf, report, one)
    shelf.kept.clear()
    assert states(put(shelf, report, one)) == {one.id: "received"}
    assert shelf.kept == {}
    for state in ("ready", "broken"):
        become(report, state)
        assert states(put(shelf, report, one)) == {one.id: state}


def test_an_id_stands_for_one_digest(session: Session, shelf: Shelf) -> None:
    one = photo("one")
    report = send(RAHMAN, "sampah", photos=[one])
    other = PhotoClaim(one.id, photo("other").sha256)
    assert refused(NotNow, put, shelf, report, other).report.id == report.id
    put(shelf, report, one)
    refused(NotNow, put, shelf, report, other)
    assert shelf.kept == {photos.original_key(report.id, one.id): DATA}


def test_what_was_not_declared_is_not_found(session: Session, shelf: Shelf) -> None:
    report = send(RAHMAN, "sampah")
    refused(NotFound, put, shelf, report, photo())
    with pytest.raises(NotFound):
        photo_intake.accept(user_of(RAHMAN), str(uuid.uuid4()), photo().id, "0" * 64, DATA, shelf)
    assert shelf.kept == {}


@pytest.mark.parametrize("person", [SITI, MARLINA, HARTONO, SARI, YUSUF, DEWI, RATNA], ids=str)
def test_only_the_authors_office_sends_photos(
    session: Session, shelf: Shelf, person: Person
) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    refused(NotFound, put, shelf, report, one, person)
    with pytest.raises(NotFound):
        photo_changes.drop(user_of(person), report.client_id, one.id)
    assert states(report) == {one.id: "missing"}


def test_the_same_ids_of_two_people_are_two_photos(session: Session, shelf: Shelf) -> None:
    ident, one = str(uuid.uuid4()), photo()
    first = send(RAHMAN, "sampah", client_id=ident, photos=[one])
    second = send(SITI, "sampah", client_id=ident, photos=[one])
    put(shelf, second, one, SITI)
    assert (states(first), states(second)) == ({one.id: "missing"}, {one.id: "received"})
    put(shelf, first, one)
    assert len(shelf.kept) == 2, "files are never shared between reports"


@pytest.mark.parametrize(
    "ending",
    [
        lambda report: climb(report, HARTONO, YUSUF, DEWI),
        lambda report: act(HARTONO, report, "reject"),
        lambda report: act(HARTONO, report, "return"),
        lambda report: act(RAHMAN, report, "withdraw"),
    ],
    ids=["verified", "rejected", "returned", "withdrawn"],
)
def test_a_photo_is_taken_in_every_state_of_the_report(
    session: Session, shelf: Shelf, ending: Any
) -> None:
    one = photo()
    report = ending(send(RAHMAN, "sampah", photos=[one]))
    version = report.version
    assert states(put(shelf, report, one)) == {one.id: "received"}
    assert report.version == version


def test_a_former_head_still_sends_the_photo_of_his_report(session: Session, shelf: Shelf) -> None:
    one, two = photo("one"), photo("two")
    report = send(RAHMAN, "sampah", photos=[one, two])
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    successor = steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today())
    put(shelf, report, one)
    put(shelf, report, two, successor)
    assert set(states(report).values()) == {"received"}


def test_a_photo_of_a_revision_comes_the_same_way(session: Session, shelf: Shelf) -> None:
    old, new = photo("old"), photo("new")
    report = act(HARTONO, send(RAHMAN, "sampah", photos=[old]), "return")
    put(shelf, report, old)
    revise(RAHMAN, report, photos=[new])
    assert states(put(shelf, report, new)) == {old.id: "received", new.id: "received"}
    assert row(report, old).state == "received"


def test_a_photo_left_out_by_a_revision_still_gets_its_receipt(
    session: Session, shelf: Shelf
) -> None:
    old, new = photo("old"), photo("new")
    report = act(HARTONO, send(RAHMAN, "sampah", photos=[old]), "return")
    revise(RAHMAN, report, photos=[new])
    assert states(report) == {new.id: "missing"}
    assert states(put(shelf, report, old)) == {old.id: "received", new.id: "missing"}


def test_the_successors_revision_with_a_photo(session: Session, shelf: Shelf) -> None:
    new = photo("new")
    report = act(HARTONO, send(RAHMAN, "sampah"), "return")
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    successor = steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today())
    revise(successor, report, photos=[new])
    assert states(put(shelf, report, new, successor)) == {new.id: "received"}


def handed_on(on: int = 2) -> Person:
    """End Rahman's term so many days ago. Returns the person who holds the office since."""
    last = steps.today() - timedelta(days=on)
    steps.end_term(RAHMAN, last)
    return steps.newcomer("Budi", "rt_head", RAHMAN.region, last + timedelta(days=1))


def test_the_photo_of_a_revision_comes_after_the_term_of_who_made_it(
    session: Session, shelf: Shelf
) -> None:
    """He is neither the reporter nor the present head, but only his phone has the photo."""
    new = photo("new")
    report = act(HARTONO, send(RAHMAN, "sampah"), "return")
    budi = handed_on()
    revise(budi, report, photos=[new])
    steps.end_term(budi, steps.today() - timedelta(days=1))
    assert states(put(shelf, report, new, budi)) == {new.id: "received"}
    assert states(put(shelf, report, new, budi)) == {new.id: "received"}


def test_received_is_said_only_when_the_bytes_are_kept(session: Session) -> None:
    class Full(Shelf):
        def keep(self, key: str, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    with pytest.raises(OSError, match="No space"):
        put(Full(), report, one)
    steps.afresh(session)
    assert states(report) == {one.id: "missing"}
    assert (row(report, one).original, row(report, one).received_at) == (False, None)


def test_sent_twice_at_once_it_is_received_once(app: Flask, session: Session, shelf: Shelf) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])
    ident = report.client_id

    def send_it() -> dict[str, str]:
        user = user_of(RAHMAN)
        return states(photo_intake.accept(user, ident, one.id, one.sha256, DATA, shelf))

    assert steps.at_once(app, *[send_it] * 4) == [{one.id: "received"}] * 4


# Replacing one photo by another.


@pytest.mark.parametrize("state", ["missing", "broken"])
def test_a_photo_that_has_not_arrived_may_be_replaced(
    session: Session, shelf: Shelf, state: str
) -> None:
    old, new = photo("old"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old])
    become(report, state)
    assert states(put(shelf, report, new, replaces=old.id)) == {new.id: "received"}
    assert not row(report, old).current
    assert report.version == 1
    # The answer was lost, so the phone sends the photo again.
    assert states(put(shelf, report, new, replaces=old.id)) == {new.id: "received"}


@pytest.mark.parametrize("state", ["received", "ready"])
def test_a_photo_that_has_arrived_may_not_be_replaced(
    session: Session, shelf: Shelf, state: str
) -> None:
    old, new = photo("old"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old])
    become(report, state)
    assert refused(NotNow, put, shelf, report, new, replaces=old.id).report.id == report.id
    assert states(report) == {old.id: state}


def test_a_photo_is_replaced_only_once(session: Session, shelf: Shelf) -> None:
    old = photo("old")
    report = send(RAHMAN, "sampah", photos=[old])
    put(shelf, report, photo("new"), replaces=old.id)
    refused(NotNow, put, shelf, report, photo("newer"), replaces=old.id)
    refused(NotFound, put, shelf, report, photo("x"), replaces=str(uuid.uuid4()))
    assert len(states(report)) == 1


def test_a_replacement_has_one_digest_too(session: Session, shelf: Shelf) -> None:
    old, new = photo("old"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old])
    put(shelf, report, new, replaces=old.id)
    other = PhotoClaim(new.id, photo("other").sha256)
    refused(NotNow, put, shelf, report, other, replaces=old.id)


def test_a_replacement_is_declared_even_if_its_bytes_do_not_fit(session: Session) -> None:
    class Full(Shelf):
        def keep(self, key: str, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    old, new = photo("old"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old])
    with pytest.raises(OSError, match="No space"):
        put(Full(), report, new, replaces=old.id)
    steps.afresh(session)
    assert states(report) == {new.id: "missing"}
    assert states(put(Shelf(), report, new, replaces=old.id)) == {new.id: "received"}


# Dropping.


@pytest.mark.parametrize("state", ["missing", "broken"])
def test_a_photo_that_has_not_arrived_may_be_dropped(session: Session, state: str) -> None:
    one, two = photo("one"), photo("two")
    report = send(RAHMAN, "sampah", photos=[one, two])
    become(report, state)
    assert states(drop(report, one)) == {two.id: state}
    assert states(drop(report, one)) == {two.id: state}, "a repeat changes nothing"


@pytest.mark.parametrize("state", ["received", "ready"])
def test_a_photo_that_has_arrived_may_not_be_dropped(session: Session, state: str) -> None:
    one, two = photo("one"), photo("two")
    report = send(RAHMAN, "sampah", photos=[one, two])
    become(report, state)
    assert refused(NotNow, drop, report, one).report.id == report.id
    assert len(states(report)) == 2


def test_the_last_one_that_is_required_may_only_be_replaced(session: Session, shelf: Shelf) -> None:
    one, two = photo("one"), photo("two")
    report = send(RAHMAN, "sampah", photos=[one, two])
    drop(report, one)
    assert list(refused(WrongContent, drop, report, two).fields) == ["photos"]
    assert states(put(shelf, report, photo("new"), replaces=two.id))


def test_the_last_one_that_is_not_required_may_be_dropped(session: Session) -> None:
    one = photo()
    assert states(drop(send(RAHMAN, "tamu", photos=[one]), one)) == {}


def test_two_drops_at_once_leave_the_required_one(app: Flask, session: Session) -> None:
    """With many pairs, so that some of them meet."""
    pairs = [[photo("one"), photo("two")] for _ in range(8)]
    reports = [send(RAHMAN, "sampah", photos=pair) for pair in pairs]

    def drop_it(ident: str, claim: PhotoClaim) -> int:
        return len(states(photo_changes.drop(user_of(RAHMAN), ident, claim.id)))

    deeds = [
        partial(drop_it, report.client_id, one)
        for report, pair in zip(reports, pairs, strict=True)
        for one in pair
    ]
    outcomes = steps.at_once(app, *deeds)
    assert [type(one) for one in outcomes].count(WrongContent) == 8, outcomes
    steps.afresh(session)
    assert [len(states(report)) for report in reports] == [1] * 8


def test_what_was_dropped_or_never_there(session: Session) -> None:
    report = send(RAHMAN, "tamu", photos=[photo()])
    refused(NotFound, drop, report, photo())


# Who may give up a photo: whoever holds the office today, and the person who declared it.


def test_the_reporter_of_old_leaves_alone_what_another_declared(
    session: Session, shelf: Shelf
) -> None:
    new = photo("new")
    report = act(HARTONO, send(RAHMAN, "tamu"), "return")
    budi = handed_on()
    revise(budi, report, photos=[new])
    refused(NeverAllowed, put, shelf, report, photo("other"), replaces=new.id)
    refused(NeverAllowed, drop, report, new)
    assert states(report) == {new.id: "missing"}
    assert shelf.kept == {}
    assert states(put(shelf, report, new)) == {new.id: "received"}, "he may bring it"


@pytest.mark.parametrize("person", [SITI, HARTONO, SARI, DEWI], ids=str)
def test_nobody_else_replaces_a_photo(session: Session, shelf: Shelf, person: Person) -> None:
    old = photo("old")
    report = send(RAHMAN, "sampah", photos=[old])
    refused(NotFound, put, shelf, report, photo("new"), person, replaces=old.id)
    assert states(report) == {old.id: "missing"}


def test_who_declared_a_photo_lets_it_go_after_his_term(session: Session, shelf: Shelf) -> None:
    old, other, new = photo("old"), photo("other"), photo("new")
    report = send(RAHMAN, "tamu", photos=[old, other])
    handed_on()
    assert states(put(shelf, report, new, replaces=old.id)) == {
        other.id: "missing",
        new.id: "received",
    }
    assert states(drop(report, other)) == {new.id: "received"}


def test_sixty_days_after_his_term_only_the_bytes_he_declared_are_taken(
    session: Session, shelf: Shelf
) -> None:
    old, other, new = photo("old"), photo("other"), photo("new")
    report = send(RAHMAN, "tamu", photos=[old, other])
    handed_on()
    later = now() + timedelta(days=61)
    who = user_of(RAHMAN)
    for deed in (
        lambda: photo_changes.drop(who, report.client_id, old.id, later),
        lambda: photo_intake.accept(
            who, report.client_id, new.id, new.sha256, b"new", shelf, old.id, later
        ),
    ):
        refused(NeverAllowed, deed)
    photo_intake.accept(who, report.client_id, old.id, old.sha256, b"old", shelf, now=later)
    assert states(report) == {old.id: "received", other.id: "missing"}


def test_the_present_head_lets_any_of_them_go(session: Session, shelf: Shelf) -> None:
    old, other, new = photo("old"), photo("other"), photo("new")
    report = send(RAHMAN, "tamu", photos=[old, other])
    budi = handed_on()
    put(shelf, report, new, budi, replaces=old.id)
    assert states(drop(report, other, budi)) == {new.id: "received"}


# A photo that leaves makes no new version, but it is recorded.


def went(report: Report, claim: PhotoClaim) -> tuple[Any, ...]:
    """When the photo left, who gave it up, and the photo that replaced it."""
    one = row(report, claim)
    return one.left_at, one.leaver and one.leaver.name, one.gave_way_to


def test_a_photo_that_left_says_when_by_whom_and_for_what(session: Session, shelf: Shelf) -> None:
    old, other, new = photo("old"), photo("other"), photo("new")
    report = send(RAHMAN, "tamu", photos=[old, other])
    assert went(report, old) == (None, None, None)
    put(shelf, report, new, replaces=old.id)
    photo_changes.drop(user_of(RAHMAN), report.client_id, other.id, NOW)
    steps.afresh(session)
    assert went(report, old) == (NOW, "Rahman", new.id)
    assert went(report, other) == (NOW, "Rahman", None)
    assert went(report, new) == (None, None, None)
    later = NOW + timedelta(hours=1)
    photo_changes.drop(user_of(RAHMAN), report.client_id, other.id, later)
    assert went(report, other) == (NOW, "Rahman", None), "a repeat changes nothing"


@pytest.mark.usefixtures("clock")
def test_later_events_speak_of_the_photos_that_are_there(session: Session, shelf: Shelf) -> None:
    old, other, new = photo("old"), photo("other"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old, other])
    first = report.content_digest
    put(shelf, report, new, replaces=old.id)
    act(HARTONO, report, "verify")
    drop(report, other)
    act(YUSUF, report, "verify")
    said = [event.content_digest for event in steps.events_of(report)]
    assert said[0] == first
    assert len(set(said)) == 3
    (revision,) = report.revisions
    assert revision.content_digest == first, "what was sent is kept as it was"
    there = revision.content | {"photos": [{"id": new.id, "sha256": new.sha256}]}
    assert (
        said[2]
        == report.content_digest
        == content_digest(report.category, report.region_code, there)
    )


def shown(report: Report) -> list[list[str]]:
    """The ids of the photos in each revision, oldest first."""
    return [
        [one.client_id for one in photos.shown_in(revision, report.photos)]
        for revision in report.revisions
    ]


@pytest.mark.usefixtures("clock")
def test_a_content_shows_what_took_the_place_of_a_photo(session: Session, shelf: Shelf) -> None:
    old, other, new, newer = (photo(name) for name in ("old", "other", "new", "newer"))
    report = send(RAHMAN, "sampah", photos=[old, other])
    assert shown(report) == [[old.id, other.id]]
    put(shelf, report, new, replaces=old.id)
    become(report, "broken")
    put(shelf, report, newer, replaces=new.id)
    assert shown(report) == [[newer.id, other.id]]
    drop(report, other)
    assert shown(report) == [[newer.id]]


def test_a_photo_that_is_taken_up_again_is_shown_from_then_on(
    session: Session, shelf: Shelf, clock: time_machine.Coordinates
) -> None:
    """It comes from a form that was opened before the photo was replaced."""
    old, new = photo("old"), photo("new")
    report = send(RAHMAN, "sampah", photos=[old])
    put(shelf, report, new, replaces=old.id)
    report = act(HARTONO, report, "return")
    clock.shift(timedelta(minutes=1))
    revise(RAHMAN, report, photos=[old])
    assert shown(report) == [[new.id], [old.id]]


# Which photos are shown to whom.


def test_only_a_ready_photo_is_shown_to_who_may_see_the_report(session: Session) -> None:
    one = photo()
    report = send(RAHMAN, "sampah", photos=[one])

    def find(person: Person) -> Photo:
        return photos.find_visible(session, user_of(person), report.number, one.id)

    for state in ("missing", "received", "broken"):
        become(report, state)
        refused(NotFound, find, RAHMAN)
    become(report, "ready")
    for person in (RAHMAN, HARTONO, YUSUF, DEWI, RATNA):
        assert find(person).client_id == one.id
    for person in (SITI, SARI, MARLINA):
        refused(NotFound, find, person)


def test_a_photo_of_an_old_revision_is_still_shown(session: Session) -> None:
    old = photo("old")
    report = act(HARTONO, send(RAHMAN, "sampah", photos=[old]), "return")
    become(report, "ready")
    revise(RAHMAN, report, photos=[photo("new")])
    assert photos.find_visible(session, user_of(YUSUF), report.number, old.id)


def test_a_photo_is_found_under_its_own_report(session: Session) -> None:
    one = photo()
    become(send(RAHMAN, "sampah", photos=[one]), "ready")
    other = send(RAHMAN, "sampah", text="Lain.")
    with pytest.raises(NotFound):
        photos.find_visible(session, user_of(RAHMAN), other.number, one.id)


def test_the_report_knows_nothing_of_a_lost_answer(session: Session, shelf: Shelf) -> None:
    """The phone sends the text and the photo again: there is one report with one photo."""
    one = photo()
    sent = steps.submission("sampah", photos=[one])
    receipt, _ = intake.submit(user_of(RAHMAN), sent)
    report = steps.report_of(receipt.number)
    put(shelf, report, one)
    again, new = intake.submit(user_of(RAHMAN), sent)
    assert not new
    assert again.photos[0]["state"] == "received"
    assert states(put(shelf, report, one)) == {one.id: "received"}
    assert len(steps.events_of(report)) == 1
