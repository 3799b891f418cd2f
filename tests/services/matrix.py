"""What differs between the quick and the whole matrix beside databases and browsers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

Case = TypeVar("Case")

ALL = 100  # examples of a property test: Hypothesis's own number, for tests that name none
SHARE = {"quick": 1 / 3, "whole": 1}
# All characters that UTF-8 has. Hypothesis looks for them itself unless it is told which are left
# out, and that takes seconds.
CHARACTERS = st.characters(exclude_categories=["Cs"])


def choose(matrix: str) -> None:
    """Say which it is, before any test. Hypothesis has limits of time of its own, which a slow
    machine would break: they are off."""
    settings.register_profile(
        matrix,
        max_examples=round(ALL * SHARE[matrix]),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile(matrix)


def examples(count: int) -> int:
    """For a property test that names its own `count`, because each example costs more than usual:
    as many in the whole matrix, a third of them in the quick one."""
    return max(1, round(count * settings.default.max_examples / ALL))


def share(whole: int, divisor: int) -> int:
    """A size, or a limit that grows with it: `whole` in the whole matrix, a part of it in the quick
    one."""
    return whole if settings.default.max_examples == ALL else whole // divisor


def some(cases: Sequence[Case], count: int) -> Sequence[Case]:
    """The cases of a test that costs much for each: in the quick matrix the first ones alone."""
    return cases if settings.default.max_examples == ALL else cases[:count]


def lacking(why: str) -> NoReturn:
    """Skip the test because of what this machine lacks. In the whole matrix that is a failure,
    since nobody would see there what was not tried."""
    if settings.default.max_examples == ALL:
        pytest.fail(why)
    pytest.skip(why)
