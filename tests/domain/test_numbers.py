"""How the server reads typed numbers. `tests/browser/test_shared_data.py` gives the form the same
cases."""

from __future__ import annotations

from sipokat.domain import numbers
from tests.numbers import NumberCase, number_cases


def read(case: NumberCase) -> NumberCase:
    """The case, with the value or the sentence that the server gives for it."""
    try:
        return case._replace(value=numbers.read(case.typed, case.kind, most=case.max))
    except ValueError as error:
        return case._replace(sentence=str(error))


def test_the_server_reads_numbers_as_the_cases_say() -> None:
    cases = number_cases()
    empty = [case._replace(value=None, sentence=None) for case in cases]
    assert [read(case) for case in empty] == cases
