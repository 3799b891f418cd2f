"""Where everything made up comes from: the demo's data files, and chance that is the same on every
load."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def data(name: str) -> dict[str, Any]:
    """The content of `<name>.toml` in this folder."""
    return tomllib.loads(files("sipokat.demo").joinpath(f"{name}.toml").read_text("utf-8"))


def dice(seed: str) -> Random:
    """A source of chance that gives the same numbers every time for the same seed."""
    return Random(seed)  # noqa: S311 -- nothing secret is made with it
