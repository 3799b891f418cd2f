"""The kept forms of decisions are those that the template renders for the report itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, g

from sipokat.web import present
from sipokat.web.decision_forms import ACTION, NUMBER, ROW, VERSION, _render, decision_forms
from tests.cast import DEWI, HARTONO, RAHMAN, SITI, YUSUF, Person
from tests.page import Visitor, fresh_id
from tests.steps import act, send, user_of

# Who holds the report after these moves, and what they are asked in words.
Moves = list[tuple[Person, str]]


@pytest.mark.parametrize(
    ("moves", "holder", "category", "asked"),
    [
        ([], HARTONO, "pemerintahan", "Verifikasi: Kinerja"),
        ([], HARTONO, "nihil", "Verifikasi"),
        ([(HARTONO, "verify")], YUSUF, "pemerintahan", "Verifikasi"),
        ([(HARTONO, "verify"), (YUSUF, "verify")], DEWI, "pemerintahan", "Verifikasi"),
        ([(HARTONO, "verify"), (YUSUF, "return")], HARTONO, "pemerintahan", "ke camat?"),
        (
            [(HARTONO, "verify"), (YUSUF, "verify"), (DEWI, "return")],
            YUSUF,
            "pemerintahan",
            "ke Bag. Pemerintahan?",
        ),
    ],
)
def test_each_kind_is_as_the_template_says_it(
    app: Flask, moves: Moves, holder: Person, category: str, asked: str
) -> None:
    with app.test_request_context("/verifikasi"):
        g._login_user = user_of(holder)
        for author in (RAHMAN, SITI):  # the second is filled into what the first has left
            report = send(author, category)
            for person, action in moves:
                report = act(person, report, action)
            full, action_id = present.full(report, user_of(holder)), fresh_id()
            kept = decision_forms(full, action_id)
            assert kept == _render(full, action_id)
            assert asked in kept
            assert not [blank for blank in (NUMBER, ROW, VERSION, ACTION) if blank in kept]


def test_on_the_queue_the_next_holder_is_named(site: Callable[..., Visitor], app: Flask) -> None:
    with app.app_context():
        report = act(YUSUF, act(HARTONO, send(RAHMAN), "verify"), "return")
        number = report.number
    card = site(HARTONO).get("/verifikasi").text(f"#kartu-{number}")
    assert "Mengapa diteruskan lagi ke camat?" in card
