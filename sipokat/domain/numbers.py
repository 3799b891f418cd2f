"""Numbers as people type them in Indonesia.

A dot before exactly three digits parts thousands (as a blank does), a comma is the decimal sign:
`1.234,5`. A dot elsewhere is a decimal sign too: `1.5`. What could be read both ways is asked:
`0.500`, `1,500.5`. `static/js/form/numbers.js` reads them alike on the phone; the cases in
`data/number_cases.toml` hold both to the same.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from sipokat.domain.texts import dots, plain, seen

LONGEST = 20  # characters, signs that are not seen and spaces not counted
WHOLE = "Isi dengan angka bulat."
ANY = "Isi dengan angka."
ASK = "Angka ini bisa dibaca dua cara. Tulis 1500 untuk ribuan, 1,5 untuk pecahan."

# Blanks between digits part thousands and nothing else: `1 500` is a number, `2 3` are two.
_BLANK = re.compile("[0-9] [0-9]")
_BLANKS = re.compile("[^0-9]*[1-9][0-9]{0,2}( [0-9]{3})+( ?[^0-9 ](?!.*[0-9] [0-9]).*)?")
_MINUS = re.compile("[\u2010-\u2015\u2212]")
_CURRENCY = re.compile(r"(rp\.?|idr)(?=[0-9])", re.IGNORECASE)
_NO_CENTS = re.compile(r"(?<=[0-9])[,.](-+|00)$")  # 1.500.000,- and 1.500.000,00
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?")
_PLAIN = re.compile(r"[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)")
_DOTTED = re.compile(r"[+-]?([0-9]+\.[0-9]*|\.[0-9]+)")
_ENGLISH = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")  # 1,500.5
# A dot before three digits that cannot part thousands, and commas that do.
_TWO_WAYS = re.compile(r"[+-]?[0-9]*\.[0-9]{3}|.*,.*[,.].*")


def typed(number: float) -> str:
    """A decimal as a person would type it, which `read` takes: `0,5`, `1000`."""
    text = f"{Decimal(repr(number)):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def read(value: Any, kind: str, least: int = 0, most: int = 0) -> int | float:
    """The number in a field of this kind (`count`, `rupiah`: whole; or `decimal`), typed as text or
    sent as a number. Bounds are inclusive; `most` 0 means none. Raises ValueError with the
    sentence that says what is wrong."""
    whole = kind != "decimal"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(ANY)
    number = as_float(_digits(value, kind) if isinstance(value, str) else value)
    if not math.isfinite(number) or (whole and not number.is_integer()):
        raise ValueError(WHOLE if whole else ANY)
    if number < least:
        raise ValueError("Angka tidak boleh kurang dari 0.")
    if most and number > most:
        raise ValueError(f"Angka paling besar {dots(most)}.")
    return int(number) if whole else number + 0.0  # no minus before a zero


def as_float(value: Any) -> float:
    """The value as a float; what is too large for one is infinite, whether it was sent as `1e400`
    or with all its digits. Raises TypeError and ValueError as `float` does."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _digits(written: str, kind: str) -> str:
    """The number with a dot as its decimal sign and no other mark. Raises ValueError."""
    text, parted = _MINUS.sub("-", seen(written)), plain(written)
    if kind == "rupiah":
        text = _NO_CENTS.sub("", _CURRENCY.sub("", text, count=1))
    sentence = ANY if kind == "decimal" else WHOLE
    if len(text) > LONGEST or (_BLANK.search(parted) and not _BLANKS.fullmatch(parted)):
        raise ValueError(sentence)
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    elif not (_PLAIN.fullmatch(text) or _DOTTED.fullmatch(text) or _ENGLISH.fullmatch(text)):
        raise ValueError(sentence)
    elif _TWO_WAYS.fullmatch(text) and kind == "decimal":
        raise ValueError(ASK)
    if kind != "decimal" and not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(WHOLE)
    return text.replace(",", ".")
