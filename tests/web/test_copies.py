"""What a page says in a copy that the phone shows later, and until when it may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from sipokat.database import writing
from sipokat.domain.clock import day_of
from sipokat.models import LoginSession
from tests import steps
from tests.cast import AGUS, CAST, DEWI, HARTONO, RAHMAN, RATNA, SARI, SITI, YUSUF, ZAINAL, Person
from tests.page import Page, Visitor
from tests.services.matrix import some
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]

# Words that are true only on the day, or for some hours.
PASSING = re.compile(
    r"hari ini|kemarin|Sisa|hari kerja|baru tiba|baru saja|\d+ (hari|jam|menit)\b"
    r"|Selamat (pagi|siang|sore|malam)"
)
MONDAY = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)  # 07.12 in Lubuklinggau


@pytest.fixture
def reports(site: Site) -> dict[str, str]:
    """Reports of Rahman in each state, by a word; all were received the day before."""
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        made = {word: str(file_report(site(RAHMAN))["number"]) for word in STATES}
        made["bencana"] = str(file_report(site(RAHMAN), "bencana")["number"])
        decide(site(HARTONO), made["returned"], "pengembalian")
        decide(site(HARTONO), made["revised"], "pengembalian")
        decide(site(HARTONO), made["rejected"], "penolakan")
        decide(site(HARTONO), made["verified"], "verifikasi")
        climb(made["final"], site(HARTONO), site(YUSUF), site(DEWI))
    return made


STATES = ("waiting", "returned", "revised", "rejected", "verified", "final")


def pages(visitor: Visitor, numbers: list[str]) -> Iterator[Page]:
    for path in ("/beranda", "/akun"):
        yield visitor.get(path)
    if visitor.person is AGUS:
        return
    yield visitor.get("/laporan")
    if visitor.person in (HARTONO, YUSUF, DEWI, SARI):
        yield visitor.get("/verifikasi")
    if visitor.person in (SARI, SITI):
        return  # not theirs to see
    for number in numbers:
        yield visitor.get(f"/laporan/{number}")


@pytest.mark.parametrize(
    "person", some([RAHMAN, HARTONO, DEWI, YUSUF, ZAINAL, RATNA, AGUS, SARI], 3), ids=str
)
def test_in_a_copy_no_page_says_what_is_true_only_for_a_while(
    app: Flask, reports: dict[str, str], person: Person
) -> None:
    """That a copy offers nothing impossible is looked at on every page of every test."""
    said = 0
    # An hour later, and when the first desk's limit is near, and over.
    for days in (0, 1, 4):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            visitor = Visitor(app, person)
            for page in pages(visitor, list(reports.values())):
                said += len(PASSING.findall(page.text()))
                found = PASSING.search(page.in_copy())
                assert not found, (page.url, page.in_copy())
                assert "Salinan" in page.in_copy()
                assert "Salinan" not in page.text()
            if person is RAHMAN:
                assert not PASSING.search(
                    visitor.get(f"/laporan/{reports['returned']}/perbaikan").in_copy()
                )
    assert said, "nothing passing was on these pages: the test sees nothing"


def test_a_copy_has_dates_instead(app: Flask, reports: dict[str, str]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        page = Visitor(app, HARTONO).get("/verifikasi")
        home = Visitor(app, HARTONO).get("/beranda")
    assert "Sisa 1 hari kerja" in page.text() or "Sisa 2 hari kerja" in page.text()
    copy = page.in_copy()
    assert "Salinan 23 Nov, 07.12 · " in copy
    assert "Batas 24 Nov, 16.00" in copy
    assert "Kejadian 22 Nov · diterima 22 Nov, 07.12" in copy
    assert "di meja lurah sejak 22 Nov, 07.12" in home.in_copy()
    assert copy.count("Ini salinan. Keputusan Anda disimpan di HP") == 1


def test_a_message_that_is_said_once_is_not_in_a_copy(site: Site) -> None:
    number = file_report(site(RAHMAN))["number"]
    hartono = site(HARTONO)
    sent = {"version": 1, "class": "kegiatan", "next": "/verifikasi"}
    page = hartono.post(f"/laporan/{number}/verifikasi", sent)
    assert f"Laporan {number}" in page.text("#notices")
    assert f"Laporan {number}" not in page.in_copy()


# --- How long, and until when ------------------------------------------------------------------


@pytest.mark.parametrize("person", [one for one in CAST if one.active], ids=str)
def test_a_copy_lives_as_long_as_a_session_of_the_role_and_a_week_at_most(
    site: Site, person: Person
) -> None:
    hours = 7 * 24 if person.role == "rt_head" else 12
    headers = site(person).get("/beranda").response.headers
    assert headers["Sipokat-Copy-Seconds"] == str(hours * 3600)
    assert "Sipokat-Copies" not in headers


def test_a_copy_does_not_outlive_an_office_whose_end_is_known(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    with app.app_context(), writing():
        steps.user_of(HARTONO).terms[0].until = day_of(MONDAY)
    with time_machine.travel(MONDAY + timedelta(hours=15), tick=False):  # 22.12 on the last day
        headers = hartono.get("/beranda").response.headers
    assert headers["Sipokat-Copy-Seconds"] == str((60 + 48) * 60)


def test_pages_bear_other_rights_once_an_office_has_begun_ended_or_moved(
    app: Flask, site: Site
) -> None:
    def rights(visitor: Visitor) -> str:
        both = {visitor.get(path).response.headers["Sipokat-Rights"] for path in PATHS}
        assert len(both) == 1
        return both.pop()

    hartono, siti = site(HARTONO), site(SITI)
    before = rights(hartono)
    assert rights(hartono) == before
    assert rights(siti)[:8] != before[:8]
    with app.app_context(), writing():
        steps.add_term(HARTONO, YUSUF.region, role="camat", acts_for=YUSUF)
    more = rights(hartono)
    with app.app_context(), writing():
        for term in steps.user_of(HARTONO).terms:
            term.until = steps.today() - timedelta(days=1)
    none = rights(hartono)
    assert len({before, more, none}) == 3
    assert {one[:8] for one in (before, more, none)} == {before[:8]}


PATHS = ("/beranda", "/akun")


def ends(visitor: Visitor, method: str, path: str, status: int, **options: object) -> bool:
    response = visitor.request(method, path, **options)
    assert response.status_code == status, response.text[:500]
    return response.headers.get("Sipokat-Copies") == "end"


FRAGMENT = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def test_an_ended_session_ends_all_copies_however_the_server_is_asked(
    app: Flask, site: Site
) -> None:
    number = file_report(site(RAHMAN))["number"]
    camat = site(YUSUF)
    with app.app_context(), writing() as session:
        session.query(LoginSession).delete()
    assert ends(camat, "GET", "/beranda", 401)
    assert ends(camat, "GET", f"/laporan/{number}", 401)
    assert ends(camat, "GET", "/verifikasi", 401, headers=FRAGMENT)
    assert ends(camat, "GET", "/laporan", 401, headers=JSON)
    form = {"version": 1, "class": "kegiatan"}
    assert ends(camat, "POST", f"/laporan/{number}/verifikasi", 401, data=form)
    page = camat.get("/beranda", 401)
    assert page.one("meta[name=sipokat-copies]")["content"] == "end"
    # In the session of somebody else.
    hartono = site(HARTONO)
    assert ends(hartono, "GET", "/beranda", 401, headers={"Sipokat-User": camat.user_id or ""})


def test_a_page_of_a_former_office_ends_all_copies(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    assert not ends(hartono, "GET", "/verifikasi", 200)
    with app.app_context(), writing():
        person = steps.user_of(HARTONO)
        person.role = "rt_head"
        person.terms[0].until = steps.today() - timedelta(days=1)
        steps.add_term(HARTONO, RAHMAN.region, role="rt_head")
    assert ends(hartono, "GET", "/verifikasi", 403)
    assert not ends(hartono, "GET", "/laporan", 200)


def test_a_page_that_was_never_for_the_role_and_other_refusals_end_no_copies(
    site: Site,
) -> None:
    number = file_report(site(RAHMAN))["number"]
    hartono, siti = site(HARTONO), site(SITI)
    assert not ends(hartono, "GET", f"/laporan/{number}/perbaikan", 403)
    assert not ends(siti, "GET", f"/laporan/{number}", 404)
    assert not ends(site(RAHMAN), "POST", f"/laporan/{number}/verifikasi", 403, data={"version": 1})
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert not ends(hartono, "POST", "/akun/kata-sandi", 403, data={}, headers=elsewhere)
    wrong = {"phone": RAHMAN.phone, "password": "bukan"}
    assert not ends(hartono, "POST", "/masuk", 401, data=wrong)
    assert not ends(hartono, "POST", "/masuk", 401, json=wrong, headers=JSON)
    assert not ends(hartono, "POST", "/laporan", 403, json={}, headers=elsewhere)
    assert not ends(site(RAHMAN), "GET", "/verifikasi", 403)
    assert not ends(site(RAHMAN), "GET", "/verifikasi", 403, headers=elsewhere)
    assert not ends(site(AGUS), "GET", f"/laporan/{number}", 403)


def test_a_plain_sign_out_tells_the_phone_on_the_next_page_and_only_once(site: Site) -> None:
    rahman = site(RAHMAN)
    refused = rahman.request("POST", "/keluar", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    page = rahman.get("/masuk")
    assert "Sipokat-Signed-Out" not in page.response.headers
    page = rahman.post("/keluar", {})
    assert page.url == "/masuk"
    assert page.response.headers["Sipokat-Signed-Out"] == "1"
    assert page.one("meta[name=sipokat-copies]")["content"] == "signed-out"
    page = rahman.get("/masuk")
    assert "Sipokat-Signed-Out" not in page.response.headers
    assert not page.has("meta[name=sipokat-copies]")
    # By the script, which tells the phone itself.
    siti = site(SITI)
    siti.json("POST", "/keluar", {})
    assert "Sipokat-Signed-Out" not in siti.get("/masuk").response.headers
