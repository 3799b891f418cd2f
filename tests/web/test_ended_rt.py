"""An RT that is there no more: its reports are found and mended, and nothing new is written for
it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from sipokat.database import writing
from sipokat.domain import administration, region_changes
from sipokat.web.present import times
from tests import steps
from tests.cast import AGUS, HARTONO, PETANANG_ULU, RAHMAN, SARI, YUSUF
from tests.page import Visitor

Site = Callable[..., Visitor]
RT = RAHMAN.region
LAST = steps.today() - timedelta(days=1)
FORM = "form[data-report-form]"


@pytest.fixture
def returned(app: Flask) -> str:
    """The number of a report of Rahman's that came back to him on the last day of his RT."""
    with app.app_context():
        sent = steps.send(RAHMAN, on=LAST - timedelta(days=1))
        report = steps.act(HARTONO, sent, "return")
        with writing() as session:
            region_changes.dissolve(session, administration.operator("budi"), RT, LAST)
        return report.number


def test_the_kelurahan_finds_it_on_home_and_mends_it(site: Site, returned: str) -> None:
    said = f"RT 001 berakhir {times.date_words(LAST)}. Laporan ini bisa Anda perbaiki."
    home = site(HARTONO).get("/beranda")
    assert said in home.text("main")
    here = f"/laporan/{returned}"
    assert home.one(f"main a[href='{here}/perbaikan']")
    page = site(HARTONO).get(here)
    assert said in page.text("main")
    assert "Yang perlu diperbaiki" in page.text("main .card.warn")
    assert "Isi dulu jabatannya" not in page.text("main"), "nobody is to be named for it"
    assert "Laporan ini diperbaiki kelurahan." in site(YUSUF).get(here).text("main")
    assert "Laporan ini diperbaiki kelurahan." in site(RAHMAN).get(here).text("main")
    site(RAHMAN).get(f"{here}/perbaikan", status=403)
    site(SARI).get(here, status=404)
    page = site(HARTONO).get(f"{here}/perbaikan").submit(FORM, text="Rapat warga, 40 orang.")
    assert "Lurah" in page.text("main .timeline")
    assert "Laporan Anda sendiri" in page.text("main")
    assert "berakhir" not in site(HARTONO).get(here).text(".report-content")
    assert "Menunggu Plh. lurah" in site(YUSUF).get("/beranda").text("main")


def test_the_kelurahan_takes_it_back(site: Site, returned: str) -> None:
    page = site(HARTONO).get(f"/laporan/{returned}")
    page = page.submit("form[action$='/penarikan']")
    assert "Dibatalkan" in page.text("main .badge")


def test_lists_find_its_reports_by_a_name_that_says_it_has_ended(site: Site, returned: str) -> None:
    page = site(HARTONO).get(f"/laporan?region={RT}")
    named = f"RT 001 (berakhir {times.date_words(LAST)})"
    assert page.text(f"select[name=region] option[value='{RT}']") == named
    assert page.one(f"a[href='/laporan/{returned}']")
    other = page.text("select[name=region] option[value$='.002']")
    assert other == "RT 002"


def test_nothing_new_is_written_for_it(site: Site, returned: str) -> None:
    posts = site(HARTONO).get("/pengelolaan/jabatan")
    assert not posts.has(f"a[href='/pengelolaan/jabatan/rt_head/{RT}']")
    post = site(HARTONO).get(f"/pengelolaan/jabatan/rt_head/{RT}")
    assert not post.has("a[href*='untuk=']")
    said = site(HARTONO).get(f"/laporan/baru?kategori=pemerintahan&untuk={RT}", status=404)
    assert "RT ini tidak ada hari ini." in said.text("main")


def test_whoever_ends_it_is_told_what_is_left(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.act(HARTONO, steps.send(RAHMAN), "return")
    page = site(AGUS).get(f"/pengelolaan/wilayah?di={PETANANG_ULU}")
    later = (steps.today() + timedelta(days=3)).isoformat()
    end = "form:has(input[name=change][value=end])"
    page = page.submit(end, rt="001", since=later)
    assert "1 laporan yang perlu diperbaiki menjadi urusan kelurahan" in page.text("#notices")
    assert "sampai" in page.text("main")
