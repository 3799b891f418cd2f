"""The page of regions: what is changed there and by whom, and what is said of what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sipokat.web.administration import region_changes
from tests import steps, wire
from tests.cast import (
    AGUS,
    BARAT_I,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
)
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
    assert page.one(".header-back")["href"] == "/pengelolaan"
    assert "RT di Petanang Ulu" in page.text("main")
    assert not page.has("select[name=di]")


@pytest.mark.parametrize(
    ("change", "typed", "said"),
    [
        ("add", {"rt": "001"}, "sudah pernah dipakai"),
        ("add", {"rt": "dua"}, "Tulis nomor RT"),
        ("add", {"rt": "0"}, "Tulis nomor RT"),
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
    assert PETANANG_ULU not in page.text("main"), "people know no codes"
    assert page.values(form(change))["rt"] == typed["rt"]


@pytest.mark.parametrize(
    ("change", "typed", "field", "said"),
    [
        ("merge", {"rt": "1, 99", "other": "1"}, "rt", "RT 099 tidak ada."),
        ("merge", {"rt": "1", "other": "1"}, "rt", "paling sedikit dua RT"),
        ("merge", {"rt": "1, 2", "other": "3"}, "other", "RT 003 sudah pernah dipakai."),
        ("split", {"rt": "1", "other": "2"}, "other", "RT 002 sudah pernah dipakai."),
        ("split", {"rt": "99", "other": "14"}, "rt", "RT 099 tidak ada."),
        ("move", {"rt": "1", "other": "2"}, "other", "RT 002 sudah pernah dipakai."),
    ],
)
def test_what_is_wrong_stands_at_its_field_alone(
    site: Site, change: str, typed: dict[str, str], field: str, said: str
) -> None:
    page = site(HARTONO).get(HERE).submit(form(change), 422, **typed)
    (error,) = page.all(f"{form(change)} .field-error")
    assert said in error.get_text()
    marked = page.one(f"{form(change)} [aria-invalid]")
    assert marked["name"] == field


def test_on_the_wire(site: Site) -> None:
    body = {"kelurahan": PETANANG_ULU, "change": "add", "rt": "30", "since": "2026-13-01"}
    said = site(AGUS).json("POST", "/pengelolaan/wilayah", body, status=422)
    assert list(said["fields"]) == ["since"]
    body["since"] = steps.today().isoformat()
    assert "RT 030 ada mulai" in site(AGUS).json("POST", "/pengelolaan/wilayah", body)["message"]
    body["kelurahan"] = "16.73.99.1001"
    site(AGUS).json("POST", "/pengelolaan/wilayah", body, status=404)


def test_a_lurah_changes_the_rt_of_her_kelurahan(site: Site) -> None:
    assert site(HARTONO).get("/pengelolaan").has("main a[href='/pengelolaan/wilayah']")
    assert site(HARTONO).get("/pengelolaan/jabatan").has(f"a[href='{HERE}']")
    page = site(HARTONO).get("/pengelolaan/wilayah")
    assert "RT di Petanang Ulu" in page.text("main")
    assert not page.has("select"), "she chooses no kelurahan"
    page = page.submit(form("split"), rt="1", other="014")
    assert "RT 001 dimekarkan" in page.text("#notices")
    page = page.submit(form("move"), rt="2", other="020")
    assert "RT 002 menjadi RT 020 Petanang Ulu" in page.text("#notices")
    page = page.submit(form("rename"), rt="1", name="RT 001 Malus")
    assert "RT 001 menjadi RT 001 Malus mulai" in page.text("#perubahan + .cards")
    changed = page.text("section:has(#perubahan)")
    assert "RT ditambahkan : RT 014, mulai" in changed
    assert ", dari RT 001" in changed
    assert "RT berakhir : RT 002, sampai" in changed
    assert "oleh Hartono, Lurah Petanang Ulu" in changed
    page.submit(form("rename"), 422, rt="1", name="")
    name = {"kelurahan": PETANANG_ULU, "change": "rename", "rt": "", "name": "Malus"}
    name["since"] = steps.today().isoformat()
    assert "Diskominfo" in site(HARTONO).post("/pengelolaan/wilayah", name, 403).text("main")


def test_nobody_changes_the_rt_of_another_region(site: Site) -> None:
    today = steps.today().isoformat()
    theirs = {SARI: [TABA_BARU], HARTONO: [PETANANG_ULU], YUSUF: [TABA_BARU, PETANANG_ULU]}
    for number, (person, own) in enumerate(theirs.items(), 40):
        for code in (PETANANG_ULU, TABA_BARU, "16.73.02.1001", UTARA_I, BARAT_I, "16.73", ""):
            body = {"kelurahan": code, "change": "add", "rt": str(number), "since": today}
            status = 200 if code in own else 404
            site(person).json("POST", "/pengelolaan/wilayah", body, status=status)
            if code:
                site(person).get(f"/pengelolaan/wilayah?di={code}", status)


def test_an_rt_moves_only_to_where_its_mover_may_change_it(site: Site) -> None:
    """To another kelurahan by the camat of both, and by no lurah."""
    body = {"kelurahan": TABA_BARU, "change": "move", "rt": "1", "other": "20"}
    body |= {"to": PETANANG_ULU, "since": steps.today().isoformat()}
    site(SARI).json("POST", "/pengelolaan/wilayah", body, status=404)
    site(YUSUF).json("POST", "/pengelolaan/wilayah", body | {"to": "16.73.02.1001"}, status=404)
    page = site(YUSUF).get(f"/pengelolaan/wilayah?di={TABA_BARU}")
    page = page.submit(form("move"), rt="1", other="20", to=PETANANG_ULU)
    assert "RT 001 menjadi RT 020 Petanang Ulu mulai" in page.text("#notices")
    number = wire.file_report(site(MARLINA))["number"]
    assert site(HARTONO).json("GET", f"/laporan/{number}")["region"] == f"{PETANANG_ULU}.020"
