"""The page of a person's own account: their open sessions, and a new password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from sipokat.database import db, writing
from sipokat.domain import (
    accounts,
    administration,
    deputies,
    endings,
    passwords,
    people,
    terms,
    tries,
)
from sipokat.domain.clock import now
from sipokat.domain.letters import Letter
from sipokat.turns import Line
from sipokat.web.present.administration import WHAT
from tests import steps, wire
from tests.cast import AGUS, HARTONO, KOTA, PASSWORD, PETANANG_ULU, RAHMAN, SARI, SITI, Person
from tests.page import Visitor
from tests.services.database import CHEAP_HASHER
from tests.steps import OPERATOR, today, user_of

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


def test_the_account_says_as_what_one_acts(app: Flask, site: Site) -> None:
    with app.app_context(), writing() as session:
        last = today() + timedelta(days=3)
        letter = Letter("lurah", PETANANG_ULU, "plh", today(), last, "800/1", today())
        deputies.appoint(session, OPERATOR, user_of(SARI), letter)
        by = user_of(RAHMAN)
        terms.begin(session, OPERATOR, by, "lurah", PETANANG_ULU, last, seat="sekretaris")
    words = site(SARI).get("/akun").text("main")
    assert "Lurah Taba Baru, sejak " in words
    assert "Plh. Lurah Petanang Ulu, sejak " in words
    assert "Sekretaris Kelurahan Petanang Ulu, mulai " in site(RAHMAN).get("/akun").text("main")


def test_one_ends_another_session_of_ones_own(app: Flask, site: Site) -> None:
    site(RAHMAN).client.get("/akun")
    other = Visitor(app, RAHMAN)
    page = site(RAHMAN).get("/akun")
    page.submit("form[action$='/hilang']")
    other.json("GET", "/laporan", status=401)
    site(RAHMAN).json("GET", "/laporan")


def test_nobody_ends_anothers_session(app: Flask, site: Site) -> None:
    Visitor(app, RAHMAN)
    page = site(RAHMAN).get("/akun")
    path = str(page.one("form[action$='/hilang']")["action"])
    site(SITI).post(path, {}, status=404)
    assert len(site(RAHMAN).get("/akun").all("form[action$='/hilang']")) == 1


def test_a_session_that_is_not_there(site: Site) -> None:
    site(RAHMAN).post(f"/akun/sesi/{2**31 - 1}/akhiri", {})
    site(RAHMAN).post(f"/akun/hp/{2**31 - 1}/hilang", {}, status=404)
    for kind, noun in (("sesi", "akhiri"), ("hp", "hilang")):
        for number in ("x", "-1", "1.5", "\u0661", 2**31, 2**63, 10**30):
            site(RAHMAN).post(f"/akun/{kind}/{number}/{noun}", {}, status=404)
    site(RAHMAN).json("GET", "/laporan")


def test_a_new_password_ends_every_session(app: Flask, site: Site) -> None:
    other = Visitor(app, RAHMAN)
    end = site(RAHMAN).get("/akun").submit(FORM, proof=PASSWORD, new=NEW)
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
        ({"proof": "salah", "new": NEW}, "proof"),
        ({"proof": "", "new": NEW}, "proof"),
        ({"proof": PASSWORD, "new": "pendek"}, "new"),
        ({"proof": PASSWORD, "new": ""}, "new"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_beside_it(site: Site, typed: dict[str, str], field: str) -> None:
    page = site(HARTONO).get("/akun").submit(FORM, status=422, **typed)
    assert page.one(f"{FORM} [name='{field}']").get("aria-invalid") == "true"
    assert page.has("details[open]")
    site(HARTONO).json("GET", "/laporan")


def test_a_new_password_that_is_too_short_is_nobodys_guess(site: Site) -> None:
    """Whoever types it again and again still gets in when it is long enough."""
    for _ in range(2 * passwords.PER_PASSWORD):
        site(HARTONO).get("/akun").submit(FORM, status=422, proof=PASSWORD, new="pendek")
    assert site(HARTONO).get("/akun").submit(FORM, proof=PASSWORD, new=NEW).url == "/masuk"


def test_the_right_password_is_not_counted_and_wrong_ones_are(app: Flask, site: Site) -> None:
    for _ in range(passwords.PER_PASSWORD):
        site(HARTONO).get("/akun").submit(FORM, status=422, proof="salah", new=NEW)
    page = site(HARTONO).get("/akun").submit(FORM, status=429, proof=PASSWORD, new=NEW)
    assert "Terlalu banyak percobaan" in page.text(FORM)
    assert failures(app, HARTONO) == passwords.PER_PASSWORD
    site(RAHMAN).get("/akun").submit(FORM, proof=PASSWORD, new=NEW)
    assert failures(app, RAHMAN) == 0


def failures(app: Flask, person: Person) -> int:
    with app.app_context():
        return tries.lately(db.session(), f"password:{user_of(person).id}", now())


def test_who_found_no_turn_has_not_tried(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are having their passwords checked, and as many wait as may."""
    line = Line(at_once=1, waiting=0, seconds=3)
    monkeypatch.setattr(people, "_hashing", line)
    page = site(HARTONO).get("/akun")
    line.enter()
    page.submit(FORM, status=503, proof=PASSWORD, new=NEW)
    line.leave()
    assert failures(app, HARTONO) == 0
    assert site(HARTONO).get("/akun").submit(FORM, proof=PASSWORD, new=NEW).url == "/masuk"


