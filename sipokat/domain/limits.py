"""How much is taken at most: read once from `data/limits.toml`, which the phone gets as well."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files


@dataclass(frozen=True)
class Limits:
    """Texts in characters (code points), `…_bytes` in bytes, `photo_pixels` and `photo_side` in
    pixels; inclusive."""

    text: int
    field_text: int
    place_text: int
    note: int
    password_min: int
    photos: int
    photo_pixels: int
    photo_side: int
    photo_bytes: int
    form_bytes: int
    body_bytes: int
    together: int
    days_back: int
    former_days: int
    receipt_days: int
    vague_m: int
    accuracy_m: int
    accuracy_since: date
    doubtful_hours: int
    first_day: date


LIMITS = Limits(**tomllib.loads(files("sipokat.data").joinpath("limits.toml").read_text("utf-8")))
