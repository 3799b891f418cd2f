"""The page of one person: what it says, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from sipokat.database import db, writing
from sipokat.domain import administration, people, terms
from sipokat.domain.clock import now
from sipokat.models import AdministrativeEntry, LoginSession
from tests.cast import AGUS, HARTONO, PASSWORD, PETANANG_ULU, RAHMAN, SARI, SITI, YUSUF, Person
from tests.page import Page, Visitor
from tests.services.database import CHEAP, CHEAP_HASHER, MOST, asking, statements
from tests.steps import user_of

Site = Callable[..., Visitor]
DATA = "form[action$='/data']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def address(app: Flask, person: Person = RAHMAN) -> str:
    with app.app_context():
        return f"/pengelolaan/orang/{user_of(person).id}"


def see(app: Flask, site: Site, by: Person = HARTONO, person: Person = RAHMAN) -> Page:
    return site(by).get(address(app, person))


def entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(AdministrativeEntry)) or 0


def test_who_was_never_there_and_who_was(app: Flask, site: Site) -> None:
    words = see(app, site).text("main")
    assert "RT 001, Petanang Ulu" in words
    assert "0812 0000 0101" in words
    assert "belum pernah masuk" in words
    assert "Belum ada HP yang bisa membuka akun ini" in words
    site(RAHMAN)
    words = see(app, site).text("main")
    assert "Terakhir masuk hari ini" in words
    assert "Ya, HP ini hilang" in words


def test_a_lost_phone_is_out_at_once_and_a_new_code_is_offered(app: Flask, site: Site) -> None:
    phone = site(RAHMAN)
    page = see(app, site).submit("li form[action$='/hilang']")
    assert "Buat kode aktivasi untuk HP yang baru" in page.text("#notices")
    assert page.one("form[action$='/aktivasi'] .button.main")
    assert "HP hilang, dikeluarkan dari akun" in page.text("section[aria-labelledby=perubahan]")
    assert "oleh Hartono, Lurah" in page.text("section[aria-labelledby=perubahan]")
    assert phone.request("GET", "/laporan").status_code == 401


def test_all_phones_where_nobody_knows_which(app: Flask, site: Site) -> None:
    site(RAHMAN), Visitor(app, RAHMAN)
    page = see(app, site, YUSUF).submit("form[action$='/hp/semua/hilang']")
    assert "Semua HP" in page.text("#notices")
    with app.app_context():
        left = select(func.count()).where(LoginSession.user_id == user_of(RAHMAN).id)
        assert db.session.scalar(left) == 0


def test_as_json(app: Flask, site: Site) -> None:
    site(RAHMAN)
    here = address(app)
    done = site(HARTONO).json("POST", f"{here}/hp/semua/hilang", {})
    assert done["name"] == "Rahman"
    body = {"name": "Rahman Hakim", "phone": "0812 0000 0188"}
    assert site(HARTONO).json("POST", f"{here}/data", body)["name"] == "Rahman Hakim"
    refusal = site(HARTONO).json("POST", f"{here}/data", {"name": ""}, status=422)
    assert list(refusal["fields"]) == ["name"]


def test_name_and_number_by_her_who_looks_after_him(app: Flask, site: Site) -> None:
    page = see(app, site).submit(DATA, name="Rahman Hakim", phone="0812 0000 0188")
    assert "0812 0000 0188" in page.text("main")
    changes = page.text("section[aria-labelledby=perubahan]")
    assert "Rahman menjadi Rahman Hakim" in changes
    assert "0812 0000 0101 menjadi 0812 0000 0188" in changes


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "phone": ""}, "Isi nama"),
        ({"name": "Rahman", "phone": "0812"}, "belum lengkap"),
        ({"name": "Rahman", "phone": SITI.phone}, "sudah dipakai akun lain"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    app: Flask, site: Site, typed: dict[str, str], said: str
) -> None:
    seen = see(app, site)
    before = entries(app)
    page = seen.submit(DATA, status=422, **typed)
    assert said in page.text(DATA)
    assert page.values(DATA)["name"] == typed["name"]
    assert page.values(DATA)["phone"] == typed["phone"]
    assert entries(app) == before, "neither change is made when one of them is refused"


def test_only_diskominfo_closes_and_opens_accounts(app: Flask, site: Site) -> None:
    assert not see(app, site).has("form[action$='/penutupan']")
    phone = site(RAHMAN)
    page = see(app, site, AGUS).submit("form[action$='/penutupan']")
    assert page.text("main .badge.late") == "Akun ditutup"
    assert not page.has("form[action$='/aktivasi']")
    assert phone.request("GET", "/laporan").status_code == 401
    page = page.submit("form[action$='/pembukaan']")
    assert not page.has("main .badge.late")
    assert page.has("form[action$='/aktivasi']")
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    assert Visitor(app).json("POST", "/masuk", body)["user"]["name"] == "Rahman"


def test_the_last_account_of_diskominfo_stays(app: Flask, site: Site) -> None:
    page = see(app, site, AGUS, AGUS).submit("form[action$='/penutupan']", status=409)
    assert "satu-satunya akun Diskominfo" in page.text("[role=alert]")
    refusal = site(AGUS).json("POST", f"{address(app, AGUS)}/penutupan", {}, status=409)
    assert refusal["error"] == "last_diskominfo"


def test_an_account_is_closed_by_diskominfo_whatever_else_its_person_is(
    app: Flask, site: Site
) -> None:
    with app.app_context(), writing() as session:
        by, since = administration.operator("budi"), date(2019, 1, 1)
        terms.begin(session, by, user_of(AGUS), "lurah", PETANANG_ULU, since)
    see(app, site, AGUS).submit("form[action$='/penutupan']")
    see(app, site, AGUS).submit("form[action$='/pembukaan']")
    with app.app_context():
        made = administration.entries_about(db.session(), user_of(RAHMAN), 2)
        assert [(one.action, one.actor_role) for one in made] == [
            ("enable", "diskominfo"),
            ("disable", "diskominfo"),
        ]


@pytest.mark.parametrize("noun", ["hp/semua/hilang", "data", "penutupan", "pembukaan"])
def test_an_old_session_changes_nothing_unasked(app: Flask, site: Site, noun: str) -> None:
    visitor, here, before = site(AGUS), address(app), entries(app)
    with app.app_context(), writing() as session:
        session.execute(update(LoginSession).values(proved_at=now() - timedelta(minutes=16)))
    assert visitor.json("POST", f"{here}/{noun}", {}, status=401)["error"] == "prove"
    assert entries(app) == before


def test_as_many_statements_for_a_long_record_as_for_a_short_one(app: Flask, site: Site) -> None:
    def ask() -> int:
        with statements(app) as said:
            site(YUSUF).get(here)
        return asking(said)

    here = address(app)
    site(YUSUF).json("POST", f"{here}/aktivasi", {}, status=201)
    few = ask()
    for maker in (HARTONO, YUSUF, AGUS) * 3:
        Visitor(app, RAHMAN)
        site(maker).json("POST", f"{here}/hp/semua/hilang", {})
        site(maker).json("POST", f"{here}/aktivasi", {}, status=201)
    words = see(app, site).text("section[aria-labelledby=perubahan]")
    assert "oleh Hartono, Lurah Petanang Ulu" in words
    assert "oleh Yusuf, Camat Lubuklinggau Utara I" in words
    assert ask() == few <= MOST


def test_refused_without_an_entry(app: Flask, site: Site) -> None:
    for person in (SARI, RAHMAN, HARTONO):
        site(person)
    before = entries(app)
    for noun in ("hp/semua/hilang", "data", "aktivasi", "hp/x/hilang", "hp/99999999999/hilang"):
        site(SARI).json("POST", f"{address(app)}/{noun}", {}, status=404)
        site(RAHMAN).json("POST", f"{address(app)}/{noun}", {}, status=403)
    for phone in ("x", "0", "99999999999"):
        site(HARTONO).json("POST", f"{address(app)}/hp/{phone}/hilang", {}, status=404)
    site(HARTONO).json("POST", f"{address(app)}/penutupan", {}, status=403)
    assert entries(app) == before
