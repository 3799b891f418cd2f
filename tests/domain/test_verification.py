"""The verbs of the chain: each changes the report and appends one event, or changes nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import first_opened as opened
from sipokat.domain import revisions, verification
from sipokat.domain.chain import Request
from sipokat.domain.periods import months
from sipokat.domain.refusals import DoneBefore, NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.models import Event, FirstOpened, Report
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
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
from tests.steps import act, climb, events_of, photo, refused, revise, send, user_of

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def last(report: Report) -> Event:
    return events_of(report)[-1]


def standing(report: Report) -> tuple[str, str | None]:
    return report.status, report.desk


# What each action moves and records.


def test_all_the_way_up(session: Session) -> None:
    report = send(RAHMAN)
    assert standing(report) == ("waiting", "kelurahan")
    assert standing(climb(report, HARTONO)) == ("waiting", "kecamatan")
    assert standing(climb(report, YUSUF)) == ("waiting", "kota")
    assert standing(climb(report, DEWI)) == ("verified", None)
    assert report.due_at is None
    said = [(one.action, one.actor.name, one.from_desk, one.to_desk) for one in events_of(report)]
    assert said == [
        ("submit", "Rahman", None, "kelurahan"),
        ("verify", "Hartono", "kelurahan", "kecamatan"),
        ("verify", "Yusuf", "kecamatan", "kota"),
        ("verify", "Dewi Lestari", "kota", None),
    ]
    assert [one.actor_desk for one in events_of(report)] == ["rt", "kelurahan", "kecamatan", "kota"]


def test_an_event_says_when_why_and_in_which_class(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    act(HARTONO, report, "verify", klass="kinerja", note="Terima kasih.", at=MONDAY)
    assert (last(report).at, last(report).klass, last(report).note) == (
        MONDAY,
        "kinerja",
        "Terima kasih.",
    )
    act(YUSUF, report, "return", reason="angka_perlu_dicek", note="Berapa?")
    assert (last(report).reason, last(report).note) == ("angka_perlu_dicek", "Berapa?")


def test_down_desk_by_desk_and_up_again_after_mending(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO, YUSUF)
    for person, desk in ((DEWI, "kecamatan"), (YUSUF, "kelurahan"), (HARTONO, "rt")):
        act(person, report, "return")
        assert standing(report) == ("returned", desk)
    assert report.due_at is None, "the author's desk has no clock"
    revise(RAHMAN, report, text="Sekarang lengkap.")
    assert standing(report) == ("waiting", "kelurahan")
    assert report.text == "Sekarang lengkap."
    assert standing(climb(report, HARTONO, YUSUF, DEWI)) == ("verified", None)


def test_each_arrival_starts_the_desks_clock_anew(session: Session) -> None:
    report = send(RAHMAN, at=MONDAY, on=MONDAY.date())
    first = report.due_at
    later = MONDAY + timedelta(days=2)
    act(HARTONO, report, "return", at=later)
    assert (report.arrived_at, report.due_at) == (later, None)
    act(RAHMAN, report, "withdraw", at=later)
    assert report.due_at is None
    act(DEWI, report, "reopen", at=later)
    again = send(RAHMAN, at=MONDAY, on=MONDAY.date(), text="Lain.")
    act(HARTONO, again, "verify", at=later)
    act(YUSUF, again, "return", at=later + timedelta(days=1))
    assert again.arrived_at == later + timedelta(days=1)
    assert first is not None
    assert again.due_at is not None
    assert again.due_at > first


def test_no_clock_runs_while_the_author_mends_a_report(session: Session) -> None:
    """On whichever desk: time with the author counts against no official."""
    of_lurah, of_camat = send(HARTONO), send(YUSUF)
    assert of_lurah.due_at is not None
    assert of_camat.due_at is not None
    act(YUSUF, of_lurah, "return", at=MONDAY)
    act(DEWI, of_camat, "return", at=MONDAY)
    assert (of_lurah.desk, of_camat.desk) == ("kelurahan", "kecamatan")
    assert (of_lurah.due_at, of_camat.due_at) == (None, None)
    assert act(HARTONO, send(RAHMAN), "return").due_at is None


@pytest.mark.parametrize("action", ["reject", "withdraw"])
def test_rejecting_and_withdrawing_are_final(session: Session, action: str) -> None:
    report = send(RAHMAN)
    act(HARTONO if action == "reject" else RAHMAN, report, action)
    assert standing(report) == ({"reject": "rejected", "withdraw": "withdrawn"}[action], None)
    assert report.ended_desk == "kelurahan"


@pytest.mark.parametrize(
    ("end", "desk"),
    [
        (lambda report: climb(report, HARTONO, YUSUF, DEWI), "kota"),
        (lambda report: act(YUSUF, climb(report, HARTONO), "reject"), "kecamatan"),
        (lambda report: act(RAHMAN, report, "withdraw"), "kelurahan"),
    ],
    ids=["verified", "rejected", "withdrawn"],
)
def test_reopened_it_waits_where_it_ended(session: Session, end: Any, desk: str) -> None:
    report = end(send(RAHMAN))
    klass = report.klass
    act(DEWI, report, "reopen", reason="salah_putusan")
    assert standing(report) == ("waiting", desk)
    assert (report.klass, report.ended_desk) == (klass, None)
    assert report.due_at is not None
    assert (last(report).actor_desk, last(report).to_desk) == ("kota", desk)


def test_a_lurahs_and_a_camats_own(session: Session) -> None:
    assert standing(climb(send(HARTONO), YUSUF, DEWI)) == ("verified", None)
    assert standing(climb(send(YUSUF), DEWI)) == ("verified", None)
    returned = act(YUSUF, send(HARTONO, text="Lain."), "return")
    assert standing(returned) == ("returned", "kelurahan")
    assert standing(revise(HARTONO, returned, text="Diperbaiki.")) == ("waiting", "kecamatan")


# Refusals: not visible (404), never (403), not now (409), wrong content (422), in this order.

NONSENSE = {"klass": "emas", "reason": "entah", "note": "x" * 501, "version": 99}


@pytest.mark.parametrize("person", [SARI, EFFENDI, MARLINA, SITI], ids=str)
@pytest.mark.parametrize("action", ["verify", "return", "reject", "withdraw", "reopen"])
def test_a_report_out_of_sight_is_not_found(session: Session, person: Person, action: str) -> None:
    report = send(RAHMAN)
    hidden = refused(NotFound, act, person, report, action, **NONSENSE)
    with pytest.raises(NotFound) as nothing:
        verification.act(user_of(person), "99990", Request(action, 1))
    assert (hidden.message, hidden.code) == (nothing.value.message, nothing.value.code)
    refused(NotFound, revise, person, report, text="")


@pytest.mark.parametrize(
    ("person", "actions"),
    [
        (RAHMAN, ("verify", "return", "reject", "reopen")),
        (HARTONO, ("withdraw", "reopen")),
        (YUSUF, ("withdraw", "reopen")),
        (DEWI, ("withdraw",)),
        (RATNA, ("verify", "return", "reject", "withdraw", "reopen")),
    ],
    ids=lambda value: str(value) if isinstance(value, Person) else "",
)
def test_a_role_that_never_does_this(
    session: Session, person: Person, actions: tuple[str, ...]
) -> None:
    report = send(RAHMAN)
    for action in actions:
        refused(NeverAllowed, act, person, report, action, **NONSENSE)
    act(HARTONO, report, "reject")
    for action in actions:
        refused(NeverAllowed, act, person, report, action, **NONSENSE)
    if person is not RAHMAN:
        refused(NeverAllowed, revise, person, report, text="")


def test_diskominfo_reads_no_report(session: Session) -> None:
    refused(NeverAllowed, act, AGUS, send(RAHMAN), "verify")


def test_another_desk_is_not_now_and_shows_the_report(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO)
    for person, action in ((HARTONO, "verify"), (DEWI, "reject"), (RAHMAN, "withdraw")):
        error = refused(NotNow, act, person, report, action, klass="emas", note="x" * 501)
        assert error.report.desk == "kecamatan"
    assert refused(NotNow, revise, RAHMAN, report, text="").report.number == report.number


def test_an_old_version_is_not_now(session: Session) -> None:
    report = send(RAHMAN)
    for version in (0, 2, 99):
        assert refused(NotNow, act, HARTONO, report, "verify", version=version).report is not None
    act(HARTONO, report, "return")
    refused(NotNow, revise, RAHMAN, report, version=1, text="")


def test_an_action_on_a_final_report_is_refused_as_not_now(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO, YUSUF, DEWI)
    for person, action in ((HARTONO, "verify"), (DEWI, "return"), (RAHMAN, "withdraw")):
        refused(NotNow, act, person, report, action, note="x" * 501)
    refused(NotNow, act, DEWI, send(RAHMAN, text="Lain."), "reopen", reason="entah")


def test_what_is_wrong_with_the_content_comes_last(session: Session) -> None:
    report = send(RAHMAN)
    error = refused(WrongContent, act, HARTONO, report, "reject", reason="entah", note="")
    assert sorted(error.fields) == ["note", "reason"]
    assert (report.version, len(events_of(report))) == (1, 1)


# Nobody decides their own.


def test_who_wrote_it_as_head_leaves_it_to_another_when_lurah(session: Session) -> None:
    today = steps.today()
    rising = steps.newcomer("Budi", "rt_head", f"{PETANANG_ULU}.004")
    report = send(rising)
    steps.end_term(rising, today - timedelta(days=1))
    steps.add_term(rising, PETANANG_ULU, since=today, role="lurah")
    risen = Person(rising.phone, rising.name, "lurah", PETANANG_ULU)
    assert refused(NeverAllowed, act, risen, report, "verify").code == "own"
    assert standing(climb(report, HARTONO)) == ("waiting", "kecamatan")


def test_who_decided_it_as_lurah_leaves_it_to_another_when_camat(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO)
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    steps.add_term(HARTONO, UTARA_I, since=steps.today(), role="camat")
    risen = Person(HARTONO.phone, HARTONO.name, "camat", UTARA_I)
    assert refused(NeverAllowed, act, risen, report, "verify", version=99).code == "own"
    assert standing(climb(report, YUSUF)) == ("waiting", "kota")


def test_two_lurahs_of_one_kelurahan_do_not_decide_each_others(session: Session) -> None:
    deputy = steps.newcomer("Wati", "lurah", PETANANG_ULU)
    report = send(HARTONO)
    said = refused(NeverAllowed, act, deputy, report, "verify")
    assert said.code == "own"
    assert said.message == "Laporan ini dari kantor Anda sendiri. Yang memeriksanya camat."
    assert "Laporan Anda sendiri" in refused(NeverAllowed, act, HARTONO, report, "verify").message


# The author's desk belongs to the office.


def test_the_present_head_mends_what_the_former_left(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN), "return")
    yesterday = steps.today() - timedelta(days=1)
    steps.end_term(RAHMAN, yesterday)
    successor = steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today())
    refused(NeverAllowed, revise, RAHMAN, report, text="Saya lagi.")
    revise(successor, report, text="Dari ketua yang baru.")
    assert standing(report) == ("waiting", "kelurahan")
    assert (last(report).actor.name, report.reporter.name) == ("Budi", "Rahman")
    act(HARTONO, report, "return")
    act(successor, report, "withdraw")
    assert (last(report).action, last(report).actor.name) == ("withdraw", "Budi")


def test_the_successor_may_withdraw_what_nobody_decided_yet(session: Session) -> None:
    report = send(RAHMAN)
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    successor = steps.newcomer("Budi", "rt_head", RAHMAN.region, steps.today())
    assert standing(act(successor, report, "withdraw")) == ("withdrawn", None)


def test_the_former_head_still_reads_it(session: Session) -> None:
    report = send(RAHMAN)
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    assert verification.find_report(session, user_of(RAHMAN), report.number).id == report.id


# At the same moment.


@pytest.mark.parametrize("second", ["verify", "reject"])
def test_two_deciding_at_once(app: Flask, session: Session, second: str) -> None:
    """The first wins; the second is told what happened, with the report as it is now."""
    deputy = steps.newcomer("Wati", "lurah", PETANANG_ULU)
    report = send(RAHMAN)
    number = report.number
    wish = {
        "verify": Request("verify", 1, "kinerja"),
        "reject": Request("reject", 1, None, "lainnya", "Tidak."),
    }

    def decide(person: Person, action: str) -> tuple[str, str | None]:
        try:
            return standing(verification.act(user_of(person), number, wish[action]))
        except NotNow as refusal:
            return ("told", refusal.report.status)

    outcomes = steps.at_once(
        app, partial(decide, HARTONO, "verify"), partial(decide, deputy, second)
    )
    assert [one[0] for one in outcomes].count("told") == 1, outcomes
    steps.afresh(session)
    assert len(events_of(report)) == 2
    assert report.version == 2
    told = next(status for word, status in outcomes if word == "told")
    assert told == report.status


def test_a_withdrawal_and_a_decision_at_once(app: Flask, session: Session) -> None:
    report = send(RAHMAN)
    number = report.number
    outcomes = steps.at_once(
        app,
        lambda: verification.act(user_of(RAHMAN), number, Request("withdraw", 1)).status,
        lambda: verification.act(user_of(HARTONO), number, Request("verify", 1, "kinerja")).status,
    )
    assert [type(one) for one in outcomes].count(NotNow) == 1, outcomes
    steps.afresh(session)
    assert len(events_of(report)) == 2


def test_many_decisions_at_once_leave_no_gap(app: Flask, session: Session) -> None:
    numbers = [send(RAHMAN, text=f"Nomor {n}.").number for n in range(8)]
    wish = Request("verify", 1, "kegiatan")
    deeds = [partial(decide_alone, number, wish) for number in numbers]
    assert steps.at_once(app, *deeds) == ["waiting"] * 8
    assert list(session.scalars(select(Event.seq).order_by(Event.seq))) == list(range(1, 17))


def decide_alone(number: str, wish: Request) -> str:
    return verification.act(user_of(HARTONO), number, wish).status


# The same action again.


def test_the_same_action_id_and_content_is_the_same_action(session: Session) -> None:
    report, ident = send(RAHMAN), str(uuid.uuid4())
    act(HARTONO, report, "verify", version=1, action_id=ident, klass="kinerja")
    again = act(HARTONO, report, "verify", version=1, action_id=ident, klass="kinerja")
    assert (again.version, len(events_of(report))) == (2, 2)
    climb(report, YUSUF)
    much_later = act(HARTONO, report, "verify", version=1, action_id=ident, klass="kinerja")
    assert (much_later.desk, len(events_of(report))) == ("kota", 3)


@pytest.mark.parametrize(
    "change", [{"klass": "kegiatan"}, {"note": "Lain."}, {"version": 2}], ids=str
)
def test_the_same_action_id_with_other_content_is_a_conflict(
    session: Session, change: dict[str, Any]
) -> None:
    report, ident = send(RAHMAN), str(uuid.uuid4())
    said = {"version": 1, "klass": "kinerja"}
    act(HARTONO, report, "verify", action_id=ident, **said)
    error = refused(NotNow, act, HARTONO, report, "verify", action_id=ident, **(said | change))
    assert error.code == "action_id_used"
    assert error.report.id == report.id


def test_an_action_id_is_of_one_report_and_one_action(session: Session) -> None:
    report, other, ident = send(RAHMAN), send(RAHMAN, text="Lain."), str(uuid.uuid4())
    act(HARTONO, report, "verify", action_id=ident)
    refused(NotNow, act, HARTONO, other, "verify", action_id=ident)
    refused(NotNow, act, HARTONO, report, "reject", version=1, action_id=ident)


def test_two_people_may_use_one_action_id(session: Session) -> None:
    report, ident = send(RAHMAN), str(uuid.uuid4())
    act(HARTONO, report, "verify", action_id=ident)
    assert act(YUSUF, report, "verify", action_id=ident).desk == "kota"


def test_an_action_sent_twice_at_once_is_done_once(app: Flask, session: Session) -> None:
    report, ident = send(RAHMAN), str(uuid.uuid4())
    number, wish = report.number, Request("verify", 1, "kinerja")
    outcomes = steps.at_once(
        app, *[lambda: verification.act(user_of(HARTONO), number, wish, ident).version] * 4
    )
    assert outcomes == [2, 2, 2, 2]
    steps.afresh(session)
    assert len(events_of(report)) == 2


def test_the_same_revision_again_is_one_revision(session: Session) -> None:
    report, ident = act(HARTONO, send(RAHMAN), "return"), str(uuid.uuid4())
    said = {"version": 2, "action_id": ident, "text": "Diperbaiki.", "on": steps.today()}
    revise(RAHMAN, report, **said)
    assert revise(RAHMAN, report, **said).version == 3
    error = refused(NotNow, revise, RAHMAN, report, **(said | {"text": "Lain."}))
    assert error.code == "action_id_used"


def test_an_action_id_is_not_spent_on_two_reports_at_once(app: Flask, session: Session) -> None:
    """With many pairs, so that some of them meet."""
    wish = Request("verify", 1, "kinerja")

    def decide(number: str, ident: str) -> str:
        return verification.act(user_of(HARTONO), number, wish, ident).status

    idents = [str(uuid.uuid4()) for _ in range(6)]
    deeds = [
        partial(decide, send(RAHMAN, text=f"{text} {ident}").number, ident)
        for ident in idents
        for text in ("Satu", "Dua")
    ]
    outcomes = steps.at_once(app, *deeds)
    for one, other in zip(outcomes[::2], outcomes[1::2], strict=True):
        done, told = (one, other) if isinstance(one, str) else (other, one)
        assert (done, type(told)) == ("waiting", NotNow), outcomes
        assert told.code == "action_id_used"


def test_one_person_sends_and_decides_at_once(app: Flask, session: Session) -> None:
    """Neither waits for a lock that the other holds, so both finish."""
    numbers = [send(RAHMAN, text=f"Nomor {n}.").number for n in range(8)]
    wish = Request("verify", 1, "kegiatan")
    decisions = [partial(decide_alone, number, wish) for number in numbers]
    own = [lambda: send(HARTONO).status for _ in numbers]
    deeds = [deed for pair in zip(decisions, own, strict=True) for deed in pair]
    assert steps.at_once(app, *deeds) == ["waiting"] * 16


def test_what_one_did_is_answered_after_ones_term(session: Session) -> None:
    """The answer was lost, and the phone sends again when somebody else holds the office."""
    yesterday, ident = steps.today() - timedelta(days=1), str(uuid.uuid4())
    report = act(HARTONO, send(RAHMAN), "return")
    steps.end_term(RAHMAN, yesterday)
    budi = steps.newcomer("Budi", "rt_head", RAHMAN.region)
    said = {"version": 2, "action_id": ident, "text": "Diperbaiki.", "on": steps.today()}
    revise(budi, report, **said)
    decided = {"version": 3, "action_id": ident, "klass": "kinerja"}
    act(HARTONO, report, "verify", **decided)
    for person in (budi, HARTONO):
        steps.end_term(person, yesterday)
    told = {"number": report.number, "action_id": ident}
    again = refused(DoneBefore, revise, budi, report, **said)
    assert again.done == told | {"version": 3}, "what was done, not the report as it is now"
    again = refused(DoneBefore, act, HARTONO, report, "verify", **decided)
    assert again.done == told | {"version": 4}
    other = refused(NotNow, revise, budi, report, **(said | {"text": "Lain."}))
    assert (other.report, other.done) == (None, told | {"version": 3})
    other = refused(NotNow, act, HARTONO, report, "verify", **(decided | {"klass": "kegiatan"}))
    assert (other.report, other.done) == (None, told | {"version": 4})
    hidden = send(SITI)
    refused(NotFound, act, HARTONO, hidden, "verify", action_id=ident)
    refused(NotFound, act, HARTONO, report, "verify", action_id=str(uuid.uuid4()))
    refused(NotFound, act, HARTONO, report, "verify")


# New content.


def returned(category: str = "pemerintahan", **said: Any) -> Report:
    return act(HARTONO, send(RAHMAN, category, **said), "return")


def test_a_revision_replaces_the_content_and_the_old_one_is_kept(session: Session) -> None:
    report = returned(text="Lama.")
    revise(RAHMAN, report, text="Baru.", fields={"jenis": "pbb", "peserta": "12"})
    assert (report.text, report.fields) == ("Baru.", {"jenis": "pbb", "peserta": 12})
    old, new = report.revisions
    assert (old.version, old.content["text"]) == (1, "Lama.")
    assert (new.version, new.content["text"]) == (3, "Baru.")
    assert [one.content_digest for one in events_of(report)] == [
        old.content_digest,
        old.content_digest,
        new.content_digest,
    ]


def test_photos_are_kept_added_and_left_out(session: Session) -> None:
    kept, left, new = photo("kept"), photo("left"), photo("new")
    report = returned("sampah", photos=[kept, left])
    revise(RAHMAN, report, photos=[kept, new])
    current = {one.client_id: one.current for one in report.photos}
    assert current == {kept.id: True, left.id: False, new.id: True}
    assert [one.state for one in report.photos] == ["missing"] * 3
    listed = [[one["id"] for one in row.content["photos"]] for row in report.revisions]
    assert listed == [[kept.id, left.id], [kept.id, new.id]]


def test_what_has_arrived_stays_arrived(session: Session) -> None:
    one = photo()
    report = returned("sampah", photos=[one])
    with verification.writing():
        report.photos[0].state = "ready"
    revise(RAHMAN, report, photos=[one])
    assert [row.state for row in report.photos] == ["ready"]


def test_a_photo_left_out_may_come_back(session: Session) -> None:
    one, two = photo("one"), photo("two")
    report = returned("sampah", photos=[one])
    revise(RAHMAN, report, photos=[two])
    act(HARTONO, report, "return")
    revise(RAHMAN, report, photos=[one])
    assert {row.client_id: row.current for row in report.photos} == {one.id: True, two.id: False}


def test_a_photo_id_stands_for_one_digest(session: Session) -> None:
    one = photo("one")
    report = returned("sampah", photos=[one])
    other = steps.PhotoClaim(one.id, photo("other").sha256)
    assert refused(NotNow, revise, RAHMAN, report, photos=[other]).report.id == report.id
    assert [row.current for row in report.photos] == [True]


def test_a_required_photo_stays_required(session: Session) -> None:
    report = returned("sampah")
    assert list(refused(WrongContent, revise, RAHMAN, report, photos=[]).fields) == ["photos"]
    four = [photo(str(n)) for n in range(4)]
    assert list(refused(WrongContent, revise, RAHMAN, report, photos=four).fields) == ["photos"]


def test_a_date_that_was_right_stays_right(session: Session) -> None:
    """It stays accepted, however long the report lay on desks."""
    written = steps.now() - timedelta(days=100)
    happened = steps.today() - timedelta(days=150)
    report = act(HARTONO, send(RAHMAN, on=happened, written_at=written), "return")
    assert revise(RAHMAN, report, on=happened, text="Diperbaiki.").happened_on == happened
    act(HARTONO, report, "return")
    far = {"on": steps.today() - timedelta(days=162)}
    assert list(refused(WrongContent, revise, RAHMAN, report, **far).fields) == ["happened_on"]


def test_a_wrong_revision_changes_nothing(session: Session) -> None:
    report = returned("sampah")
    error = refused(WrongContent, revise, RAHMAN, report, text="", photos=[])
    assert sorted(error.fields) == ["photos", "text"]
    assert (report.version, len(report.revisions), len(report.photos)) == (2, 1, 1)
    assert report.photos[0].current


# One report a month, for revisions too.


def test_a_nihil_is_not_reopened_over_another(session: Session) -> None:
    first = act(HARTONO, send(RAHMAN, "nihil"), "reject")
    second = send(RAHMAN, "nihil")
    error = refused(NotNow, act, DEWI, first, "reopen")
    assert error.report.number == first.number
    assert standing(error.report) == ("rejected", None)
    assert len(events_of(first)) == 2
    act(RAHMAN, second, "withdraw")
    assert standing(act(DEWI, first, "reopen")) == ("waiting", "kelurahan")


def test_a_nihil_is_not_moved_to_a_month_that_has_one(session: Session) -> None:
    this, before = months(steps.today())
    report = returned("nihil")
    first = send(RAHMAN, "nihil", fields={"periode": before})
    error = refused(WrongContent, revise, RAHMAN, report, fields={"periode": before})
    assert first.number in error.fields["fields.periode"]
    assert report.period == this
    assert revise(RAHMAN, report, fields={"periode": this}).period == this


def test_a_month_taken_at_the_same_moment(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither finds the other's when it looks, so the unique index decides."""
    before = months(steps.today())[1]
    report = returned("nihil")
    first = send(RAHMAN, "nihil", fields={"periode": before})
    looked = revisions.refuse_second
    looks: list[int] = []

    def blind(*args: Any) -> None:
        looks.append(1)
        if len(looks) > 1:
            looked(*args)

    monkeypatch.setattr(revisions, "refuse_second", blind)
    error = refused(WrongContent, revise, RAHMAN, report, fields={"periode": before})
    assert first.number in error.fields["fields.periode"]
    assert (report.version, len(events_of(report))) == (2, 2)


