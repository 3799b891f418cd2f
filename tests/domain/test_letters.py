"""The number of a letter may follow for some days, and whoever named is told until it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, appointers, deputies, endings, letters
from sipokat.domain.clock import now
from sipokat.domain.letters import Letter, awaited
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import Term
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    YUSUF,
    Person,
)
from tests.steps import refused, user_of

TODAY = steps.today()
WEEK = timedelta(days=7)
NUMBERLESS = Letter("lurah", PETANANG_ULU, "plh", TODAY, TODAY + timedelta(days=6), "", TODAY)


def name(person: Person, letter: Letter = NUMBERLESS, by: Person = YUSUF) -> Term:
    with writing() as session:
        maker = appointers.appointer(user_of(by), letter.role, letter.region)
        return deputies.appoint(session, maker, user_of(person), letter)


def give(term: Term, number: str = "800/12/2026", dated: timedelta = timedelta()) -> None:
    with writing() as session:
        by = appointers.appointer(user_of(YUSUF), term.role, term.region_code)
        letters.give_number(session, by, term, number, TODAY + dated)


def test_the_desk_above_and_diskominfo_are_told_until_the_number_follows(session: Session) -> None:
    term = name(SARI)
    for person in (YUSUF, AGUS):
        assert awaited(session, user_of(person)) == [term], person.name
    for person in (SARI, HARTONO, EFFENDI, DEWI, RAHMAN):
        assert awaited(session, user_of(person)) == [], person.name
    give(term)
    assert (term.letter_number, term.letter_date) == ("800/12/2026", TODAY)
    assert awaited(session, user_of(YUSUF)) == []
    (entry, *_) = administration.entries_about(session, user_of(SARI))
    assert (entry.action, entry.actor_role) == ("number_letter", "camat")
    assert administration.facts(entry.was)["letter"] == ""
    assert administration.facts(entry.became)["letter"] == "800/12/2026"


def test_the_same_number_again_is_no_change_and_another_is_refused(session: Session) -> None:
    term = name(SARI)
    give(term)
    entries = len(administration.entries_about(session, user_of(SARI)))
    give(term)
    assert len(administration.entries_about(session, user_of(SARI))) == entries
    assert "sudah bernomor 800/12/2026" in refused(NotNow, give, term, "9").message


@pytest.mark.parametrize(
    ("number", "dated", "field"),
    [(" ", 0, "letter_number"), ("8" * 61, 0, "letter_number"), ("8", 1, "letter_date")],
)
def test_a_number_that_is_none_is_refused(
    session: Session, number: str, dated: int, field: str
) -> None:
    wrong = refused(WrongContent, give, name(SARI), number, timedelta(days=dated))
    assert list(wrong.fields) == [field]


def test_it_is_asked_for_after_the_term_and_a_second_one_waits_for_it(session: Session) -> None:
    term = name(SARI)
    with time_machine.travel(now() + timedelta(days=7), tick=False):
        later = replace(NUMBERLESS, since=TODAY + WEEK, until=TODAY + WEEK, dated=TODAY + WEEK)
        name(SITI, later)
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert term in awaited(session, user_of(YUSUF)), "the term has ended"
        third = replace(NUMBERLESS, region=TABA_BARU, since=TODAY + WEEK * 2)
        third = replace(third, until=third.since, dated=TODAY + WEEK)
        wrong = refused(WrongContent, name, HARTONO, third)
        said = "Plh. Lurah Petanang Ulu (Sari Wulandari) juga belum diisi."
        assert said in wrong.fields["letter_number"]
        name(HARTONO, replace(third, number="800/13/2026"))
        give(term)
    with writing() as writes:
        gone = user_of(SITI).terms[-1]
        endings.withdraw(writes, administration.operator("budi"), user_of(SITI), gone)
    assert awaited(session, user_of(YUSUF)) == [], "what was taken back needs no number"
