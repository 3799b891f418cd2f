"""Asking anew who somebody is, before something is changed about accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, g, jsonify
from sqlalchemy import update

from sipokat.database import writing
from sipokat.domain import fresh, people
from sipokat.domain.clock import now
from sipokat.domain.codes import RULES
from sipokat.models import LoginSession
from sipokat.web.access import EVERYBODY, allow, takes
from sipokat.web.account import plain_form
from sipokat.web.fresh import require_fresh
from tests.activating import PIN, activated
from tests.cast import AGUS, HARTONO, PASSWORD, RAHMAN, Person
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER

Site = Callable[..., Visitor]
HOME = "form[action='/akun/pastikan']"
PLACE = "/akun/nomor"
AGAIN = f"form[action='{PLACE}']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


@pytest.fixture(autouse=True)
def guarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page and a form that ask anew, in the places of two others."""

    @allow(*EVERYBODY)
    @takes(plain_form)
    @require_fresh(fresh.to_activate)
    def change() -> object:
        return jsonify(g.body)

    page = app.view_functions["account.show"]
    monkeypatch.setitem(app.view_functions, "account.show", require_fresh()(page))
    monkeypatch.setitem(app.view_functions, "own_account.change_phone", change)


def grow_old(app: Flask, minutes: int) -> None:
    """All sessions were opened so long ago, and nobody has proved anything since."""
    with app.app_context(), writing() as session:
        then = now() - timedelta(minutes=minutes)
        session.execute(update(LoginSession).values(created_at=then, proved_at=None))


def test_a_session_that_has_just_begun_is_proof_enough(app: Flask, site: Site) -> None:
    assert site(AGUS).get("/akun").text("h1") == "Akun"
    grow_old(app, 14)
    assert site(AGUS).get("/akun").text("h1") == "Akun"


def test_a_page_asks_in_its_place_and_leads_back(app: Flask, site: Site) -> None:
    visitor = site(AGUS)
    grow_old(app, 16)
    page = visitor.get("/akun?dari=sini", status=401)
    assert page.text("h1") == "Pastikan ini Anda"
    assert "Sipokat-Copies" not in page.response.headers, "the session has not ended"
    page = page.submit(HOME, status=422, proof="salah")
    assert "Kata sandi tidak cocok" in page.text(HOME)
    page = page.submit(HOME, proof=PASSWORD)
    assert (page.url, page.text("h1")) == ("/akun", "Akun")
    assert visitor.get("/akun").text("h1") == "Akun"


def test_a_form_keeps_all_that_was_typed(app: Flask, site: Site) -> None:
    visitor = site(AGUS)
    grow_old(app, 16)
    page = visitor.post(PLACE, {"name": "Siti <b>Aminah", "place": ["a"]}, status=401)
    page = page.submit(AGAIN, status=422, proof="salah")
    answer = visitor.request("POST", PLACE, data=dict(page.values(AGAIN)) | {"proof": PASSWORD})
    assert answer.get_json() == {"name": "Siti <b>Aminah", "place": "a"}
    again = visitor.request("POST", PLACE, data={"name": "Siti", "proof": "x"})
    assert again.get_json() == {"name": "Siti"}, "a proof is not asked for twice"


def test_json_and_htmx_are_told_to_prove(app: Flask, site: Site) -> None:
    visitor = site(AGUS)
    grow_old(app, 16)
    assert visitor.json("GET", "/akun", status=401)["error"] == "prove"
    part = visitor.fragment("POST", PLACE, status=401, data={})
    assert part.select_one("a[href^='/akun/pastikan?lanjut=']")
    refusal = visitor.json("POST", "/akun/pastikan", {"proof": "salah"}, status=422)
    assert list(refusal["fields"]) == ["proof"]
    assert visitor.json("POST", "/akun/pastikan", {"proof": PASSWORD}) == {"ok": True}
    assert visitor.json("GET", "/akun")["user"]["name"] == "Agus Salim"


@pytest.mark.parametrize(("person", "status"), [(HARTONO, 200), (AGUS, 401)], ids=str)
def test_a_lurah_who_activates_is_asked_once_an_hour(
    app: Flask, site: Site, person: Person, status: int
) -> None:
    visitor = site(person)
    grow_old(app, 59)
    assert visitor.request("POST", PLACE, data={}).status_code == status
    assert visitor.request("GET", "/akun").status_code == 401, "for anything else as usual"
    grow_old(app, 61)
    assert visitor.request("POST", PLACE, data={}).status_code == 401


def test_the_pin_proves_it_where_the_phone_has_one(app: Flask) -> None:
    phone = activated(app, RAHMAN)
    grow_old(app, 16)
    page = phone.get("/akun", status=401)
    assert "PIN Anda" in page.text(HOME)
    page = page.submit(HOME, status=422, proof="111111")
    assert "PIN salah. Masih bisa 4 kali lagi." in page.text(HOME)
    assert page.submit(HOME, proof=PIN).url == "/akun"
    grow_old(app, 16)
    phone.json("POST", "/akun/pastikan", {"proof": PASSWORD})
    phone.json("GET", "/akun")


def test_the_last_wrong_pin_ends_what_the_phone_knows(app: Flask) -> None:
    """Whoever found it signed in does not guess on. His other phone is not touched."""
    phone, other = activated(app, RAHMAN), Visitor(app, RAHMAN)
    for _ in range(RULES.pin_failures - 1):
        phone.json("POST", "/akun/pastikan", {"proof": "111111"}, status=422)
    page = phone.post("/akun/pastikan", {"proof": "111111"}, status=401)
    assert "PIN tidak berlaku di HP ini" in page.text("main")
    assert page.response.headers["Sipokat-Copies"] == "end"
    phone.user_id = None
    phone.json("GET", "/laporan", status=401)
    assert not phone.get("/masuk").has("form[action='/masuk/pin']")
    other.json("GET", "/laporan")
