"""The page of the queue: groups, what it is narrowed to, and as much of it as was loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from sipokat.domain import queue
from tests import steps
from tests.cast import (
    BARAT_I,
    DEWI,
    EFFENDI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Page, Visitor
from tests.services.database import MOST, asking, statements
from tests.wire import decide, file_report

Site = Callable[..., Visitor]
RT_1, RT_2 = RAHMAN.region, SITI.region


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue comes in pages of four."""
    monkeypatch.setattr(queue, "PAGE", 4)


def fill(app: Flask, *people: Person, category: str = "pemerintahan") -> list[str]:
    """Have these people send a report each, a minute apart. Returns the numbers."""
    start, numbers = steps.now(), []
    with app.app_context():
        for minute, person in enumerate(people):
            at = start + timedelta(minutes=minute)
            numbers.append(steps.send(person, category, at=at, text=f"Nomor {minute}.").number)
    return numbers


def numbers_on(page: Page) -> list[str]:
    return [str(card["id"]).removeprefix("kartu-") for card in page.all("[data-card]")]


def headings(page: Page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.all(".queue-group")]


def test_few_reports_stand_under_the_headings_of_their_groups(app: Flask, site: Site) -> None:
    first, second, third = fill(app, SITI, RAHMAN, SITI)
    (flood,) = fill(app, RAHMAN, category="bencana")
    page = site(HARTONO).get("/verifikasi")
    assert numbers_on(page) == [flood, first, third, second], "as the program gets them, too"
    answer = site(HARTONO).json("GET", "/verifikasi")
    assert [one["number"] for one in answer["items"]] == numbers_on(page)
    assert headings(page) == ["Bencana", "RT 002 2 menunggu", "RT 001 1 menunggu"]
    assert not page.has(".queue-groups, .queue-search"), "nothing more for somebody who has few"


def test_what_is_late_is_said_at_its_group(app: Flask, site: Site) -> None:
    fill(app, SITI, RAHMAN)
    with time_machine.travel(steps.now() + timedelta(days=9)):
        page = site(HARTONO).get("/verifikasi")
    assert headings(page)[0] == "RT 002 1 menunggu 1 terlambat"
    assert "terlambat" not in page.in_copy().lower().split("rt 002 · rapat")[0]


@pytest.mark.usefixtures("short_pages")
def test_of_many_the_groups_are_counted_first_and_each_opens(app: Flask, site: Site) -> None:
    sent = fill(app, SITI, RAHMAN, SITI, RAHMAN, RAHMAN, RAHMAN, RAHMAN)
    page = site(HARTONO).get("/verifikasi")
    rows = [" ".join(one.get_text(" ").split()) for one in page.all(".queue-groups li")]
    assert rows == [
        "RT 002 2 menunggu paling lama baru saja",
        "RT 001 5 menunggu paling lama baru saja",
    ]
    assert numbers_on(page) == sent[:4]
    assert headings(page) == ["Paling lama menunggu"]
    hrefs = [str(one["href"]) for one in page.all(".queue-groups a")]
    assert hrefs == [f"/verifikasi?kelompok={RT_2}", f"/verifikasi?kelompok={RT_1}"]
    group = site(HARTONO).get(hrefs[1])
    assert numbers_on(group) == [sent[1], *sent[3:6]]
    assert group.text(".queue-chosen") == "RT 001 5 menunggu Tampilkan semua"
    assert group.text("#queue-count") == "7 menunggu"
    assert not group.has(".queue-groups")
    assert group.one(".queue-following")["href"] == hrefs[0]
    assert group.text(".queue-following") == "Lanjut ke RT 002 (2)"
    rest = site(HARTONO).get(str(group.one("a[rel='next']")["href"]))
    assert numbers_on(rest) == sent[6:]


