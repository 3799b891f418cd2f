"""Accounts are closed, opened and changed, each time with an entry that nobody changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import accounts, administration, endings, people, phones, sign_in
from sipokat.domain.refusals import NeverAllowed, NotNow, NotSignedIn, WrongContent
from sipokat.domain.sessions import find_session
from sipokat.models import AdministrativeEntry, LoginSession, User
from tests import steps
from tests.cast import AGUS, BEJO, HARTONO, KOTA, PASSWORD, PETANANG_ULU, RAHMAN, SITI, Person
from tests.services.database import CHEAP
from tests.steps import OPERATOR, refused, user_of


@pytest.fixture(autouse=True)
def cheap_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def enter(person: Person) -> str:
    return sign_in.sign_in(person.phone, PASSWORD, "203.0.113.1", None, "Chrome di Android").token


def do(verb: Callable[..., Any], person: Person, *given: Any, by: Any = OPERATOR) -> Any:
    with writing() as session:
        return verb(session, by, user_of(person), *given)


def newest(session: Session, person: Person) -> dict[str, Any]:
    """The newest entry about this person, without its id and time."""
    entry = administration.entries_about(session, user_of(person))[0]
    read = {"was": json.loads(entry.was or "null"), "became": json.loads(entry.became or "null")}
    who = entry.actor.name if entry.actor else entry.operator
    return {"who": who, "role": entry.actor_role, "action": entry.action, **read}


def how_many(session: Session) -> int:
    return len(session.scalars(select(AdministrativeEntry.id)).all())


def test_a_closed_account_is_out_at_once_and_an_opened_one_signs_in_again(session: Session) -> None:
    tokens, other = [enter(RAHMAN), enter(RAHMAN)], enter(SITI)
    do(accounts.disable, RAHMAN)
    assert [find_session(token) for token in tokens] == [None, None]
    assert find_session(other) is not None
    refused(NotSignedIn, enter, RAHMAN)
    assert newest(session, RAHMAN) == {
        "who": "budi",
        "role": None,
        "action": "disable",
        "was": {"active": True, "sessions": 2},
        "became": {"active": False},
    }
    do(accounts.enable, RAHMAN)
    assert find_session(tokens[0]) is None, "an ended session stays ended"
    assert newest(session, RAHMAN)["action"] == "enable"
    assert find_session(enter(RAHMAN)) is not None


def test_who_was_a_person_stands_in_the_entry_as_what_they_acted(session: Session) -> None:
    by = administration.diskominfo(user_of(AGUS))
    do(accounts.disable, RAHMAN, by=by)
    (entry,) = administration.entries_about(session, user_of(RAHMAN), 1)
    assert (entry.actor_id, entry.actor_role, entry.actor_region, entry.operator) == (
        user_of(AGUS).id,
        "diskominfo",
        KOTA,
        None,
    )
    steps.end_term(AGUS, steps.today() - timedelta(days=1))
    steps.afresh(session)
    assert administration.entries_about(session, user_of(RAHMAN), 1)[0].actor_role == "diskominfo"
    refused(NeverAllowed, administration.diskominfo, user_of(AGUS))


@pytest.mark.parametrize("person", [RAHMAN, HARTONO, BEJO], ids=str)
def test_nobody_else_acts_for_diskominfo(session: Session, person: Person) -> None:
    refused(NeverAllowed, administration.diskominfo, user_of(person))


def test_what_changes_nothing_is_no_entry(session: Session) -> None:
    before = how_many(session)
    refused(NotNow, do, accounts.disable, BEJO)
    refused(NotNow, do, accounts.enable, RAHMAN)
    do(accounts.change_name, RAHMAN, " Rahman ")
    do(accounts.change_phone, RAHMAN, "+62 812-0000-0101")
    refused(WrongContent, do, accounts.change_name, RAHMAN, "\u200b ")
    refused(WrongContent, do, accounts.change_name, RAHMAN, "x" * 81)
    refused(WrongContent, do, accounts.change_phone, RAHMAN, "0812")
    assert how_many(session) == before


def test_a_new_name_and_number(session: Session) -> None:
    token = enter(RAHMAN)
    do(accounts.change_name, RAHMAN, "Rahman Hakim")
    assert newest(session, RAHMAN)["was"] == {"name": "Rahman"}
    do(accounts.change_phone, RAHMAN, "0813 0000 0001")
    moved = Person("081300000001", "Rahman Hakim", "rt_head", RAHMAN.region)
    assert newest(session, moved)["became"] == {"phone": "+6281300000001"}
    assert find_session(token) is not None, "changing the number signs nobody out"
    refused(NotSignedIn, enter, RAHMAN)
    assert find_session(enter(moved)) is not None


def test_a_number_is_one_accounts_closed_ones_too(session: Session) -> None:
    for taken in (SITI, BEJO):
        error = refused(WrongContent, do, accounts.change_phone, RAHMAN, taken.phone)
        assert "sudah dipakai" in error.fields["phone"]
    assert user_of(RAHMAN).name == "Rahman"


def test_all_sessions_of_one_person_are_ended(session: Session) -> None:
    tokens, other = [enter(RAHMAN), enter(RAHMAN)], enter(SITI)
    assert do(accounts.end_sessions, RAHMAN) == 2
    assert [find_session(token) for token in tokens] == [None, None]
    assert find_session(other) is not None
    assert newest(session, RAHMAN)["was"] == {"sessions": 2}
    assert find_session(enter(RAHMAN)) is not None


def test_a_new_account_is_an_entry_and_never_a_second_head(session: Session) -> None:
    given = ("081300000001", "Budi", "rt_head")
    says = "Rahman memegang jabatan Ketua RT 001 Petanang Ulu"
    with pytest.raises(NotNow, match=says), writing() as inner:
        accounts.create(inner, OPERATOR, *given, RAHMAN.region, CHEAP)
    assert people.find_by_phone(session, given[0]) is None
    with writing() as inner:
        accounts.create(inner, OPERATOR, *given, f"{PETANANG_ULU}.009", CHEAP)
    budi = Person(given[0], "Budi", "rt_head", f"{PETANANG_ULU}.009")
    assert newest(session, budi)["became"]["region"] == budi.region
    with writing() as inner:
        accounts.create(inner, OPERATOR, "081300000002", "Wati", "lurah", PETANANG_ULU, CHEAP)


def test_ones_own_password_and_session_are_entries_by_oneself(session: Session) -> None:
    enter(RAHMAN)
    rahman = user_of(RAHMAN)
    phones.put_out(rahman, session.scalars(select(LoginSession.id)).one())
    assert newest(session, RAHMAN) == {
        "who": "Rahman",
        "role": "rt_head",
        "action": "end_session",
        "was": {"device": "Chrome di Android"},
        "became": None,
    }
    phones.put_out(rahman, 0)
    enter(SITI)
    phones.put_out(rahman, session.scalars(select(LoginSession.id)).one())
    assert len(session.scalars(select(LoginSession.id)).all()) == 1
    with writing() as inner:
        accounts.set_password(inner, administration.oneself(rahman), rahman, CHEAP)
    actions = [one.action for one in administration.entries_about(session, rahman)]
    assert actions == ["set_password", "end_session", "new_phone", "create"]
    assert PASSWORD not in repr(newest(session, RAHMAN))
    assert CHEAP not in repr(newest(session, RAHMAN))


# --- The last account of Diskominfo --------------------------------------------------------------


def test_the_last_account_of_diskominfo_is_not_closed(session: Session) -> None:
    assert refused(NotNow, do, accounts.disable, AGUS).code == "last_diskominfo"
    second = steps.newcomer("Wati", "diskominfo", KOTA)
    do(accounts.disable, AGUS)
    refused(NotNow, do, accounts.disable, second)
    do(accounts.enable, AGUS)
    do(accounts.disable, second)


def test_nor_the_last_that_goes_on(session: Session) -> None:
    """The other one's office ends in a week: then nobody would be left."""
    second = steps.newcomer("Wati", "diskominfo", KOTA)
    steps.end_term(second, steps.today() + timedelta(days=7))
    refused(NotNow, do, accounts.disable, AGUS)
    do(accounts.disable, second)


