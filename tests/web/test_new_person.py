"""Diskominfo adds a person, who gets in by a code and has no password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from sipokat.database import db
from sipokat.domain import people
from sipokat.models import AdministrativeEntry, User
from tests.cast import AGUS, HARTONO, KOTA, PASSWORD, PETANANG_ULU, RAHMAN, TABA_BARU, UTARA_I
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER

Site = Callable[..., Visitor]
FORM = "form[action='/pengelolaan/orang']"
NUMBER = "0813 7777 0001"
SOUND = {"name": "Wati", "phone": NUMBER, "role": "rt_head", "region": TABA_BARU, "rt": "7"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def count(app: Flask, what: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_from_the_form_to_the_phone(app: Flask, site: Site) -> None:
    page = site(AGUS).get("/pengelolaan").visitor.get("/pengelolaan/orang/baru")
    page = page.submit(FORM, **SOUND)
    assert "Wati sudah terdaftar" in page.text("#notices")
    assert "RT 007, Taba Baru" in page.text("main")
    assert "Akun dibuat" in page.text("section[aria-labelledby=perubahan]")
    code = page.submit("form[action$='/aktivasi']").text(".code")
    given = {"code": code, "last4": "0001", "pin": "385026"}
    assert Visitor(app).json("POST", "/aktivasi", given)["user"]["name"] == "Wati"
    for password in (PASSWORD, "", people.NO_PASSWORD):
        body = {"phone": NUMBER, "password": password}
        Visitor(app).json("POST", "/masuk", body, status=401)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"phone": "0813"}, "phone"),
        ({"phone": RAHMAN.phone}, "phone"),
        ({"role": "walikota"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "lurah", "region": UTARA_I}, "region"),
        ({"role": "lurah", "region": "16.73.04.9999"}, "region"),
        ({"role": "lurah", "region": "x"}, "region"),
        ({"region": ""}, "region"),
        ({"region": KOTA}, "region"),
        ({"rt": ""}, "rt"),
        ({"rt": "0"}, "rt"),
        ({"rt": "3a"}, "rt"),
        ({"rt": "１"}, "rt"),
        ({"since": "kemarin"}, "since"),
        ({"since": "0001-01-01"}, "since"),
        ({"since": "9999-12-31"}, "since"),
        ({"region": f"{PETANANG_ULU}.\u0661\u0662\u0663"}, "region"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    app: Flask, site: Site, wrong: dict[str, Any], field: str
) -> None:
    agus = site(AGUS)
    before = count(app, User), count(app, AdministrativeEntry)
    page = agus.get("/pengelolaan/orang/baru").submit(FORM, status=422, **SOUND | wrong)
    assert page.one(f"{FORM} [name={field}]")["aria-invalid"] == "true"
    kept = page.values(FORM)
    assert kept["name"] == (SOUND | wrong)["name"]
    assert kept["phone"] == (SOUND | wrong)["phone"]
    refusal = agus.json("POST", "/pengelolaan/orang", SOUND | wrong, status=422)
    assert list(refusal["fields"]) == [field]
    assert (count(app, User), count(app, AdministrativeEntry)) == before


def test_an_rt_has_one_head(app: Flask, site: Site) -> None:
    taken = SOUND | {"region": PETANANG_ULU, "rt": "001"}
    page = site(AGUS).get("/pengelolaan/orang/baru").submit(FORM, status=409, **taken)
    assert "Rahman memegang jabatan Ketua RT 001 Petanang Ulu" in page.text("[role=alert]")
    assert page.values(FORM)["name"] == "Wati"


def test_as_json(site: Site) -> None:
    body = {"name": "Wati", "phone": NUMBER, "role": "camat", "region": UTARA_I}
    made = site(AGUS).json("POST", "/pengelolaan/orang", body, status=201)
    assert (made["name"], made["role"], made["region"]) == ("Wati", "camat", UTARA_I)
    site(HARTONO).json("POST", "/pengelolaan/orang", body, status=403)


def test_only_diskominfo_is_offered_it(site: Site) -> None:
    assert site(AGUS).get("/pengelolaan").has("a[href='/pengelolaan/orang/baru']")
    assert not site(HARTONO).get("/pengelolaan").has("a[href='/pengelolaan/orang/baru']")
