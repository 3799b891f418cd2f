"""How far desks answer, on the pages of monitoring: what they say, what is behind each figure, and
who may look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from sipokat.domain.clock import WIB
from sipokat.web.present import response
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    ZAINAL,
)
from tests.page import Page, Visitor

Site = Callable[..., Visitor]
NOW = datetime(2026, 12, 15, 9, tzinfo=WIB)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=WIB)
NOVEMBER = "periode=2026-11"


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def answered(app: Flask) -> None:
    """In November Hartono verifies six reports after one to six hours, one of them a week late, and
    returns one, which Rahman mends; Yusuf verifies five. Sari, next door, decides two. One report
    waits at Hartono's desk since November."""
    with app.app_context():
        for hours in range(1, 7):
            sent = steps.send(RAHMAN, at=MONDAY, on=MONDAY.date(), text=f"Rapat warga {hours}")
            days = 7 if hours == 6 else 0
            at = MONDAY + timedelta(hours=hours, days=days)
            note = "Terima kasih." if hours < 3 else ""
            moved = steps.act(HARTONO, sent, "verify", at=at, note=note)
            if hours < 6:
                steps.act(YUSUF, moved, "verify", at=at + timedelta(days=1))
        back = steps.send(SITI, at=MONDAY, on=MONDAY.date(), text="Rapat PKK")
        steps.act(HARTONO, back, "return", at=MONDAY + timedelta(hours=1), reason="lainnya")
        for number in range(2):
            other = steps.send(MARLINA, at=MONDAY, on=MONDAY.date(), text=f"Taba Baru {number}")
            steps.act(SARI, other, "verify", at=MONDAY + timedelta(days=9))
        steps.send(SITI, at=MONDAY, on=MONDAY.date(), text="Menunggu")


def json(site: Site, person: Any, path: str) -> Any:
    return site(person).json("GET", path)


def test_as_json_each_desk_of_the_region_is_as_the_wire_says(answered: None, site: Site) -> None:
    told = json(site, YUSUF, f"/pemantauan/{UTARA_I}?{NOVEMBER}")
    camat, lurah, rt = told["response"]
    assert [one["desk"] for one in (camat, lurah, rt)] == ["kecamatan", "kelurahan", "rt"]
    wanted = {"decisions": 5, "within": 1.0, "answered": 0.0, "waiting": 3, "late": 3}
    assert {name: camat[name] for name in wanted} == wanted
    wanted = {"decisions": 9, "waiting": 1, "late": 1, "reasons": {"lainnya": 1}}
    assert {name: lurah[name] for name in wanted} == wanted
    assert lurah["within"] == pytest.approx(6 / 9)
    assert lurah["answered"] == pytest.approx(3 / 9)
    assert (rt["decisions"], rt["median_h"], rt["waiting"]) == (0, None, 1)
    below = {one["region"]: one["response"] for one in told["below"]}
    assert below[PETANANG_ULU][0]["decisions"] == 7
    assert below[PETANANG_ULU][0]["median_h"] == 3.0
    few = below[TABA_BARU][0]
    assert (few["decisions"], few["median_h"], few["p90_h"], few["within"]) == (2, None, None, None)


@pytest.mark.parametrize(("person", "scope"), [(YUSUF, UTARA_I), (HARTONO, PETANANG_ULU)], ids=str)
def test_every_figure_leads_to_as_many_as_it_says(
    answered: None, site: Site, person: Any, scope: str
) -> None:
    page = site(person).get(f"/pemantauan/{scope}?{NOVEMBER}")
    seen = 0
    for row in page.soup.select("table.regions td, .why-back li, .figure.tap, .measure-card"):
        link = row.select_one("a[href*='/keputusan'], a[href^='/laporan']")
        if link is None or "%" in link.text:
            continue
        words = row.select_one("dd, b") or link
        if not words.text.strip().isdigit():
            continue
        assert length_of(site(person), link["href"]) == int(words.text), link["href"]
        seen += 1
    assert seen >= 5


