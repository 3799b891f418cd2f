"""The list of people as a page, a fragment and JSON; what is searched for stands in no address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from sipokat.domain import people_list
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Page, Visitor
from tests.services.database import MOST, asking, statements

Site = Callable[..., Visitor]
SEARCH = "form[role=search]"


def cards(page: Page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.all("#orang article")]


def search(site: Site, person: Person, said: str) -> Page:
    return site(person).get("/pengelolaan").submit(SEARCH, cari=said)


def test_a_lurah_sees_the_heads_of_her_rt_and_who_needs_a_hand(site: Site) -> None:
    site(RAHMAN)
    page = site(HARTONO).get("/pengelolaan")
    rahman, siti, bejo = cards(page)
    assert "Rahman" in rahman
    assert "Ketua RT 001 Petanang Ulu" in rahman
    assert "Terakhir masuk hari ini" in rahman
    assert "Belum pernah masuk" in siti
    assert "Akun ditutup" in bejo
    assert not page.has("select"), "she has one kelurahan and one kind of office"
    figures = {str(one["href"]): one for one in page.all(".figure a")}
    assert set(figures) == {"/pengelolaan?state=never", "/pengelolaan?state=no_phone"}
    narrowed = site(HARTONO).get("/pengelolaan?state=never")
    assert "1 orang" in narrowed.text("#orang")
    assert ["Siti" in one for one in cards(narrowed)] == [True]


def test_each_card_leads_to_the_person(site: Site) -> None:
    page = site(HARTONO).get("/pengelolaan")
    links = [str(one["href"]) for one in page.all("#orang .card-link")]
    assert f"/pengelolaan/orang/{site(RAHMAN).user_id}" in links
    for link in links:
        assert site(HARTONO).get(link).one("[class='header-back']")["href"] == "/pengelolaan"


def test_a_search_is_a_post_and_no_address_has_what_was_typed(site: Site) -> None:
    ways = ("rahm", "0812-0000-0101", "+6281200000101", "0062 812/0000.0101", "tel:+6281200000101")
    pasted = (" rah\u200bman ", "\u200brahman\ufeff", "\u202a+62 812\u20110000\u20110101\u202c")
    for said in (*ways, *pasted):
        page = search(site, AGUS, said)
        (card,) = cards(page)
        assert "Ketua RT 001 Petanang Ulu" in card
        assert page.url == "/pengelolaan"
        assert not page.response.request.query_string
        links = [str(one["href"]) for one in page.all("a[href]")]
        assert not [one for one in links if "rahm" in one.lower() or "0101" in one]
    assert "1 orang" in search(site, AGUS, "rah\u202eman").text("#orang")
    # What stands in an address is not searched for.
    assert len(cards(site(AGUS).get("/pengelolaan?cari=rahman"))) > 1


def test_nobody_found_and_half_a_number(site: Site) -> None:
    assert "Tidak ada yang cocok" in search(site, HARTONO, "Marlina").text("#orang")
    assert "Nomor HP belum lengkap" in search(site, AGUS, "0812 0000").text("#orang")
    assert len(cards(search(site, HARTONO, " "))) == 3, "nothing typed is nothing narrowed"


def test_diskominfo_narrows_by_region_and_office(site: Site) -> None:
    page = site(AGUS).get("/pengelolaan")
    page = page.submit("form[method=get]", region=TABA_BARU, role="lurah")
    (card,) = cards(page)
    assert "Sari Wulandari" in card
    assert ", Lurah, di Taba Baru" in page.text("#orang > p")
    assert "Tidak ada orang" in site(YUSUF).get("/pengelolaan?role=diskominfo").text("#orang")


@pytest.mark.parametrize(
    "asked", ["role=walikota", "state=x", "region=x", "region=1'--", "page=x", "page=99999999999"]
)
def test_choices_that_no_form_offers(site: Site, asked: str) -> None:
    site(AGUS).get(f"/pengelolaan?{asked}", status=400)
    answer = site(AGUS).json("GET", f"/pengelolaan?{asked}", status=400)
    assert answer["error"] == "malformed"


def test_page_by_page(app: Flask, site: Site) -> None:
    with app.app_context():
        for place in range(people_list.PAGE + 5):
            steps.newcomer(f"Orang {place:02d}", "rt_head", f"{PETANANG_ULU}.{place + 100}")
    first = site(HARTONO).get("/pengelolaan?state=never")
    following = str(first.one("a[rel=next]")["href"])
    assert following == "/pengelolaan?state=never&page=2"
    second = site(HARTONO).get(following)
    assert not second.has("a[rel=next]")
    assert len(cards(first)) == people_list.PAGE
    assert not set(cards(first)) & set(cards(second))
    assert "Kembali ke awal" in second.text("#orang")
    found = search(site, HARTONO, "orang")
    assert "Hanya 30 yang pertama" in found.text("#orang")
    assert not found.has("a[rel=next]"), "a link would carry the words"


def test_as_many_statements_for_many_people_as_for_few(app: Flask, site: Site) -> None:
    def ask() -> int:
        with statements(app) as said:
            site(YUSUF).get("/pengelolaan")
        return asking(said)

    site(YUSUF)  # signing in has statements of its own
    few = ask()
    with app.app_context():
        for place in range(40):
            steps.newcomer(f"Orang {place}", "rt_head", f"{TABA_BARU}.{place + 100}")
    assert ask() == few <= MOST


def test_as_json_and_as_a_fragment(site: Site) -> None:
    site(RAHMAN)
    listed = site(HARTONO).json("GET", "/pengelolaan")
    rahman, siti, bejo = listed["items"]
    assert rahman["id"] == site(RAHMAN).user_id
    assert rahman["offices"] == ["Ketua RT 001 Petanang Ulu"]
    assert rahman["last_contact"]
    assert (siti["state"], siti["last_contact"], bejo["active"]) == ("never", None, False)
    assert (listed["total"], listed["next"]) == (3, None)
    found = site(HARTONO).json("POST", "/pengelolaan", {"cari": "siti"})
    assert [one["name"] for one in found["items"]] == ["Siti Aminah"]
    part = site(HARTONO).fragment("POST", "/pengelolaan", data={"cari": "siti"})
    assert [one.get_text() for one in part.select(".card-title")] == ["Siti Aminah"]
    assert not part.select("form")


def test_never_kept_on_a_device_and_not_for_others(site: Site) -> None:
    for method in ("GET", "POST"):
        answer = site(HARTONO).request(
            method, "/pengelolaan", data={} if method == "POST" else None
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Sipokat-Copy-Seconds" not in answer.headers
    for person in (RAHMAN, DEWI):
        site(person).get("/pengelolaan", status=403)


def test_the_way_there(site: Site) -> None:
    for person in (HARTONO, SARI, YUSUF, AGUS):
        assert site(person).get("/beranda").has("a[href='/pengelolaan']"), person.name
    for person in (RAHMAN, DEWI):
        assert not site(person).get("/beranda").has("a[href='/pengelolaan']"), person.name
    assert "Pengelolaan" in site(AGUS).get("/beranda").text("nav")


PLACES = ("/pengelolaan", "/pengelolaan/jabatan", "/pengelolaan/wilayah")


@pytest.mark.parametrize(
    ("person", "place", "paths"),
    [
        (HARTONO, "Orang", PLACES),
        (YUSUF, "Orang", PLACES),
        (DEWI, "Jabatan", ("/pengelolaan/jabatan",)),
        (AGUS, "Pengelolaan", PLACES),
    ],
    ids=str,
)
def test_the_menu_leads_there_and_says_where_one_is(
    site: Site, person: Person, place: str, paths: tuple[str, ...]
) -> None:
    for path in paths:
        page = site(person).get(path)
        assert page.text("nav a[aria-current=page]") == place, path
    home = site(person).get("/beranda")
    assert home.text("nav a[aria-current=page]") == "Beranda"
    assert place in home.text("nav")


def test_what_the_list_was_narrowed_to_is_a_sentence(site: Site) -> None:
    asked = f"/pengelolaan?role=rt_head&region={UTARA_I}&state=never"
    shown = site(AGUS).get(asked).text("#orang")
    assert " orang , Ketua RT, di Lubuklinggau Utara I, belum pernah masuk" in shown
