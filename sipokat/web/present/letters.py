"""The letters of deputies whose numbers have not followed yet, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sipokat.database import db
from sipokat.domain import titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.letters import awaited, number_due
from sipokat.domain.regions import names_of
from sipokat.models import Term, User
from sipokat.web.present.posts import address, written


def numberless(user: User) -> list[dict[str, Any]]:
    """The deputies whose letters have no number yet, of those whom the person may name."""
    return numberless_among(awaited(db.session(), user))


def numberless_among(found: Sequence[Term]) -> list[dict[str, Any]]:
    """These deputies, whose letters have no number yet, in words."""
    names_of(db.session(), (term.region_code for term in found))
    return [_numberless(term) for term in found]


def _numberless(term: Term) -> dict[str, Any]:
    assert term.letter_date
    due = number_due(term.letter_date)
    late = due < day_of(now())
    when = f"seharusnya {written(due)}" if late else f"paling lambat {written(due)}"
    return {
        "who": f"{term.user.name}, {titles.title_of(db.session(), term)}",
        "when": when,
        "late": late,
        "url": f"{address(term.role, term.region_code)}#surat-{term.id}",
    }
