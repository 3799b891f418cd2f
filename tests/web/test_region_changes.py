"""The page of regions: what Diskominfo changes there, and what is said of what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sipokat.web.administration import region_changes
from tests import steps, wire
from tests.cast import AGUS, HARTONO, PETANANG_ULU, RAHMAN, TABA_BARU
from tests.page import Visitor

Site = Callable[..., Visitor]
HERE = f"/pengelolaan/wilayah?di={PETANANG_ULU}"


def form(change: str) -> str:
    return f"form:has(input[name=change][value={change}])"


def test_diskominfo_changes_rt_on_a_day(site: Site) -> None:
    page = site(AGUS).get(HERE)
    page = page.submit(form("split"), rt="1", other="014, 015")
    assert "RT 001 dimekarkan. Yang baru: RT 014, RT 015, mulai" in page.text("#notices")
    assert "RT 014 sejak" in page.text("main")
    assert "RT 001 sebagian menjadi RT 014, RT 015" in page.text("main")
    later = (steps.today() + timedelta(days=9)).isoformat()
    page = page.submit(form("merge"), rt="014, 015", other="014", since=later)
    assert "digabung menjadi RT 014" in page.text("#notices")
    page = page.submit(form("add"), rt="016")
    page = page.submit(form("rename"), rt="", name="Petanang Raya")
    assert "RT di Petanang Raya" in page.text("main")
    page = page.submit(form("move"), rt="2", other="020", to=TABA_BARU)
    assert "RT 002 menjadi RT 020 Taba Baru mulai" in page.text("#notices")
    page = page.submit(form("end"), rt="016", since=later)
    assert "RT 016 tidak ada lagi" in page.text("#notices")
    assert wire.file_report(site(RAHMAN))["number"], "his RT goes on"


def test_first_a_kelurahan_is_chosen(site: Site) -> None:
    page = site(AGUS).get("/pengelolaan/wilayah")
    assert "Pilih dulu kelurahannya." in page.text("main")
    assert page.values("form")["di"] == ""
    assert not page.has("#rt")
    page = page.submit("form", di=PETANANG_ULU)
    assert "RT di Petanang Ulu" in page.text("main")
    assert page.values("form[method=get]")["di"] == PETANANG_ULU
    assert site(AGUS).get("/pengelolaan/wilayah?di=").has("select[name=di]")


def test_where_there_is_but_one_kelurahan_its_rt_are_shown_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = [(PETANANG_ULU, "Petanang Ulu")]
    monkeypatch.setattr(region_changes, "_choices", lambda _session: one)
    page = site(AGUS).get("/pengelolaan/wilayah")
    assert "RT di Petanang Ulu" in page.text("main")
    assert not page.has("select[name=di]")


@pytest.mark.parametrize(
    ("change", "typed", "said"),
    [
        ("add", {"rt": "001"}, "sudah pernah dipakai"),
        ("add", {"rt": "dua"}, "Tulis nomor RT"),
        ("add", {"rt": "0"}, "bukan kode RT"),
        ("split", {"rt": "099", "other": "014"}, "tidak ada"),
        ("rename", {"rt": "", "name": ""}, "Isi nama wilayahnya."),
        ("end", {"rt": "001", "since": ""}, "Isi tanggalnya."),
        ("end", {"rt": "001", "since": "0001-01-01"}, "Periksa tahunnya"),
        ("add", {"rt": "016", "since": "9999-12-31"}, "Periksa tahunnya"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    site: Site, change: str, typed: dict[str, str], said: str
) -> None:
    page = site(AGUS).get(HERE).submit(form(change), 422, **typed)
    assert said in page.text("main")
    assert page.values(form(change))["rt"] == typed["rt"]


def test_on_the_wire(site: Site) -> None:
    body = {"kelurahan": PETANANG_ULU, "change": "add", "rt": "30", "since": "2026-13-01"}
    said = site(AGUS).json("POST", "/pengelolaan/wilayah", body, status=422)
    assert list(said["fields"]) == ["since"]
    body["since"] = steps.today().isoformat()
    assert "RT 030 ada mulai" in site(AGUS).json("POST", "/pengelolaan/wilayah", body)["message"]
    site(HARTONO).json("POST", "/pengelolaan/wilayah", body, status=403)
    body["kelurahan"] = "16.73.99.1001"
    site(AGUS).json("POST", "/pengelolaan/wilayah", body, status=404)
