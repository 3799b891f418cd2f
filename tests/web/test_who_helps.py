"""Whom to call for a new code, by office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.domain import people
from sipokat.domain.who_helps import who_helps
from tests import steps
from tests.activating import BY_PIN, activated
from tests.cast import AGUS, DEWI, HARTONO, KOTA, RAHMAN, SITI, TABA_BARU, YUSUF, Person
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import user_of

Site = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


@pytest.mark.parametrize(
    ("person", "whom"),
    [
        (RAHMAN, "Lurah Petanang Ulu"),
        (HARTONO, "Camat Lubuklinggau Utara I atau Diskominfo"),
        (YUSUF, "Diskominfo"),
        (DEWI, "Diskominfo"),
        (AGUS, "Diskominfo"),
    ],
    ids=str,
)
def test_the_nearest_who_makes_codes_for_them(session: Session, person: Person, whom: str) -> None:
    assert who_helps(session, user_of(person)) == whom


def test_whoever_holds_more_asks_higher_up(session: Session) -> None:
    """A code opens all offices, so all must lie below whoever makes it."""
    yesterday = steps.today() - timedelta(days=1)
    steps.add_term(RAHMAN, TABA_BARU, until=yesterday, role="lurah")
    assert who_helps(session, user_of(RAHMAN)) == "Lurah Petanang Ulu"
    steps.add_term(RAHMAN, f"{TABA_BARU}.001")
    assert who_helps(session, user_of(RAHMAN)).startswith("Camat Lubuklinggau Utara I")
    steps.add_term(RAHMAN, KOTA, role="viewer")
    assert who_helps(session, user_of(RAHMAN)) == "Diskominfo"


def test_the_phone_is_told_and_the_page_to_sign_in_says_it(app: Flask, site: Site) -> None:
    phone = activated(app)
    assert phone.json("GET", "/akun")["user"]["call"] == "Lurah Petanang Ulu"
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    page = phone.get("/masuk")
    assert page.has(BY_PIN)
    assert "Hubungi Lurah Petanang Ulu dan minta kode aktivasi baru" in page.text("main")
    activated(app, HARTONO, phone)
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    words = phone.get("/masuk").text("main")
    assert "Rahman: hubungi Lurah Petanang Ulu" in words
    assert "Hartono: hubungi Camat Lubuklinggau Utara I atau Diskominfo" in words
    stranger = site().get("/masuk")
    assert stranger.one("[data-call]").has_attr("hidden"), "the phone fills it in, if it knows"
    assert SITI.name not in stranger.text("main")
