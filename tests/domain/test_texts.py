"""Texts as people paste them: what is kept of them, and how long they are."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from sipokat.domain import texts
from sipokat.domain.categories import categories
from sipokat.domain.content import check
from sipokat.domain.refusals import WrongContent
from tests.cast import HARTONO, RAHMAN
from tests.steps import act, raw, refused, send
from tests.text_cases import EMPTY, READ

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("typed", "kept"), READ.items(), ids=ascii)
def test_a_text_is_kept_without_what_turns_what_follows_it(typed: str, kept: str) -> None:
    assert texts.read(typed) == kept


@pytest.mark.parametrize("typed", EMPTY, ids=ascii)
def test_a_text_of_which_nothing_is_seen_is_empty(typed: str) -> None:
    assert texts.read(typed) == ""
    with pytest.raises(WrongContent) as caught:
        check(categories()["keagamaan"], raw("keagamaan", TODAY, text=typed), TODAY)
    assert list(caught.value.fields) == ["text"]


@pytest.mark.parametrize("typed", EMPTY, ids=ascii)
def test_neither_place_nor_note_is_given_by_what_is_not_seen(session: Session, typed: str) -> None:
    error = refused(WrongContent, send, RAHMAN, "pembangunan", place_text=typed)
    assert list(error.fields) == ["place"]
    report = send(RAHMAN)
    note = texts.read(typed)
    assert list(refused(WrongContent, act, HARTONO, report, "return", note=note).fields) == ["note"]


def test_what_is_too_long_is_said_by_how_much_in_characters() -> None:
    category = categories()["pemerintahan"]

    def wrong(**said: str) -> dict[str, str]:
        with pytest.raises(WrongContent) as caught:
            check(category, raw("pemerintahan", TODAY, **said), TODAY)
        return caught.value.fields

    assert wrong(text="x" * 1300)["text"].endswith("Kurangi 300 huruf.")
    assert wrong(place_text="x" * 201)["place_text"].endswith("Kurangi 1 huruf.")
    assert check(category, raw("pemerintahan", TODAY, text="\U0001f600" * 600), TODAY)
    assert check(category, raw("pemerintahan", TODAY, text="\U0001f600" * 1000), TODAY)
    assert wrong(text="\U0001f600" * 1001)["text"].endswith("Kurangi 1 huruf.")


def test_what_is_looked_for_is_one_line_of_what_is_seen() -> None:
    assert texts.plain(" Pak \u00a0 Har\u200btono\ufeff\r\n") == "Pak Hartono"
    assert texts.plain("\u202eRT\u2066") == "RT"
    assert texts.plain(None) == ""
