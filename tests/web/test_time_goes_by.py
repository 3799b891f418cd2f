"""What ends by itself: codes and sessions, and what the person then reads and can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from sipokat.database import writing
from sipokat.domain import activations, administration, people
from sipokat.domain.clock import now
from tests.activating import BY_PIN, PIN, activated, make
from tests.cast import HARTONO, PASSWORD, RAHMAN
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import user_of

Site = Callable[..., Visitor]
CODE, PERSON = "form[action='/aktivasi/orang']", "form[action='/aktivasi']"
TOO_LATE = (
    "Kode ini tidak berlaku lagi: sudah lewat waktunya. Minta kode baru kepada yang memberinya."
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


@contextmanager
def after(time: timedelta) -> Iterator[None]:
    """The server's clock is so much ahead."""
    with time_machine.travel(now() + time):
        yield


def printed(app: Flask) -> str:
    with app.app_context(), writing() as session:
        by = administration.operator("budi")
        return activations.make(session, by, user_of(RAHMAN), printed=True).code


def test_a_code_that_was_sent_lasts_three_days(app: Flask) -> None:
    code, page = make(app), Visitor(app).get("/aktivasi")
    assert "Kode berlaku 3 hari, kode di kertas 30 hari" in page.text("main")
    with after(3 * DAY - HOUR):
        assert page.submit(CODE, code=code).has(PERSON)
    with after(3 * DAY + HOUR):
        page = page.submit(CODE, status=422, code=code)
        assert page.text(f"{CODE} .field-error") == TOO_LATE
        assert page.one(f"{CODE} [name=code]")["value"] == code, "another can be typed at once"
        assert page.submit(CODE, code=make(app)).has(PERSON)


def test_a_code_on_paper_lasts_thirty_days(app: Flask) -> None:
    code, page = printed(app), Visitor(app).get("/aktivasi")
    with after(30 * DAY - HOUR):
        assert page.submit(CODE, code=code).has(PERSON)
    with after(30 * DAY + HOUR):
        assert page.submit(CODE, status=422, code=code).text(f"{CODE} .field-error") == TOO_LATE


def test_a_code_that_runs_out_while_the_pin_is_thought_of(app: Flask) -> None:
    code = make(app)
    page = Visitor(app).get("/aktivasi").submit(CODE, code=code)
    with after(3 * DAY + HOUR):
        page = page.submit(PERSON, status=422, last4=RAHMAN.phone[-4:], pin=PIN)
        assert page.text(f"{CODE} .field-error") == TOO_LATE


def test_for_three_days_after_its_first_use_a_code_opens_one_more_browser(app: Flask) -> None:
    """Counted from that use: a code on paper that was used lasts no longer."""
    code, given = printed(app), {"last4": RAHMAN.phone[-4:], "pin": PIN}
    with after(10 * DAY):
        Visitor(app).get("/aktivasi").submit(CODE, code=code).submit(PERSON, **given)
    with after(13 * DAY - HOUR):
        assert Visitor(app).get("/aktivasi").submit(CODE, code=code).has(PERSON)
    with after(13 * DAY + HOUR):
        page = Visitor(app).get("/aktivasi").submit(CODE, status=422, code=code)
        assert page.text(f"{CODE} .field-error") == TOO_LATE


def test_an_rt_head_is_asked_for_the_pin_after_half_a_year_however_often_he_came(
    app: Flask,
) -> None:
    phone = activated(app)
    for days in (60, 120, 179):
        with after(days * DAY):
            phone.json("GET", "/laporan")
    with after(180 * DAY + HOUR):
        page = phone.get("/laporan", status=401)
        assert "Masuk sebagai Rahman" in page.text(BY_PIN)
        assert page.response.headers["Sipokat-Copies"] == "end"
        phone.user_id = None
        page = page.submit(BY_PIN, pin=PIN)
        assert page.url == "/laporan", "and goes on where he was"


def test_a_lurah_is_asked_for_the_password_after_a_week_of_daily_work(app: Flask) -> None:
    desk = Visitor(app, HARTONO)
    for hours in range(11, 7 * 24, 11):
        with after(hours * HOUR):
            desk.json("GET", "/verifikasi")
    with after(7 * DAY + HOUR):
        page = desk.get("/verifikasi", status=401)
        assert "Masuk dulu untuk melanjutkan." in page.text("main")
        desk.user_id = None
        page = page.submit("form[action='/masuk']", phone=HARTONO.phone, password=PASSWORD)
        assert page.url == "/verifikasi"


def test_who_was_away_is_asked_sooner(app: Flask) -> None:
    phone, desk = activated(app), Visitor(app, HARTONO)
    with after(13 * HOUR):
        assert desk.request("GET", "/verifikasi").status_code == 401
        phone.json("GET", "/laporan")
    with after(91 * DAY):
        assert "Masuk sebagai Rahman" in phone.get("/laporan", status=401).text(BY_PIN)
