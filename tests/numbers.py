"""The cases of `sipokat/data/number_cases.toml`, which the server and the form must read alike."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import NamedTuple


class NumberCase(NamedTuple):
    """What is typed into a field of this kind: read as `value`, or refused with `sentence`."""

    kind: str
    max: int
    typed: str
    value: int | float | None = None
    sentence: str | None = None


def number_cases() -> list[NumberCase]:
    text = files("sipokat.data").joinpath("number_cases.toml").read_text("utf-8")
    cases = []
    for kind, table in tomllib.loads(text).items():
        for typed, value in table["taken"].items():
            cases.append(NumberCase(kind, table["max"], typed, value=value))
        for typed, sentence in table["refused"].items():
            cases.append(NumberCase(kind, table["max"], typed, sentence=sentence))
    return cases
