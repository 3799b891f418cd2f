"""Signing in and out, as a person and as the phone's script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from sipokat.database import db, table
from sipokat.domain import people
from sipokat.domain.clock import now
from sipokat.models import KnownDevice, LoginSession
from tests import steps
from tests.cast import AGUS, BEJO, CAST, DEWI, HARTONO, PASSWORD, RAHMAN, SITI, Person
from tests.page import Visitor
from tests.services.database import CHEAP

Site = Callable[..., Visitor]
SIGN_IN = "form[action='/masuk']:has(#field-phone)"
MINUTES = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def cheap_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown number costs as cheap a hash here as a known one."""
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def attempt(visitor: Visitor, person: Person, password: str = "salah") -> int:
    answer = visitor.request(
        "POST", "/masuk", data={"phone": person.phone, "password": password, "next": "/beranda"}
    )
    return answer.status_code


def test_in_by_the_form_and_out_again(site: Site) -> None:
    visitor = site()
    page = visitor.get("/masuk")
    home = page.submit(SIGN_IN, phone="0812-0000-0101", password=PASSWORD)
    assert home.url == "/beranda"
    assert "Rahman" in home.text("main")
    out = visitor.get("/akun").submit("form[action='/keluar']")
    assert out.url == "/masuk"
    visitor.get("/beranda", status=401)


def test_whom_tests_find_signed_in_has_what_signing_in_gives(app: Flask) -> None:
    with time_machine.travel(now(), tick=False):
        visitors = [Visitor(app, SITI, inside=inside) for inside in (False, True)]
    names = [{cookie.key for cookie in one.client._cookies.values()} for one in visitors]
    assert names[0] == names[1]
    with app.app_context():
        for model in (KnownDevice, LoginSession):
            came, found = db.session.execute(select(table(model))).mappings().all()
            differ = {name for name in came if came[name] != found[name]}
            assert differ <= {"id", "token_hash", "device_id"}
    for one in visitors:
        assert "Siti" in one.get("/akun").text("main")


def test_opening_the_app_signed_out_is_no_fault(site: Site) -> None:
    page = site().get("/beranda", status=401)
    assert page.one("[data-form-error] .notice")["class"] == ["notice", "wait"]
    assert "Diskominfo" in page.text("main section")
    refused = page.submit(SIGN_IN, status=401, phone=SITI.phone, password="salah")
    assert refused.one("[data-form-error] .notice")["class"] == ["notice", "late"]


def test_in_by_json(site: Site) -> None:
    answer = site().json("POST", "/masuk", {"phone": RAHMAN.phone, "password": PASSWORD})
    assert set(answer) == {"user"}
    user = answer["user"]
    assert set(user) == {"id", "name", "role", "region", "call", "offices"}
    assert [(one["role"], one["region"]) for one in user["offices"]] == [("rt_head", RAHMAN.region)]
    assert (user["name"], user["role"], user["region"]) == ("Rahman", "rt_head", RAHMAN.region)
    assert site().json("GET", "/laporan")["items"] == []


def test_the_owner_of_the_page_is_the_same_everywhere(site: Site) -> None:
    page = site(RAHMAN).get("/beranda")
    assert page.response.headers["Sipokat-User"] == site(RAHMAN).user_id
    assert str(site(RAHMAN).user_id) in str(page.one("meta[name='sipokat-user']")["content"])


def test_out_by_json_and_again_without_a_session(site: Site) -> None:
    visitor = site(RAHMAN)
    assert visitor.json("POST", "/keluar", {}) == {"ok": True}
    visitor.json("GET", "/laporan", status=401)
    assert visitor.json("POST", "/keluar", {}) == {"ok": True}


def test_a_stolen_token_is_worth_nothing_after_signing_out(site: Site) -> None:
    visitor = site(RAHMAN)
    token = visitor.client.get_cookie("sipokat-sesi")
    assert token is not None
    visitor.json("POST", "/keluar", {})
    thief = site()
    thief.client.set_cookie("sipokat-sesi", token.value)
    thief.json("GET", "/laporan", status=401)


def test_a_sign_out_ends_only_the_session_of_the_person_it_names(site: Site) -> None:
    """The sign-out of the former owner arrives when another person has signed in."""
    visitor, other = site(RAHMAN), {"Sipokat-User": str(site(SITI).user_id)}
    answer = visitor.json("POST", "/keluar", {}, status=401, headers=other)
    assert answer["error"] == "not_signed_in"
    visitor.json("GET", "/laporan")
    assert visitor.json("POST", "/keluar", {}) == {"ok": True}
    assert visitor.json("POST", "/keluar", {}, headers=other) == {"ok": True}, "nothing to end"