def test_the_camat_by_kelurahan_and_the_city_by_kecamatan(app: Flask, site: Site) -> None:
    number = fill(app, RAHMAN)[0]
    decide(site(HARTONO), number, "verifikasi")
    (group,) = site(YUSUF).json("GET", "/verifikasi")["groups"]
    assert group["region"] == PETANANG_ULU
    assert "Petanang Ulu" in headings(site(YUSUF).get("/verifikasi"))[0]
    decide(site(YUSUF), number, "verifikasi", **{"version": 2, "class": None})
    (group,) = site(DEWI).json("GET", "/verifikasi")["groups"]
    assert group["region"] == UTARA_I
    assert "Lubuklinggau Utara I" in headings(site(DEWI).get("/verifikasi"))[0]


@pytest.mark.usefixtures("short_pages")
def test_groups_in_json_are_counted_whatever_the_page_shows(app: Flask, site: Site) -> None:
    fill(app, SITI, RAHMAN, SITI, RAHMAN, RAHMAN, RAHMAN)
    fill(app, RAHMAN, category="bencana")
    hartono = site(HARTONO)
    answer = hartono.json("GET", "/verifikasi")
    assert set(answer) == {"groups", "items", "next"}
    assert set(answer["groups"][0]) == {"region", "waiting", "late", "oldest"}
    assert [(one["region"], one["waiting"]) for one in answer["groups"]] == [(RT_2, 2), (RT_1, 5)]
    assert len(answer["items"]) == 5, "a page, and the bencana on top"
    later = hartono.json("GET", answer["next"])
    assert later["groups"] == answer["groups"]
    assert later["next"] is None
    narrowed = hartono.json("GET", f"/verifikasi?kelompok={RT_1}&kategori=bencana")
    assert [(one["region"], one["waiting"]) for one in narrowed["groups"]] == [(RT_1, 1)]
    assert [one["category"] for one in narrowed["items"]] == ["bencana"]


@pytest.mark.usefixtures("short_pages")
def test_what_it_is_narrowed_to_stands_in_every_address(app: Flask, site: Site) -> None:
    fill(app, *(RAHMAN,) * 9)
    asked = f"/verifikasi?kelompok={RT_1}&kategori=pemerintahan&kelas=belum&umur=7&kata=nomor+satu"
    with time_machine.travel(steps.now() + timedelta(days=8)):
        empty = site(HARTONO).get(asked)
        page = site(HARTONO).get(asked.replace("nomor+satu", "Nomor"))
    assert "Tidak ada yang cocok" in empty.text("main")
    said = page.text(".queue-chosen h2")
    assert said == (
        "RT 001 · “Nomor” · Pemerintahan · Belum ada kelas · Menunggu 7 hari atau lebih"
    )
    for address in (page.one("a[rel='next']")["href"], page.one("a[rel='next']")["hx-get"]):
        given = parse_qs(urlsplit(str(address)).query)
        assert given.pop("sesudah")
        assert given == {
            "kelompok": [RT_1],
            "kategori": ["pemerintahan"],
            "kelas": ["belum"],
            "umur": ["7"],
            "kata": ["Nomor"],
        }
    form = page.values("form[role=search]")
    assert form["kelompok"] == RT_1
    assert form["kata"] == "Nomor"
    assert form["umur"] == "7"
    again = site(HARTONO).get("/verifikasi").submit("form[role=search]", kata="Nomor 3")
    assert len(numbers_on(again)) == 1


def test_bencana_is_found_where_it_lies_when_the_queue_is_narrowed(app: Flask, site: Site) -> None:
    fill(app, RAHMAN)
    (flood,) = fill(app, SITI, category="bencana")
    assert numbers_on(site(HARTONO).get(f"/verifikasi?kelompok={RT_2}")) == [flood]
    assert numbers_on(site(HARTONO).get("/verifikasi?kategori=bencana")) == [flood]
    assert numbers_on(site(YUSUF).get("/verifikasi?kategori=bencana")) == [], "not on his desk"
    assert numbers_on(site(YUSUF).get("/verifikasi")) == [flood], "but to read"


