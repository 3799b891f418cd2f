"""Codes that are read out: what is mistyped is found before anybody is asked."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sipokat.domain import codes
from sipokat.domain.codes import RULES
from tests.services.matrix import CHARACTERS

CODES = st.text(RULES.alphabet, min_size=RULES.signs - 1, max_size=RULES.signs - 1).map(
    lambda signs: signs + codes.check_sign(signs)
)


def test_no_sign_looks_like_another() -> None:
    for likes in ("0ODQ", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(likes) & set(RULES.alphabet)) <= 2
    assert not set("01258BILOSUVZ") & set(RULES.alphabet)
    assert len(set(RULES.alphabet)) == len(RULES.alphabet) == 23


def test_a_new_code_is_one_and_another_each_time() -> None:
    made = {codes.fresh() for _ in range(200)}
    assert len(made) == 200
    assert all(codes.read(one) == one for one in made)


@given(CODES, st.integers(0, RULES.signs - 1), st.sampled_from(RULES.alphabet))
def test_one_wrong_sign_is_found(code: str, place: int, sign: str) -> None:
    assume(code[place] != sign)
    assert codes.read(code[:place] + sign + code[place + 1 :]) is None


@given(CODES)
def test_two_signs_that_changed_places_are_found(code: str) -> None:
    for left, right in itertools.combinations(range(RULES.signs - 1), 2):
        signs = list(code)
        signs[left], signs[right] = signs[right], signs[left]
        if signs != list(code):
            assert codes.read("".join(signs)) is None


@given(CODES)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    for typed in (codes.shown(code), code.lower(), " ".join(code), f"\u200b{codes.shown(code)} "):
        assert codes.read(typed) == code


@given(st.text(CHARACTERS, max_size=12))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    found = codes.read(typed)
    assert found is None or len(found) == RULES.signs


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "0000-0000", "ABC", "A" * 500])
def test_what_is_no_code(typed: str) -> None:
    assert codes.read(typed) is None
