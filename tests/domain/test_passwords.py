"""Which passwords are refused, and why."""

from __future__ import annotations

import pytest

from sipokat.domain import passwords
from sipokat.domain.refusals import WrongContent
from tests.cast import HARTONO, SITI
from tests.steps import refused

NUMBER = "+6281200000102"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("pendek", "paling sedikit 8"),
        ("password", "dipakai banyak orang"),
        ("Password1", "dipakai banyak orang"),
        ("bismillah", "dipakai banyak orang"),
        ("merdeka45", "dipakai banyak orang"),
        ("aaaaaaaaaa", "dipakai banyak orang"),
        ("12121212", "dipakai banyak orang"),
        ("sipokat2026", "mudah ditebak"),
        ("Lubuklinggau-1", "mudah ditebak"),
        ("sitiaminah", "mudah ditebak"),
        ("Siti Aminah 77", "mudah ditebak"),
        ("081200000102", "mudah ditebak"),
        ("6281200000102", "mudah ditebak"),
        ("siti00000102", "mudah ditebak"),
    ],
)
def test_what_others_would_guess_first_is_refused_with_the_reason(password: str, says: str) -> None:
    refusal = refused(WrongContent, passwords.require_new, password, NUMBER, SITI.name)
    assert says in refusal.fields["new"]


@pytest.mark.parametrize(
    "password",
    [
        "tiga ekor kambing",
        "kata sandi yang baru",
        "kucing sipokat makan",
        "xK9-vb2-pQ",
        "pisang7goreng",
    ],
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    passwords.require_new(password, NUMBER, HARTONO.name)
