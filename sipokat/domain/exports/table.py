"""A table as it is written into a file: its columns, and its rows portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy.orm import Session

PORTION = 1000  # rows that are read at once
Cell = str | int | float | date | datetime | None
Kind = Literal["text", "whole", "decimal", "degrees", "share", "rupiah", "day", "moment"]
Rows = Sequence[Sequence[Cell]]
# A portion of the rows, and where the next one begins: None where there is no further one.
Portion = Callable[[Session, Any], tuple[Rows, Any]]


class Column(NamedTuple):
    """One column. `kind` says what its cells are: a `share` goes from 0 to 1, a `rupiah` is whole,
    `degrees` have five decimals. `width` is in characters."""

    head: str
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True)
class Asked:
    """What somebody has asked for. They may be told of the regions `scopes`, at or below."""

    user_id: str
    what: str
    filters: dict[str, str]
    scopes: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Table:
    """A table to be written. `total` is how many rows it had when it was begun; `counted` says in
    sentences how its figures are counted."""

    columns: tuple[Column, ...]
    total: int
    portion: Portion
    counted: tuple[str, ...] = field(default=())


def at_once(columns: tuple[Column, ...], rows: Rows, counted: tuple[str, ...] = ()) -> Table:
    """A table of few rows, all in hand."""
    return Table(columns, len(rows), lambda _session, _after: (rows, None), counted)
