"""The page on which Diskominfo declares days free or working."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import structlog
import time_machine
from flask import Flask

from tests import wire
from tests.cast import AGUS, CAST, HARTONO, RAHMAN
from tests.page import Visitor

Site = Callable[..., Visitor]
PATH = "/pengelolaan/hari"
FORM = "form:has(input[type=date])"
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau
TUESDAY = "2026-11-17"


def test_a_day_becomes_free_and_what_waits_moves_and_back(app: Flask) -> None:
    with time_machine.travel(MONDAY, tick=False):
        number = wire.file_report(Visitor(app, RAHMAN))["number"]
        agus = Visitor(app, AGUS)
        assert "Semua hari mengikuti kalender." in agus.get(PATH).text("main")
        page = agus.get(PATH).submit(FORM, day=TUESDAY, kind="libur", name=" Hari  jadi kota ")
        assert "17 Nov menjadi hari libur. Batas waktu 1 laporan ikut pindah." in page.text(
            "#notices"
        )
        assert "Selasa, 17 Nov 2026" in page.text("main")
        assert "17 Nov: hari libur, Hari jadi kota" in page.text("main")
        said = Visitor(app, RAHMAN).get(f"/laporan/{number}").text("main")
        assert "Batas pindah ke 19 Nov, 16.00 Agus Salim, Diskominfo" in said
        page = page.submit("form:has(input[type=hidden][value=kalender])")
        assert "17 Nov kembali mengikuti kalender." in page.text("#notices")
        assert "17 Nov: hari libur, Hari jadi kota, dibatalkan" in page.text("main")
        assert "Semua hari mengikuti kalender." in page.text("main")


def test_the_calendar_says_what_is_free_anyway(app: Flask) -> None:
    with time_machine.travel(MONDAY, tick=False):
        agus = Visitor(app, AGUS)
        words = agus.get(PATH).text("main")
        assert "Kamis, 24 Des 2026 Cuti Bersama Hari Raya Natal" in words
        assert "Rabu, 10 Mar 2027 Hari Raya Idul Fitri (perkiraan)" in words
        page = agus.get(PATH).submit(FORM, day="2026-12-24", kind="kerja", name="")
        assert "24 Des menjadi hari kerja." in page.text("#notices")
        assert "Cuti Bersama Hari Raya Natal" not in page.text("main")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "", "kind": "libur"}, "Isi tanggalnya."),
        ({"day": "17 Nov", "kind": "libur"}, "Isi tanggalnya."),
        ({"day": "2072-11-17", "kind": "libur"}, "Periksa tahunnya."),
        ({"day": TUESDAY, "kind": "separuh"}, "Pilih salah satu."),
        ({"day": TUESDAY, "kind": "libur", "name": "x" * 81}, "Nama hari paling panjang 80 huruf."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    site: Site, typed: dict[str, str], said: str
) -> None:
    page = site(AGUS).post(PATH, typed, status=422)
    assert said in page.text("form .field-error")
    assert page.values(FORM)["name"] == typed.get("name", "")
    assert "Semua hari mengikuti kalender." in page.text("main")


def test_on_the_wire(site: Site) -> None:
    answer = site(AGUS).json("POST", PATH, {"day": TUESDAY, "kind": "libur", "name": "Pilkada"})
    assert answer == {"message": "17 Nov menjadi hari libur.", "moved": 0}
    assert site(AGUS).json("POST", PATH, {"day": "", "kind": "libur"}, status=422)["fields"] == {
        "day": "Isi tanggalnya."
    }


def test_what_is_so_already_is_said_to_be_and_is_no_event(
    site: Site,
) -> None:
    given = {"day": TUESDAY, "kind": "libur", "name": "Pilkada"}
    usual = {"day": TUESDAY, "kind": "kalender", "name": ""}
    with structlog.testing.capture_logs() as logs:
        said = [site(AGUS).json("POST", PATH, one)["message"] for one in (usual, given, given)]
    assert said == [
        "17 Nov sudah mengikuti kalender. Tidak ada yang diubah.",
        "17 Nov menjadi hari libur.",
        "17 Nov sudah hari libur. Tidak ada yang diubah.",
    ]
    assert [one["event"] for one in logs if one.get("security")].count("day_declared") == 1


def test_nobody_else_gets_in_and_who_they_are_is_asked_anew(app: Flask, site: Site) -> None:
    said = {"day": TUESDAY, "kind": "libur"}
    for person in (one for one in CAST if one.active and one is not AGUS):
        assert site(person).request("GET", PATH).status_code == 403, person
        assert site(person).request("POST", PATH, data=said).status_code == 403, person
    with time_machine.travel(MONDAY, tick=False):
        agus = Visitor(app, AGUS)
    with time_machine.travel(MONDAY + timedelta(minutes=16), tick=False):
        page = agus.post(PATH, said, status=401)
        assert page.has("input[name=proof]")
        assert "mengikuti kalender" in agus.get(PATH).text("main")
        assert page.submit("form:has(input[name=proof])", proof="sipokat-demo").url == PATH
        assert "Selasa, 17 Nov 2026 Hari libur" in agus.get(PATH).text("main")
    assert site(HARTONO).get("/pengelolaan").text("main").count("Hari libur") == 0
