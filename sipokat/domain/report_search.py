"""Reports by their number or by words that stand in them."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, or_

from sipokat.domain.categories import categories
from sipokat.models import Report

NUMBER_MIN = 5  # digits of a report's number
WORDS_MAX = 5


def finds(said: str) -> list[ColumnElement[bool]]:
    """The conditions for a report with this number, or with all of these words; none when nothing
    is said."""
    if number := number_in(said):
        return [Report.number == number]
    return [_says(word) for word in said.split()[:WORDS_MAX]]


def number_in(said: str) -> str:
    """The report's number, if that is all that is said: alone, or as the app or a person writes it,
    `Laporan 31989`, `No. 31989`, `#31989`. Else empty."""
    pattern = rf"\W*(?:(?:laporan|nomor|nomer|nr|no)\W*)*(\d{{{NUMBER_MIN},}})\W*"
    found = re.fullmatch(pattern, said, re.IGNORECASE | re.ASCII)
    return found[1] if found else ""


def _says(word: str) -> ColumnElement[bool]:
    """Whether the report's text, place, category or `jenis` has this word."""
    parts: list[ColumnElement[bool]] = [
        Report.text.icontains(word, autoescape=True),
        Report.place_text.icontains(word, autoescape=True),
    ]
    for category in categories().values():
        if word.lower() in category.name.lower():
            parts.append(Report.category == category.key)
            continue
        kinds = [key for key, label in category.kinds if word.lower() in label.lower()]
        if kinds:
            kind = Report.fields["jenis"].as_string()
            parts.append(and_(Report.category == category.key, kind.in_(kinds)))
    return or_(*parts)
