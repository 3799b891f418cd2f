"""Codes on paper for the people of a kelurahan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from limits import RateLimitItemPerHour

from sipokat.database import db, writing
from sipokat.domain import activations, administration, people, terms, typed_codes
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import WrongContent
from sipokat.web.administration import handouts
from tests.cast import AGUS, HARTONO, PETANANG_ULU, RAHMAN, SARI, SITI
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import user_of

Site = Callable[..., Visitor]
HERE = "/pengelolaan/lembar"
MAKE = "form[method=post]"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def test_a_sheet_for_those_who_were_never_there(app: Flask, site: Site) -> None:
    site(RAHMAN)
    page = site(AGUS).get(HERE).submit("form", kelurahan=PETANANG_ULU)
    assert "Rahman, Ketua RT 001 Petanang Ulu (sudah pernah masuk)" in page.text(MAKE)
    assert "Bejo" not in page.text(MAKE)
    page = page.submit(MAKE)
    names = [one.get_text() for one in page.all(".handout h2")]
    assert names == ["Hartono", "Siti Aminah"]
    assert len(page.all(".handout svg")) == 2
    code = page.all(".handout .number")[1].get_text()
    assert len(page.all(".handout")[1].select("ol > li")) == 3
    with app.app_context():
        siti = user_of(SITI)
        assert typed_codes.look(code, "203.0.113.1").user.id == siti.id
        until = activations.open_until(db.session(), siti)
        assert until is not None
        assert (until - now()).days >= 29
        assert activations.open_until(db.session(), user_of(RAHMAN)) is None


def test_a_code_that_is_good_is_replaced_only_where_that_is_said(app: Flask, site: Site) -> None:
    """Loading the sheet anew must not end the codes that were just printed."""
    page = site(AGUS).get(f"{HERE}?kelurahan={PETANANG_ULU}")
    assert not page.has("[name=replace]")
    sent = page.values(MAKE)
    code = page.submit(MAKE).all(".handout .number")[1].get_text()
    again = site(AGUS).post(HERE, sent, status=422)
    assert "Kode untuk 3 orang masih berlaku" in again.text("#field-replace")
    assert "punya kode sampai" in again.text("#field-people")
    assert again.values(MAKE).getlist("people") == sent.getlist("people"), "chosen as before"
    with app.app_context():
        assert typed_codes.look(code, "203.0.113.1").user.id == user_of(RAHMAN).id
    fresh = site(AGUS).get(f"{HERE}?kelurahan={PETANANG_ULU}")
    assert fresh.values(MAKE).getlist("people") == [], "they have a code already"
    assert len(again.submit(MAKE, replace="ya").all(".handout")) == 3
    with app.app_context(), pytest.raises(WrongContent):
        typed_codes.look(code, "203.0.113.1")


def test_sheets_have_a_rate_of_their_own(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr(handouts, "RATE", RateLimitItemPerHour(2))
    app.extensions["limiter"].storage.reset()
    with app.app_context():
        chosen = {"kelurahan": PETANANG_ULU, "people": [user_of(SITI).id], "replace": "ya"}
    agus = site(AGUS)
    for _ in range(2):
        agus.post(HERE, chosen)
    page = agus.post(HERE, chosen, status=429)
    assert "menit, lalu coba lagi" in page.text("main")
    app.extensions["limiter"].storage.reset()


def test_who_sits_at_the_lurahs_desk_is_called_what_they_are(app: Flask, site: Site) -> None:
    with app.app_context(), writing() as session:
        by, today = administration.operator("budi"), day_of(now())
        terms.begin(session, by, user_of(SARI), "lurah", PETANANG_ULU, today, seat="sekretaris")
    page = site(AGUS).get(f"{HERE}?kelurahan={PETANANG_ULU}")
    assert "Sari Wulandari, Sekretaris Kelurahan Petanang Ulu" in page.text(MAKE)
    assert "Hartono, Lurah Petanang Ulu" in page.text(MAKE)


def test_what_is_refused(app: Flask, site: Site) -> None:
    agus = site(AGUS)
    with app.app_context():
        sari, siti = user_of(SARI).id, user_of(SITI).id
    chosen = {"kelurahan": PETANANG_ULU, "people": [sari, "x"]}
    page = agus.post(HERE, chosen, status=422)
    assert "Pilih orangnya dulu" in page.text(MAKE)
    agus.post(HERE, {"kelurahan": "16.73.04", "people": [siti]}, status=422)
    agus.get(f"{HERE}?kelurahan=entah", status=422)
    site(HARTONO).post(HERE, {"kelurahan": PETANANG_ULU, "people": [siti]}, status=403)
    with app.app_context():
        assert activations.open_until(db.session(), user_of(SITI)) is None
