"""Where everything made up comes from: the demo's data files, and chance that is the same on every
load."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

Thing = TypeVar("Thing")


@cache
def data(name: str) -> dict[str, Any]:
    """The content of `<name>.toml` in this folder."""
    return tomllib.loads(files("sipokat.demo").joinpath(f"{name}.toml").read_text("utf-8"))


def dice(seed: str) -> Random:
    """A source of chance that gives the same numbers every time for the same seed."""
    return Random(seed)  # noqa: S311 -- nothing secret is made with it


def quick_dice(seed: str) -> Random:
    """The same for pictures, which take a thousand numbers each: not quite as even, and four times
    as quick."""
    return _Quick(seed)


class _Quick(Random):
    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b - a + 1))

    def choice(self, seq: SupportsLenAndGetItem[Thing]) -> Thing:
        return seq[int(self.random() * len(seq))]
