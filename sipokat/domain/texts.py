"""Text as people type and paste it.

`static/js/form/texts.js` reads it alike on the phone; both know the signs in `data/signs.toml`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files

from babel.dates import format_date
from babel.numbers import format_decimal

_SIGNS: dict[str, str] = tomllib.loads(
    files("sipokat.data").joinpath("signs.toml").read_text("utf-8")
)
_UNSEEN = re.compile(f"[{_SIGNS['blank']}{_SIGNS['unseen']}]")
_HIDDEN = re.compile(f"[{_SIGNS['unseen']}]")
_TURNING = re.compile(f"[{_SIGNS['turning']}]")


def dots(number: int) -> str:
    """A whole number as sentences show it: `1.500`."""
    return f"{number:,}".replace(",", ".")


@lru_cache(4096)
def figure(value: int | float) -> str:
    """`1.000`, `2,5`."""
    return str(format_decimal(value, locale="id_ID"))


def phone(number: str) -> str:
    """`+6281234567890` as `0812 3456 7890`."""
    digits = f"0{number.removeprefix('+62')}"
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def written(day: date | None) -> str:
    """A day as sentences show it: `30 Nov 2026`."""
    return str(format_date(day, "d MMM y", locale="id_ID")) if day else ""


@lru_cache(500)
def month(period: str) -> str:
    """`2026-11` as `November 2026`."""
    return str(format_date(date.fromisoformat(f"{period}-01"), "MMMM y", locale="id_ID"))


def tidy(text: str | None) -> str:
    """The text with all line ends as `\\n` and without blanks at its ends."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def seen(text: str) -> str:
    """The text without blanks and signs of which nothing is seen."""
    return _UNSEEN.sub("", text)


def plain(text: str | None) -> str:
    """One line to look for: without signs that are not seen, one blank between words."""
    return " ".join(_HIDDEN.sub("", text or "").split())


def read(text: str | None) -> str:
    """The text as it is kept: tidy, and without signs that would turn the direction of what is
    shown after it. Empty when nothing of it is seen."""
    kept = straight(tidy(text)).strip()
    return kept if seen(kept) else ""


def straight(text: str) -> str:
    """The text without signs that would turn the direction of what is shown after it."""
    return _TURNING.sub("", text)


def too_long(what: str, text: str, most: int) -> str:
    """The sentence that says by how much the text is too long, counted in code points; empty when
    it is not. `what` begins the sentence: `Keterangan`."""
    over = len(text) - most
    return (
        f"{what} paling banyak {dots(most)} huruf. Kurangi {dots(over)} huruf." if over > 0 else ""
    )
