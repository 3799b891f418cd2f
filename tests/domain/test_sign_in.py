"""Signing in: who gets in, how often one may try, and how long a session lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import accounts, administration, people, phones, sessions, sign_in, tries
from sipokat.domain.refusals import NotSignedIn, TooMany, WrongContent
from sipokat.domain.roles import ROLES
from sipokat.domain.sessions import find_session, sessions_of
from sipokat.domain.sign_in import SignedIn
from sipokat.models import KnownDevice, LoginSession, Region, SignInFailure, User
from sipokat.turns import Busy, Line
from tests import steps
from tests.cast import BEJO, CAST, DEWI, HARTONO, PASSWORD, RAHMAN, SITI, UTARA_I, YUSUF, Person
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.services.speed import tries as tries_of
from tests.steps import refused, user_of

OPERATOR = administration.operator("tests")
NOW = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
UNKNOWN = "0819-9999-9999"
HOME, CAFE = "203.0.113.1", "203.0.113.2"


def enter(
    phone: str = RAHMAN.phone,
    password: str = PASSWORD,
    address: str = HOME,
    device: str | None = None,
    at: datetime = NOW,
) -> SignedIn:
    return sign_in.sign_in(phone, password, address, device, "Chrome di Android", at)


def fail(times: int, *args: Any, **said: Any) -> None:
    for _ in range(times):
        refused(NotSignedIn, enter, *args, password="salah", **said)


NOBODY = people._NOBODY


@pytest.fixture(autouse=True)
def cheap_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown number costs as cheap a hash here as a known one."""
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


@pytest.mark.parametrize("person", [one for one in CAST if one.active], ids=str)
def test_everybody_gets_in_with_their_password(session: Session, person: Person) -> None:
    signed_in = enter(person.phone)
    assert signed_in.user.name == person.name
    found = find_session(signed_in.token, NOW)
    assert found is not None
    assert found.user.id == signed_in.user.id


@pytest.mark.parametrize(
    "typed", ["081200000101", "+6281200000101", "6281200000101", "0812 0000 0101", "0812-0000-0101"]
)
def test_a_number_however_it_is_typed(session: Session, typed: str) -> None:
    assert enter(typed).user.name == "Rahman"


def test_unknown_number_and_wrong_password_are_answered_alike(session: Session) -> None:
    wrong = refused(NotSignedIn, enter, password="salah")
    for phone in (UNKNOWN, BEJO.phone):
        other = refused(NotSignedIn, enter, phone)
        assert vars(other) == vars(wrong)