# Who has read it.


def readings(session: Session, report: Report) -> list[FirstOpened]:
    return opened.openings_of(session, [report])[report.id]


def test_the_first_holder_who_opens_it_is_noted_once_a_desk(session: Session) -> None:
    deputy = steps.newcomer("Wati", "lurah", PETANANG_ULU)
    report = send(RAHMAN)
    opened.note_opening(user_of(HARTONO), report, MONDAY)
    opened.note_opening(user_of(deputy), report, MONDAY + timedelta(hours=1))
    (first,) = readings(session, report)
    assert (first.desk, first.user.name, first.at) == ("kelurahan", "Hartono", MONDAY)
    assert report.version == 1
    climb(report, HARTONO)
    opened.note_opening(user_of(YUSUF), report)
    assert [one.desk for one in readings(session, report)] == [
        "kelurahan",
        "kecamatan",
    ]


def test_only_the_desk_where_it_lies_reads_it(session: Session) -> None:
    report = send(RAHMAN)
    for person in (RAHMAN, YUSUF, DEWI, RATNA, SARI):
        opened.note_opening(user_of(person), report)
    assert readings(session, report) == []
    climb(report, HARTONO, YUSUF, DEWI)
    opened.note_opening(user_of(DEWI), report)
    assert readings(session, report) == []


def test_an_author_who_opens_a_returned_report_is_no_reader(session: Session) -> None:
    report = returned()
    opened.note_opening(user_of(RAHMAN), report)
    assert readings(session, report) == []


def test_two_who_open_it_at_once_are_one_note(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither finds the other's note when it looks."""
    deputy = steps.newcomer("Wati", "lurah", PETANANG_ULU)
    report = send(RAHMAN)
    look = Session.get
    monkeypatch.setattr(
        Session,
        "get",
        lambda self, model, *rest, **options: (
            None if model is FirstOpened else look(self, model, *rest, **options)
        ),
    )
    opened.note_opening(user_of(HARTONO), report)
    opened.note_opening(user_of(deputy), report)
    (first,) = readings(session, report)
    assert first.user.name == "Hartono"


def test_the_last_desk_is_bag_pemerintahans(session: Session) -> None:
    second = steps.newcomer("Joko", "pemerintahan", KOTA)
    report = climb(send(RAHMAN), HARTONO, YUSUF)
    assert standing(act(second, report, "return")) == ("returned", "kecamatan")
