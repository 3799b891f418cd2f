"""Which contents a desk compares in a second round, and what is different between two texts."""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipokat.domain import changes
from sipokat.domain.changes import Piece, compared, metres, words
from tests.services.speed import patience


@dataclass(frozen=True)
class Move:
    action: str
    version: int
    from_desk: str | None = None


def told(*moves: tuple[str, str | None]) -> list[Move]:
    return [Move(action, place, desk) for place, (action, desk) in enumerate(moves, 1)]


SENT = ("submit", None)
BACK = ("return", "kelurahan")
MENDED = ("revise", "rt")
UP = ("verify", "kelurahan")
CAMAT_BACK = ("return", "kecamatan")


@pytest.mark.parametrize(
    ("moves", "desk", "pair"),
    [
        ([SENT], "kelurahan", None),
        ([SENT, BACK, MENDED], "kelurahan", (1, 3)),
        ([SENT, BACK, MENDED, BACK, MENDED], "kelurahan", (3, 5)),
        ([SENT, BACK, MENDED, UP], "kecamatan", None),  # the camat has not seen the first one
        ([SENT, UP, CAMAT_BACK], "kelurahan", None),  # nothing was written since
        ([SENT, UP, CAMAT_BACK, BACK, MENDED], "kelurahan", (1, 5)),
        ([SENT, UP, CAMAT_BACK, BACK, MENDED, UP], "kecamatan", (1, 5)),
        ([SENT, UP, CAMAT_BACK, BACK, MENDED, BACK, MENDED, UP], "kecamatan", (1, 7)),
        ([SENT, UP, CAMAT_BACK, UP], "kecamatan", None),
        ([SENT, BACK, MENDED], None, (1, 3)),
        ([SENT, BACK, MENDED, BACK, MENDED, UP], None, (3, 5)),
        ([SENT, UP], None, None),
    ],
)
def test_a_desk_compares_with_what_it_has_decided_on(
    moves: list[tuple[str, str | None]], desk: str | None, pair: tuple[int, int] | None
) -> None:
    assert compared(told(*moves), desk) == pair


def test_what_was_asked_is_the_return_before_the_mending() -> None:
    moves = told(SENT, UP, CAMAT_BACK, BACK, MENDED, UP)
    assert changes.asked(moves) == moves[3]
    assert changes.asked(told(SENT, UP)) is None


@pytest.mark.parametrize(
    ("old", "new", "was", "now"),
    [
        ("Gang 3.", "Gang 3.", [Piece("Gang 3.")], [Piece("Gang 3.")]),
        (
            "Sampah di gang 3.",
            "Sampah di gang 5.",
            [Piece("Sampah di gang "), Piece("3", True), Piece(".")],
            [Piece("Sampah di gang "), Piece("5", True), Piece(".")],
        ),
        (
            "Ada tiga titik.",
            "Ada dua belas titik.",
            [Piece("Ada "), Piece("tiga", True), Piece(" titik.")],
            [Piece("Ada "), Piece("dua belas", True), Piece(" titik.")],
        ),
        (
            "Target Rp12.000.000 saja",
            "Target Rp31.500.000 saja",
            [Piece("Target "), Piece("Rp12.000.000", True), Piece(" saja")],
            [Piece("Target "), Piece("Rp31.500.000", True), Piece(" saja")],
        ),
        ("", "Baru.", [], [Piece("Baru.", True)]),
        ("Lama.", "", [Piece("Lama.", True)], []),
    ],
)
def test_whole_words_are_marked(old: str, new: str, was: list[Piece], now: list[Piece]) -> None:
    assert words(old, new) == (was, now)


texts = st.text(alphabet=st.sampled_from("ab c.\n1"), max_size=60)


@given(texts, texts)
def test_pieces_make_up_their_text_and_what_is_unmarked_is_in_both(old: str, new: str) -> None:
    was, now = words(old, new)
    assert ("".join(one.text for one in was), "".join(one.text for one in now)) == (old, new)
    if old == new:
        assert not any(one.changed for one in (*was, *now))
    elif "".join(old.split()) != "".join(new.split()):
        assert any(one.changed for one in (*was, *now))


def test_the_longest_texts_are_compared_at_once() -> None:
    for old, new in (
        ("Selokan mampat di gang tiga. " * 34, "Selokan mampat di gang lima. " * 34),
        ("a " * 500, "b a " * 250),
        ("!" * 1000, "?!" * 500),
    ):
        spent = process_time()
        was, now = words(old[:1000], new[:1000])
        assert process_time() - spent < patience(0.3)
        assert any(one.changed for one in now)
        assert "".join(one.text for one in was) == old[:1000]


def test_how_far_a_point_has_moved() -> None:
    assert metres((-3.2945, 102.8614), (-3.2945, 102.8614)) == 0
    assert metres((-3.2945, 102.8614), (-3.2954, 102.8614)) == pytest.approx(100, abs=1)
