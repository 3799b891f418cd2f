"""Offices begin and end on a day; an RT never has two heads on one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, endings, offices, terms, visibility
from sipokat.domain.refusals import NeverAllowed, NotNow, Refused, WrongContent
from sipokat.domain.roles import ROLES
from sipokat.models import Term
from tests import steps
from tests.cast import (
    BARAT_I,
    BEJO,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SITI,
    TABA_BARU,
    YUSUF,
    Person,
)
from tests.steps import OPERATOR, act, days, refused, send, user_of

EMPTY = f"{PETANANG_ULU}.009"  # an RT that nobody has headed


def begin(person: Person, region: str, since: date, until: date | None = None, **said: Any) -> Term:
    with writing() as session:
        role = said.get("role", "rt_head")
        return terms.begin(session, OPERATOR, user_of(person), role, region, since, until)


def end(person: Person, last: date, place: int = 0) -> None:
    with writing() as session:
        user = user_of(person)
        endings.end(session, OPERATOR, user, user.terms[place], last)


def test_a_new_head_takes_over_and_the_former_reads_on_what_he_wrote(session: Session) -> None:
    before = send(RAHMAN)
    end(RAHMAN, days(-1))
    begin(SITI, RAHMAN.region, days(0))
    after = send(SITI, region=RAHMAN.region)
    rahman = user_of(RAHMAN)
    assert visibility.may_see(session, rahman, before)
    assert not visibility.may_see(session, rahman, after)
    refused(NeverAllowed, send, RAHMAN)
    assert send(RAHMAN, on=days(-2)).region_code == RAHMAN.region, "what he saw in his time"
    assert act(SITI, before, "withdraw").status == "withdrawn", "the desk belongs to the office"
    entries = administration.entries_about(session, rahman)
    assert entries[0].action == "end_term"
    assert administration.facts(entries[0].became)["until"] == days(-1).isoformat()
    assert "until" not in administration.facts(entries[0].was)


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        (-20, -11, False),
        (-20, -10, True),
        (-5, -5, True),
        (0, None, True),
        (10, 20, True),
        (11, None, False),
        (-20, None, True),
    ],
)
def test_two_heads_on_one_day_are_refused(
    session: Session, since: int, until: int | None, taken: bool
) -> None:
    begin(SITI, EMPTY, days(-10), days(10))
    given = (MARLINA, EMPTY, days(since), None if until is None else days(until))
    if not taken:
        begin(*given)
        return
    error = refused(NotNow, begin, *given)
    assert "Siti Aminah memegang jabatan Ketua RT 009 Petanang Ulu sejak " in error.message
    assert " sampai " in error.message
    assert len(user_of(MARLINA).terms) == 1


def test_a_closed_account_still_holds_its_rt(session: Session) -> None:
    """It may be opened again; so its term is ended first."""
    assert "Bejo" in refused(NotNow, begin, SITI, BEJO.region, days(0)).message
    end(BEJO, days(-1))
    begin(SITI, BEJO.region, days(0))


def test_several_people_sit_at_one_desk_but_nobody_twice(session: Session) -> None:
    begin(SITI, PETANANG_ULU, days(0), role="lurah")
    assert offices.desks_over(user_of(SITI), RAHMAN.region) == {"kelurahan"}
    assert offices.desks_over(user_of(HARTONO), RAHMAN.region) == {"kelurahan"}
    refused(NotNow, begin, SITI, PETANANG_ULU, days(5), role="lurah")


def test_a_deputy_stands_beside_the_head(session: Session) -> None:
    steps.add_term(SITI, BEJO.region, acts_for=BEJO)
    end(BEJO, days(-1))
    begin(RAHMAN, BEJO.region, days(0))


def test_who_takes_an_rt_at_once_with_another_is_refused(app: Flask, session: Session) -> None:
    def take(person: Person) -> Callable[[], Any]:
        return lambda: begin(person, EMPTY, days(0)).since

    outcomes = steps.at_once(app, take(SITI), take(MARLINA), take(RAHMAN))
    assert [type(one) for one in outcomes if one != days(0)] == [NotNow, NotNow]
    steps.afresh(session)
    heads = [len(user_of(one).terms) for one in (SITI, MARLINA, RAHMAN)]
    assert sorted(heads) == [1, 1, 2]


@pytest.mark.parametrize(
    ("role", "region", "field", "says"),
    [
        ("rt_head", PETANANG_ULU, "region", "tidak cocok dengan jabatan Ketua RT"),
        ("lurah", RAHMAN.region, "region", "tidak cocok dengan jabatan Lurah"),
        ("camat", KOTA, "region", "tidak cocok dengan jabatan Camat"),
        ("lurah", "16.73.99.1001", "region", "Wilayah 16.73.99.1001 tidak ada"),
        ("rt_head", "16.73.99.1001.001", "region", "Wilayah 16.73.99.1001.001 tidak ada"),
        ("rt_head", f"{PETANANG_ULU}.1", "region", "tidak ada"),
        ("viewer", "16", "region", "tidak ada"),
        ("viewer", "", "region", "Isi wilayah"),
        ("walikota", KOTA, "role", "Pilih jabatan"),
    ],
)
def test_a_role_has_its_level(
    session: Session, role: str, region: str, field: str, says: str
) -> None:
    fields = refused(WrongContent, begin, SITI, region, days(0), role=role).fields
    assert list(fields) == [field]
    assert says in fields[field]


def test_an_rt_that_is_not_there_yet_is_added(session: Session) -> None:
    begin(SITI, f"{TABA_BARU}.044", days(0))
    assert send(SITI, region=f"{TABA_BARU}.044").region_code == f"{TABA_BARU}.044"


def test_days_that_cannot_be(session: Session) -> None:
    refused(WrongContent, begin, SITI, EMPTY, days(0), days(-1))
    begin(SITI, EMPTY, days(3), days(10))
    refused(WrongContent, end, SITI, days(2), 1)
    refused(WrongContent, end, SITI, days(11), 1)
    end(SITI, days(5), 1)
    written = len(administration.entries_about(session, user_of(SITI)))
    end(SITI, days(5), 1)
    assert len(administration.entries_about(session, user_of(SITI))) == written, "no change"
    end(RAHMAN, days(-3))
    refused(NotNow, end, RAHMAN, days(0))


def withdraw(person: Person, region: str, since: date, role: str = "rt_head") -> None:
    with writing() as session:
        user = user_of(person)
        endings.withdraw(session, OPERATOR, user, terms.find_from(user, role, region, since))


def test_a_term_with_a_wrong_day_is_taken_back_before_it_begins(session: Session) -> None:
    """Otherwise the RT would be refused to every head after it."""
    begin(SITI, EMPTY, days(13_149))
    error = refused(NotNow, begin, MARLINA, EMPTY, days(0))
    assert "Siti Aminah akan memegang jabatan Ketua RT 009 Petanang Ulu mulai " in error.message
    assert "Batalkan dulu" in error.message
    refused(NotNow, withdraw, SITI, EMPTY, days(13_148))
    refused(NotNow, withdraw, MARLINA, EMPTY, days(13_149))
    withdraw(SITI, EMPTY, days(13_149))
    assert [term.region_code for term in user_of(SITI).terms] == [SITI.region]
    entry = administration.entries_about(session, user_of(SITI))[0]
    assert (entry.action, entry.became) == ("withdraw_term", None)
    assert administration.facts(entry.was)["since"] == days(13_149).isoformat()
    refused(NotNow, withdraw, SITI, EMPTY, days(13_149))
    begin(MARLINA, EMPTY, days(0))


def test_what_has_begun_is_ended_and_never_taken_back(session: Session) -> None:
    begin(SITI, EMPTY, days(0))
    assert "Akhiri" in refused(NotNow, withdraw, SITI, EMPTY, days(0)).message
    begin(SITI, TABA_BARU, days(1), role="lurah")
    with writing() as inner:
        user = user_of(SITI)
        gone = terms.find_from(user, "lurah", TABA_BARU, days(1))
        endings.withdraw(inner, OPERATOR, user, gone)
        refused(NotNow, endings.withdraw, inner, OPERATOR, user, gone)
        refused(NotNow, endings.end, inner, OPERATOR, user, gone, days(3))
    assert len(user_of(SITI).terms) == 2


def test_a_term_is_found_by_its_office(session: Session) -> None:
    today = steps.today()
    user = user_of(SITI)
    assert terms.find(user, "rt_head", SITI.region, today) is user.terms[0]
    begin(SITI, EMPTY, days(-30), days(-10))
    begin(SITI, EMPTY, days(5))
    assert terms.find(user_of(SITI), "rt_head", EMPTY, today).since == days(5)
    refused(NotNow, terms.find, user, "lurah", PETANANG_ULU, today)
    end(RAHMAN, days(-3))
    refused(NotNow, terms.find, user_of(RAHMAN), "rt_head", RAHMAN.region, today)


# --- As what somebody is signed in ----------------------------------------------------------------


def test_who_becomes_lurah_is_an_official_from_that_day_on(session: Session) -> None:
    end(RAHMAN, days(-1))
    begin(RAHMAN, PETANANG_ULU, days(0), role="lurah")
    rahman = user_of(RAHMAN)
    assert offices.main_role(rahman).key == "lurah"
    assert offices.roles_of(rahman) == {"lurah"}


def test_who_is_away_for_the_camat_stays_a_lurah(session: Session) -> None:
    steps.add_term(HARTONO, "16.73.04", role="camat", acts_for=YUSUF)
    assert offices.main_role(user_of(HARTONO)).key == "lurah"


def test_a_head_whose_office_has_ended_and_a_former_diskominfo(session: Session) -> None:
    end(RAHMAN, days(-1))
    assert offices.main_role(user_of(RAHMAN)).key == "rt_head"
    assert offices.roles_of(user_of(RAHMAN)) == {"rt_head"}
    second = steps.newcomer("Wati", "diskominfo", KOTA)
    end(second, days(-1))
    assert offices.roles_of(user_of(second)) == frozenset()


def test_whoever_goes_to_diskominfo_keeps_what_they_wrote_and_no_more(session: Session) -> None:
    """Rahman's outbox holds a report of his time still; Wati, of Diskominfo, never filed one."""
    before, others = send(RAHMAN), send(SITI)
    end(RAHMAN, days(-1))
    begin(RAHMAN, KOTA, days(0), role="diskominfo")
    rahman = user_of(RAHMAN)
    assert offices.roles_of(rahman) == {"diskominfo"}
    assert offices.roles_let_in(rahman) == {"diskominfo", "rt_head"}
    assert visibility.may_see(session, rahman, before)
    assert not visibility.may_see(session, rahman, others)
    assert send(RAHMAN, on=days(-2)).region_code == RAHMAN.region
    refused(NeverAllowed, send, RAHMAN)
    wati = steps.newcomer("Wati", "diskominfo", KOTA)
    begin(wati, EMPTY, days(5))
    assert offices.roles_let_in(user_of(wati)) == {"diskominfo"}
    assert not visibility.reads(user_of(wati))


