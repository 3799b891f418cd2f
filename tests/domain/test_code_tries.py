"""Codes that nobody has: who guesses gets nowhere, and who misreads theirs waits for nobody."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    activation_use,
    activations,
    code_tries,
    codes,
    people,
    tries,
    typed_codes,
)
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import TooMany, WrongContent
from sipokat.domain.sign_in import SignedIn, area_of
from sipokat.models import SignInFailure
from tests.cast import RAHMAN
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import OPERATOR, refused, user_of

NOW = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
HALL, ELSEWHERE, PIN = "203.0.113.1", "192.0.2.7", "385026"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def make(at: datetime = NOW) -> str:
    with writing() as session:
        return activations.make(session, OPERATOR, user_of(RAHMAN), now=at).code


def spend(code: str, address: str = HALL, at: datetime = NOW) -> SignedIn:
    return activation_use.spend(code, RAHMAN.phone[-4:], PIN, address, None, "Chrome", at)


def guesses() -> Iterator[str]:
    """Codes with a sound check sign that nobody has."""
    return (codes.fresh() for _ in itertools.count())


def guess(code: str, address: str = HALL, at: datetime = NOW) -> None:
    assert "code" in refused(WrongContent, typed_codes.look, code, address, at).fields


def test_mistyping_is_nobodys_guess(session: Session) -> None:
    for typed in ("", "AAAA-AAAA", "HJK4-9MN") * 20:
        guess(typed)
    assert session.scalars(select(SignInFailure)).all() == []


def test_codes_are_guessed_for_a_while_only(session: Session) -> None:
    code, unknown = make(), guesses()
    for _ in range(RULES.unknown_per_network):
        guess(next(unknown))
    error = refused(TooMany, typed_codes.look, code, HALL, NOW)
    assert error.retry_after == RULES.network_pause_seconds
    assert "data seluler" in error.message, "they may have tried no wrong code"
    refused(TooMany, spend, code)
    assert spend(code, ELSEWHERE)


def test_a_wrong_code_that_is_asked_again_and_again_counts_once(session: Session) -> None:
    misread = codes.fresh()
    for _ in range(RULES.unknown_per_network * 2):
        guess(misread)
    assert tries.lately(session, f"code:{HALL}", NOW) == 1
    assert spend(make())
    later = NOW + tries.WINDOW + SECOND
    guess(misread, at=later)
    assert tries.lately(session, f"code:{HALL}", later) == 2


def test_who_has_seen_their_name_goes_on_whatever_others_try_meanwhile(session: Session) -> None:
    code, unknown = make(), guesses()
    typed_codes.look(code, HALL, NOW)
    for _ in range(RULES.unknown_per_network):
        guess(next(unknown))
    refused(TooMany, typed_codes.look, next(unknown), HALL, NOW)
    assert spend(code)


@pytest.mark.whole
def test_a_hall_full_of_heads_waits_for_nobody(session: Session) -> None:
    """A hundred come on one Wi-Fi within a quarter of an hour. Every third has misread two signs so
    that the check sign fits, and taps four times before looking closer: more wrong codes than one
    network may try by itself."""
    heads, unknown = 100, guesses()
    misread = range(0, heads, 3)
    assert len(misread) > RULES.unknown_per_network
    for number in range(heads):
        at = NOW + number * tries.WINDOW / heads
        if number in misread:
            wrong = next(unknown)
            for tap in range(4):
                guess(wrong, at=at + tap * SECOND)
        code = make(at)
        typed_codes.look(code, HALL, at + 5 * SECOND)
        assert spend(code, at=at + 8 * SECOND)


def test_one_who_guesses_in_the_hall_makes_others_wait_for_seconds(session: Session) -> None:
    """And only those who have not seen their name yet."""
    unknown, at = guesses(), NOW
    for _ in range(RULES.unknown_per_network):
        guess(next(unknown))
    error = refused(TooMany, typed_codes.look, make(), HALL, at)
    at += timedelta(seconds=error.retry_after)
    code = make(at)
    typed_codes.look(code, HALL, at)
    for _ in range(RULES.unknown_per_activation):
        assert spend(code, at=at)
        guess(next(unknown), at=at)
        code = make(at)
        typed_codes.look(code, HALL, at)


@pytest.mark.once
def test_many_networks_together_raise_an_alarm_and_shut_nobody_out(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    code, unknown = make(), guesses()
    for number in range(RULES.unknown_in_all):
        guess(next(unknown), f"198.51.{number // 10}.1")
    said = capsys.readouterr().out
    assert said.count("codes_guessed") == RULES.unknown_in_all // RULES.alarm_every
    for number in range(RULES.unknown_fresh):
        guess(next(unknown), f"192.0.2.{number}")
    busy = refused(TooMany, typed_codes.look, code, ELSEWHERE, NOW)
    assert busy.retry_after == RULES.all_pause_seconds, "too many were tried around them"
    assert spend(code, HALL)
    assert spend(make(), HALL), "and where phones are activated nobody waits for other networks"
    for _ in range(RULES.unknown_fresh):
        guess(next(unknown), HALL)
    assert spend(make(), HALL)


@pytest.mark.once
def test_who_tries_at_each_pause_shuts_out_no_other_network(session: Session) -> None:
    """Many networks go on as soon as each may: together they are always there first."""
    code, unknown, at = make(), guesses(), NOW
    for number in range(RULES.unknown_in_all):
        guess(next(unknown), f"198.51.{number // 20}.1", at)
    pause = timedelta(seconds=RULES.all_pause_seconds)
    for number in range(5):
        at += pause
        guess(next(unknown), f"198.52.{number}.1", at)
        assert typed_codes.look(code, f"203.0.{number}.1", at + pause / 2).user.name == "Rahman"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("198.51.100.1", "198.51.100.254", True),
        ("198.51.100.1", "198.51.101.1", False),
        ("::ffff:198.51.100.1", "198.51.100.2", True),
        ("2001:db8:1::1", "2001:db8:ffff::1", True),
        ("2001:db8::1", "2001:db9::1", False),
        ("", "", True),
    ],
)
def test_what_a_guesser_has_many_of_is_one_area(one: str, other: str, alike: bool) -> None:
    assert (area_of(one) == area_of(other)) is alike


@pytest.mark.once
def test_right_codes_are_never_too_many(session: Session) -> None:
    for _ in range(RULES.unknown_per_network + 10):
        code = make()
        typed_codes.look(code, HALL, NOW)
        spend(code)


# --- The arithmetic of docs/decisions.md --------------------------------------------------------

HEADS, DIGITS = 528, 10_000


def per_hour(most: int, pause: int) -> float:
    window = tries.WINDOW.total_seconds()
    return 3600 / window * (most + window / pause)


def test_what_all_networks_together_may_try_in_a_month_finds_no_way_in() -> None:
    """With all codes of a printed city unused for as long as they last, which nobody expects."""
    kinds = len(RULES.alphabet) ** (RULES.signs - 1)
    assert (len(RULES.alphabet), kinds) == (23, 3_404_825_447)
    one = per_hour(RULES.unknown_per_network, RULES.network_pause_seconds)
    everybody = per_hour(RULES.unknown_in_all, RULES.all_pause_seconds)
    assert (one, everybody) == (440, 760)
    codes_found = everybody * 24 * RULES.printed_days * HEADS / kinds
    assert codes_found < 0.09
    # The code ends after a few wrong answers to the last four digits of the number.
    assert codes_found * RULES.failures / DIGITS < 1 / 20_000


def test_the_allowance_grows_with_the_phones_that_are_activated(session: Session) -> None:
    limit = code_tries._limits(HALL, NOW)[0]
    assert limit.most == RULES.unknown_per_network
    for _ in range(3):
        spend(make())
    assert code_tries._limits(HALL, NOW)[0].most == (
        RULES.unknown_per_network + 3 * RULES.unknown_per_activation
    )
    assert code_tries._limits(ELSEWHERE, NOW)[0].most == RULES.unknown_per_network
