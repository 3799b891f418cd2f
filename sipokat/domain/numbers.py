"""Numbers as people type them.

`static/js/form/numbers.js` reads them alike on the phone; the cases in `data/number_cases.toml`
hold both to the same.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 20  # characters, dots between thousands and spaces not counted


def dots(number: int) -> str:
    """`1.500` of 1500."""
    return f"{number:,}".replace(",", ".")


def read(value: Any, kind: str, least: int = 0, most: int = 0) -> int | float:
    """The number in a field of this kind (`count`, `rupiah`: whole; or `decimal`), typed as text or
    sent as a number. Bounds are inclusive; `most` 0 means none. Raises ValueError with the
    sentence that says what is wrong."""
    whole = kind != "decimal"
    if isinstance(value, bool):
        raise ValueError("Isi dengan angka.")
    text = str(value).replace(" ", "")
    if isinstance(value, str):
        if whole and re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
            text = text.replace(".", "")  # 1.500.000, as people write thousands
        text = text.replace(",", ".")
        if whole and not re.fullmatch(r"[-+]?\d+", text):
            raise ValueError("Isi dengan angka bulat.")  # any other dot is a slip
    try:
        number = Decimal(text)
        if not number.is_finite() or len(text) > LONGEST:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError("Isi dengan angka bulat." if whole else "Isi dengan angka.") from None
    if whole and number != number.to_integral_value():
        raise ValueError("Isi dengan angka bulat.")
    if number < least:
        raise ValueError("Angka tidak boleh kurang dari 0.")
    if most and number > most:
        raise ValueError(f"Angka paling besar {dots(most)}.")
    return int(number) if whole else float(number)
