"""A term as an entry of the administrative record keeps it."""

from __future__ import annotations

from typing import Any

from sipokat.domain import offices
from sipokat.models import Term


def as_facts(term: Term) -> dict[str, Any]:
    """Its office and days; of a deputy also the letter and for whom they act."""
    facts: dict[str, Any] = {
        "role": term.role,
        "region": term.region_code,
        "since": term.since.isoformat(),
    }
    if term.until is not None:
        facts["until"] = term.until.isoformat()
    if term.title:
        facts["title"] = term.title
    if term.kind in offices.DEPUTIES:
        assert term.letter_date is not None
        facts |= {"kind": term.kind, "letter": term.letter_number}
        facts |= {"letter_date": term.letter_date.isoformat()}
    if term.acts_for_id:
        facts["acts_for"] = term.acts_for_id
    return facts
