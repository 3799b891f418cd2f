"""Whoever activates somebody's account is seen doing it, on each of the person's other phones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from sipokat.database import writing
from sipokat.domain import activations, people
from sipokat.models import LoginSession
from tests.activating import PIN, activated
from tests.cast import HARTONO, PASSWORD, RAHMAN, SITI
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


def test_a_phone_that_came_by_a_password_is_told_on_the_others(app: Flask, site: Site) -> None:
    """Whoever has found out number and password is seen, with how they came."""
    phone = activated(app)
    new = Visitor(app, RAHMAN)
    assert not new.get("/beranda").has(NEWS), "no phone is told of itself"
    words = phone.get("/beranda").text(NEWS)
    assert "HP baru masuk (Aplikasi lain) dengan nomor HP dan kata sandi, hari ini" in words
    record = phone.get("/akun").text("section[aria-labelledby='perubahan']")
    assert "HP baru masuk : Aplikasi lain" in record
    assert "dengan nomor HP dan kata sandi" in record
    hers = site(HARTONO).get(f"/pengelolaan/orang/{phone.user_id}").text("main")
    assert "HP baru masuk" in hers
    phone.get("/beranda").submit(READ)
    new.request("POST", "/keluar", data={})
    new.user_id = None
    new.json("POST", "/masuk", {"phone": RAHMAN.phone, "password": PASSWORD})
    assert not phone.get("/beranda").has(NEWS), "the same phone once more is none that is new"


def test_a_pin_and_a_number_are_told_on_the_others_and_not_where_they_were_made(app: Flask) -> None:
    phone, desk = activated(app), Visitor(app, RAHMAN)
    phone.get("/beranda").submit(READ)
    desk.post("/akun/pin", {"proof": PASSWORD, "pin": "906142"})
    assert "PIN dibuat (Aplikasi lain)" in phone.get("/beranda").text(NEWS)
    desk.post("/akun/pin", {"proof": "906142", "pin": "493817"})
    assert "PIN diganti (Aplikasi lain)" in phone.get("/beranda").text(NEWS)
    assert not desk.get("/beranda").has(NEWS)
    desk.post("/akun/nomor", {"proof": "493817", "phone": "0813 0000 0001"})
    assert "Nomor HP diganti oleh Anda sendiri" in phone.get("/beranda").text(NEWS)
    assert not desk.get("/beranda").has(NEWS)


def test_who_changes_somebodys_number_is_seen(app: Flask, site: Site) -> None:
    """It comes before a code: its last digits are asked for."""
    phone = activated(app)
    person = f"/pengelolaan/orang/{phone.user_id}"
    site(HARTONO).get(person).submit(f"form[action='{person}/data']", phone="0813 0000 0001")
    assert "Nomor HP diganti oleh Lurah Hartono" in phone.get("/beranda").text(NEWS)


def test_what_one_does_oneself_hides_nothing_that_is_still_to_be_read(app: Flask) -> None:
    phone = activated(app)
    by_the_lurah(app)
    phone.post("/akun/pin", {"proof": PIN, "pin": "906142"})
    assert "Kode aktivasi dibuat oleh Lurah Hartono" in phone.get("/beranda").text(NEWS)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 6.0.1) Chrome/106.0 Mobile Safari", "Chrome di Android"),
        ("Mozilla/5.0 (Linux; Android 13; wv) Chrome/130.0 WhatsApp/2.24", "WhatsApp di Android"),
        ("Mozilla/5.0 (Linux; Android 13; wv) Chrome/130.0 [FB_IAB]", "Aplikasi lain di Android"),
        ("Mozilla/5.0 (Linux; Android 6.0.1) SamsungBrowser/8 Chrome/63", "Samsung Internet di An"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "Firefox di Windows"),
    ],
)
def test_browsers_on_one_phone_are_told_apart(app: Flask, agent: str, name: str) -> None:
    phone, named = activated(app), {"headers": {"User-Agent": agent}}
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    Visitor(app).json("POST", "/masuk", body, **named)
    assert f"HP baru masuk ({name}" in phone.get("/beranda").text(NEWS)


def test_a_session_from_before_phones_had_names_is_told_too(app: Flask) -> None:
    """Its browser has the phone's token all the same."""
    old = Visitor(app, RAHMAN)
    with app.app_context(), writing() as session:
        session.execute(update(LoginSession).values(device_id=None))
    by_the_lurah(app)
    assert "Kode aktivasi dibuat oleh Lurah Hartono" in old.get("/beranda").text(NEWS)
    old.get("/beranda").submit(READ)
    assert not old.get("/beranda").has(NEWS)
    assert [one["this"] for one in old.json("GET", "/akun")["phones"]] == [True]