@pytest.mark.parametrize("months", [1, 12])
def test_a_median_leads_to_the_decisions_whose_median_it_is(
    answered: None, app: Flask, site: Site, months: int
) -> None:
    """Of a month that is over, and of the twelve up to it: what came in another month counts in one
    of the two only."""
    october = datetime(2026, 10, 5, 8, tzinfo=WIB)
    with app.app_context():
        for number in range(6):
            sent = steps.send(SITI, at=october, on=october.date(), text=f"Oktober {number}")
            steps.act(HARTONO, sent, "verify", at=october + timedelta(minutes=90))
    label = "Median" if months == 1 else "Median 12 bulan"
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}?{NOVEMBER}")
    link = page.soup.select_one(f"section a[aria-label^='{label} '][aria-label$='Lurah']")
    found = site(YUSUF).json("GET", link["href"])
    times = sorted(one["worked_h"] for one in found["items"])
    assert found["count"] == len(times) == (9 if months == 1 else 15)
    wanted = times[(len(times) - 1) // 2]
    assert link.text == response.hours(wanted * 3600)
    assert (f"12 bulan sampai {'November 2026'}" in site(YUSUF).get(link["href"]).text("main")) == (
        months == 12
    )


def length_of(visitor: Visitor, path: Any) -> int:
    """How many entries a list has, over all its pages."""
    items, address = 0, path
    while address:
        told = visitor.json("GET", address)
        items += len(told["items"])
        address = told["next"]
    return items


def test_the_three_figures_say_their_gap_and_their_change(answered: None, site: Site) -> None:
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}?{NOVEMBER}")
    card = page.soup.select_one("#tepat").find_parent("section")
    assert "11 dari 14 keputusan" in card.text
    assert "Target 90 %: kurang 2 keputusan tepat waktu." in card.text
    slow = page.soup.select_one("#lama").find_parent("section").text
    assert "Target 8 jam kerja tercapai." in slow
    assert length_of(site(YUSUF), card.select_one("a")["href"]) == 11
    assert "jam kerja" in page.soup.select_one("#lama ~ .measure b").text
    tables = " ".join(one.text for one in page.all("main table.regions"))
    assert re.search(r"\d jam", tables)
    assert not re.search(r"\d jam(?! kerja)", tables)
    assert len(page.soup.select("figure.chart")) == 3
    assert len(page.soup.select("figure.chart > svg desc")) == 3
    assert not page.soup.select("[style]")


def test_few_decisions_have_no_figure_and_nobody_is_last(answered: None, site: Site) -> None:
    page = site(SARI).get(f"/pemantauan/{TABA_BARU}?{NOVEMBER}")
    assert "Data belum cukup. Ada 2 keputusan, perlu 5." in page.text("main")
    assert "Paling lama menjawab" not in page.text("main")
    above = site(YUSUF).get(f"/pemantauan/{UTARA_I}?{NOVEMBER}")
    # Petanang Ulu alone has enough: of one nobody can say that it is the slowest.
    assert "Paling lama menjawab" not in above.text("main")


def test_the_slowest_of_those_with_enough_is_named(answered: None, app: Flask, site: Site) -> None:
    with app.app_context():
        for number in range(3):
            sent = steps.send(MARLINA, at=MONDAY, on=MONDAY.date(), text=f"Lagi {number}")
            steps.act(SARI, sent, "verify", at=MONDAY + timedelta(days=9))
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}?periode=2026-12")
    assert "Paling lama menjawab dalam 12 bulan sampai November 2026: Taba Baru" in page.text(
        "main"
    )
    assert page.soup.select_one(".slowest a")["href"].startswith(f"/pemantauan/{TABA_BARU}?")


def test_a_plhs_time_counts_for_the_office_and_the_plh_is_named(
    answered: None, app: Flask, site: Site
) -> None:
    with app.app_context():
        steps.add_term(SARI, PETANANG_ULU, role="lurah", acts_for=HARTONO)
        sent = steps.send(RAHMAN, at=MONDAY, on=MONDAY.date(), text="Untuk Plh.")
        steps.act(SARI, sent, "verify", at=MONDAY + timedelta(days=1))
    told = json(site, DEWI, f"/pemantauan/{PETANANG_ULU}?{NOVEMBER}")
    lurah = told["response"][0]
    assert lurah["decisions"] == 8
    assert lurah["deputies"] == [{"name": "Sari Wulandari", "decisions": 1}]
    page = site(DEWI).get(f"/pemantauan/{PETANANG_ULU}?{NOVEMBER}")
    assert "termasuk Plh. Sari Wulandari (1)" in page.text("main")
    rows = site(DEWI).get(f"/pemantauan/{PETANANG_ULU}/keputusan?{NOVEMBER}&meja=kelurahan")
    assert "Sari Wulandari, Plh. Lurah" in rows.text("main")


