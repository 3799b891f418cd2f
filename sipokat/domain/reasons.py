"""Why a desk returns, rejects or reopens a report, and what its author should do then: read once
from `data/reasons.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sipokat.domain.categories import Category
from sipokat.domain.roles import DESK_WORDS, above

# What an author heads, as sentences name it.
_HEADED = {"rt": "RT", "kelurahan": "kelurahan", "kecamatan": "kecamatan"}
_NUMBERS = ("count", "decimal", "rupiah")


@dataclass(frozen=True)
class Reason:
    """One reason for one action. `words` and `do` may name what the author heads and the office
    above theirs; `other` asks for the number of another report; one that is `off` is only read."""

    key: str
    words: str
    do: str
    field: str = ""
    other: bool = False
    sentences: tuple[str, ...] = ()
    off: bool = False

    def said(self, author_desk: str) -> str:
        """What it is called for a report from this desk: `Di luar wilayah RT ini`."""
        return _for(author_desk, self.words)

    def advice(self, author_desk: str) -> str:
        """What the author at this desk should do, in a sentence or two."""
        return _for(author_desk, self.do)


def _for(author_desk: str, words: str) -> str:
    over = above(author_desk)
    return words.format(rt=_HEADED[author_desk], above=DESK_WORDS[over] if over else "")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("sipokat.data").joinpath("reasons.toml").read_text("utf-8"))


@cache
def _reasons() -> dict[str, dict[str, Reason]]:
    return {
        action: {
            key: Reason(key, **row | {"sentences": tuple(row.get("sentences", ()))})
            for key, row in rows.items()
        }
        for action, rows in _table().items()
        if action != "ready"
    }


def asks_reason(action: str) -> bool:
    """Whether this action needs a reason."""
    return action in _reasons()


def find(action: str, key: str | None) -> Reason | None:
    """The reason of this action with this key, also one that is no longer offered."""
    return _reasons().get(action, {}).get(key or "")


def words_of(key: str) -> str:
    """What a reason with this key is called, whatever the action; empty for none."""
    return next((rows[key].said("rt") for rows in _reasons().values() if key in rows), "")


def offered(action: str) -> list[Reason]:
    """The reasons that this action may give now, in order."""
    return [one for one in _reasons()[action].values() if not one.off]


def ready_sentences(kind: str) -> list[tuple[str, str]]:
    """Ready sentences for the note of an action, or of `forward`, each with the key of the reason
    that it stands for, if any."""
    alone = [(sentence, "") for sentence in _table()["ready"].get(kind, ())]
    reasons = offered(kind) if asks_reason(kind) else []
    return alone + [(sentence, one.key) for one in reasons for sentence in one.sentences]


def opens_at(reason: Reason | None, category: Category, fields: Mapping[str, Any]) -> str:
    """The field of the report's form at which its mending begins, named as on the wire; `kind` for
    another category, empty for the top of the form. `fields` is what the report says now."""
    wanted = reason.field if reason else ""
    if wanted != "numbers":
        return wanted
    numbers = [one.key for one in category.fields if one.type in _NUMBERS]
    filled = [key for key in numbers if key in fields]
    return f"fields.{(filled or numbers)[0]}" if numbers else "text"