def test_one_may_sign_in_while_a_session_is_alive(site: Site) -> None:
    """A sign-out may not have reached the server yet when the next person wants to sign in."""
    assert not site().get("/masuk").has("a[href='/beranda']")
    page = site(RAHMAN).get("/masuk")
    assert "Anda sudah masuk di HP ini." in page.text("main")
    assert page.has("a[href='/beranda']")
    assert not page.has("meta[name='sipokat-user']"), "nobody's phone becomes Rahman's by it"
    assert "Sipokat-User" not in page.response.headers
    refused = page.submit(SIGN_IN, status=401, phone=SITI.phone, password="salah")
    assert not refused.has("meta[name='sipokat-user']")
    home = page.submit(SIGN_IN, phone=SITI.phone, password=PASSWORD)
    assert "Siti Aminah" in home.text("main")


def test_another_person_on_the_same_phone(site: Site) -> None:
    visitor = site(RAHMAN)
    old = visitor.client.get_cookie("sipokat-sesi")
    assert old is not None
    answer = visitor.json("POST", "/masuk", {"phone": SITI.phone, "password": PASSWORD})
    assert answer["user"]["name"] == "Siti Aminah"
    other = site()
    other.client.set_cookie("sipokat-sesi", old.value)
    other.json("GET", "/laporan", status=401)


# Refused.


def test_the_same_words_for_an_unknown_number_and_a_wrong_password(site: Site) -> None:
    answers = []
    for phone in (RAHMAN.phone, "0819-0000-0000", BEJO.phone):
        page = site().post("/masuk", {"phone": phone, "password": "salah"}, status=401)
        assert page.values(SIGN_IN)["phone"] == phone, "what was typed is kept"
        assert "password" not in page.values(SIGN_IN) or not page.values(SIGN_IN)["password"]
        answers.append(page.text("[data-form-error]"))
    assert len(set(answers)) == 1
    in_json = [
        site().json("POST", "/masuk", {"phone": phone, "password": "salah"}, status=401)
        for phone in (RAHMAN.phone, "0819-0000-0000", BEJO.phone)
    ]
    assert in_json[0] == in_json[1] == in_json[2]
    assert in_json[0]["error"] == "not_signed_in"


def test_an_incomplete_number_is_said_so_and_stays_in_the_form(site: Site) -> None:
    page = site().post("/masuk", {"phone": "0812 0000", "password": "salah"}, status=422)
    assert page.values(SIGN_IN)["phone"] == "0812 0000"
    assert "belum lengkap" in page.text("[data-form-error]")
    answer = site().json("POST", "/masuk", {"phone": "0812", "password": "x"}, status=422)
    assert "belum lengkap" in answer["fields"]["phone"]


def test_too_many_failures_are_said_in_words_with_the_time_left(site: Site) -> None:
    for _ in range(5):
        assert attempt(site(), RAHMAN) == 401
    answer = site().request("POST", "/masuk", data={"phone": RAHMAN.phone, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 120
    page = site().post("/masuk", {"phone": RAHMAN.phone, "password": PASSWORD}, status=429)
    assert "menit" in page.text("[data-form-error]")
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    assert site().json("POST", "/masuk", body, status=429)["error"] == "too_many"
    with time_machine.travel(steps.now() + MINUTES + timedelta(seconds=1)):
        assert attempt(site(), RAHMAN, PASSWORD) == 303


def test_a_phone_that_was_in_before_is_not_locked_out_by_others(app: Flask, site: Site) -> None:
    known = site(RAHMAN)
    known.json("POST", "/keluar", {})
    for _ in range(6):
        attempt(Visitor(app), RAHMAN)
    assert attempt(Visitor(app), RAHMAN, PASSWORD) == 429
    assert attempt(known, RAHMAN, PASSWORD) == 303


def test_the_address_is_the_proxys_word_only_when_one_is_trusted(app: Flask) -> None:
    """Anybody can send X-Forwarded-For, so it must not give a new allowance of tries."""
    for number in range(5):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        Visitor(app).request(
            "POST", "/masuk", data={"phone": RAHMAN.phone, "password": "x"}, headers=headers
        )
    with app.app_context():
        from sqlalchemy import select

        from sipokat.database import db
        from sipokat.models import SignInFailure

        keys = set(db.session.scalars(select(SignInFailure.key)))
    assert keys == {
        "phone:+6281200000101@127.0.0.1",
        "phone:+6281200000101",
        "address:127.0.0.1",
    }


# Where to go on to.


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/laporan?status=waiting", "/laporan?status=waiting"),
        ("/laporan/baru", "/laporan/baru"),
        ("", "/beranda"),
        ("//evil.example", "/beranda"),
        ("/\\evil.example", "/beranda"),
        ("/\t/evil.example", "/beranda"),
        ("/\n/evil.example", "/beranda"),
        ("/ /evil.example", "/beranda"),
        ("/.\\..\\evil.example", "/beranda"),
        ("https://evil.example", "/beranda"),
        ("javascript:alert(1)", "/beranda"),
        ("evil.example", "/beranda"),
        ("/masuk", "/beranda"),
        ("/keluar", "/beranda"),
        ("/laporan\u3164", "/beranda"),
        ("/laporan?cari=\u200bsampah", "/beranda"),
    ],
)
def test_signing_in_never_leads_to_another_site(site: Site, wanted: str, led: str) -> None:
    body = {"phone": RAHMAN.phone, "password": PASSWORD, "next": wanted}
    assert site().request("POST", "/masuk", data=body).headers["Location"] == led
    page = site().post("/masuk", body | {"password": "x"}, status=401)
    assert page.values(SIGN_IN)["next"] == led
    asked = Visitor(site().app).request("GET", "/masuk", query_string={"lanjut": wanted})
    assert f'name="next" value="{led}"' in asked.text