def test_nor_one_that_takes_over_later(session: Session) -> None:
    """Agus's term ends in ten days, Wati's begins then: each is the last in their time."""
    second = steps.newcomer("Wati", "diskominfo", KOTA, steps.today() + timedelta(days=11))
    do(endings.end, AGUS, user_of(AGUS).terms[0], steps.today() + timedelta(days=10))
    for person in (second, AGUS):
        assert refused(NotNow, do, accounts.disable, person).code == "last_diskominfo"
    refused(NotNow, do, endings.withdraw, second, user_of(second).terms[0])
    for last in (steps.today() + timedelta(days=5), steps.today()):
        refused(NotNow, do, endings.end, AGUS, user_of(AGUS).terms[0], last)
    third = steps.newcomer("Joko", "diskominfo", KOTA, steps.today() + timedelta(days=11))
    do(accounts.disable, second)
    refused(NotNow, do, accounts.disable, third)


def test_several_together_may_go_on_for_one(session: Session) -> None:
    """One until next week, and one from the day after."""
    week = steps.today() + timedelta(days=7)
    steps.end_term(steps.newcomer("Wati", "diskominfo", KOTA), week)
    third = steps.newcomer("Joko", "diskominfo", KOTA, week + timedelta(days=2))
    refused(NotNow, do, accounts.disable, AGUS)
    with writing():
        user_of(third).terms[0].since = week + timedelta(days=1)
    do(accounts.disable, AGUS)


def test_nor_does_its_office_end(session: Session) -> None:
    today = steps.today()
    term = user_of(AGUS).terms[0]
    for last in (today, today + timedelta(days=400), today - timedelta(days=400)):
        assert refused(NotNow, do, endings.end, AGUS, term, last).code == "last_diskominfo"
    steps.newcomer("Wati", "diskominfo", KOTA, today)
    do(endings.end, AGUS, term, today)
    assert user_of(AGUS).terms[0].until == today


def test_somebody_of_another_office_is_none_of_diskominfo(session: Session) -> None:
    """Closed accounts and other roles keep nothing open."""
    second = steps.newcomer("Wati", "diskominfo", KOTA)
    do(accounts.disable, second)
    steps.newcomer("Joko", "pemerintahan", KOTA)
    refused(NotNow, do, accounts.disable, AGUS)


def test_two_that_close_each_other_at_once_leave_one(app: Flask, session: Session) -> None:
    second = steps.newcomer("Wati", "diskominfo", KOTA)

    def close(person: Person) -> Callable[[], str]:
        def work() -> str:
            try:
                do(accounts.disable, person)
            except NotNow:
                return "refused"
            return "closed"

        return work

    assert sorted(steps.at_once(app, close(AGUS), close(second))) == ["closed", "refused"]
    steps.afresh(session)
    assert sorted((user_of(AGUS).active, user_of(second).active)) == [False, True]


def test_accounts_are_counted_by_role(session: Session) -> None:
    everybody = session.scalars(select(User)).all()
    counted = accounts.count_by_role(session)
    assert sum(counted.values()) == len(everybody)
    assert counted["rt_head"] == sum(one.role == "rt_head" for one in everybody)
