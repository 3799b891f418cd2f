"""A report for an RT whose head has no phone: how pages offer it, and how they mark it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from sipokat.database import writing
from sipokat.domain import administration, terms
from tests import steps, wire
from tests.cast import BEJO, HARTONO, PETANANG_ULU, RAHMAN, RATNA, SARI, SITI, YUSUF
from tests.page import Visitor
from tests.steps import user_of

Site = Callable[..., Visitor]
MARK = "Dicatat oleh Sekretaris Kelurahan untuk RT 003"
OFFICE = f"/pengelolaan/jabatan/rt_head/{BEJO.region}"
FORM = f"/laporan/baru?kategori=pemerintahan&untuk={BEJO.region}"


@pytest.fixture(autouse=True)
def sekretaris(app: Flask) -> None:
    with app.app_context(), writing() as session:
        user, since = user_of(SITI), steps.today() - timedelta(days=9)
        by = administration.operator("budi")
        terms.begin(session, by, user, "lurah", PETANANG_ULU, since, seat="sekretaris")


def test_the_same_form_without_script(app: Flask, site: Site) -> None:
    page = site(SITI).get(OFFICE)
    assert page.one(f"a[href='/laporan/baru?untuk={BEJO.region}']")
    page = site(SITI).get(FORM)
    page = page.submit("form[data-report-form]", text="Rapat warga.", **{"fields.jenis": "rapat"})
    assert MARK in page.text("main")
    assert "Siti Aminah, Sekretaris Kelurahan" in page.text("main")


def test_it_is_marked_wherever_it_is_shown(site: Site) -> None:
    receipt = wire.file_report(site(SITI), region=BEJO.region)
    number = receipt["number"]
    assert MARK in site(HARTONO).get("/verifikasi").text("main")
    for person in (HARTONO, YUSUF, RATNA):
        assert MARK in site(person).get("/laporan").text("main")
    item = site(YUSUF).json("GET", f"/laporan/{number}")
    assert (item["region"], item["recorded_as"]) == (BEJO.region, "Sekretaris Kelurahan")
    assert "di antaranya dicatat kelurahan" in site(HARTONO).get("/beranda").text("main")
    assert "dicatat kelurahan untuk RT" in site(RATNA).get("/beranda").text("main")
    page = site(SITI).get(f"/laporan/{number}")
    assert not page.has("form[action$='/verifikasi']"), "she may only take it back"
    site(RAHMAN).json("GET", f"/laporan/{number}", status=404)


def test_nobody_else_is_offered_it(site: Site) -> None:
    assert "untuk=" not in str(site(YUSUF).get(f"/pengelolaan/jabatan/lurah/{PETANANG_ULU}").soup)
    for person in (SARI, YUSUF):
        said = wire.body(region=BEJO.region)
        assert site(person).json("POST", "/laporan", said, status=403)
    for person in (HARTONO, SITI):
        site(person).json("POST", "/laporan", wire.body(region="16.73.99"), status=403)


def test_the_desk_above_sees_that_a_plh_is_needed(app: Flask, site: Site) -> None:
    """Where whoever wrote it sits at the desk alone."""
    wire.file_report(site(HARTONO), region=BEJO.region)
    assert "Menunggu Plh." not in site(YUSUF).get("/beranda").text("main"), "Siti decides it"
    with app.app_context(), writing():
        user_of(SITI).terms[-1].until = steps.today() - timedelta(days=1)
    assert "Menunggu Plh. lurah" in site(YUSUF).get("/beranda").text("main")