# What was changed about the account, and by whom.


def test_the_account_says_what_was_changed_about_it_and_by_whom(site: Site, app: Flask) -> None:
    site(HARTONO)
    with app.app_context(), writing() as session:
        by = administration.diskominfo(user_of(AGUS))
        accounts.change_name(session, by, user_of(RAHMAN), "Rahman <b>Hakim</b>")
        terms.begin(session, by, user_of(RAHMAN), "rt_head", f"{PETANANG_ULU}.009", today())
        accounts.change_phone(session, by, user_of(HARTONO), "0813 0000 0001")
    page = site(RAHMAN).get("/akun")
    words = page.text("section[aria-labelledby='perubahan']")
    assert "Nama diganti : Rahman menjadi Rahman <b>Hakim</b>" in words
    assert "Jabatan mulai : Ketua RT 009 Petanang Ulu, sejak " in words
    assert "oleh Agus Salim, Diskominfo" in words
    assert "Akun dibuat : Ketua RT 001 Petanang Ulu, sejak 1 Jan 2020" in words
    assert "oleh pengelola SIPOKAT" in words
    assert "0813" not in words, "that is another's account"
    assert "menjadi 0813 0000 0001" in site(HARTONO).get("/akun").text("main")


def test_every_kind_of_entry_has_words() -> None:
    """Looked up in the source: an entry without words would be a page that fails."""
    written = re.compile(r"administration\.record\(\s*session,\s*[\w.()]+,\s*\w+,\s*\"(\w+)\"")
    folder = Path(accounts.__file__).parent
    found = {one for path in folder.glob("*.py") for one in written.findall(path.read_text())}
    assert len(found) >= 10
    assert found == set(WHAT)


def test_who_held_an_office_that_reads_no_reports_has_an_account_and_nothing_else(
    app: Flask, site: Site
) -> None:
    """A former Diskominfo finds nobody's account any more."""
    with app.app_context():
        former = steps.newcomer("Wati", "diskominfo", KOTA)
    page = site(former).get("/beranda")
    assert page.has("a[href='/pengelolaan']")
    with app.app_context():
        steps.end_term(former, today() - timedelta(days=1))
    page = site(former).get("/beranda")
    assert "Masa jabatan Anda sudah berakhir" in page.text("main")
    assert not page.has("a[href='/pengelolaan']")
    site(former).post("/pengelolaan", {"cari": "Rahman"}, status=403)
    assert "0812" not in page.text("main")
    site(former).get("/akun")
    for path in ("/laporan", "/verifikasi"):
        site(former).get(path, status=403)
    assert site(former).json("GET", "/akun")["user"]["role"] == "diskominfo"


def test_a_former_head_at_diskominfo_sends_what_waits_and_reads_what_he_wrote(
    app: Flask, site: Site
) -> None:
    mine = wire.file_report(site(RAHMAN))["number"]
    others = wire.file_report(site(SITI))["number"]
    with app.app_context(), writing() as session:
        rahman, last = user_of(RAHMAN), today() - timedelta(days=1)
        endings.end(session, OPERATOR, rahman, rahman.terms[0], last)
        terms.begin(session, OPERATOR, rahman, "diskominfo", KOTA, today())
    phone = site(RAHMAN)
    assert phone.get("/beranda").has("a[href='/pengelolaan']")
    assert phone.get("/laporan").has(f"a[href='/laporan/{mine}']")
    phone.json("GET", f"/laporan/{mine}")
    phone.json("GET", f"/laporan/{others}", status=404)
    waiting = wire.body(happened_on=wire.days_ago(2))
    assert phone.json("POST", "/laporan", waiting, status=201)["number"]
    assert phone.json("GET", "/akun")["user"]["role"] == "diskominfo"


def test_a_former_lurah_on_a_viewers_account_is_led_to_what_she_wrote(
    app: Flask, site: Site
) -> None:
    with app.app_context():
        wati = steps.newcomer("Wati", "viewer", KOTA)
        steps.end_term(wati, today() - timedelta(days=1))
    assert not site(wati).get("/beranda").has("main a[href='/laporan']")
    with app.app_context():
        steps.add_term(wati, PETANANG_ULU, until=today() - timedelta(days=1), role="lurah")
    page = site(wati).get("/beranda")
    assert page.has("main a[href='/laporan']")
    site(wati).get("/laporan")


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
