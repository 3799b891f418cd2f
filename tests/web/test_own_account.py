"""What people change about their own account, on its page: PIN, number and phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from sipokat.database import db, writing
from sipokat.domain import people
from sipokat.domain.clock import now
from sipokat.domain.codes import RULES
from sipokat.models import AdministrativeEntry, LoginSession
from tests.activating import BY_PIN, PIN, activated
from tests.cast import HARTONO, PASSWORD, RAHMAN, SITI
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER

Site = Callable[..., Visitor]
NEW = "906142"
SET_PIN, NUMBER = "form[action='/akun/pin']", "form[action='/akun/nomor']"
LOSE = "form[action$='/hilang']"
TOKEN = "sipokat-sesi"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def token(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(TOKEN)
    assert cookie is not None
    return cookie.value


def leave(visitor: Visitor) -> None:
    visitor.request("POST", "/keluar", data={})
    visitor.user_id = None


def test_a_new_pin_takes_the_present_one_and_another_token(app: Flask) -> None:
    phone = activated(app)
    before = token(phone)
    page = phone.get("/akun").submit(SET_PIN, status=422, proof="111111", pin=NEW)
    assert "PIN salah. Masih bisa 4 kali lagi." in page.text(SET_PIN)
    assert page.one("[autofocus]")["name"] == "proof", "the form stands far down on the page"
    page = page.submit(SET_PIN, status=422, proof=PIN, pin="123456")
    assert "berurutan" in page.text(SET_PIN)
    assert token(phone) == before
    page = page.submit(SET_PIN, proof=PIN, pin=NEW)
    assert (page.url, "PIN baru sudah berlaku" in page.text("#notices")) == ("/akun", True)
    assert "PIN diganti" in page.text("main")
    assert token(phone) != before
    former = Visitor(app)
    former.client.set_cookie(TOKEN, before)
    assert former.request("GET", "/laporan").status_code == 401
    leave(phone)
    page = phone.get("/masuk").submit(BY_PIN, status=401, pin=PIN)
    assert page.submit(BY_PIN, pin=NEW).url == "/beranda"


def test_the_new_token_is_kept_when_the_session_was_prolonged_too(app: Flask) -> None:
    phone = activated(app)
    with app.app_context(), writing() as session:
        then = now() - timedelta(days=2)
        session.execute(update(LoginSession).values(created_at=then, last_used_at=then))
    phone.post("/akun/pin", {"proof": PIN, "pin": NEW})
    phone.json("GET", "/laporan")


def test_an_official_makes_a_pin_for_the_phone_by_password(app: Flask, site: Site) -> None:
    desk = site(HARTONO)
    page = desk.get("/akun").submit(SET_PIN, status=422, proof="salah", pin=NEW)
    assert page.one(f"{SET_PIN} [name=proof]")["aria-invalid"] == "true"
    page.submit(SET_PIN, proof=PASSWORD, pin=NEW)
    leave(desk)
    assert desk.get("/masuk").submit(BY_PIN, pin=NEW).url == "/beranda"
    assert not Visitor(app).get("/masuk").has(BY_PIN), "on this phone alone"
    desk.post("/akun/kata-sandi", {"proof": NEW, "new": "tiga ekor kambing"})
    leave(desk)
    body = {"phone": HARTONO.phone, "password": "tiga ekor kambing"}
    assert desk.json("POST", "/masuk", body)["user"]["name"] == "Hartono"


def test_another_number_takes_the_pin(app: Flask, site: Site) -> None:
    phone = activated(app)
    page = phone.get("/akun").submit(NUMBER, status=422, proof="111111", phone="0813 0000 0001")
    assert page.one(f"{NUMBER} [name=phone]")["value"] == "0813 0000 0001"
    page = page.submit(NUMBER, status=422, proof=PIN, phone="0813")
    assert "belum lengkap" in page.text(NUMBER)
    page = page.submit(NUMBER, status=422, proof=PIN, phone=SITI.phone)
    assert "sudah dipakai akun lain" in page.text(NUMBER)
    page = page.submit(NUMBER, proof=PIN, phone="0813 0000 0001")
    assert "0813 0000 0001" in page.text("main dl")
    with app.app_context():
        query = select(AdministrativeEntry).order_by(AdministrativeEntry.id.desc()).limit(1)
        last = db.session.scalars(query).one()
        assert (last.action, last.actor_id) == ("change_phone", user_of_number("0813 0000 0001"))


def user_of_number(number: str) -> str:
    found = people.find_by_phone(db.session(), number)
    assert found is not None
    return found.id


def test_an_activated_rt_head_is_offered_no_password(app: Flask, site: Site) -> None:
    assert not activated(app).get("/akun").has("form[action='/akun/kata-sandi']")
    assert site(RAHMAN).get("/akun").has("form[action='/akun/kata-sandi']")


# --- The phones that open the account ------------------------------------------------------------


def test_the_phones_stand_on_the_page_and_in_json(app: Flask) -> None:
    """This one first, and one that is signed out but has its PIN."""
    other = activated(app)
    leave(other)
    activated(app, SITI)
    phone = activated(app)
    found = phone.json("GET", "/akun")
    assert [(one["this"], one["signed_in"], one["pin"]) for one in found["phones"]] == [
        (True, True, True),
        (False, False, True),
    ]
    assert all(one["last_used_at"] and one["name"] for one in found["phones"])
    (office,) = found["user"]["offices"]
    assert office == {
        "role": "rt_head",
        "region": RAHMAN.region,
        "kind": "definitif",
        "acting_for": None,
        "since": office["since"],
        "until": None,
    }
    cards = phone.get("/akun").all("section[aria-labelledby='masuk-di'] li")
    assert "HP ini" in cards[0].get_text()
    assert "Masuk lagi dengan PIN" in cards[1].get_text()


def test_a_phone_that_is_lost_opens_nothing_and_the_others_do(app: Flask) -> None:
    lost, phone = activated(app), activated(app)
    page = phone.get("/akun").submit(LOSE)
    assert "HP itu sudah keluar" in page.text("#notices")
    assert not page.has(LOSE)
    answer = lost.request("GET", "/beranda")
    assert answer.status_code == 401
    assert answer.headers["Sipokat-Copies"] == "end", "at its next contact it drops its pages"
    lost.user_id = None
    assert not lost.get("/masuk").has(BY_PIN)
    lost.json("POST", "/masuk/pin", {"pin": PIN}, status=401)
    phone.json("GET", "/laporan")
    assert activated(app, RAHMAN, lost).json("GET", "/akun")["user"]["name"] == "Rahman"


def test_one_that_only_has_its_pin_is_ended_too(app: Flask) -> None:
    lost, phone = activated(app), activated(app)
    leave(lost)
    phone.get("/akun").submit(LOSE)
    lost.json("POST", "/masuk/pin", {"pin": PIN}, status=401)
    assert len(phone.json("GET", "/akun")["phones"]) == 1


def test_this_phone_is_ended_as_well(app: Flask) -> None:
    phone = activated(app)
    here = phone.json("GET", "/akun")["phones"][0]["id"]
    page = phone.post(f"/akun/hp/{here}/hilang", {})
    assert (page.url, "sudah keluar" in page.text("#notices")) == ("/masuk", True)
    phone.user_id = None
    phone.json("GET", "/laporan", status=401)


def test_nobody_ends_anothers_phone(app: Flask, site: Site) -> None:
    phone = activated(app)
    here = phone.json("GET", "/akun")["phones"][0]["id"]
    site(SITI).post(f"/akun/hp/{here}/hilang", {}, status=404)
    phone.json("GET", "/laporan")
    leave(phone)
    phone.json("POST", "/masuk/pin", {"pin": PIN})


def test_guessing_the_pin_in_a_form_ends_in_the_sign_in_page(app: Flask) -> None:
    phone = activated(app)
    for _ in range(RULES.pin_failures - 1):
        phone.post("/akun/nomor", {"proof": "100000", "phone": "0813 0000 0001"}, status=422)
    page = phone.post("/akun/nomor", {"proof": PIN[::-1], "phone": "0813 0000 0001"}, status=401)
    assert "PIN tidak berlaku di HP ini" in page.text("main")
    phone.user_id = None
    phone.json("GET", "/laporan", status=401)


def test_a_session_of_before_stands_there_by_itself(app: Flask, site: Site) -> None:
    """One that does not say which phone it is on."""
    old, phone = Visitor(app, RAHMAN), activated(app)
    with app.app_context(), writing() as session:
        first = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).first()
        session.execute(update(LoginSession).where(LoginSession.id == first).values(device_id=None))
    found = phone.json("GET", "/akun")["phones"]
    assert [one["id"] is None for one in found] == [False, True]
    phone.get("/akun").submit("form[action$='/akhiri']")
    old.json("GET", "/laporan", status=401)
