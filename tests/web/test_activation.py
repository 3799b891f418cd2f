"""The pages of activation and of the PIN, as browsers and phones use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from sipokat.database import db, writing
from sipokat.domain import activations, codes, people
from sipokat.models import Activation, LoginSession
from tests import steps, wire
from tests.activating import BY_PIN, PIN, activated, make
from tests.cast import PASSWORD, PETANANG_ULU, RAHMAN, SITI, Person
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import user_of

Site = Callable[..., Visitor]
CODE, PERSON = "form[action='/aktivasi/orang']", "form[action='/aktivasi']"
BY_PASSWORD = "form[action='/masuk']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def uses(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Activation.uses)))


def test_from_the_link_to_the_first_report_without_script(app: Flask) -> None:
    phone, code = Visitor(app), make(app)
    page = phone.get("/aktivasi").submit(CODE, code=code.lower())
    words = page.text("main")
    assert "Benar ini Bapak/Ibu Rahman?" in words
    assert "Ketua RT 001 Petanang Ulu" in words
    assert RAHMAN.phone[-4:] not in page.response.text
    home = page.submit(PERSON, last4=RAHMAN.phone[-4:], pin=PIN)
    assert home.url == "/beranda"
    assert "Rahman" in home.text("main")
    phone.user_id = "set: signed in"
    sent = phone.request("POST", "/laporan", data=wire.form())
    assert sent.status_code == 303


def test_the_phone_by_its_script(app: Flask) -> None:
    phone, code = Visitor(app), make(app)
    seen = phone.json("POST", "/aktivasi/orang", {"code": code})
    offices = ["Ketua RT 001 Petanang Ulu"]
    assert seen == {"name": "Rahman", "offices": offices, "pin_chosen": False}
    given = {"code": code, "last4": "9999", "pin": PIN}
    refusal = phone.json("POST", "/aktivasi", given, status=422)
    assert list(refusal["fields"]) == ["last4"]
    user = phone.json("POST", "/aktivasi", given | {"last4": RAHMAN.phone[-4:]})["user"]
    assert (user["name"], user["role"]) == ("Rahman", "rt_head")
    phone.user_id = user["id"]
    phone.json("GET", "/laporan")


def test_the_second_browser_is_asked_for_the_pin_that_was_just_chosen(app: Flask) -> None:
    code = make(app)
    first = Visitor(app).get("/aktivasi").submit(CODE, code=code)
    assert "Buat PIN, 6 angka" in first.text("main")
    first.submit(PERSON, last4=RAHMAN.phone[-4:], pin=PIN)
    second = Visitor(app).get("/aktivasi").submit(CODE, code=code)
    assert "PIN yang tadi Anda buat" in second.text("main")
    assert "Buat PIN" not in second.text("main")
    again = second.submit(PERSON, last4=RAHMAN.phone[-4:], pin="493817", status=422)
    assert "PIN yang tadi Anda buat" in again.text("main")
    assert again.submit(PERSON, last4=RAHMAN.phone[-4:], pin=PIN).url == "/beranda"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_the_link_spends_nothing(app: Flask, method: str) -> None:
    """A preview of WhatsApp, a scanner of mails, a browser that loads ahead."""
    code = make(app)
    for path in ("/aktivasi", f"/aktivasi?code={code}", "/aktivasi/orang"):
        Visitor(app).request(method, path)
    Visitor(app).json("POST", "/aktivasi/orang", {"code": code})
    assert uses(app) == [0]


def test_what_is_wrong_is_said_beside_it_and_the_person_stays(app: Flask) -> None:
    phone = Visitor(app)
    page = phone.get("/aktivasi").submit(CODE, status=422, code="AAAA-AAAA")
    assert page.one(f"{CODE} [name=code]")["value"] == "AAAA-AAAA"
    assert page.one(f"{CODE} [name=code]")["aria-invalid"] == "true"
    page = phone.get("/aktivasi").submit(CODE, code=make(app))
    page = page.submit(PERSON, status=422, last4=RAHMAN.phone[-4:], pin="123456")
    assert "berurutan" in page.text(PERSON)
    assert "Rahman" in page.text(PERSON)
    assert (
        "value" not in page.one(f"{PERSON} [name=pin]").attrs
        or not page.one(f"{PERSON} [name=pin]")["value"]
    )
    assert page.submit(PERSON, last4=RAHMAN.phone[-4:], pin=PIN).url == "/beranda"


def test_a_code_that_was_failed_too_often_leads_back_to_the_first_page(app: Flask) -> None:
    phone = Visitor(app)
    page = phone.get("/aktivasi").submit(CODE, code=make(app))
    for _ in range(codes.RULES.failures):
        page = page.submit(PERSON, status=422, last4="0000", pin=PIN)
    assert "tidak berlaku lagi" in page.text(CODE)


def test_inside_another_app_the_page_says_to_open_chrome(app: Flask) -> None:
    agents = {
        "Mozilla/5.0 (Linux; Android 6.0.1; SM-G532G; wv) Chrome/106.0 Mobile": True,
        "Mozilla/5.0 (Linux; Android 13) Chrome/156.0 Mobile WhatsApp/2.24": True,
        "Mozilla/5.0 (Linux; Android 6.0.1; SM-G532G) Chrome/106.0 Mobile": False,
    }
    for agent, inside in agents.items():
        named = {"headers": {"User-Agent": agent}}
        page = Visitor(app).get("/aktivasi", **named)
        assert ("Buka di Chrome" in page.text("main")) is inside, agent
        person = Visitor(app).post("/aktivasi/orang", {"code": make(app)}, **named)
        assert ("Buka di Chrome" in person.text("main")) is inside, agent
        assert person.one(PERSON).has_attr("data-activation-inside") is inside


def test_a_session_of_before_is_ended_by_an_activation(app: Flask, site: Site) -> None:
    phone = site(SITI)
    activated(app, RAHMAN, phone)
    assert phone.json("GET", "/akun")["user"]["name"] == "Rahman"
    with app.app_context():
        owners = db.session.scalars(select(LoginSession.user_id)).all()
        assert owners == [user_of(RAHMAN).id]


# --- The PIN ------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_the_pin_where_the_phone_knows_somebody(app: Flask) -> None:
    assert not Visitor(app).get("/masuk").has(BY_PIN)
    phone = activated(app)
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    page = phone.get("/masuk")
    assert "Rahman" in page.text(BY_PIN)
    page = page.submit(BY_PIN, status=401, pin="111111")
    assert "PIN salah. Masih bisa 4 kali lagi." in page.text(BY_PIN)
    assert page.submit(BY_PIN, pin=PIN).url == "/beranda"


def without_password(app: Flask, person: Person = RAHMAN) -> None:
    """As the city makes the accounts of its RT heads."""
    with app.app_context(), writing():
        user_of(person).password_hash = people.NO_PASSWORD


def test_a_phone_that_was_put_out_leads_with_the_code(app: Flask) -> None:
    """An RT head has no password to sign in with."""
    without_password(app)
    phone = activated(app)
    here = phone.json("GET", "/akun")["phones"][0]["id"]
    page = phone.post(f"/akun/hp/{here}/hilang", {})
    phone.user_id = None
    assert page.url == "/masuk"
    button = page.one(".button.main")
    assert (button.get_text(strip=True), button["href"]) == (
        "Saya punya kode aktivasi",
        "/aktivasi",
    )
    assert "Hubungi Lurah Petanang Ulu dan minta kode aktivasi baru" in page.text("main")
    assert not page.one("details").has_attr("open")
    assert "Rahman" not in page.text("main"), "whoever has found it learns no name"
    # At any other page too, and when somebody has tried a password there.
    assert phone.get("/laporan", status=401).one(".button.main")["href"] == "/aktivasi"
    page = page.submit(BY_PASSWORD, status=401, phone=RAHMAN.phone, password="salah sekali")
    assert page.one("details").has_attr("open")
    assert "salah" in page.text("details [role=alert]")
    activated(app, phone=phone)
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    assert phone.get("/masuk").has(BY_PIN), "and then by the PIN again"


def test_after_the_last_wrong_pin_the_page_leads_with_the_code(app: Flask) -> None:
    without_password(app)
    phone = activated(app)
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    page = phone.get("/masuk")
    for _ in range(codes.RULES.pin_failures):
        page = page.submit(BY_PIN, status=401, pin="111111")
    assert page.one(".button.main")["href"] == "/aktivasi"
    assert "PIN tidak berlaku di HP ini" in page.text("section.form [role=alert]")


def test_who_has_a_password_is_asked_for_that(app: Flask) -> None:
    phone = activated(app)
    here = phone.json("GET", "/akun")["phones"][0]["id"]
    page = phone.post(f"/akun/hp/{here}/hilang", {})
    phone.user_id = None
    assert page.text(".button.main") == "Masuk"


def test_an_ended_session_is_renewed_by_the_pin_where_one_was(app: Flask) -> None:
    phone = activated(app)
    with app.app_context(), writing() as session:
        session.execute(LoginSession.__table__.delete())
    page = phone.get("/laporan", status=401)
    phone.user_id = None
    assert page.submit(BY_PIN, pin=PIN).url == "/laporan"


def test_two_people_on_one_phone_choose_who_they_are(app: Flask) -> None:
    phone = activated(app, SITI, activated(app, RAHMAN))
    phone.request("POST", "/keluar", data={})
    phone.user_id = None
    page = phone.get("/masuk")
    options = {str(one["value"]) for one in page.all(f"{BY_PIN} [name=user]")}
    with app.app_context():
        rahman, siti = user_of(RAHMAN).id, user_of(SITI).id
    assert options == {rahman, siti}
    user = phone.json("POST", "/masuk/pin", {"pin": PIN, "user": rahman})["user"]
    assert user["id"] == rahman
    phone.json("POST", "/masuk/pin", {"pin": "111111", "user": siti}, status=401)
    assert phone.json("POST", "/masuk/pin", {"pin": PIN, "user": siti})["user"]["id"] == siti


def test_a_pin_from_an_unknown_phone_is_answered_as_for_nobody(app: Flask) -> None:
    known = activated(app)
    unknown = Visitor(app)
    bodies = ({"pin": PIN, "user": str(known.user_id)}, {"pin": PIN}, {"pin": PIN, "user": "x"})
    answers = [unknown.json("POST", "/masuk/pin", body, status=401) for body in bodies]
    assert answers[0] == answers[1] == answers[2]
    assert "tidak berlaku di HP ini" in answers[0]["message"]
    assert not unknown.get("/masuk").has(BY_PIN)


def test_the_account_says_who_made_a_code_and_that_a_phone_was_activated(
    app: Flask, site: Site
) -> None:
    """On the person's other phone too: whoever activates, files and verifies is seen doing it."""
    with app.app_context(), writing() as session:
        lurah = steps.newcomer("Wati", "lurah", PETANANG_ULU)
        by = activations.activator(user_of(lurah), user_of(RAHMAN))
        code = activations.make(session, by, user_of(RAHMAN)).code
    given = {"code": code, "last4": RAHMAN.phone[-4:], "pin": PIN}
    Visitor(app).json("POST", "/aktivasi", given)
    words = site(RAHMAN).get("/akun").text("section[aria-labelledby='perubahan']")
    assert "Kode aktivasi dibuat : berlaku sampai " in words
    assert "oleh Wati, Lurah" in words
    assert "HP baru diaktifkan" in words
    assert "dengan kode dari Lurah Wati" in words


def test_who_has_a_password_signs_in_as_before(app: Flask) -> None:
    phone = activated(app)
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    phone.user_id = None
    assert phone.json("POST", "/masuk", body)["user"]["name"] == "Rahman"
