"""What authors are told: the notes that desks wrote with their decisions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.domain import first_opened as opened
from sipokat.domain.answers import answers_to, rejections
from tests.cast import AGUS, DEWI, HARTONO, MARLINA, RAHMAN, SARI, SITI, YUSUF, Person
from tests.steps import act, send, user_of


def told(session: Session, person: Person) -> list[tuple[str, str | None]]:
    user = user_of(person)
    told = answers_to(session, user, rejections(session, user))
    return [(one.report.number, one.event.note) for one in told]


def test_an_author_is_told_the_latest_notes_newest_first(session: Session) -> None:
    first, second = send(RAHMAN, text="Satu."), send(RAHMAN, text="Dua.")
    act(HARTONO, first, "verify", note="Terima kasih.")
    act(HARTONO, second, "reject", note="Sudah ada laporan lain.")
    act(YUSUF, first, "verify", note="Sedang kami tangani.")
    assert told(session, RAHMAN) == [
        (first.number, "Sedang kami tangani."),
        (first.number, "Terima kasih."),
    ]
    opened.note_opening(user_of(RAHMAN), second)
    assert told(session, RAHMAN)[1] == (second.number, "Sudah ada laporan lain.")


def news(session: Session, person: Person) -> list[tuple[str, str | None]]:
    return [(one.report.number, one.event.reason) for one in rejections(session, user_of(person))]


def test_a_rejection_is_news_until_the_authors_office_has_opened_it(session: Session) -> None:
    report = send(RAHMAN)
    act(HARTONO, report, "reject", reason="bukan_wilayah", note="Sudah ada.")
    assert news(session, RAHMAN) == [(report.number, "bukan_wilayah")]
    for other in (HARTONO, YUSUF):  # they may read it, but did not write it
        opened.note_opening(user_of(other), report)
    assert news(session, SITI) == news(session, AGUS) == news(session, HARTONO) == []
    assert news(session, RAHMAN)
    opened.note_opening(user_of(RAHMAN), report)
    assert news(session, RAHMAN) == []


def test_what_is_rejected_again_is_news_again(session: Session) -> None:
    report = send(RAHMAN)
    act(HARTONO, report, "reject", reason="bukan_wilayah", note="Sudah ada.")
    opened.note_opening(user_of(RAHMAN), report)
    act(DEWI, report, "reopen", reason="keterangan_baru")
    assert news(session, RAHMAN) == []
    act(HARTONO, report, "reject", reason="tidak_benar", note="Sudah kami lihat.")
    assert news(session, RAHMAN) == [(report.number, "tidak_benar")]
    opened.note_opening(user_of(RAHMAN), report)
    assert news(session, RAHMAN) == []


def test_a_decision_without_a_note_and_a_returned_report_are_no_answer(session: Session) -> None:
    act(HARTONO, send(RAHMAN), "verify")
    act(HARTONO, send(RAHMAN, text="Dua."), "return", note="Mohon dilengkapi.")
    assert told(session, RAHMAN) == []


def test_nobody_is_told_what_was_written_to_another_rt(session: Session) -> None:
    act(HARTONO, send(RAHMAN), "verify", note="Untuk Pak Rahman.")
    act(SARI, send(MARLINA), "verify", note="Untuk Bu Marlina.")
    assert [note for _, note in told(session, MARLINA)] == ["Untuk Bu Marlina."]
    assert told(session, SITI) == told(session, AGUS) == []