@pytest.mark.parametrize("typed", ["", "\u200b", "bukan nomor", "0812 0000", "0812" * 500])
def test_what_cannot_be_a_number_is_said_so_and_costs_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """It is the same for every account, and no failure of anybody's."""
    monkeypatch.setattr(people, "_hasher", None)
    for _ in range(6):
        assert list(refused(WrongContent, enter, typed).fields) == ["phone"]
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_every_try_costs_one_hash(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the time does not tell whether an account exists. Counted, because clocks vary."""
    hashes: list[str] = []
    real = people._hasher

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            hashes.append(hashed)
            return real.verify(hashed, password)

    monkeypatch.setattr(people, "_hasher", Counting())
    for phone, password in (
        (RAHMAN.phone, PASSWORD),
        (RAHMAN.phone, "salah"),
        (UNKNOWN, PASSWORD),
        (BEJO.phone, PASSWORD),
    ):
        hashes.clear()
        with suppress(NotSignedIn):
            enter(phone, password)
        assert len(hashes) == 1, phone
        assert hashes[0].startswith("$argon2id$")


def test_passwords_are_kept_as_argon2id_and_nobodys_hash_costs_as_much() -> None:
    ours, nobodys = people.hash_password("rahasia sekali"), NOBODY
    assert ours.startswith("$argon2id$")
    assert ours.split("$")[:4] == nobodys.split("$")[:4]


# Tries.


PAUSE = sign_in.PAIR_PAUSE


def test_five_failures_a_number_from_a_network_and_then_one_every_two_minutes(
    session: Session,
) -> None:
    fail(5)
    error = refused(TooMany, enter)
    assert error.retry_after == PAUSE.total_seconds()
    assert "2 menit" in error.message
    assert error.account == user_of(RAHMAN).id
    assert enter(SITI.phone).user.name == "Siti Aminah"
    fail(1, at=NOW + PAUSE)
    refused(TooMany, enter, at=NOW + PAUSE)
    assert enter(at=NOW + 2 * PAUSE).user.name == "Rahman"


def test_strangers_elsewhere_shut_nobody_out(session: Session) -> None:
    """Not even together, each from a network of their own: the owner's has not failed."""
    for number in range(30):
        with suppress(TooMany, NotSignedIn):
            enter(password="salah", address=f"198.51.100.{number}")
            raise AssertionError("nobody got in")
    assert enter(address=HOME).user.name == "Rahman"


def test_strangers_in_the_same_network_make_a_new_phone_wait_but_not_for_ever(
    session: Session,
) -> None:
    """Twenty wrong tries an hour on the number, day after day, from the owner's own network."""
    at = NOW
    for _hour in range(3):
        for _try in range(20):
            with suppress(TooMany, NotSignedIn):
                enter(password="salah", at=at)
            at += timedelta(minutes=3)
    for _ in range(3):  # at the latest after what the refusal said
        try:
            signed_in = enter(at=at)
            break
        except TooMany as error:
            at += timedelta(seconds=error.retry_after)
    assert signed_in.user.name == "Rahman"


@pytest.mark.whole
def test_many_networks_together_have_few_tries_at_a_number(session: Session) -> None:
    """Each may try a few times in a day; after that, what is left is one try in two minutes."""
    made = 0
    for number in range(40):
        for _ in range(5):
            try:
                enter(password="salah", address=f"198.51.100.{number}")
            except NotSignedIn:
                made += 1
            except TooMany:
                break
    assert made <= 40 * sign_in.FRESH + sign_in.PER_NUMBER


def test_a_network_of_ipv6_is_one(session: Session) -> None:
    """A phone has 2^64 addresses to itself."""
    for number in range(5):
        fail(1, address=f"2001:db8:1:2::{number:x}")
    refused(TooMany, enter, address="2001:db8:1:2:ffff::1")
    fail(1, address="2001:db8:1:3::1")


def test_a_crowded_network_is_not_shut_for_ever(session: Session) -> None:
    """A hundred wrong tries on other numbers came from it in these minutes."""
    with writing():
        session.add_all(SignInFailure(key=f"address:{HOME}", at=NOW) for _ in range(100))
    error = refused(TooMany, enter)
    assert error.retry_after == sign_in.NETWORK_PAUSE.total_seconds()
    assert enter(at=NOW + sign_in.NETWORK_PAUSE).user.name == "Rahman"


@pytest.mark.once
def test_who_knows_the_password_has_a_rate_too(session: Session) -> None:
    for _ in range(sign_in.PER_ACCOUNT):
        sessions.sign_out(enter().token)
    error = refused(TooMany, enter)
    assert error.account == user_of(RAHMAN).id
    assert enter(SITI.phone)
    assert enter(at=NOW + timedelta(minutes=1))


def test_a_refused_try_writes_nothing_and_waits_for_no_lock(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(5)
    before = session.scalar(select(func.count()).select_from(SignInFailure))

    def no_lock(*_said: Any, **_more: Any) -> None:
        raise AssertionError("it asked for the lock")

    monkeypatch.setattr(tries, "writing", no_lock)
    refused(TooMany, enter)
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == before


def test_only_few_passwords_are_checked_at_once(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two in this process, as there are two; some wait, and the others are sent away at once."""
    monkeypatch.setattr(people, "_hashing", None)
    people.share_hashes(2)
    monkeypatch.setattr(people._hashing, "_seconds", 3600)
    most, now_checked, lock = 0, 0, threading.Lock()
    told: list[Busy] = []

    def check(_user: Any, _password: str) -> bool:
        nonlocal most, now_checked
        with lock:
            now_checked += 1
            most = max(most, now_checked)
        for _ in tries_of(20):
            if most == 2 and len(told) == 11:
                break
        with lock:
            now_checked -= 1
        return False

    monkeypatch.setattr(sign_in, "password_matches", check)

    def come(number: int) -> None:
        try:
            enter(phone=f"0813 0000 00{number:02}", address=f"198.51.100.{number}")
        except Busy as busy:
            told.append(busy)
            raise

    deeds = [partial(come, number) for number in range(16)]
    outcomes = [type(one).__name__ for one in steps.at_once(app, *deeds)]
    assert most == 2
    assert sorted(outcomes) == ["Busy"] * 11 + ["NotSignedIn"] * 5


def test_however_the_number_is_typed_it_is_one(session: Session) -> None:
    for typed in ("081200000101", "+62 812 0000 0101", "6281200000101", "0812-0000-0101"):
        fail(1, typed)
    fail(1)
    refused(TooMany, enter)


def test_a_number_without_an_account_has_its_limit_too(session: Session) -> None:
    fail(5, UNKNOWN)
    refused(TooMany, enter, UNKNOWN)
    refused(NotSignedIn, enter, "0819 0000 0001")


def test_a_refused_try_does_not_lengthen_the_wait(session: Session) -> None:
    fail(5)
    for second in range(100):
        refused(TooMany, enter, at=NOW + timedelta(seconds=second))
    assert enter(at=NOW + PAUSE)


def test_only_failures_count(session: Session) -> None:
    for _ in range(8):
        enter()
    fail(4)
    enter()
    # Each of the four failures counts under three keys.
    failed = select(func.count()).where(SignInFailure.key.not_like("account:%"))
    assert session.scalar(failed) == 12


def test_limits_hold_for_tries_at_the_same_moment(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a database session of its own, as several server processes would."""
    monkeypatch.setattr(people, "_hashing", Line(at_once=16, waiting=16, seconds=60))
    outcomes = steps.at_once(app, *[partial(enter, password="salah")] * 16)
    kinds = [type(one) for one in outcomes]
    assert sorted(kind.__name__ for kind in kinds) == ["NotSignedIn"] * 5 + ["TooMany"] * 11


def test_failures_count_across_applications_on_one_database(app: Flask, session: Session) -> None:
    from sipokat import create_app

    fail(5)
    second = create_app({"SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]})
    with second.app_context():
        refused(TooMany, enter)
        steps.db.session.remove()
        steps.db.engine.dispose()


# A phone on which the account has signed in before has an allowance of its own.


def test_nobody_can_lock_another_out(session: Session) -> None:
    known = enter().device_token
    fail(5, address=CAFE)
    refused(TooMany, enter, address=CAFE)
    assert enter(address=CAFE, device=known).user.name == "Rahman"


def test_a_known_phone_has_five_tries_of_its_own(session: Session) -> None:
    known = enter().device_token
    fail(5, device=known)
    assert refused(TooMany, enter, device=known).retry_after == WINDOW.total_seconds()
    assert enter(address=CAFE).user.name == "Rahman", "and they are not counted for the number"


def test_a_phone_is_known_to_the_accounts_that_signed_in_on_it(session: Session) -> None:
    """Two people who share a phone do not use up each other's allowance."""
    shared = enter().device_token
    fail(5, SITI.phone, device=shared)
    refused(TooMany, enter, SITI.phone, device=shared)
    assert enter(SITI.phone, device=shared, at=NOW + WINDOW).device_token == shared
    assert session.scalar(select(func.count()).select_from(KnownDevice)) == 2
    for person in (RAHMAN, SITI):
        fail(5, person.phone, address=CAFE, at=NOW + WINDOW)
        assert enter(person.phone, device=shared, at=NOW + WINDOW).device_token == shared


def test_a_made_up_device_is_not_known(session: Session) -> None:
    fail(3, device="x" * 43)
    fail(2, device="y" * 43)
    refused(TooMany, enter, device="z" * 43)


def test_a_known_phone_keeps_its_token(session: Session) -> None:
    first = enter().device_token
    assert enter(device=first).device_token == first
    assert session.scalar(select(func.count()).select_from(KnownDevice)) == 1


# Sessions.


def test_only_hashes_of_tokens_are_kept(session: Session) -> None:
    signed_in = enter()
    kept = {row.token_hash for row in session.scalars(select(LoginSession))}
    kept |= {row.token_hash for row in session.scalars(select(KnownDevice))}
    assert kept == {sign_in.hashed(signed_in.token), sign_in.hashed(signed_in.device_token)}
    assert signed_in.token not in kept


@pytest.mark.parametrize("token", [None, "", "x" * 43])
def test_no_session_without_its_token(session: Session, token: str | None) -> None:
    enter()
    assert find_session(token, NOW) is None


@pytest.mark.parametrize(
    ("person", "life"),
    [(RAHMAN, timedelta(days=90)), (HARTONO, timedelta(hours=12)), (DEWI, timedelta(hours=12))],
    ids=str,
)
def test_a_session_lasts_so_long_since_its_last_use(
    session: Session, person: Person, life: timedelta
) -> None:
    token = enter(person.phone).token
    used = NOW + life - timedelta(seconds=1)
    assert find_session(token, used) is not None
    again = used + life - timedelta(seconds=1)
    assert find_session(token, again) is not None
    assert find_session(token, again + life + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("person", "most"),
    [(RAHMAN, timedelta(days=180)), (HARTONO, timedelta(days=7)), (DEWI, timedelta(days=7))],
    ids=str,
)
def test_a_session_ends_so_long_after_signing_in_whatever_its_use(
    session: Session, person: Person, most: timedelta
) -> None:
    token = enter(person.phone).token
    end, step = NOW + most, ROLES[person.role].session / 2
    at = NOW + step
    while at <= end:
        found = find_session(token, at)
        assert found is not None, "it is used all the time"
        assert found.lasts(at) <= end - at
        at += step
    assert find_session(token, end) is not None
    over = end + timedelta(seconds=1)
    assert find_session(token, over) is None
    assert sessions_of(session, user_of(person), over) == []


def test_every_role_has_its_session_life() -> None:
    lives = {key: role.session for key, role in ROLES.items()}
    assert lives.pop("rt_head") == timedelta(days=90)
    assert set(lives.values()) == {timedelta(hours=12)}


def test_sign_out_ends_that_session_only(session: Session) -> None:
    here, there = enter().token, enter().token
    sessions.sign_out(here)
    assert find_session(here, NOW) is None
    assert find_session(there, NOW) is not None
    sessions.sign_out(here)
    sessions.sign_out(None)


def test_a_new_password_ends_all_sessions(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    tokens = [enter().token, enter().token]
    other = enter(SITI.phone).token
    with writing():
        hashed = people.hash_password("kata sandi baru")
        accounts.set_password(session, OPERATOR, user_of(RAHMAN), hashed)
    assert [find_session(token, NOW) for token in tokens] == [None, None]
    assert find_session(other, NOW) is not None
    refused(NotSignedIn, enter)
    assert enter(password="kata sandi baru")


def set_new_password() -> None:
    with writing() as session:
        hashed = CHEAP_HASHER.hash("kata sandi baru")
        accounts.set_password(session, OPERATOR, user_of(RAHMAN), hashed)


def close_account() -> None:
    with writing() as session:
        accounts.disable(session, OPERATOR, user_of(RAHMAN))


@pytest.mark.parametrize("change", [set_new_password, close_account])
def test_what_ends_all_sessions_ends_the_one_that_is_being_opened(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]
) -> None:
    """All sessions are ended while the sign-in still checks the old password."""
    real = people.password_matches

    def slow(*given: Any) -> bool:
        assert steps.at_once(app, change) == [None]
        return real(*given)

    monkeypatch.setattr(sign_in, "password_matches", slow)
    refused(NotSignedIn, enter)
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_a_closed_account_ends_all_sessions_and_opens_none(session: Session) -> None:
    token = enter().token
    with writing():
        accounts.disable(session, OPERATOR, user_of(RAHMAN))
    assert find_session(token, NOW) is None
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
    refused(NotSignedIn, enter)


def test_a_session_of_a_closed_account_is_not_accepted(session: Session) -> None:
    token = enter().token
    with writing():
        user = user_of(RAHMAN)
        user.active = False
    assert find_session(token, NOW) is None


def test_one_sees_and_ends_ones_own_sessions(session: Session) -> None:
    old = enter().token
    new = enter(at=NOW + timedelta(days=1)).token
    others = enter(SITI.phone).token
    rahman = user_of(RAHMAN)
    first, second = sessions_of(session, rahman, NOW + timedelta(days=1))
    assert (first.device, first.last_used_at) == ("Chrome di Android", NOW + timedelta(days=1))
    (of_siti,) = sessions_of(session, user_of(SITI), NOW)
    phones.put_out(rahman, second.id)
    phones.put_out(rahman, of_siti.id)
    assert find_session(old, NOW) is None
    assert find_session(new, NOW) is not None
    assert find_session(others, NOW) is not None


def test_dead_sessions_are_not_listed(session: Session) -> None:
    enter()
    assert sessions_of(session, user_of(RAHMAN), NOW + timedelta(days=91)) == []


def test_whoever_is_signed_in_is_the_same_however_they_are_looked_up(session: Session) -> None:
    """By plain rows in a session that knows nobody, by a query for objects in one that does."""
    steps.add_term(HARTONO, UTARA_I, until=NOW.date(), role="camat", acts_for=YUSUF)
    token = enter(HARTONO.phone).token

    def told(user: User) -> list[dict[str, Any]]:
        return [
            {column.key: getattr(one, column.key) for column in inspect(type(one)).column_attrs}
            for one in (user, *user.terms)
        ]

    session.expunge_all()
    plain = find_session(token, NOW)
    assert plain is not None
    assert plain.user in session
    assert not session.dirty
    by_rows = told(plain.user)
    session.expunge_all()
    session.scalars(select(Region)).first()
    queried = find_session(token, NOW)
    assert queried is not None
    assert by_rows == told(queried.user)
    assert (plain.id, plain.last_used_at) == (queried.id, queried.last_used_at)


def test_whoever_was_looked_up_can_be_changed(session: Session) -> None:
    token = enter(HARTONO.phone).token
    session.expunge_all()
    found = find_session(token, NOW)
    assert found is not None
    with writing():
        found.user.name = "Hartono, S.Sos."
        found.user.terms[0].until = NOW.date()
    steps.afresh(session)
    user = user_of(HARTONO)
    assert (user.name, user.terms[0].until) == ("Hartono, S.Sos.", NOW.date())
