"""Each event tells whom it must, once, and nobody else; and what people read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import erasure, offices, visibility
from sipokat.domain.notices import inbox, rows, sentences
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.domain.regions import names_of
from sipokat.models import Event, Notice, Report, User
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.services.matrix import examples
from tests.shelf import Shelf
from tests.steps import act, add_term, end_term, newcomer, revise, send, today, user_of

DESKS = {"rt": "rt_head", "kelurahan": "lurah", "kecamatan": "camat", "kota": "pemerintahan"}
ORDER = list(DESKS)


def told(session: Session, person: Person) -> list[tuple[str, str]]:
    """What the person reads, oldest first: the kind and the sentence of each."""
    session.rollback()
    found, _ = inbox.page(session, user_of(person))
    return [(one.kind, said(session, one)) for one in reversed(found)]


def said(session: Session, one: inbox.Entry) -> str:
    return sentences.text_of(one, names_of(session, sentences.regions_in(one)), today())


def kinds(session: Session, person: Person) -> list[str]:
    return [kind for kind, _ in told(session, person)]


# Who is told of what, by a reference that asks each person in turn.


@dataclass
class Crowd:
    """The cast, and more people at the same desks."""

    people: list[Person] = field(default_factory=lambda: list(CAST))

    def add(self, person: Person) -> Person:
        self.people.append(person)
        return person


@pytest.fixture
def crowd(session: Session) -> Crowd:
    """A second head, a second lurah, a Plh. and a lurah whose account is closed, and one who was
    head of the RT until yesterday."""
    crowd = Crowd()
    crowd.add(newcomer("Wati", "rt_head", RAHMAN.region))
    crowd.add(newcomer("Sekretaris", "lurah", PETANANG_ULU))
    former = crowd.add(newcomer("Dahulu", "rt_head", RAHMAN.region))
    end_term(former, today() - timedelta(days=1))
    closed = crowd.add(newcomer("Tutup", "lurah", PETANANG_ULU))
    with writing():
        user_of(closed).active = False
    add_term(SARI, UTARA_I, role="camat", acts_for=YUSUF)
    return crowd


def holds(user: User, role: str, code: str) -> bool:
    """Whether the person holds this office over the region today."""
    return any(
        one.role.key == role and (code == one.region or code.startswith(f"{one.region}."))
        for one in offices.held(user)
    )


def must_be_told(user: User, event: Event, report: Report) -> str:
    """The kind that this person must be told of this event; empty for nothing."""
    code = report.region_code
    if not user.active or user.id == event.actor_id:
        return ""
    if event.action == "submit":
        above = ORDER[ORDER.index(report.author_desk) + 1 :]
        wants = report.urgent and any(holds(user, DESKS[desk], code) for desk in above)
        return "bencana" if wants else ""
    kind = {
        "verify": "answered" if event.note else "verified",
        "return": "returned",
        "reject": "rejected",
        "reopen": "reopened",
    }.get(event.action)
    author = user.id == report.reporter_id or holds(user, DESKS[report.author_desk], code)
    there = event.to_desk and kind in ("returned", "reopened")
    at_desk = there and holds(user, DESKS[event.to_desk], code)
    return kind if kind and (author or at_desk) else ""


ACTIONS = ("verify", "verify", "return", "reject", "revise", "withdraw", "reopen")
TRYING = (RAHMAN, HARTONO, HARTONO, YUSUF, YUSUF, DEWI, DEWI, SARI, EFFENDI)
tries = st.lists(
    st.tuples(st.sampled_from(TRYING), st.sampled_from(ACTIONS), st.sampled_from(["", "Baik."])),
    min_size=4,
    max_size=14,
)


@pytest.mark.once
@settings(
    max_examples=examples(24),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from([RAHMAN, HARTONO, YUSUF]), st.sampled_from(["pemerintahan", "bencana"]), tries
)
@example(
    RAHMAN,
    "bencana",
    [
        (HARTONO, "verify", ""),
        (YUSUF, "return", ""),
        (HARTONO, "verify", "Baik."),
        (YUSUF, "verify", ""),
        (DEWI, "reject", "Baik."),
        (DEWI, "reopen", ""),
    ],
)
def test_each_event_tells_whom_it_must_once_and_nobody_else(
    session: Session,
    crowd: Crowd,
    writer: Person,
    category: str,
    tried: list[tuple[Person, str, str]],
) -> None:
    report = send(writer, category if writer is RAHMAN else "pad_inovasi")
    for person, action, note in tried:
        try:
            if action == "revise":
                revise(person, report)
            else:
                noted = {"note": note} if action == "verify" and note else {}
                act(person, report, action, **noted)
        except (NeverAllowed, NotNow, NotFound, WrongContent):
            pass
    steps.afresh(session)
    people = {person: user_of(person) for person in crowd.people}
    for event in steps.events_of(report):
        expected = {
            (user.id, kind)
            for user in people.values()
            if (kind := must_be_told(user, event, report))
        }
        rows = session.scalars(select(Notice).where(Notice.event_seq == event.seq)).all()
        found = [(row.user_id, row.kind) for row in rows]
        assert len(found) == len(set(found))
        assert set(found) == expected, event.action
        for row in rows:
            user = session.get_one(User, row.user_id)
            assert visibility.may_see(session, user, report), "told of what they may not see"


# What each reads.


def test_the_author_is_told_what_happened_and_why(session: Session) -> None:
    report = send(RAHMAN, "sampah")
    note = "Foto kurang jelas. Mohon foto ulang."
    report = act(HARTONO, report, "return", reason="foto_kurang_jelas", note=note)
    (one,) = inbox.page(session, user_of(RAHMAN))[0]
    assert sentences.url_of(one) == f"/laporan/{report.number}/perbaikan"
    report = revise(RAHMAN, report)
    (one,) = inbox.page(session, user_of(RAHMAN))[0]
    assert sentences.url_of(one) == f"/laporan/{report.number}", "there is nothing to mend now"
    report = act(HARTONO, report, "verify")
    report = act(YUSUF, report, "verify", note="Sedang kami tangani.")
    report = act(DEWI, report, "reject", reason="tidak_benar", note="Tidak ada.")
    report = act(DEWI, report, "reopen", reason="salah_putusan")
    act(DEWI, report, "verify")
    assert told(session, RAHMAN) == [
        ("returned", f"Laporan Tumpukan sampah perlu diperbaiki. “{note}”"),
        ("verified", "Laporan Tumpukan sampah diverifikasi lurah, naik ke camat."),
        (
            "answered",
            "Laporan Tumpukan sampah diverifikasi camat, naik ke Bag. Pemerintahan. "
            "“Sedang kami tangani.”",
        ),
        (
            "rejected",
            "Laporan Tumpukan sampah ditolak Bag. Pemerintahan: Tidak sesuai kenyataan. "
            "“Tidak ada.”",
        ),
        (
            "reopened",
            "Bag. Pemerintahan membuka kembali laporan Tumpukan sampah, di meja "
            "Bag. Pemerintahan: Keputusan keliru.",
        ),
        ("verified", "Laporan Tumpukan sampah diverifikasi Bag. Pemerintahan, selesai."),
    ]
    for other in (SITI, HARTONO, SARI, YUSUF, EFFENDI, DEWI, RATNA, AGUS, BEJO):
        assert told(session, other) == [], other


def test_what_comes_back_to_a_desk_is_told_there_and_to_the_author(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, "sampah"), "verify")
    act(YUSUF, report, "return", reason="lainnya", note="Mohon\ndicek.")
    where = "Tumpukan sampah, RT 001 Petanang Ulu,"
    assert told(session, HARTONO) == [
        ("returned", f"Camat mengembalikan laporan {where} ke meja Anda. “Mohon dicek.”")
    ]
    assert told(session, RAHMAN)[-1] == (
        "returned",
        "Camat mengembalikan laporan Tumpukan sampah ke lurah. “Mohon dicek.”",
    )


def test_bencana_is_told_to_every_level_above_at_once(session: Session) -> None:
    number = send(SITI, "bencana").number
    for person in (HARTONO, YUSUF, DEWI):
        assert told(session, person) == [
            ("bencana", "Bencana dilaporkan: Banjir, RT 002 Petanang Ulu.")
        ]
        (one,) = inbox.page(session, user_of(person))[0]
        assert sentences.url_of(one) == f"/laporan/{number}"
    for other in (SITI, RAHMAN, SARI, EFFENDI, RATNA, AGUS):
        assert told(session, other) == []


def test_a_report_written_for_an_rt_tells_its_head_and_who_wrote_it(session: Session) -> None:
    clerk = newcomer("Kasi", "lurah", PETANANG_ULU)
    act(HARTONO, send(clerk, region=RAHMAN.region), "return")
    assert kinds(session, RAHMAN) == kinds(session, clerk) == ["returned"]


def test_a_former_head_is_told_of_what_they_wrote_and_the_present_one_too(
    session: Session,
) -> None:
    report = send(RAHMAN)
    end_term(RAHMAN, today() - timedelta(days=1))
    heir = newcomer("Jaya", "rt_head", RAHMAN.region, since=today())
    act(HARTONO, report, "verify")
    assert kinds(session, RAHMAN) == kinds(session, heir) == ["verified"]


def test_with_the_office_its_notices_go_and_those_of_ones_own_stay(session: Session) -> None:
    heir = newcomer("Jaya", "rt_head", RAHMAN.region)
    report = act(HARTONO, send(RAHMAN), "verify")
    act(YUSUF, report, "return")
    for person in (RAHMAN, heir, HARTONO):
        assert inbox.unread(session, user_of(person)) == len(told(session, person)) > 0
        end_term(person, today() - timedelta(days=1))
    assert kinds(session, RAHMAN) == ["verified", "returned"]
    for person in (heir, HARTONO):
        assert (inbox.unread(session, user_of(person)), told(session, person)) == (0, [])


def test_what_was_erased_is_told_no_more(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, "tamu", text="Pak Budi."), "verify", note="Salam Pak Budi.")
    erasure.erase(user_of(AGUS), report.number, "Surat 12", Shelf())
    assert told(session, RAHMAN) == [
        ("answered", "Laporan Tamu diverifikasi lurah, naik ke camat.")
    ]


# Read, and paged.


def fill(session: Session, count: int) -> list[int]:
    """So many notices for Rahman; their numbers, oldest first."""
    for place in range(count):
        act(HARTONO, send(RAHMAN, text=f"Nomor {place}."), "verify")
    user = user_of(RAHMAN)
    return list(session.scalars(select(Notice.id).where(Notice.user_id == user.id)))


def test_what_is_read_is_read_for_good_and_only_ones_own(session: Session) -> None:
    first, second, third = fill(session, 3)
    act(HARTONO, send(SITI), "verify")
    with writing() as session:
        assert inbox.read(session, user_of(SITI), ids=[first, second]) == 0
        assert inbox.read(session, user_of(RAHMAN), ids=[second]) == 1
        assert inbox.read(session, user_of(RAHMAN), until=second) == 1
        assert inbox.read(session, user_of(RAHMAN), until=second) == 0
    assert inbox.unread(session, user_of(RAHMAN)) == inbox.unread(session, user_of(SITI)) == 1
    found, _ = inbox.page(session, user_of(RAHMAN))
    assert [(one.id, one.read_at is None) for one in found] == [
        (third, True),
        (second, False),
        (first, False),
    ]


def test_page_by_page_each_comes_once(session: Session) -> None:
    ids = fill(session, inbox.PAGE + 1)
    found, following = inbox.page(session, user_of(RAHMAN))
    rest, end = inbox.page(session, user_of(RAHMAN), following)
    assert [one.id for one in (*found, *rest)] == list(reversed(ids))
    assert end is None


def test_nobody_is_told_of_one_thing_twice(session: Session) -> None:
    fill(session, 1)
    user = user_of(RAHMAN)
    row = rows.row(user.id, "digest", "event 2", steps.now(), "/verifikasi")
    with writing() as session, pytest.raises(IntegrityError), session.begin_nested():
        rows.add(session, [row, row])
    assert inbox.unread(session, user) == 1


def test_an_action_that_is_refused_tells_nobody(app: Flask, session: Session) -> None:
    report = send(RAHMAN)
    outcomes = steps.at_once(
        app, lambda: act(HARTONO, report, "verify"), lambda: act(HARTONO, report, "reject")
    )
    assert sum(isinstance(one, NotNow) for one in outcomes) == 1
    assert len(kinds(session, RAHMAN)) == 1
    assert TABA_BARU not in str(told(session, RAHMAN))
