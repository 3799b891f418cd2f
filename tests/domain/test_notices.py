"""What authors are told: the notes that desks wrote with their decisions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.domain.notices import answers_to
from tests.cast import AGUS, HARTONO, MARLINA, RAHMAN, SARI, SITI, YUSUF, Person
from tests.steps import act, send, user_of


def told(session: Session, person: Person) -> list[tuple[str, str | None]]:
    return [(one.report.number, one.event.note) for one in answers_to(session, user_of(person))]


def test_an_author_is_told_the_latest_notes_newest_first(session: Session) -> None:
    first, second = send(RAHMAN, text="Satu."), send(RAHMAN, text="Dua.")
    act(HARTONO, first, "verify", note="Terima kasih.")
    act(HARTONO, second, "reject", note="Sudah ada laporan lain.")
    act(YUSUF, first, "verify", note="Sedang kami tangani.")
    assert told(session, RAHMAN) == [
        (first.number, "Sedang kami tangani."),
        (second.number, "Sudah ada laporan lain."),
        (first.number, "Terima kasih."),
    ]


def test_a_decision_without_a_note_and_a_returned_report_are_no_answer(session: Session) -> None:
    act(HARTONO, send(RAHMAN), "verify")
    act(HARTONO, send(RAHMAN, text="Dua."), "return", note="Mohon dilengkapi.")
    assert told(session, RAHMAN) == []


def test_nobody_is_told_what_was_written_to_another_rt(session: Session) -> None:
    act(HARTONO, send(RAHMAN), "verify", note="Untuk Pak Rahman.")
    act(SARI, send(MARLINA), "verify", note="Untuk Bu Marlina.")
    assert [note for _, note in told(session, MARLINA)] == ["Untuk Bu Marlina."]
    assert told(session, SITI) == told(session, AGUS) == []
