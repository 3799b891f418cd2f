"""The page of what people report: its figures, where they lead, and who may look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from sipokat.domain.clock import WIB
from tests import steps
from tests.cast import (
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Visitor

Site = Callable[..., Visitor]
DAYS = [date(2026, month, 20) for month in (8, 9, 10, 11)]


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=WIB), tick=True):
        yield


@pytest.fixture
def told(app: Flask) -> None:
    with app.app_context():
        for day in DAYS:
            at = datetime(day.year, day.month, day.day, 12, tzinfo=WIB)
            with time_machine.travel(at):
                steps.send(RAHMAN, "sampah", on=day)
                steps.send(SITI, "nihil", on=day)
        with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=WIB)):
            for _ in range(4):
                steps.send(SITI, "bencana", on=DAYS[-1])


def test_each_figure_leads_to_as_many_reports(told: None, site: Site) -> None:
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}/isi?periode=2026-11")
    links = page.all("main :is(.kinds, .chart-table) a[href^='/laporan?']")
    assert len(links) > 8
    for link in links:
        listed = site(YUSUF).json("GET", str(link["href"]))["items"]
        assert str(len(listed)) in str(link["aria-label"])
    assert page.text(".measure b") == "6"


def test_what_is_reported_far_more_than_usual_is_said(told: None, site: Site) -> None:
    page = site(HARTONO).get(f"/pemantauan/{PETANANG_ULU}/isi?periode=2026-11")
    first, second, nihil = page.all(".kind")
    assert "Bencana" in first.text
    assert "Lebih banyak dari biasanya" in first.text
    assert "Biasanya 0 sebulan" in first.text
    assert "Lebih banyak" not in second.text
    assert "Nihil" in nihil.text
    assert page.one("#bulanan").text == "Sekali sebulan"


def test_every_chart_has_a_name_and_its_table(told: None, site: Site) -> None:
    page = site(HARTONO).get(f"/pemantauan/{PETANANG_ULU}/isi?periode=2026-11")
    charts = page.all("figure.chart")
    assert len(charts) == 4
    for chart in charts:
        assert chart.select_one("svg[role=img] > desc")
        assert len(chart.select("tbody tr")) == 4


def test_it_is_said_that_a_closed_month_may_still_change(told: None, site: Site) -> None:
    """Its figures are how it stands now, unlike those of who reports, which are frozen."""
    page = site(DEWI).get(f"/pemantauan/{KOTA}/isi?periode=2026-10")
    assert "menurut keadaan sekarang" in page.text("main")
    assert "juga di bulan yang sudah ditutup, angkanya berubah" in page.text("main")


def test_as_json(told: None, site: Site) -> None:
    answer = site(RATNA).json("GET", f"/pemantauan/{KOTA}/isi?periode=2026-11")
    assert (answer["region"], answer["period"], answer["total"]) == (KOTA, "2026-11", 6)
    first = answer["categories"][0]
    assert (first["category"], first["count"], first["usual"]) == ("bencana", 4, 0)
    assert first["trend"][-1] == {"period": "2026-11", "count": 4}


def test_where_nothing_was_reported_there_is_a_way_on(site: Site) -> None:
    page = site(DEWI).get(f"/pemantauan/{KOTA}/isi")
    assert page.text(".empty h2") == "Belum ada laporan"
    assert page.one(".empty a")["href"].startswith(f"/pemantauan/{KOTA}")


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (RAHMAN, PETANANG_ULU),
        (RAHMAN, SITI.region),
        (HARTONO, UTARA_I),
        (SARI, PETANANG_ULU),
        (EFFENDI, UTARA_I),
        (DEWI, "16.73.99"),
        (DEWI, "16"),
        (DEWI, "apa"),
    ],
    ids=str,
)
def test_what_is_out_of_sight_is_not_found(
    told: None, site: Site, person: Person, code: str
) -> None:
    site(person).get(f"/pemantauan/{code}/isi", status=404)


@pytest.mark.parametrize("month", ["2027-01", "2026-07", "2026-13", "nanti"])
def test_there_is_no_month_in_the_future_nor_before_the_first_report(
    told: None, site: Site, month: str
) -> None:
    site(DEWI).get(f"/pemantauan/{KOTA}/isi?periode={month}", status=400)


def test_the_way_there_is_on_each_regions_page(told: None, site: Site) -> None:
    for person in (RAHMAN, HARTONO, YUSUF, DEWI):
        page = site(person).get(f"/pemantauan/{person.region}?periode=2026-11")
        assert page.has(f"a[href='/pemantauan/{person.region}/isi?periode=2026-11']")
