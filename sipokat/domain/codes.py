"""Codes to read out: signs that look like no other, the last of them a check sign."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from sipokat.domain.texts import seen


@dataclass(frozen=True)
class Rules:
    """What `data/activations.toml` says of codes and PINs."""

    alphabet: str
    signs: int
    hours: int
    printed_days: int
    second_hours: int
    browsers: int
    failures: int
    unknown_per_network: int
    unknown_per_activation: int
    network_pause_seconds: int
    unknown_fresh: int
    unknown_in_all: int
    all_pause_seconds: int
    alarm_every: int
    pin_digits: int
    pin_failures: int
    common_pins: tuple[str, ...]


RULES = Rules(
    **tomllib.loads(files("sipokat.data").joinpath("activations.toml").read_text("utf-8"))
)


def fresh() -> str:
    """A new code by chance, without dashes."""
    signs = "".join(secrets.choice(RULES.alphabet) for _ in range(RULES.signs - 1))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """The last sign of a code whose others are these. Each sign counts by its place, modulo a
    prime: so one wrong sign, or two that changed places, always give another sum."""
    total = sum(place * RULES.alphabet.index(sign) for place, sign in enumerate(signs, 1))
    return RULES.alphabet[total % len(RULES.alphabet)]


def read(typed: str) -> str | None:
    """The code as it was made, however it was typed: small letters, blanks and dashes are fine.
    None for what was mistyped."""
    code = "".join(sign for sign in seen(typed).upper() if sign not in "-.\u2010\u2013")
    if len(code) != RULES.signs or any(sign not in RULES.alphabet for sign in code):
        return None
    return code if check_sign(code[:-1]) == code[-1] else None


def shown(code: str) -> str:
    """`HJK4-9MNA`"""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
