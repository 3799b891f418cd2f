"""A code for somebody, made in one tap by who looks after them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from sipokat.database import db, writing
from sipokat.domain import codes, people
from sipokat.domain.clock import now
from sipokat.models import Activation, AdministrativeEntry, LoginSession
from tests.cast import AGUS, HARTONO, PASSWORD, RAHMAN, SARI, YUSUF, Person
from tests.page import Page, Visitor
from tests.services.database import CHEAP, CHEAP_HASHER

Site = Callable[..., Visitor]
PIN = "385026"
MAKE = "form[action$='/aktivasi']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def address(site: Site, person: Person = RAHMAN) -> str:
    return f"/pengelolaan/orang/{site(person).user_id}"


def tap(site: Site, maker: Person = HARTONO) -> Page:
    return site(maker).get(address(site)).submit(MAKE)


def code_on(page: Page) -> str:
    return page.text(".code").replace(" ", "-")


def count(app: Flask, what: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_a_code_in_one_tap_opens_his_phone(app: Flask, site: Site) -> None:
    page = tap(site)
    assert "Rahman" in page.text("main")
    assert "Ketua RT 001 Petanang Ulu" in page.text("main")
    assert "Kode yang lama" not in page.text("main")
    picture = page.one(".qr svg")
    assert [one["fill"] for one in picture.select("path[fill]")] == ["#fff"]
    assert "#000" in {one.get("stroke") for one in picture.select("path")}
    code = code_on(page)
    assert re.fullmatch(r"\w{4}-\w{4}", code)
    given = {"code": code, "last4": RAHMAN.phone[-4:], "pin": PIN}
    phone = Visitor(app)
    assert phone.json("POST", "/aktivasi", given)["user"]["name"] == "Rahman"


def test_the_message_carries_the_code_behind_the_hash(site: Site) -> None:
    page = tap(site)
    sent = urlsplit(str(page.one("a[href^='https://wa.me/']")["href"]))
    assert sent.path == "/6281200000101"
    said = parse_qs(sent.query)["text"][0]
    assert f"/aktivasi#{code_on(page)}" in said
    assert "Yth. Bapak/Ibu Rahman" in said
    assert "Hartono" in said
    assert "0101" not in said, "whoever intercepts the message must not have the digits too"


def test_it_is_shown_once_and_a_reload_makes_no_other(app: Flask, site: Site) -> None:
    page = tap(site)
    code = code_on(page)
    again = site(HARTONO).get(page.url, status=303)
    assert again.response.headers["Location"] == address(site)
    after = site(HARTONO).get(address(site))
    assert "hanya ditampilkan satu kali" in after.text("#notices")
    assert code not in after.response.text
    assert count(app, Activation) == 1
    assert "masih berlaku sampai" in after.text("main")


def test_a_look_ahead_does_not_take_it_away(site: Site) -> None:
    visitor, page = site(HARTONO), f"{address(site)}/aktivasi"
    visitor.request("POST", page)
    assert visitor.request("HEAD", page).status_code == 200
    visitor.get(page, headers={"Sec-Purpose": "prefetch"})
    assert len(code_on(visitor.get(page))) == 9, "it is shown to who looks"


def test_a_new_one_says_that_the_last_is_no_longer_good(app: Flask, site: Site) -> None:
    first = code_on(tap(site))
    assert "Kode yang lama tidak berlaku lagi" in tap(site, YUSUF).text("main")
    refusal = Visitor(app).json("POST", "/aktivasi/orang", {"code": first}, status=422)
    assert "tidak berlaku lagi" in refusal["message"]


def test_nothing_of_it_stays_on_a_device(site: Site) -> None:
    for path in (address(site), f"{address(site)}/aktivasi"):
        tapped = site(HARTONO).request("POST", f"{address(site)}/aktivasi")
        assert "Sipokat-Copy-Seconds" not in tapped.headers
        answer = site(HARTONO).request("GET", path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Sipokat-Copy-Seconds" not in answer.headers, "so the worker keeps no copy"
        assert answer.headers["Sipokat-User"] == site(HARTONO).user_id


def test_another_person_on_the_maker_s_browser_never_sees_it(app: Flask, site: Site) -> None:
    visitor = site(HARTONO)
    visitor.request("POST", f"{address(site)}/aktivasi")
    visitor.user_id = None
    given = {"phone": AGUS.phone, "password": "sipokat-demo"}
    visitor.user_id = visitor.json("POST", "/masuk", given)["user"]["id"]
    assert visitor.get(f"{address(site)}/aktivasi", status=303)


def test_as_json_and_as_a_fragment(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", f"{address(site)}/aktivasi", {}, status=201)
    assert made["user"]["name"] == "Rahman"
    assert made["link"].endswith(f"/aktivasi#{made['code']}")
    assert codes.read(made["code"])
    assert made["replaces"] is False
    assert made["until"]
    part = site(HARTONO).fragment("POST", f"{address(site)}/aktivasi")
    assert part.select_one(".qr svg")
    assert "tidak berlaku lagi" in part.get_text()


def test_out_of_region_and_nobody_are_one_answer_and_no_entry(app: Flask, site: Site) -> None:
    sari, rahman = site(SARI), site(RAHMAN)
    before = count(app, AdministrativeEntry)
    there = sari.json("POST", f"{address(site)}/aktivasi", {}, status=404)
    nowhere = sari.json("POST", "/pengelolaan/orang/nobody/aktivasi", {}, status=404)
    assert there == nowhere
    rahman.json("POST", f"{address(site)}/aktivasi", {}, status=403)
    assert count(app, AdministrativeEntry) == before
    assert count(app, Activation) == 0


@pytest.mark.parametrize(
    ("maker", "minutes", "asked"),
    [(HARTONO, 59, False), (HARTONO, 61, True), (YUSUF, 14, False), (YUSUF, 16, True)],
)
def test_an_old_session_is_asked_anew(
    app: Flask, site: Site, maker: Person, minutes: int, asked: bool
) -> None:
    """A phone that lies on a table makes no codes. A lurah is asked at most once an hour."""
    visitor, here = site(maker), address(site)
    proved = now() - timedelta(minutes=minutes)
    with app.app_context(), writing() as session:
        session.execute(update(LoginSession).values(proved_at=proved))
    if asked:
        refusal = visitor.json("POST", f"{here}/aktivasi", {}, status=401)
        assert refusal["error"] == "prove"
        assert count(app, Activation) == 0
        page = visitor.get(here).submit(MAKE, status=401)
        page = page.submit("main form:has([name=proof])", proof=PASSWORD)
    else:
        page = visitor.get(here).submit(MAKE)
    assert code_on(page)


def test_the_log_has_no_code(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    code = code_on(tap(site))
    said = capfd.readouterr()
    for sign in (code, code.replace("-", "")):
        assert sign not in said.out + said.err


def test_codes_are_made_so_often_and_no_more(app: Flask, site: Site) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    try:
        for _ in range(30):
            site(HARTONO).json("POST", f"{address(site)}/aktivasi", {}, status=201)
        answer = site(HARTONO).json("POST", f"{address(site)}/aktivasi", {}, status=429)
        assert "Terlalu sering" in answer["message"]
        site(YUSUF).json("POST", f"{address(site)}/aktivasi", {}, status=201)
    finally:
        app.config["RATELIMIT_ENABLED"] = False
        app.extensions["limiter"].storage.reset()
