"""Whom somebody looks after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import activations, directory
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.models import User
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    CAST,
    DEWI,
    HARTONO,
    KOTA,
    MARLINA,
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
from tests.steps import refused, user_of


def found(session: Session, person: Person) -> set[str]:
    query = select(User.name).where(directory.looked_after(user_of(person)))
    return set(session.scalars(query))


def names(*people: Person) -> set[str]:
    return {one.name for one in people}


def test_each_looks_after_their_own(session: Session) -> None:
    assert found(session, HARTONO) == names(RAHMAN, SITI, BEJO)
    assert found(session, SARI) == names(MARLINA)
    assert found(session, YUSUF) == names(RAHMAN, SITI, BEJO, MARLINA, HARTONO, SARI)
    assert found(session, AGUS) == names(*CAST)


@pytest.mark.parametrize("person", [RAHMAN, DEWI, RATNA], ids=str)
def test_others_look_after_nobody(session: Session, person: Person) -> None:
    refused(NeverAllowed, directory.find, session, user_of(person), user_of(SITI).id)
    refused(NeverAllowed, directory.looked_after, user_of(person))


@pytest.mark.parametrize(
    "change",
    [
        lambda: None,
        lambda: steps.add_term(RAHMAN, f"{TABA_BARU}.001"),  # another kelurahan's RT too
        lambda: steps.add_term(SITI, KOTA, role="viewer"),
        lambda: steps.end_term(SITI, steps.today() - timedelta(days=1)),
        lambda: steps.add_term(SITI, KOTA, steps.today() + timedelta(days=9), role="diskominfo"),
        lambda: steps.add_term(HARTONO, TABA_BARU, role="lurah", acts_for=SARI),
        lambda: steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF),
        lambda: steps.end_term(HARTONO, steps.today() - timedelta(days=1)),
        lambda: steps.add_term(RAHMAN, PETANANG_ULU, role="lurah"),
        lambda: steps.add_term(AGUS, PETANANG_ULU, role="lurah"),
        lambda: become_deputy(SARI, f"{PETANANG_ULU}.001", RAHMAN),
        lambda: become_deputy(MARLINA, PETANANG_ULU, HARTONO),
        lambda: steps.add_term(SITI, TABA_BARU, until=steps.today() - timedelta(days=1)),
    ],
    ids=lambda change: None,
)
def test_who_is_found_is_who_gets_a_code(session: Session, change: Callable[[], None]) -> None:
    """Both rules, the select and the one for a person in hand, agree on everybody."""
    change()
    for maker in (HARTONO, SARI, YUSUF, AGUS, RAHMAN):
        user = user_of(maker)
        try:
            listed = found(session, maker)
        except NeverAllowed:
            listed = set()
        for subject in CAST:
            try:
                may = bool(activations.activator(user, user_of(subject)))
            except (NeverAllowed, NotFound):
                may = False
            assert (subject.name in listed) == may, (maker.name, subject.name)


def become_deputy(person: Person, region: str, holder: Person) -> None:
    """The person acts for the holder, and then their own office is cut short."""
    steps.add_term(person, region, steps.today(), role=holder.role, acts_for=holder)
    steps.end_term(person, steps.today() - timedelta(days=1))


def test_who_is_only_a_deputy_and_was_elsewhere_is_looked_after_by_diskominfo(
    session: Session,
) -> None:
    """Who named them would read by a code what they wrote there."""
    become_deputy(SARI, f"{PETANANG_ULU}.001", RAHMAN)
    assert SARI.name not in found(session, HARTONO)
    refused(NotFound, directory.find, session, user_of(HARTONO), user_of(SARI).id)
    assert SARI.name in found(session, AGUS)
    become_deputy(MARLINA, PETANANG_ULU, HARTONO)
    assert MARLINA.name in found(session, YUSUF), "her former office lies below the camat's too"
    steps.add_term(SITI, TABA_BARU, until=steps.today() - timedelta(days=1), role="lurah")
    assert SITI.name in found(session, HARTONO), "Diskominfo has made her the head of this RT"


def test_nobody_and_out_of_region_are_told_in_the_same_words(session: Session) -> None:
    there = refused(NotFound, directory.find, session, user_of(SARI), user_of(RAHMAN).id)
    nowhere = refused(NotFound, directory.find, session, user_of(SARI), "nobody")
    assert there.message == nowhere.message


def test_a_closed_account_is_still_looked_after(session: Session) -> None:
    with writing():
        user_of(RAHMAN).active = False
    person, by = directory.find(session, user_of(HARTONO), user_of(RAHMAN).id)
    assert not person.active
    assert by.office
    assert by.office.role.key == "lurah"


def test_who_has_risen_since_they_were_found_is_out_of_reach(app: Flask, session: Session) -> None:
    """Also for whoever had read them just before."""
    lurah, head = user_of(HARTONO), user_of(RAHMAN)
    directory.find(session, lurah, head.id)

    def rise() -> None:
        with writing():
            steps.add_term(RAHMAN, UTARA_I, role="camat")

    assert steps.at_once(app, rise) == [None]
    with pytest.raises(NotFound), writing() as to_change:
        directory.hold(to_change, lurah, head.id)
