"""The pages of monitoring: what they say, what is behind each figure, and who may look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from sipokat.database import writing
from sipokat.domain.clock import WIB
from sipokat.domain.participation.closing import close, last_closing, to_close
from sipokat.domain.participation.lists import WHICH
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Visitor

Site = Callable[..., Visitor]
NOVEMBER = date(2026, 11, 5)
NOW = datetime(2026, 12, 15, 9, tzinfo=WIB)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=WIB)


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def reported(app: Flask) -> None:
    """In November Rahman reports, Siti says nihil, and the kelurahan writes nothing down."""
    with app.app_context():
        steps.send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
        steps.send(RAHMAN, "tamu", at=noon(NOVEMBER), on=NOVEMBER)
        steps.send(SITI, "nihil", at=noon(NOVEMBER), on=NOVEMBER)


def figures(answer: dict[str, Any]) -> list[int]:
    names = ("expected", "sent", "on_time", "nihil", "recorded", "silent", "active")
    return [answer["participation"][name] for name in names]


def test_as_json_each_region_is_as_the_wire_says(reported: None, site: Site) -> None:
    answer = site(YUSUF).json("GET", f"/pemantauan/{UTARA_I}?periode=2026-11")
    assert (answer["region"], answer["period"], answer["closed"]) == (UTARA_I, "2026-11", False)
    assert figures(answer) == [4, 2, 2, 1, 0, 2, 2]
    below = {one["region"]: figures(one) for one in answer["below"]}
    assert below[PETANANG_ULU] == [3, 2, 2, 1, 0, 1, 2]
    assert below[TABA_BARU] == [1, 0, 0, 0, 0, 1, 0]
    assert [one["desk"] for one in answer["response"]] == ["kecamatan", "kelurahan", "rt"]
    rt = site(RAHMAN).json("GET", f"/pemantauan/{RAHMAN.region}?periode=2026-11")
    assert figures(rt) == [1, 1, 1, 0, 0, 0, 1]
    assert rt["below"] == []


def test_without_a_month_it_is_the_last_whose_reporting_is_over(reported: None, site: Site) -> None:
    assert site(DEWI).json("GET", f"/pemantauan/{KOTA}")["period"] == "2026-11"
    assert last_closing(date(2027, 1, 10)) == "2026-11"
    assert last_closing(date(2027, 1, 11)) == "2026-12"


@pytest.mark.parametrize("month", ["2027-01", "2026-10", "2026-13", "nanti", "2026-1", "0000-00"])
def test_there_is_no_month_in_the_future_nor_before_the_first_report(
    reported: None, site: Site, month: str
) -> None:
    for path in (f"/pemantauan/{KOTA}", f"/pemantauan/{KOTA}/rt"):
        answer = site(DEWI).json("GET", f"{path}?periode={month}", status=400)
        assert answer["message"].startswith("Bulan ini tidak ada angkanya.")


def test_before_the_first_report_there_is_the_month_that_runs(site: Site) -> None:
    answer = site(DEWI).json("GET", f"/pemantauan/{KOTA}")
    assert (answer["period"], answer["participation"]["active"]) == ("2026-12", 0)


@pytest.mark.parametrize(
    ("person", "own"),
    [(RAHMAN, RAHMAN.region), (HARTONO, PETANANG_ULU), (YUSUF, UTARA_I)]
    + [(one, KOTA) for one in (DEWI, ZAINAL, RATNA)],
    ids=str,
)
def test_everybody_is_led_to_their_own_level(site: Site, person: Person, own: str) -> None:
    answer = site(person).request("GET", "/pemantauan")
    assert answer.headers["Location"] == f"/pemantauan/{own}"
    assert site(person).get(f"/pemantauan/{own}").has("h1")


@pytest.mark.parametrize(
    ("person", "code", "status"),
    [
        (RAHMAN, PETANANG_ULU, 404),
        (RAHMAN, SITI.region, 404),
        (HARTONO, UTARA_I, 404),
        (HARTONO, TABA_BARU, 404),
        (SARI, f"{PETANANG_ULU}.001", 404),
        (EFFENDI, UTARA_I, 404),
        (YUSUF, "16.73.02", 404),
        (YUSUF, "16.73.040", 404),
        (DEWI, "16.73.99", 404),
        (DEWI, "16", 404),
        (DEWI, "x", 404),
        (DEWI, f"{PETANANG_ULU}.001.1", 404),
        (AGUS, KOTA, 403),
        (BEJO, BEJO.region, 401),
        (None, KOTA, 401),
    ],
    ids=str,
)
def test_nobody_looks_beyond_their_region(
    site: Site, person: Person | None, code: str, status: int
) -> None:
    for path in (f"/pemantauan/{code}", f"/pemantauan/{code}/rt"):
        site(person).json("GET", path, status=status)


LISTED = {"semua": 3, "aktif": 2, "melapor": 2, "tepat": 2, "nihil": 1, "dicatat": 0, "belum": 1}


@pytest.mark.sql
def test_behind_each_figure_is_a_list_of_its_length(reported: None, site: Site) -> None:
    page = site(HARTONO).get(f"/pemantauan/{PETANANG_ULU}?periode=2026-11")
    hrefs = [one["href"] for one in page.all(".figure a, .measure-card a")]
    assert {href.rpartition("=")[2] for href in hrefs} == {k for k, n in LISTED.items() if n}
    for which, count in LISTED.items():
        path = f"/pemantauan/{PETANANG_ULU}/rt?periode=2026-11&keadaan={which}"
        assert len(site(HARTONO).json("GET", path)["items"]) == count, which
        listed = site(HARTONO).get(path)
        assert len(listed.all("article.card")) == count
        assert f"November 2026: {count} RT" in listed.text()
    site(HARTONO).json("GET", f"/pemantauan/{PETANANG_ULU}/rt?keadaan=semuanya", status=400)


@pytest.mark.sql
def test_behind_an_rt_are_its_reports_that_stand_and_count(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
        steps.act(HARTONO, steps.send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER), "reject")
        fields = {"periode": "2026-10"}
        steps.send(RAHMAN, "nihil", at=noon(NOVEMBER), on=NOVEMBER, fields=fields)
        good = steps.send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
        steps.climb(steps.act(HARTONO, good, "verify", klass="kinerja"), YUSUF)
    page = site(RAHMAN).get(f"/pemantauan/{RAHMAN.region}?periode=2026-11")
    links = {one.text.strip(): one["href"] for one in page.all(".regions td a")}
    assert set(links) == {"2", "1"}
    for count, href in links.items():
        assert len(site(RAHMAN).json("GET", href)["items"]) == int(count)
        assert "dihitung untuk November 2026" in site(RAHMAN).get(href).text()


@pytest.mark.sql
def test_a_closed_month_stays_and_what_came_later_is_shown_as_that(
    app: Flask, reported: None, site: Site
) -> None:
    with app.app_context():
        with writing() as session:
            assert to_close(session, date(2026, 12, 15)) == ["2026-11"]
            assert close(session, "2026-11", NOW)
            assert not close(session, "2026-11", NOW), "only once"
        bejo = steps.newcomer("Karto", "rt_head", f"{PETANANG_ULU}.004")
        late = noon(date(2026, 12, 14))
        said = {"on": NOVEMBER, "written_at": noon(date(2026, 12, 9)), "sent_at": late}
        steps.send(bejo, at=late, **said)
        (nihil,) = [steps.send(SITI, at=late, on=NOVEMBER)]
        steps.act(HARTONO, nihil, "return")
    path = f"/pemantauan/{PETANANG_ULU}?periode=2026-11"
    answer = site(HARTONO).json("GET", path)
    assert (answer["closed"], figures(answer)) == (True, [3, 2, 2, 1, 0, 1, 2])
    assert figures(answer["corrected"]) == [4, 3, 3, 0, 0, 1, 3]
    page = site(HARTONO).get(path)
    assert "sudah ditutup 11 Des" in page.text()
    assert "RT yang aktif: 2 menjadi 3" in page.text()
    changed = site(HARTONO).json(
        "GET", f"/pemantauan/{PETANANG_ULU}/rt?periode=2026-11&keadaan=berubah"
    )
    assert [one["region"][-3:] for one in changed["items"]] == ["002", "004"]


@pytest.mark.sql
def test_whoever_is_silent_for_three_months_is_named(app: Flask, site: Site) -> None:
    with app.app_context():
        first = date(2026, 8, 20)
        for person in (RAHMAN, SITI):
            steps.send(person, at=noon(first), on=first)
        steps.send(SITI, at=noon(NOVEMBER), on=NOVEMBER)
        with writing() as session:
            for month in to_close(session, date(2026, 12, 15)):
                close(session, month, NOW)
    listed = site(YUSUF).json("GET", f"/pemantauan/{UTARA_I}/rt?periode=2026-11&keadaan=lama")
    silent = {one["region"]: one["silent_months"] for one in listed["items"]}
    assert silent == {RAHMAN.region: 3, BEJO.region: 4, f"{TABA_BARU}.001": 4}
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}?periode=2026-11")
    assert "3 bulan atau lebih tidak melapor" in page.text()


# Each figure on the wire, and the list that is behind it.
BEHIND = {
    "semua": "expected",
    "aktif": "active",
    "melapor": "sent",
    "tepat": "on_time",
    "nihil": "nihil",
    "dicatat": "recorded",
    "belum": "silent",
}


def lengths(site: Site, person: Person, scope: str, month: str) -> dict[str, int]:
    """How long each list of the month is. Each figure must say the same."""
    path = f"/pemantauan/{scope}?periode={month}"
    told = site(person).json("GET", path)["participation"]
    page = site(person).get(path)
    listed = {
        which: len(
            site(person).json("GET", f"/pemantauan/{scope}/rt?periode={month}&keadaan={which}")[
                "items"
            ]
        )
        for which in WHICH
    }
    assert {which: told[name] for which, name in BEHIND.items()} == {
        which: listed[which] for which in BEHIND
    }
    assert told["sent"] - told["on_time"] == listed["terlambat"]
    (lama,) = [one for one in page.all(".figure") if "bulan atau lebih" in one.text]
    assert lama.dd.text.strip() == str(listed["lama"])
    changed = [one.text.strip() for one in page.all("#berubah ~ p a")]
    words = f"Lihat {listed['berubah']} RT yang berubah"
    assert changed == ([words] if listed["berubah"] else [])
    return listed


@pytest.mark.sql
def test_what_came_late_under_the_old_number_ends_the_new_ones_silence(
    app: Flask, site: Site
) -> None:
    new = f"{TABA_BARU}.009"
    with app.app_context():
        steps.send(SITI, at=noon(date(2026, 7, 20)), on=date(2026, 7, 20))
        with time_machine.travel(noon(date(2026, 10, 6))):
            steps.change_region("move", RAHMAN.region, new, date(2026, 10, 5))
        close_all()

    def silent_months() -> int:
        path = f"/pemantauan/{TABA_BARU}/rt?periode=2026-11"
        (found,) = [o for o in site(YUSUF).json("GET", path)["items"] if o["region"] == new]
        return int(found["silent_months"])

    assert silent_months() == 2
    with app.app_context():
        late, third = noon(date(2026, 12, 1)), date(2026, 10, 3)
        said = {"region": RAHMAN.region, "written_at": noon(third), "sent_at": late}
        steps.send(RAHMAN, at=late, on=third, **said)
    assert silent_months() == 1
    old = f"/pemantauan/{RAHMAN.region}?periode=2026-11"
    hers = site(YUSUF).get(f"/pemantauan/{new}?periode=2026-11")
    assert old in [one["href"] for one in hers.all("a")]
    mine = site(RAHMAN).get(f"/pemantauan/{new}?periode=2026-11")
    assert "Dahulu RT 001" in mine.text()
    assert old not in [one["href"] for one in mine.all("a")]


def test_a_card_judges_no_month_that_runs(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN, at=noon(NOVEMBER), on=NOVEMBER)
        close_all()
    card = site(RAHMAN).get(f"/pemantauan/{RAHMAN.region}?periode=2026-12")
    assert "1 dari 1 bulan yang sudah ditutup tepat waktu" in card.text()
    assert "Belum melapor" in card.text(), "of December"


@pytest.fixture
def silent(app: Flask) -> None:
    """Nobody reports from September to November, and all of it is closed."""
    with app.app_context():
        first = date(2026, 8, 20)
        steps.send(RAHMAN, at=noon(first), on=first)
        close_all()


def close_all() -> None:
    with writing() as session:
        for month in to_close(session, date(2026, 12, 15)):
            close(session, month, NOW)


@pytest.mark.sql
def test_who_ended_or_has_no_head_is_neither_in_a_figure_nor_in_its_list(
    app: Flask, silent: None, site: Site
) -> None:
    before = lengths(site, YUSUF, UTARA_I, "2026-12")
    assert (before["semua"], before["lama"]) == (4, 4)
    with app.app_context():
        steps.change_region("dissolve", RAHMAN.region, date(2026, 12, 5))
        steps.end_term(SITI, date(2026, 12, 3))
    after = lengths(site, YUSUF, UTARA_I, "2026-12")
    assert (after["semua"], after["lama"]) == (2, 2)
    assert lengths(site, YUSUF, UTARA_I, "2026-11")["lama"] == 4, "a closed month stays"
    page = site(HARTONO).get(f"/pemantauan/{PETANANG_ULU}?periode=2026-12")
    (vacant,) = [one for one in page.all("table.regions tr") if "Ketua RT kosong" in one.text]
    assert "berturut-turut" not in vacant.text


@pytest.mark.sql
def test_every_figure_of_a_closed_month_is_as_long_as_its_list(
    app: Flask, reported: None, site: Site
) -> None:
    with app.app_context():
        bejo = steps.newcomer("Karto", "rt_head", f"{PETANANG_ULU}.004")
        late = noon(date(2026, 12, 12))
        steps.send(bejo, at=late, on=NOVEMBER)
        close_all()
        steps.act(HARTONO, steps.send(SITI, at=late, on=NOVEMBER), "return")
        steps.end_term(RAHMAN, date(2026, 11, 20))
        steps.change_region("dissolve", bejo.region, date(2026, 11, 25))
    for person, scope in ((HARTONO, PETANANG_ULU), (YUSUF, UTARA_I), (DEWI, KOTA)):
        listed = lengths(site, person, scope, "2026-11")
        assert (listed["terlambat"], listed["berubah"]) == (1, 3)


def test_an_rt_that_had_no_head_when_the_month_was_closed_stays_out_of_it(
    app: Flask, reported: None, site: Site
) -> None:
    with app.app_context():
        steps.end_term(SITI, date(2026, 11, 20))
        close_all()
        steps.newcomer("Karto", "rt_head", SITI.region, since=date(2026, 11, 21))
    told = site(HARTONO).json("GET", f"/pemantauan/{SITI.region}?periode=2026-11")
    assert (told["closed"], figures(told)) == (True, [0] * 7)
    assert told["corrected"]["participation"]["expected"] == 1
    assert told["trend"][-1]["expected"] == 0
    december = site(HARTONO).json("GET", f"/pemantauan/{SITI.region}?periode=2026-12")
    assert [one["period"] for one in december["trend"]] == ["2026-12"]


def test_a_rekap_that_comes_after_the_closing_is_shown_as_a_change(
    app: Flask, reported: None, site: Site
) -> None:
    with app.app_context():
        close_all()
        steps.send(HARTONO, "rekap_bulanan", at=noon(date(2026, 12, 12)), on=NOVEMBER)
    for person, scope in ((HARTONO, PETANANG_ULU), (YUSUF, UTARA_I)):
        page = site(person).get(f"/pemantauan/{scope}?periode=2026-11")
        assert "Rekap Petanang Ulu: belum ada menjadi terlambat" in page.text()
        assert "RT yang berubah" not in page.text()


def test_a_change_that_leaves_the_sums_as_they_were_is_shown(
    app: Flask, reported: None, site: Site
) -> None:
    with app.app_context():
        steps.newcomer("Karto", "rt_head", f"{PETANANG_ULU}.004")
        close_all()
        steps.end_term(SITI, date(2026, 11, 20))
        joko = steps.newcomer("Joko", "rt_head", f"{PETANANG_ULU}.006")
        steps.send(joko, "nihil", at=noon(NOVEMBER), on=NOVEMBER)
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}?periode=2026-11")
    assert "Jumlahnya tetap, tetapi keadaan RT berubah." in page.text()
    assert lengths(site, YUSUF, UTARA_I, "2026-11")["berubah"] == 2


def test_a_month_that_should_be_closed_names_no_day_that_is_over(
    app: Flask, reported: None, site: Site
) -> None:
    path = f"/pemantauan/{PETANANG_ULU}?periode="
    assert "masih bisa berubah sampai ditutup." in site(HARTONO).get(f"{path}2026-11").text()
    page = site(HARTONO).get(f"{path}2026-12")
    assert "masih bisa berubah sampai 11 Jan 2027." in page.text()
    rows = [one.th.text for one in page.all("#aktif-bulan-title ~ details tbody tr")]
    assert rows == ["Desember 2026 (berjalan)", "November 2026 (belum ditutup)"]
    hatched = page.all("#aktif-bulan-title ~ svg rect.chart-bar[fill]")
    assert len(hatched) == 2
    with app.app_context():
        close_all()
    page = site(HARTONO).get(f"{path}2026-12")
    rows = [one.th.text for one in page.all("#aktif-bulan-title ~ details tbody tr")]
    assert rows == ["Desember 2026 (berjalan)", "November 2026"]


def test_no_more_than_two_years_of_silence_are_counted(app: Flask, site: Site) -> None:
    with app.app_context():
        first = date(2024, 1, 20)
        with time_machine.travel(noon(first)):
            steps.send(RAHMAN, at=noon(first), on=first)
        close_all()
    path = f"/pemantauan/{PETANANG_ULU}/rt?periode=2026-11&keadaan=lama"
    told = site(HARTONO).json("GET", path)["items"]
    assert {one["silent_months"] for one in told} == {24}
    page = site(HARTONO).get(path)
    assert page.text().count("24 bulan atau lebih tidak melapor") == len(told)


def test_who_has_several_regions_comes_from_each_to_the_others(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.add_term(HARTONO, TABA_BARU, role="lurah", acts_for=SARI)
    for here, there in ((PETANANG_ULU, TABA_BARU), (TABA_BARU, PETANANG_ULU)):
        links = site(HARTONO).get(f"/pemantauan/{here}").all("nav.way a")
        assert [one["href"].partition("?")[0] for one in links] == [f"/pemantauan/{there}"]
    assert not site(SARI).get(f"/pemantauan/{TABA_BARU}").has("nav.way")


def test_a_long_list_is_folded_by_kelurahan(app: Flask, site: Site) -> None:
    with app.app_context():
        for number in range(10, 42):
            steps.newcomer(f"Ketua {number}", "rt_head", f"{PETANANG_ULU}.0{number}")
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}/rt")
    assert len(page.all("main details:not(.export)")) == 2
    assert len(page.all("main details article.card")) == 36
    assert "36 RT" in page.text()
    assert not site(HARTONO).get(f"/pemantauan/{PETANANG_ULU}/rt").has("main details:not(.export)")


def test_the_sentence_that_says_what_active_means_is_on_the_page(site: Site) -> None:
    for person in (HARTONO, YUSUF, DEWI):
        page = site(person).get(f"/pemantauan/{person.region}")
        assert "Aktif berarti: untuk bulan itu ada laporan" in page.text()
    assert "hanya dibandingkan dengan bulan-bulannya sendiri" in (
        site(RAHMAN).get(f"/pemantauan/{RAHMAN.region}").text()
    )


def test_a_region_without_heads_divides_by_nothing(site: Site) -> None:
    page = site(DEWI).get("/pemantauan/16.73.01")
    assert "Belum ada RT yang punya ketua di sini." in page.text()
    assert site(DEWI).json("GET", "/pemantauan/16.73.01")["participation"]["expected"] == 0


def test_who_has_no_office_any_more_is_led_home(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    assert site(RAHMAN).request("GET", "/pemantauan").headers["Location"] == "/beranda"
    site(RAHMAN).json("GET", f"/pemantauan/{RAHMAN.region}", status=404)