def test_the_list_has_what_took_longest_first_and_goes_on(answered: None, site: Site) -> None:
    path = f"/pemantauan/{PETANANG_ULU}/keputusan?{NOVEMBER}&meja=kelurahan"
    told = json(site, HARTONO, path)
    hours = [one["worked_h"] for one in told["items"]]
    assert told["count"] == len(hours) == 7
    assert hours == sorted(hours, reverse=True)
    assert [one["within"] for one in told["items"]] == [False, *[True] * 6]
    page = site(HARTONO).get(path)
    assert page.text("main h2") == "Keputusan"
    assert "7 keputusan" in page.text("main")
    assert [card.text for card in page.soup.select(".badge")].count("Terlambat") == 1


def test_pages_of_a_long_list_leave_nothing_out(
    answered: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipokat.domain.responsiveness.decisions.PAGE", 2)
    path, found = f"/pemantauan/{UTARA_I}/keputusan?{NOVEMBER}", []
    while path:
        told = json(site, YUSUF, path)
        assert len(told["items"]) <= 2
        found += [one["seq"] for one in told["items"]]
        path = told["next"]
    assert len(found) == len(set(found)) == told["count"] == 14


def test_an_rts_card_says_how_long_it_takes_to_mend(app: Flask, site: Site) -> None:
    with app.app_context():
        for number in range(5):
            sent = steps.send(RAHMAN, at=MONDAY, on=MONDAY.date(), text=f"Rapat {number}")
            sent = steps.act(HARTONO, sent, "return", at=MONDAY + timedelta(hours=1))
            with time_machine.travel(MONDAY + timedelta(days=2)):
                steps.revise(RAHMAN, sent, on=MONDAY.date())
    page = site(RAHMAN).get(f"/pemantauan/{RAHMAN.region}?{NOVEMBER}")
    assert "November 2026: median 1,9 hari kerja" in page.text("main")
    link = page.soup.select_one("a[href*='meja=rt']")["href"]
    assert length_of(site(RAHMAN), link) == 5
    assert "Laporan yang diperbaiki RT" in site(RAHMAN).get(link).text("main")


MAY = (HARTONO, YUSUF, DEWI, ZAINAL, RATNA)
MAY_NOT = {SARI: 404, EFFENDI: 404, RAHMAN: 404, AGUS: 403, BEJO: 401, None: 401}


@pytest.mark.parametrize(
    ("person", "status"),
    [*((one, 200) for one in MAY), *MAY_NOT.items()],
    ids=str,
)
def test_who_may_look(answered: None, site: Site, person: Any, status: int) -> None:
    path = f"/pemantauan/{PETANANG_ULU}/keputusan?{NOVEMBER}"
    page: Page = site(person).get(path, status=status)
    assert ("Rapat" in page.text("main")) == (status == 200)


BAD = (
    *("periode=2027-05", "periode=kemarin", "pilihan=semuanya", "meja=dapur"),
    *("sesudah=-1", "sesudah=abc", "sesudah=9999999999999999999999", "sesudah=²"),
)


@pytest.mark.parametrize("asked", BAD)
def test_bad_questions_are_refused(answered: None, site: Site, asked: str) -> None:
    site(YUSUF).get(f"/pemantauan/{UTARA_I}/keputusan?{asked}", status=400)


def test_what_nobody_decided_is_an_empty_list(answered: None, site: Site) -> None:
    for asked in ("meja=kota", "sesudah=123456", "pilihan=dikembalikan&alasan=tidak_ada"):
        told = json(site, DEWI, f"/pemantauan/{KOTA}/keputusan?{NOVEMBER}&{asked}")
        assert (told["items"], told["next"]) == ([], None)
    page = site(DEWI).get(f"/pemantauan/{KOTA}/keputusan?{NOVEMBER}&meja=kota")
    assert "Tidak ada keputusan" in page.text("main")
    back = page.soup.select_one("main a[href^='/pemantauan']")["href"]
    assert parse_qs(urlsplit(back).query) == {"periode": ["2026-11"]}
