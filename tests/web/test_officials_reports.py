"""A lurah and a camat find their own reports on home and in the list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import AGUS, DEWI, HARTONO, RAHMAN, RATNA, SARI, YUSUF, Person
from tests.page import Visitor
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]
OWN = "section[aria-labelledby=milik-anda]"
MEND = "section[aria-labelledby=perbaiki]"


@pytest.mark.parametrize(("person", "over"), [(HARTONO, YUSUF), (YUSUF, DEWI)], ids=str)
def test_home_shows_ones_own_reports_and_where_they_lie(
    site: Site, person: Person, over: Person
) -> None:
    page = site(person).get("/beranda")
    assert page.one(f"{OWN} a[href='/laporan/baru']")
    assert page.one(f"{OWN} a[href='/kotak-keluar']")
    assert not page.has(f"{OWN} article")
    number = str(file_report(site(person), "pad_inovasi")["number"])
    page = site(person).get("/beranda")
    badge = "Menunggu camat" if over is YUSUF else "Menunggu Bag. Pemerintahan"
    assert badge in page.text(OWN)
    assert page.has(f"{OWN} article a[href='/laporan/{number}']")
    decide(site(over), number, "pengembalian", reason="angka_perlu_dicek", note="Cek lagi.")
    page = site(person).get("/beranda")
    assert "betulkan angka" in page.text(MEND)
    assert page.has(f"{MEND} a[href='/laporan/{number}/perbaikan']")
    assert not page.has(f"{OWN} article")
    form = site(person).get(f"/laporan/{number}/perbaikan")
    assert form.has("details[open]:has(#field-fields-target_rp) #diminta")


def test_the_list_can_be_narrowed_to_ones_own(site: Site) -> None:
    for person in (RAHMAN, SARI):
        file_report(site(person))
    number = str(file_report(site(HARTONO), "rekap_bulanan")["number"])
    page = site(HARTONO).get("/laporan?by=own")
    assert [one["href"] for one in page.all("article .card-link")] == [f"/laporan/{number}"]
    assert "dari kantor Anda sendiri" in page.text("main")
    assert page.values("form[role=search]")["by"] == "own"
    items = site(HARTONO).json("GET", "/laporan?by=own&category=rekap_bulanan")["items"]
    assert [one["number"] for one in items] == [number]
    assert site(YUSUF).json("GET", "/laporan?by=own")["items"] == []
    for person in (HARTONO, YUSUF):
        assert site(person).get("/laporan").has("[name=by]")
    for person in (RAHMAN, DEWI, RATNA):
        assert not site(person).get("/laporan").has("[name=by]")
    site(HARTONO).get("/laporan?by=everybody", status=400)
    site(AGUS).get("/laporan?by=own", status=403)


def test_an_officials_report_goes_the_whole_way(site: Site) -> None:
    number = str(file_report(site(YUSUF), "pad_inovasi")["number"])
    report = climb(number, site(DEWI))
    assert (report["status"], report["desk"]) == ("verified", None)
    assert "Terverifikasi" in site(YUSUF).get("/beranda").text(OWN)


def test_only_who_reports_is_offered_a_form(site: Site) -> None:
    for person in (DEWI, RATNA, AGUS):
        page = site(person).get("/beranda")
        assert not page.has(OWN)
        assert not page.has("main a[href='/laporan/baru']")
