"""How many, and for how long: read once from `data/exports.toml`."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib.resources import files

RULES: dict[str, int] = tomllib.loads(
    files("sipokat.data").joinpath("exports.toml").read_text("utf-8")
)
KEPT = timedelta(days=RULES["days"])
FORMATS = {"xlsx": "Excel", "csv": "CSV"}  # each with its name on the screen
