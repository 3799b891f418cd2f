"""Whoever activates somebody's account is seen doing it, on each of the person's other phones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from sipokat.database import writing
from sipokat.domain import activations, people
from tests.activating import PIN, activated
from tests.cast import HARTONO, RAHMAN, SITI
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import user_of

Site = Callable[..., Visitor]
NEWS, READ = "section.news", "form[action='/akun/kabar']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def by_the_lurah(app: Flask) -> str:
    """A code that Hartono makes for Rahman."""
    with app.app_context(), writing() as session:
        by = activations.activator(user_of(HARTONO), user_of(RAHMAN))
        return activations.make(session, by, user_of(RAHMAN)).code


def spend(app: Flask, code: str) -> Visitor:
    phone = Visitor(app)
    given = {"code": code, "last4": RAHMAN.phone[-4:], "pin": PIN}
    phone.user_id = phone.json("POST", "/aktivasi", given)["user"]["id"]
    return phone


def test_it_stands_on_home_until_it_has_been_read_on_that_phone(app: Flask, site: Site) -> None:
    first, second = activated(app), activated(app)
    first.get("/beranda").submit(READ)
    for phone in (first, second):
        assert not phone.get("/beranda").has(NEWS), "no phone is told of its own activation"
    second.request("POST", "/keluar", data={})
    newest = spend(app, by_the_lurah(app))
    words = first.get("/beranda").text(NEWS)
    assert "Kode aktivasi dibuat oleh Lurah Hartono, hari ini" in words
    assert "HP baru diaktifkan (Aplikasi lain) dengan kode dari Lurah Hartono, hari ini" in words
    page = first.get("/beranda").submit(READ)
    assert (page.url, page.has(NEWS)) == ("/beranda", False)
    second.json("POST", "/masuk/pin", {"pin": PIN}, headers={"Sipokat-User": "x"})
    assert second.get("/beranda").has(NEWS), "it was read on the other phone alone"
    assert not newest.get("/beranda").has(NEWS)
    assert not site(SITI).get("/beranda").has(NEWS)
    assert not site(HARTONO).get("/beranda").has(NEWS)
    assert "dengan kode dari Lurah Hartono" in first.get("/akun").text("main")


def test_a_code_that_nobody_has_used_is_told_too(app: Flask) -> None:
    phone = activated(app)
    by_the_lurah(app)
    page = phone.get("/beranda")
    assert "Kode aktivasi dibuat oleh Lurah Hartono" in page.text(NEWS)
    assert "Kode aktivasi dibuat oleh Lurah Hartono" in page.in_copy()
    page.submit(READ)
    by_the_lurah(app)
    assert phone.get("/beranda").has(NEWS)


def test_what_comes_later_is_told_whatever_number_was_read(app: Flask) -> None:
    phone = activated(app)
    phone.post("/akun/kabar", {"last": str(2**31 - 1)})
    by_the_lurah(app)
    assert phone.get("/beranda").has(NEWS)
    for last in ("", "x", "-1", str(2**31)):
        phone.post("/akun/kabar", {"last": last}, status=404)


def test_a_phone_with_a_password_is_told_from_its_first_sign_in_on(app: Flask, site: Site) -> None:
    by_the_lurah(app)
    phone = site(RAHMAN)
    assert not phone.get("/beranda").has(NEWS)
    by_the_lurah(app)
    assert phone.get("/beranda").has(NEWS)