@pytest.mark.usefixtures("short_pages")
def test_as_much_comes_again_as_was_loaded(app: Flask, site: Site) -> None:
    sent = fill(app, *(RAHMAN,) * 15)
    hartono = site(HARTONO)
    second = hartono.fragment("GET", hartono.json("GET", "/verifikasi")["next"])
    last = second.select("[data-card]")[-1]["data-place"]
    page = hartono.get("/verifikasi", query_string={"sampai": last})
    assert numbers_on(page) == sent[:8]
    # The groups stand in front of it still, also when all that there is was loaded.
    whole = hartono.get("/verifikasi?sampai=2036-01-01T00:00:00Z~1")
    assert numbers_on(whole) == sent
    assert whole.has(".queue-groups")
    assert headings(whole) == ["Paling lama menunggu"]
    # One of these was decided meanwhile: the others still come, and then what follows.
    decide(hartono, sent[2], "verifikasi")
    page = hartono.get("/verifikasi", query_string={"sampai": last})
    assert numbers_on(page) == [*sent[:2], *sent[3:8]]
    rest = hartono.json("GET", str(page.one("a[rel='next']")["href"]))
    assert [one["number"] for one in rest["items"]] == sent[8:12]
    # All that was loaded has been decided: there is a page all the same.
    for number in (*sent[:2], *sent[3:8]):
        decide(hartono, number, "verifikasi")
    page = hartono.get("/verifikasi", query_string={"sampai": last})
    assert numbers_on(page) == sent[8:12]


@pytest.mark.parametrize("code", [BARAT_I, f"{BARAT_I}.1001", "16.73", "99.99"])
def test_a_group_elsewhere_is_empty(app: Flask, site: Site, code: str) -> None:
    fill(app, RAHMAN)
    answer = site(HARTONO).json("GET", f"/verifikasi?kelompok={code}")
    assert answer["items"] == []
    assert "Tidak ada yang cocok" in site(HARTONO).get(f"/verifikasi?kelompok={code}").text("main")


@pytest.mark.parametrize("path", ["/verifikasi", "/verifikasi/sekaligus"])
@pytest.mark.parametrize(("code", "name"), [(RT_2, "RT 002"), ("99.99", "Wilayah ini")])
def test_a_group_in_which_nothing_waits_any_more_has_its_name(
    app: Flask, site: Site, path: str, code: str, name: str
) -> None:
    fill(app, RAHMAN)
    page = site(HARTONO).get(f"{path}?kelompok={code}")
    assert name in page.text("main")
    assert code not in page.text("main")
    if page.has(".queue-chosen"):
        assert "0 laporan" in page.text(".queue-chosen")
        assert "Lanjut ke RT 001 (1)" in page.text("main")


def test_nobody_reads_another_desks_groups(app: Flask, site: Site) -> None:
    fill(app, RAHMAN, SITI)
    for person in (EFFENDI, YUSUF, DEWI):
        for asked in ("", f"?kelompok={RT_1}", "?kata=Nomor", "?umur=1"):
            answer: Any = site(person).json("GET", f"/verifikasi{asked}")
            assert answer == {"groups": [], "items": [], "next": None}


ASKED = (
    "",
    f"?kelompok={RT_1}",
    "?umur=terlambat&kelas=belum",
    "?kata=Nomor&kategori=pemerintahan",
    "?sampai=2036-01-01T00:00:00Z~1",
)


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_it_asks_the_database_as_often_for_many_as_for_one(
    app: Flask, site: Site, kind: str
) -> None:
    counts = []
    for people in ((RAHMAN,), (RAHMAN, SITI) * 13):
        fill(app, *people)
        fill(app, RAHMAN, category="bencana")
        for asked in ASKED:
            hartono = site(HARTONO)
            with statements(app) as said:
                answer = hartono.request("GET", f"/verifikasi{asked}", headers={"Accept": kind})
            assert answer.status_code == 200
            counts.append(asking(said))
    assert counts[: len(ASKED)] == counts[len(ASKED) :]
    assert max(counts) <= MOST


def test_a_report_filed_now_is_on_the_page_of_its_group(site: Site) -> None:
    number = file_report(site(SITI))["number"]
    assert numbers_on(site(HARTONO).get(f"/verifikasi?kelompok={RT_2}")) == [number]