# How long a session lasts.


@pytest.mark.parametrize(
    ("person", "life"), [(RAHMAN, timedelta(days=90)), (HARTONO, timedelta(hours=12))], ids=str
)
def test_a_session_ends_so_long_after_its_last_use(
    site: Site, person: Person, life: timedelta
) -> None:
    visitor, start = site(person), steps.now()
    for use in (1, 2):
        with time_machine.travel(start + use * (life - timedelta(minutes=1))):
            visitor.json("GET", "/laporan")
    with time_machine.travel(start + 3 * life):
        visitor.json("GET", "/laporan", status=401)


def test_the_cookie_lives_as_long_as_the_session(app: Flask) -> None:
    for person, seconds in ((RAHMAN, 90 * 86400), (DEWI, 12 * 3600)):
        body = {"phone": person.phone, "password": PASSWORD}
        cookies = Visitor(app).request("POST", "/masuk", json=body).headers.getlist("Set-Cookie")
        (session,) = [one for one in cookies if one.startswith("sipokat-sesi=")]
        assert f"Max-Age={seconds};" in session
        assert "HttpOnly" in session
        assert "SameSite=Lax" in session
        assert "Path=/" in session
        assert "Domain" not in session


def session_cookies(answer: TestResponse) -> list[str]:
    """What the browser is told about the session's token."""
    told = answer.headers.getlist("Set-Cookie")
    return [one for one in told if one.startswith("sipokat-sesi=")]


@pytest.mark.parametrize(
    ("person", "life", "most"),
    [
        (RAHMAN, timedelta(days=90), timedelta(days=180)),
        (HARTONO, timedelta(hours=12), timedelta(days=7)),
    ],
    ids=str,
)
def test_the_browser_keeps_the_token_as_long_as_the_session_lives(
    site: Site, person: Person, life: timedelta, most: timedelta
) -> None:
    """A session in constant use outlives its first cookie, which must be renewed in time, and ends
    so long after signing in all the same."""
    visitor, start = site(person), steps.now()
    token = visitor.client.get_cookie("sipokat-sesi")
    assert token is not None
    for use in range(1, 4):
        left = min(life, most - use * life / 2)
        with time_machine.travel(start + use * life / 2):
            first = visitor.request("GET", "/laporan", headers={"Accept": "application/json"})
            (cookie,) = session_cookies(first)
            assert cookie.startswith(f"sipokat-sesi={token.value};")
            age = timedelta(seconds=int(cookie.partition("Max-Age=")[2].partition(";")[0]))
            assert timedelta(0) <= left - age < timedelta(minutes=5)
            for word in ("HttpOnly", "SameSite=Lax"):
                assert word in cookie
            assert session_cookies(visitor.request("GET", "/laporan")) == [], "written down lately"


def test_no_token_is_given_anew_to_who_has_just_left(site: Site) -> None:
    with time_machine.travel(steps.now() + timedelta(days=30)):
        (cookie,) = session_cookies(site(RAHMAN).request("POST", "/keluar", data={}))
        assert "Max-Age=0;" in cookie


def test_a_cookie_of_another_application_signs_nobody_out(site: Site) -> None:
    """Another program with the same library on this host names its cookie `remember_token` too."""
    visitor = site(RAHMAN)
    for name in ("remember_token", "session", "user_id"):
        visitor.client.set_cookie(name, f"{visitor.user_id}|0")
    assert "Rahman" in visitor.get("/beranda").text("main")


# The demo offers its people.


def test_nobody_is_offered_outside_the_demo(site: Site) -> None:
    page = site().get("/masuk")
    assert not page.has("form.login-as")
    assert PASSWORD not in page.response.text


def test_the_demo_offers_everybody_in_one_tap(app: Flask, site: Site) -> None:
    app.config["MODE"] = "demo"
    page = site().get("/masuk")
    assert [str(one["value"]) for one in page.all("form.login-as button")] == [
        one.phone for one in CAST if one.active
    ]
    home = page.submit("form.login-as", phone=AGUS.phone)
    assert home.url == "/beranda"
    assert not page.has("a[href^='tel:']"), "a number is never a link"
