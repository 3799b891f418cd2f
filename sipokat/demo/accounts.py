"""The fixed accounts of the demo city: who they are and how to sign in as them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

PASSWORD = "sipokat-demo"  # noqa: S105 -- the public password of made-up people


@cache
def accounts() -> tuple[dict[str, str], ...]:
    """Each with `phone`, `name`, `label` (the office in words), `role` and `region`."""
    text = files("sipokat.demo").joinpath("city.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["accounts"])
