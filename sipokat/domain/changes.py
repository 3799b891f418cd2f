"""What a report's second round has changed: which contents a desk compares, and word by word how
one text became another. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any, Protocol

from sipokat.domain.chain import DECISIONS

WRITING = ("submit", "revise")
# A word or number, or a sign, and the blank behind it; a blank that the text begins with by itself.
_WORDS = re.compile(r"(\w+(?:[.,]\w+)*|[^\w\s]|^(?=\s))(\s*)")
MOST = 40_000  # pairs of words that are compared: some 10 ms
_EARTH_M = 6_371_000


class Moved(Protocol):
    """A move of a report, as its event tells it."""

    @property
    def action(self) -> str: ...
    @property
    def version(self) -> int | None: ...
    @property
    def from_desk(self) -> str | None: ...


def compared(moves: Sequence[Moved], desk: str | None) -> tuple[int, int] | None:
    """The versions of the two contents that are compared: the one on which this desk has decided
    last, and the present one. Without a desk it is the one before the present one. None where the
    desk has decided on no other content."""
    written = [move.version or 0 for move in moves if move.action in WRITING]
    seen = written[:-1]
    if desk is not None:
        decided = [m.version or 0 for m in moves if m.action in DECISIONS and m.from_desk == desk]
        seen = [version for version in written if decided and version < decided[-1]]
    return (seen[-1], written[-1]) if seen and seen[-1] != written[-1] else None


def asked(moves: Sequence[Any]) -> Any:
    """The return after which the present content was written; None for the first content."""
    places = [place for place, move in enumerate(moves) if move.action in WRITING]
    before = moves[: places[-1]]
    return next((move for move in reversed(before) if move.action == "return"), None)


@dataclass(frozen=True)
class Piece:
    """A part of a text; `changed` if the other text does not have it."""

    text: str
    changed: bool = False


def words(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, whole words, of which those are marked that the other does not have."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    kept = _kept([word for word, _ in left], [word for word, _ in right])
    was, now = {i for i, _ in kept}, {j for _, j in kept}
    return _pieces(left, was), _pieces(right, now)


def _kept(left: list[str], right: list[str]) -> list[tuple[int, int]]:
    """The places of a longest row of words that both have. What both begin and end with is found at
    once; where too much is left between for a page to wait, none of that is said to be kept."""
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < min(len(left), len(right)) - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    ends = [(i, i) for i in range(head)]
    ends += [(len(left) - i, len(right) - i) for i in range(tail, 0, -1)]
    one, two = left[head : len(left) - tail], right[head : len(right) - tail]
    if len(one) * len(two) > MOST:
        return ends
    return ends + [(head + i, head + j) for i, j in _longest(one, two)]


def _longest(one: list[str], two: list[str]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence, by the table of the lengths of all."""
    lengths = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        here, below = lengths[i], lengths[i + 1]
        for j in range(len(two) - 1, -1, -1):
            here[j] = below[j + 1] + 1 if one[i] == two[j] else max(below[j], here[j + 1])
    found, i, j = [], 0, 0
    while i < len(one) and j < len(two):
        if one[i] == two[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _pieces(tokens: list[tuple[str, str]], kept: set[int]) -> list[Piece]:
    """The text of these words, each with the blank behind it, in as few pieces as there are. A
    blank between two changed words is changed."""
    parts: list[Piece] = []

    def add(text: str, changed: bool) -> None:
        if text and parts and parts[-1].changed == changed:
            text = parts.pop().text + text
        if text:
            parts.append(Piece(text, changed))

    for place, (word, blank) in enumerate(tokens):
        changed = bool(word) and place not in kept
        add(word, changed)
        more = changed and place + 1 < len(tokens) and place + 1 not in kept
        add(blank, more)
    return parts


def metres(old: tuple[float, float], new: tuple[float, float]) -> float:
    """How far apart two points (latitude, longitude) are."""
    (south, west), (north, east) = old, new
    up, across = radians(north - south) / 2, radians(east - west) / 2
    part = sin(up) ** 2 + cos(radians(south)) * cos(radians(north)) * sin(across) ** 2
    return 2 * _EARTH_M * asin(sqrt(part))