@pytest.mark.parametrize(
    ("person", "role", "region", "shortest"),
    [
        (RAHMAN, "lurah", TABA_BARU, "lurah"),
        (HARTONO, "rt_head", EMPTY, "lurah"),
        (RAHMAN, "rt_head", EMPTY, "rt_head"),
        (HARTONO, "camat", BARAT_I, "lurah"),
    ],
)
def test_an_official_never_gets_the_session_of_an_rt_head(
    session: Session, person: Person, role: str, region: str, shortest: str
) -> None:
    """Whichever of the two the account was made for."""
    begin(person, region, days(0), role=role)
    life, wanted = offices.lasting(user_of(person)), ROLES[shortest]
    assert (life.idle, life.at_most, life.copies) == (
        wanted.session,
        wanted.session_at_most,
        wanted.copies,
    )


# --- Whatever is begun and ended -----------------------------------------------------------------

MOVES = st.lists(
    st.tuples(
        st.sampled_from([RAHMAN, SITI, MARLINA]),
        st.sampled_from(["begin", "end"]),
        st.integers(-15, 15),
        st.none() | st.integers(0, 12),
    ),
    min_size=2,
    max_size=12,
)


class Undo(Exception):
    """Rolls an example back."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(MOVES)
def test_no_day_has_two_heads_whatever_is_begun_and_ended(app: Flask, moves: list[Any]) -> None:
    with app.app_context():
        try:
            with writing() as session:
                for person, what, day, length in moves:
                    _try(session, person, what, day, length)
                query = session.query(Term).where(Term.region_code == EMPTY).order_by(Term.since)
                heads = query.all()
                for former, next_one in pairwise(heads):
                    assert former.until is not None
                    assert former.since <= former.until < next_one.since
                raise Undo
        except Undo:
            pass


def _try(session: Session, person: Person, what: str, day: int, length: int | None) -> None:
    user = user_of(person)
    try:
        if what == "begin":
            last = None if length is None else days(day + length)
            terms.begin(session, OPERATOR, user, "rt_head", EMPTY, days(day), last)
        else:
            term = terms.find(user, "rt_head", EMPTY, steps.today())
            endings.end(session, OPERATOR, user, term, days(day))
    except Refused:
        pass
