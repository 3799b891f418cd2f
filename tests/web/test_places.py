"""The map's page: what it says, whom it lets in, and what it alone may load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from sipokat.domain import places
from sipokat.domain.clock import WIB
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Visitor

Site = Callable[..., Visitor]
DAY = date(2026, 12, 10)
TILES = "https://tiles.example/{z}/{x}/{y}.png"
MAP = f"/pemantauan/{UTARA_I}/peta?periode=2026-12"


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=WIB), tick=True):
        yield


@pytest.fixture
def placed(app: Flask) -> None:
    with app.app_context():
        steps.send(RAHMAN, "sampah", on=DAY, lat=-3.2, lon=102.88, accuracy_m=8.0)
        steps.send(SITI, "bencana", on=DAY, lat=-3.21, lon=102.89, accuracy_m=8.0)
        steps.send(SITI, "tamu", on=DAY, lat=-2.99, lon=104.76, accuracy_m=8.0)
        steps.send(RAHMAN, "tamu", on=DAY)


def test_the_list_has_each_place_with_its_state_and_leads_to_the_report(
    placed: None, site: Site
) -> None:
    page = site(YUSUF).get(MAP)
    said = page.text("#lokasi + p").replace(" ,", ",")
    assert "2 dengan titik lokasi, 1 tanpa titik, 1 di luar Lubuklinggau" in said
    rows = page.all("[data-map-list] li")
    assert len(rows) == 3
    for row in rows:
        assert "Menunggu lurah" in row.text
        link = row.select_one("a")
        assert link
        site(YUSUF).get(str(link["href"]))
    assert len(page.all("[data-map-list] li[data-lat]")) == 2
    assert {one.text for one in page.all("[data-map-names] li")} == {"Petanang Ulu"}
    assert page.has("details[data-map-list][open]"), "without script it is all there is"
    assert page.has("[data-map][hidden]")


@pytest.mark.parametrize("asked", ["periode=2026-12", "bencana=terbuka"])
def test_each_figure_is_as_long_as_its_list(
    placed: None, app: Flask, site: Site, asked: str
) -> None:
    with app.app_context():
        steps.send(RAHMAN, "bencana", on=DAY)
        gone = steps.send(SITI, "bencana", on=DAY, lat=-2.99, lon=104.76, accuracy_m=8.0)
        steps.send(SITI, "bencana", on=DAY, lat=-2.99, lon=104.76, accuracy_m=8.0)
        steps.act(HARTONO, gone, "reject")
    links = site(YUSUF).get(f"/pemantauan/{UTARA_I}/peta?{asked}").all("#lokasi + p a")
    assert len(links) == 4
    for link in links:
        listed = site(YUSUF).json("GET", str(link["href"]))["items"]
        assert link.text.startswith(f"{len(listed)} ")
        assert site(YUSUF).get(str(link["href"])).has("main")


def test_as_json(placed: None, site: Site) -> None:
    answer = site(HARTONO).json("GET", f"/pemantauan/{PETANANG_ULU}/peta?periode=2026-12")
    assert [answer[name] for name in ("total", "placed", "outside")] == [4, 3, 1]
    outside, flood, waste = answer["places"]
    assert (waste["category"], waste["lat"], waste["lon"]) == ("sampah", -3.2, 102.88)
    assert (flood["status"], flood["desk"]) == ("waiting", "kelurahan")
    assert outside["outside"] is True
    open_now = site(HARTONO).json("GET", f"/pemantauan/{PETANANG_ULU}/peta?bencana=terbuka")
    assert [one["category"] for one in open_now["places"]] == ["bencana"]


def test_too_many_places_lead_down_to_each_kelurahan(
    placed: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", 1)
    page = site(YUSUF).get(MAP)
    row, outside = page.all("[data-map-list] li")
    assert "Di luar Lubuklinggau" in outside.text
    link = row.select_one("a")
    assert link
    assert row["data-count"] == "2"
    below = site(YUSUF).get(str(link["href"]))
    assert "Peta dan daftar menunjukkan 1 laporan terbaru" in below.text("main")
    answer = site(YUSUF).json("GET", MAP)
    assert [one["outside"] for one in answer["places"]] == [True]


def test_where_there_is_no_place_there_is_a_way_on(app: Flask, site: Site) -> None:
    page = site(DEWI).get(f"/pemantauan/{KOTA}/peta")
    assert page.one(".empty a")["href"].startswith(f"/pemantauan/{KOTA}")
    with app.app_context():
        steps.send(RAHMAN, "tamu", on=DAY)
    page = site(DEWI).get(f"/pemantauan/{KOTA}/peta?periode=2026-12")
    assert page.one(".empty a")["href"].startswith("/laporan?region=")
    assert not page.has("[data-map]")


@pytest.mark.parametrize(
    ("person", "code", "status"),
    [
        (RAHMAN, SITI.region, 404),
        (HARTONO, UTARA_I, 404),
        (SARI, PETANANG_ULU, 404),
        (EFFENDI, UTARA_I, 404),
        (DEWI, "16.73.99", 404),
        (AGUS, KOTA, 403),
    ],
    ids=str,
)
def test_places_are_shown_to_nobody_who_may_not_read_the_reports(
    placed: None, site: Site, person: Person, code: str, status: int
) -> None:
    for asked in ("", "?bencana=terbuka"):
        page = site(person).get(f"/pemantauan/{code}/peta{asked}", status=status)
        assert "102.88" not in str(page.soup)


@pytest.mark.parametrize("asked", ["periode=2027-01", "periode=2026-13", "bencana=semua"])
def test_what_no_form_asks_is_refused(placed: None, site: Site, asked: str) -> None:
    site(YUSUF).get(f"/pemantauan/{UTARA_I}/peta?{asked}", status=400)


def test_only_the_map_may_load_pictures_of_the_tiles_host(
    placed: None, app: Flask, site: Site
) -> None:
    plain = site(YUSUF).request("GET", MAP).headers["Content-Security-Policy"]
    app.config["MAP_TILES"] = TILES
    for path in (MAP, f"/pemantauan/{UTARA_I}", f"/pemantauan/{UTARA_I}/isi", "/beranda"):
        answer = site(YUSUF).request("GET", path)
        policy = answer.headers["Content-Security-Policy"]
        if path == MAP:
            assert policy == plain.replace(
                "img-src 'self' data: blob:", "img-src 'self' data: blob: https://tiles.example"
            )
            assert f'data-tiles="{TILES}"' in answer.text
        else:
            assert policy == plain
            assert "leaflet" not in answer.text
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1
