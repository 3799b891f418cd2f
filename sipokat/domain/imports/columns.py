"""Which column of a spreadsheet holds what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

_HEAD_ROWS = 20  # so many rows are looked at for the heads; titles may stand above them
_LABEL_MAX = 60


@dataclass(frozen=True)
class Field:
    """What a column may hold, and the heads by which it is known."""

    label: str
    needed: bool
    heads: tuple[str, ...]


FIELDS: dict[str, Field] = {
    key: Field(facts["label"], facts["needed"], tuple(facts["heads"]))
    for key, facts in tomllib.loads(
        files("sipokat.data").joinpath("imports.toml").read_text("utf-8")
    ).items()
}
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """`heads` name every column; `columns` is the column of each field that was recognised, counted
    from 0; `rows` are those below the heads."""

    heads: list[str]
    columns: dict[str, int]
    rows: list[Row]


def recognise(rows: Sequence[Row]) -> Table:
    """Find the heads among the first rows, in one row or merged over two, and what is below them.
    Where none are known, a first row without any digit is taken for heads with other words; what
    stands alone above it is a title."""
    best: tuple[int, int, list[str]] = (0, 0, [])  # fields, rows down to the heads, heads
    for place in range(min(len(rows), _HEAD_ROWS)):
        one = rows[place][1]
        for depth, heads in ((1, one), (2, _over_two(rows, place))):
            found = len(known(heads))
            if found > best[0]:
                best = (found, place + depth, heads)
    fields, first, heads = best
    width = max((len(cells) for _line, cells in rows), default=0)
    if fields < 2:  # a person may be called "Mulai", and one word is no row of heads
        first = next(
            (n for n, (_, cells) in enumerate(rows) if len(list(filter(None, cells))) > 1), 0
        )
        heads = list(rows[first][1]) if rows else []
        first, heads = (first, []) if re.search(r"\d", "".join(heads)) else (first + 1, heads)
    return Table(_named(heads, width), known(heads), list(rows[first:]))


def _over_two(rows: Sequence[Row], place: int) -> list[str]:
    """The heads of this row and the next: "Wilayah" stands over "Kelurahan" and "RT"."""
    if place + 1 >= len(rows):
        return []
    above, below = rows[place][1], rows[place + 1][1]
    width = max(len(above), len(below))
    above, below = (cells + [""] * (width - len(cells)) for cells in (above, below))
    return [low or high for high, low in zip(above, below, strict=True)]


def known(heads: Sequence[str]) -> dict[str, int]:
    """The column of each field that one of these heads names: that whose head is most like it."""
    found: dict[str, tuple[int, int]] = {}
    for column, head in enumerate(heads):
        plain = _plain(head)
        named = [(_likeness(plain, field), key) for key, field in FIELDS.items()]
        likeness, key = max(named)
        if likeness > found.get(key, (0, 0))[0]:
            found[key] = (likeness, column)
    return {key: column for key, (_likeness, column) in found.items()}


def _plain(head: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", head.lower()).split())


def _likeness(head: str, field: Field) -> int:
    """How well the head names the field: the letters of what it begins with, more if that is all of
    it, 0 for not at all."""
    if head in field.heads:
        return 1000 + len(head)
    return max((len(one) for one in field.heads if head.startswith(f"{one} ")), default=0)


def _named(heads: Sequence[str], width: int) -> list[str]:
    """A name for each of so many columns."""
    shown = [" ".join(head.split())[:_LABEL_MAX] for head in heads]
    shown += [""] * (width - len(shown))
    return [head or f"Kolom ke-{place}" for place, head in enumerate(shown, 1)]
