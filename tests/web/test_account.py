"""The page of a person's own account: their open sessions, and a new password."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from sipokat.domain import people
from tests import wire
from tests.cast import HARTONO, PASSWORD, RAHMAN, SITI
from tests.page import Visitor
from tests.services.database import CHEAP_HASHER

Site = Callable[..., Visitor]
NEW = "kata sandi yang baru"
FORM = "form[action='/akun/kata-sandi']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)


def test_the_account_says_who_one_is_and_where(site: Site) -> None:
    page = site(RAHMAN).get("/akun")
    words = page.text("main")
    for word in ("Rahman", "Ketua RT", "RT 001, Petanang Ulu", "HP ini"):
        assert word in words
    assert not page.has("a[href^='tel:']")


def test_one_ends_another_session_of_ones_own(app: Flask, site: Site) -> None:
    site(RAHMAN).client.get("/akun")
    other = Visitor(app, RAHMAN)
    page = site(RAHMAN).get("/akun")
    assert len(page.all("form[action*='/akhiri']")) == 1
    site(RAHMAN).get("/akun").submit("form[action*='/akhiri']")
    other.json("GET", "/laporan", status=401)
    site(RAHMAN).json("GET", "/laporan")


def test_nobody_ends_anothers_session(app: Flask, site: Site) -> None:
    Visitor(app, RAHMAN)
    page = site(RAHMAN).get("/akun")
    path = str(page.one("form[action*='/akhiri']")["action"])
    site(SITI).post(path, {})
    assert len(site(RAHMAN).get("/akun").all("form[action*='/akhiri']")) == 1


def test_a_session_that_is_not_there(site: Site) -> None:
    site(RAHMAN).post(f"/akun/sesi/{2**31 - 1}/akhiri", {})
    for number in ("x", "-1", "1.5", "\u0661", 2**31, 2**63, 10**30):
        site(RAHMAN).post(f"/akun/sesi/{number}/akhiri", {}, status=404)
    site(RAHMAN).json("GET", "/laporan")


def test_a_new_password_ends_every_session(app: Flask, site: Site) -> None:
    other = Visitor(app, RAHMAN)
    end = site(RAHMAN).get("/akun").submit(FORM, old=PASSWORD, new=NEW)
    assert end.url == "/masuk"
    for visitor in (site(RAHMAN), other):
        visitor.json("GET", "/laporan", status=401)
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    site().json("POST", "/masuk", body, status=401)
    site().json("POST", "/masuk", body | {"password": NEW})
    site(SITI).json("GET", "/laporan")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"old": "salah", "new": NEW}, "old"),
        ({"old": "", "new": NEW}, "old"),
        ({"old": PASSWORD, "new": "pendek"}, "new"),
        ({"old": PASSWORD, "new": ""}, "new"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_beside_it(site: Site, typed: dict[str, str], field: str) -> None:
    page = site(HARTONO).get("/akun").submit(FORM, status=422, **typed)
    assert page.one(f"{FORM} [name='{field}']").get("aria-invalid") == "true"
    assert page.has("details[open]")
    site(HARTONO).json("GET", "/laporan")


# A one-time message is for the person whom it was told.


def test_a_message_of_one_person_is_never_shown_to_the_next(site: Site) -> None:
    """They share the phone. He sent a report and went away before the next page was loaded."""
    phone = site(RAHMAN)
    sent = phone.request("POST", "/laporan", data=wire.form())
    assert sent.status_code == 303
    body = {"phone": SITI.phone, "password": PASSWORD}
    assert phone.request("POST", "/masuk", data=body).status_code == 303
    assert "terkirim" not in phone.get("/beranda").text("#notices")
    phone.request("POST", "/laporan", data=wire.form(text="Rapat kedua."))
    phone.request("POST", "/keluar", data={})
    assert "terkirim" not in phone.get("/masuk").text("#notices")
    own = site(SITI).post("/laporan", wire.form(text="Rapat ketiga."))
    assert "terkirim" in own.text("#notices")
    assert "terkirim" not in site(SITI).get("/beranda").text("#notices"), "and only once"
