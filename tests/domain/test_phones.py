"""A lost phone: what opened the account on it ends at once, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    activation_use,
    activations,
    administration,
    people,
    phones,
    pins,
    sign_in,
    typed_codes,
)
from sipokat.domain.clock import now
from sipokat.domain.refusals import NotFound, NotSignedIn, WrongContent
from sipokat.domain.sessions import find_session, sign_out
from sipokat.domain.sign_in import SignedIn
from sipokat.models import AdministrativeEntry
from tests.cast import HARTONO, PASSWORD, RAHMAN, SITI, Person
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import refused, user_of

PIN, HOME = "385026", "203.0.113.1"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def make(person: Person = RAHMAN) -> str:
    with writing() as session:
        by = activations.activator(user_of(HARTONO), user_of(person))
        return activations.make(session, by, user_of(person)).code


def activate(device: str, person: Person = RAHMAN, token: str | None = None) -> SignedIn:
    return activation_use.spend(make(person), person.phone[-4:], PIN, HOME, token, device)


def lose(session: Session, device: str, person: Person = RAHMAN) -> str:
    known = {one.device: one.id or 0 for one in phones.phones_of(session, user_of(person))}
    with writing() as to_change:
        by = activations.activator(user_of(HARTONO), user_of(person))
        return phones.lose(to_change, by, user_of(person), known[device])


def test_sessions_pin_and_open_code_end_on_that_phone_alone(session: Session) -> None:
    lost, kept = activate("Chrome di Android"), activate("Firefox di Linux")
    waiting = make()
    assert lose(session, "Chrome di Android") == "Chrome di Android"
    assert find_session(lost.token) is None
    refused(NotSignedIn, pins.enter, PIN, None, lost.device_token, HOME, "x")
    refused(WrongContent, typed_codes.look, waiting, HOME)
    assert find_session(kept.token) is not None
    assert pins.enter(PIN, None, kept.device_token, HOME, "x")
    states = {one.device: one.opens for one in phones.phones_of(session, user_of(RAHMAN))}
    assert states == {"x": True, "Chrome di Android": False}, "and it keeps its name"


def test_somebody_else_on_the_same_phone_is_not_touched(session: Session) -> None:
    first = activate("Chrome di Android")
    second = activate("Chrome di Android", SITI, first.device_token)
    assert second.device_token == first.device_token
    lose(session, "Chrome di Android")
    assert find_session(first.token) is None
    assert find_session(second.token) is not None
    assert pins.enter(PIN, user_of(SITI).id, second.device_token, HOME, "x")


def test_it_stands_in_the_record_with_who_did_it_as_what(session: Session) -> None:
    activate("Chrome di Android")
    lose(session, "Chrome di Android")
    entry = administration.entries_about(session, user_of(RAHMAN))[0]
    assert (entry.action, entry.actor_role) == ("lose_phone", "lurah")
    assert entry.actor == user_of(HARTONO)
    assert administration.facts(entry.was) == {"device": "Chrome di Android"}


def test_a_phone_of_somebody_else_is_none_of_the_account_s(session: Session) -> None:
    activate("Chrome di Android", SITI)
    (hers,) = phones.phones_of(session, user_of(SITI))
    entries = select(AdministrativeEntry.id).order_by(AdministrativeEntry.id)
    before = session.scalars(entries).all()
    by = activations.activator(user_of(HARTONO), user_of(RAHMAN))
    with writing() as to_change:
        refused(NotFound, phones.lose, to_change, by, user_of(RAHMAN), hers.id)
    assert session.scalars(entries).all() == before


def test_a_phone_with_a_password_counts_too(session: Session) -> None:
    sign_in.sign_in(RAHMAN.phone, PASSWORD, HOME, None, "Chrome di Android")
    (phone,) = phones.phones_of(session, user_of(RAHMAN))
    assert (phone.device, phone.opens, phone.by_pin) == ("Chrome di Android", True, False)
    lose(session, "Chrome di Android")
    (phone,) = phones.phones_of(session, user_of(RAHMAN))
    assert not phone.opens


def test_the_last_contact_outlives_its_session(session: Session) -> None:
    """Who has been signed in for weeks and signs out was not silent since they signed in."""
    weeks_ago = now() - timedelta(days=40)
    signed_in = sign_in.sign_in(
        RAHMAN.phone, PASSWORD, HOME, None, "Chrome di Android", now=weeks_ago
    )
    assert find_session(signed_in.token) is not None
    (before,) = phones.phones_of(session, user_of(RAHMAN))
    sign_out(signed_in.token)
    (after,) = phones.phones_of(session, user_of(RAHMAN))
    assert after.last_used_at == before.last_used_at > weeks_ago
    assert not after.opens
