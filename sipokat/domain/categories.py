"""What can be reported: read once from `data/categories.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sipokat.domain.roles import OFFICIAL_REPORTERS


@dataclass(frozen=True)
class Choice:
    key: str
    label: str
    off_since: date | None = None


@dataclass(frozen=True)
class Field:
    """One field of a category. `type` is choice, count (whole number), decimal, rupiah (whole),
    text (its length is in `limits.py`), bool or period (`YYYY-MM`); bounds are inclusive.
    `zero` fields are movements, which "Isi 0 semua" fills where there were none."""

    key: str
    label: str
    type: str
    required: bool = False
    unit: str = ""
    help: str = ""
    min: int = 0
    max: int = 0
    all_choices: tuple[Choice, ...] = ()
    off_since: date | None = None
    zero: bool = False

    def taken_on(self, day: date) -> bool:
        """Whether a report written on `day` may carry this field."""
        return self.off_since is None or day < self.off_since

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What the form offers today."""
        return [(one.key, one.label) for one in self.all_choices if one.off_since is None]


@dataclass(frozen=True)
class Category:
    """One category. `example` says on its tile, in lower case, what belongs to it. `sentences` are
    pairs of a `jenis` (or "") and a ready sentence of it, in which "di …" stands for the place."""

    key: str
    name: str
    icon: str
    roles: tuple[str, ...]
    all_fields: tuple[Field, ...]
    example: str = ""
    urgent: bool = False
    periodic: bool = False
    classed: bool = True
    text_required: bool = True
    text_label: str = "Apa yang dilakukan?"
    text_help: str = ""
    place_required: bool = False
    photo_required: bool = False
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> list[Field]:
        """What the form offers today."""
        return [field for field in self.all_fields if field.off_since is None]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The keys and labels of its `jenis`; empty where it has none."""
        choices = (one.all_choices for one in self.all_fields if one.key == "jenis")
        return [(one.key, one.label) for one in next(choices, ())]


def _field(row: dict[str, Any]) -> Field:
    off = row.get("choices_off", {})
    choices = tuple(Choice(k, v, off.get(k)) for k, v in row.get("choices", {}).items())
    rest = {k: v for k, v in row.items() if k not in ("choices", "choices_off")}
    return Field(all_choices=choices, **rest)


def _category(key: str, row: dict[str, Any]) -> Category:
    roles: list[str] = []
    for role in row["roles"]:
        roles += OFFICIAL_REPORTERS if role == "officials" else (role,)
    fields = tuple(_field(one) for one in row["fields"])
    sentences = tuple((kind, said) for kind, said in row.get("sentences", ()))
    rest = {k: v for k, v in row.items() if k not in ("roles", "fields", "sentences")}
    return Category(key=key, roles=tuple(roles), all_fields=fields, sentences=sentences, **rest)


@cache
def categories() -> dict[str, Category]:
    """All categories by key, in the order that the form shows them."""
    text = files("sipokat.data").joinpath("categories.toml").read_text("utf-8")
    return {key: _category(key, row) for key, row in tomllib.loads(text).items()}
