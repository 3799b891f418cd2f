"""How the server reads typed numbers. `tests/browser/test_shared_data.py` puts the same cases to
the form."""

from __future__ import annotations

from datetime import date

from sipokat.domain.categories import Category, Field
from sipokat.domain.content import check
from sipokat.domain.refusals import WrongContent
from tests.numbers import NumberCase, number_cases
from tests.steps import raw

TODAY = date(2026, 11, 23)


def read(case: NumberCase) -> NumberCase:
    """The case with what the server makes of it."""
    field = Field("lapak", "Lapak", case.kind, max=case.max)
    category = Category("pasar", "Pasar", "coin", ("rt_head",), (field,))
    try:
        content = check(category, raw("keagamaan", TODAY, fields={"lapak": case.typed}), TODAY)
    except WrongContent as refusal:
        return case._replace(value=None, sentence=refusal.fields["fields.lapak"])
    return case._replace(value=content.fields["lapak"], sentence=None)


def test_the_server_reads_numbers_as_the_cases_say() -> None:
    cases = number_cases()
    assert [read(case) for case in cases] == cases
