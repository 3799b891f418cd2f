"""A spreadsheet of people on its pages and on the wire: the dry run, applied, undone."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from sipokat.database import db
from sipokat.delivery import sheets
from sipokat.domain import people
from sipokat.models import AdministrativeEntry, ImportRow, User
from tests import people_file
from tests.cast import AGUS, HARTONO, PETANANG_ULU, RAHMAN
from tests.page import Page, Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.services.sheets import Cell, xlsx

Site = Callable[..., Visitor]
HERE = "/pengelolaan/impor"
HEADS: list[Cell] = ["Nama", "No HP", "Kelurahan", "RT"]
WATI: list[Cell] = ["Wati", 81390000001, "Petanang Ulu", 9]
APPLY = "form[action$='/terapkan']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def form(data: bytes, name: str = "ketua rt.xlsx") -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(data), name)}, "content_type": "multipart/form-data"}


def load(site: Site, *rows: Sequence[Cell], heads: list[Cell] | None = None) -> Page:
    return site(AGUS).post(HERE, **form(xlsx([HEADS if heads is None else heads, *rows])))


def as_json(site: Site, data: bytes, status: int = 201) -> Any:
    return site(AGUS).json("POST", HERE, status=status, **form(data))


def count(app: Flask, table: Any = User) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_is_looked_at_applied_and_undone(app: Flask, site: Site) -> None:
    before = count(app)
    rahman: list[Cell] = ["H. Rahman", "0812 0000 0101", "Petanang Ulu", 1]
    page = load(site, WATI, rahman, ["", "0813", "Palembang", "x"])
    words = page.text("main")
    assert "Nama: Rahman menjadi H. Rahman" in words
    assert "Ketua RT 009 Petanang Ulu · 0813 9000 0001" in words
    assert "RT 009 belum ada di SIPOKAT" in words
    assert "Kelurahan “Palembang” tidak ada." in words
    assert page.text(f"{APPLY} .button.main") == "Terapkan semua 2 baris"
    assert count(app) == before, "nothing is changed yet"
    page = page.submit(APPLY, all="1")
    assert "Diterapkan: 2 baris." in page.text("#notices")
    assert count(app) == before + 1
    assert page.one("a[href='/pengelolaan/lembar?kelurahan=16.73.04.1009']")
    words = page.text("main")
    assert words.index("Kode untuk Petanang Ulu") < words.index("Ditolak: 1 baris")
    assert "Tidak ada yang perlu diubah." not in words
    page = page.submit("form[action$='/urungkan']")
    assert "Dibatalkan: 2 baris kembali" in page.text("#notices")
    assert "Dibatalkan" in page.text("main .badge")
    page = site(AGUS).get(HERE)
    assert "ketua rt.xlsx" in page.text("section")


def test_a_column_is_shown_with_the_first_cell_that_is_filled(site: Site) -> None:
    heads: list[Cell] = ["Nama", "No. HP (WA)", "Kelurahan", "RT", "Alamat rumah sekarang", "Ket"]
    page = load(
        site,
        ["", "", "Petanang Ulu", 9, "", ""],
        ["Wati binti Abdul Rachman Saleh", 6281390000001, "", 10, "Jalan Lapter Silampari 12", ""],
        ["Budi", 81390000002, "Taba Baru", 11, "", ""],
        heads=heads,
    )
    shown = [option.text for option in page.all("[name=name] option")]
    assert shown[1:] == [
        "Nama: Wati binti Abdul Rachma…",
        "No. HP (WA): 6281390000001",
        "Kelurahan: Petanang Ulu",
        "RT: 9",
        "Alamat rumah sekarang: Jalan Lapter…",
        "Ket",
    ]


def test_a_refused_row_shows_its_number_as_people_write_it(site: Site) -> None:
    rows: list[list[Cell]] = [
        ["", "+62 81390000001", "Petanang Ulu", 9],
        ["", "0813-9000-0002", "Petanang Ulu", 10],
        ["", "0812", "Petanang Ulu", 11],
    ]
    numbers = [one.get_text() for one in load(site, *rows).all("li .number")]
    assert numbers == ["0813 9000 0001", "0813 9000 0002", "0812"]


def test_chosen_rows_alone(app: Flask, site: Site) -> None:
    page = load(site, WATI, ["Budi", "0813 9000 0002", "Petanang Ulu", 10])
    refused = page.submit(APPLY, status=422)
    assert "Pilih barisnya dulu" in refused.text("[role=alert]")
    page = page.submit(APPLY, rows=["3"])
    assert "Diterapkan: 1 baris." in page.text("#notices")
    assert page.text("#diterapkan") == "Sudah diterapkan: 1 baris"
    assert page.text(f"{APPLY} .button.main") == "Terapkan semua 1 baris"


def test_another_name_on_a_number_is_applied_only_where_it_is_ticked(
    app: Flask, site: Site
) -> None:
    mustofa: list[Cell] = ["Mustofa", RAHMAN.phone, "Petanang Ulu", 1]
    page = load(site, mustofa)
    assert "Perlu Anda pastikan: 1 baris" in page.text(APPLY)
    assert "Terapkan semua" not in page.text(APPLY)
    assert page.text(f"{APPLY} .button.main") == "Terapkan yang dicentang saja"
    page = load(site, WATI, mustofa)
    assert page.text(f"{APPLY} .button.main") == "Terapkan semua 1 baris"
    assert "Yang perlu dipastikan hanya ikut kalau dicentang." in page.text(APPLY)
    page = page.submit(APPLY, all="1")
    assert "Diterapkan: 1 baris." in page.text("#notices")
    page = load(site, ["Budi", "0813 9000 0002", "Petanang Ulu", 10], mustofa)
    page = page.submit(APPLY, all="1", rows=["3"])
    assert "Diterapkan: 2 baris." in page.text("#notices")
    with app.app_context():
        assert db.session.scalar(select(User.name).where(User.name == "Mustofa"))
    made = as_json(site, xlsx([HEADS, ["Ratna", *mustofa[1:]]]))
    assert made["rows"][0]["asks"] is True
    here = f"{HERE}/{made['id']}/terapkan"
    assert site(AGUS).json("POST", here, {"all": True})["applied"] == 0
    assert site(AGUS).json("POST", here, {"all": True, "rows": [2]})["applied"] == 1


def test_what_was_chosen_stays_chosen_when_something_has_changed(site: Site) -> None:
    rahman: list[Cell] = ["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", 1]
    page, other = load(site, WATI, rahman), load(site, ["Rahman Umar", *rahman[1:]])
    other.submit(APPLY, all="1")
    page = page.submit(APPLY, rows=["2"], status=409)
    assert "berubah sejak halaman ini dibuka" in page.text("[role=alert]")
    assert [box["value"] for box in page.all("input[name=rows][checked]")] == ["2"]
    assert "Rahman Umar menjadi Rahman Hakim" in page.text("main")


def test_other_columns(site: Site) -> None:
    page = load(site, ["Wati", 81390000001, 9], heads=["Pengurus", "Bisa dihubungi", "Di RT"])
    assert "Pilih dulu kolom Nama, Nomor HP, Kelurahan, RT." in page.text("main")
    columns = "form[action$='/kolom']"
    page = page.submit(columns, name="0", phone="0", status=422)
    assert "dipilih dua kali" in page.text(columns)
    assert page.values(columns)["phone"] == "0"
    page = page.submit(columns, name="0", phone="1", rt="2", semua=PETANANG_ULU)
    assert "Ketua RT 009 Petanang Ulu · 0813 9000 0001" in page.text("main")


def test_the_wire(app: Flask, site: Site) -> None:
    """The first rows of the city's file, twice: applied once, and all of it undone. All 528 of them
    are in the tests of the rules."""
    rows = 90
    with app.app_context():
        cells = people_file.rows(db.session())[:rows]
        data = xlsx([*people_file.titles(), *cells], merged=["A1:F1"])
    made = as_json(site, data)
    new, refused = made["counts"]["new"], made["counts"]["refused"]
    assert made["state"] == "waiting"
    assert new + refused == rows
    assert made["counts"] == {"new": new, "refused": refused, "changed": 0, "unchanged": 0}
    assert refused == 25
    assert made["columns"] == {"name": 1, "kelurahan": 2, "rt": 3, "phone": 4, "since": 5}
    first = made["rows"][5]
    assert first["line"] == people_file.FIRST_LINE + 5
    assert first["verdict"] == "new"
    assert first["phone"].startswith("+62813")
    here = f"{HERE}/{made['id']}"
    agus, seen = site(AGUS), {"seen": made["seen"]}
    done = agus.json("POST", f"{here}/terapkan", {"all": True, **seen})
    assert (done["applied"], done["refused"]) == (new, [])
    assert agus.json("POST", f"{here}/terapkan", {"all": True})["applied"] == 0
    again = as_json(site, data)
    assert again["counts"] == {"new": 0, "refused": refused, "changed": 0, "unchanged": new}
    assert agus.json("POST", f"{here}/urungkan", {})["undone"] == new
    assert agus.json("POST", f"{here}/urungkan", {}, status=409)["message"]
    assert agus.json("GET", here)["state"] == "undone"


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 415, "kosong"),
        (b"%PDF-1.7", 415, "tidak terbaca"),
        (xlsx([HEADS]), 422, "tidak ada baris"),
        (xlsx([HEADS], extra='<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), 413, "lembar"),
        (b"Nama;No HP\n" * 20_000, 413, "5 MB"),
    ],
)
def test_a_file_that_is_not_taken(
    app: Flask,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(sheets, "BYTES_MAX", 200_000)  # Werkzeug writes larger files to a disk
    assert said in as_json(site, data, status)["message"]
    page = site(AGUS).post(HERE, status=status, **form(data))
    assert said in page.text(".field-error")
    assert count(app, ImportRow) == 0


def test_no_file_and_no_such_import(site: Site) -> None:
    agus = site(AGUS)
    page = agus.get(HERE).submit("form", status=422)
    assert "Pilih berkasnya dulu" in page.text(".field-error")
    agus.json("POST", HERE, {}, status=400)
    for which in ("0", "x", "99999999999"):
        agus.get(f"{HERE}/{which}", status=404)
        agus.json("POST", f"{HERE}/{which}/terapkan", {"all": True}, status=404)
    load(site, WATI)
    for body in ({"rows": ["x"]}, {"rows": [True]}, {"all": "ja"}, {"lines": [1]}):
        agus.json("POST", f"{HERE}/1/terapkan", body, status=400)
    agus.json("POST", f"{HERE}/1/terapkan", {}, status=422)
    agus.post(f"{HERE}/1/kolom", {"name": "x"}, status=400)
    agus.post(f"{HERE}/1/kolom", {"name": "7"}, status=422)


def test_nobody_else_and_no_entry(app: Flask, site: Site) -> None:
    load(site, WATI)
    hartono = site(HARTONO)
    before = count(app, AdministrativeEntry)
    hartono.get(HERE, status=403)
    hartono.json("POST", HERE, status=403, **form(xlsx([HEADS, WATI])))
    hartono.json("POST", f"{HERE}/1/terapkan", {"all": True}, status=403)
    assert count(app, AdministrativeEntry) == before


def test_names_are_shown_as_they_are_written(site: Site) -> None:
    name = "<script>alert('x')</script> & Co"
    page = load(site, [name, 81390000001, "Petanang Ulu", 9])
    assert name in page.text("main")
