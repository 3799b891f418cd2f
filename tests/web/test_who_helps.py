"""Whom to call for a new code, by office."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import accounts, administration, people
from sipokat.domain.offices import HOLDER
from sipokat.domain.who_helps import who_helps
from sipokat.models import Term
from tests import steps
from tests.activating import BY_PIN, activated
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
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


def sit(
    person: Person, role: str, region: str, kind: str = HOLDER, seat: str | None = None
) -> None:
    """Give the person a term as a Plt., or under a title."""
    today = steps.today()
    letter: dict[str, Any] = {}
    if kind != HOLDER:
        letter = {"letter_number": "800/12", "letter_date": today, "until": today}
    term = Term(role=role, region_code=region, since=today, kind=kind, title=seat, **letter)
    with writing() as session:
        user = user_of(person)
        user.terms.append(term)
        session.flush()


def test_while_the_lurah_is_away_her_plh_is_named(session: Session) -> None:
    steps.add_term(SARI, PETANANG_ULU, role="lurah", acts_for=HARTONO)
    assert who_helps(session, user_of(RAHMAN)) == "Plh. Lurah Petanang Ulu"
    assert who_helps(session, user_of(HARTONO)).startswith("Camat "), "nobody helps themselves"


def test_an_office_in_which_nobody_is_is_passed_over(session: Session) -> None:
    yesterday = steps.today() - timedelta(days=1)
    steps.end_term(HARTONO, yesterday)
    assert who_helps(session, user_of(RAHMAN)) == "Camat Lubuklinggau Utara I atau Diskominfo"
    steps.end_term(YUSUF, yesterday)
    assert who_helps(session, user_of(RAHMAN)) == "Diskominfo"
    sit(EFFENDI, "camat", UTARA_I, kind="plt")
    assert who_helps(session, user_of(RAHMAN)) == "Plt. Camat Lubuklinggau Utara I atau Diskominfo"
    sit(SARI, "lurah", PETANANG_ULU, seat="sekretaris")
    assert who_helps(session, user_of(RAHMAN)) == "Sekretaris Kelurahan Petanang Ulu"


def test_somebody_whose_account_is_closed_helps_nobody(session: Session) -> None:
    with writing() as to_change:
        accounts.disable(to_change, administration.operator("budi"), user_of(HARTONO))
    assert who_helps(session, user_of(RAHMAN)).startswith("Camat ")


def test_a_phone_hears_of_a_change_on_home_where_its_owner_signs_in_twice_a_year(
    app: Flask, site: Site
) -> None:
    def told(person: Person, path: str) -> str | None:
        meta = site(person).get(path).one("meta[name=sipokat-user]")
        whom: str | None = json.loads(str(meta["content"])).get("call")
        return whom

    assert told(RAHMAN, "/beranda") == "Lurah Petanang Ulu"
    assert told(RAHMAN, "/laporan") is None
    assert told(HARTONO, "/akun") == "Camat Lubuklinggau Utara I atau Diskominfo"
    with app.app_context():
        steps.add_term(SARI, PETANANG_ULU, role="lurah", acts_for=HARTONO)
    assert told(RAHMAN, "/beranda") == "Plh. Lurah Petanang Ulu"


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
