"""The page of what a person was told, the count on every page, and what counts as read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from sipokat.database import db, writing
from sipokat.domain.clock import WIB
from sipokat.domain.notices import inbox, rows, term_news
from sipokat.models import Notice
from tests import steps, wire
from tests.cast import (
    AGUS,
    BEJO,
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Page, Visitor

Site = Callable[..., Visitor]
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def verified(site: Site, count: int = 1) -> list[str]:
    """So many reports of Rahman that his lurah has verified: their numbers."""
    numbers = []
    for place in range(count):
        number = wire.file_report(site(RAHMAN), text=f"Nomor {place}.")["number"]
        wire.decide(site(HARTONO), number, "verifikasi")
        numbers.append(str(number))
    return numbers


def known(app: Flask, person: Person) -> Visitor:
    """Another phone of somebody, of which they were not told that it is new."""
    visitor = Visitor(app, person)
    with app.app_context(), writing() as session:
        session.execute(delete(Notice).where(Notice.kind == "new_phone"))
    return visitor


def count_on(page: Page) -> str:
    return page.text("header .bell")


def test_it_says_what_happened_by_day_and_leads_there(app: Flask, site: Site) -> None:
    with time_machine.travel(MONDAY, tick=False):
        (first,) = verified(site)
        returned = str(wire.file_report(site(RAHMAN), "sampah")["number"])
        wire.decide(site(HARTONO), returned, "pengembalian", note="Foto ulang, Pak.")
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        rahman = known(app, RAHMAN)
        (second,) = [str(wire.file_report(rahman)["number"])]
        wire.decide(Visitor(app, HARTONO), second, "penolakan", note="Tidak terjadi.")
        page = rahman.get("/pemberitahuan")
        assert [one.get_text() for one in page.all("main h2")] == ["Hari ini", "Kemarin"]
        links = page.all(".card-link")
        assert [one["href"] for one in links] == [
            f"/laporan/{second}",
            f"/laporan/{returned}/perbaikan",
            f"/laporan/{first}",
        ]
        words = f"Laporan Tumpukan sampah perlu diperbaiki. Nomor {returned}"
        assert links[1].get_text() == words
        assert "“Foto ulang, Pak.”" in page.text("main")
        assert [one.get_text() for one in page.all("main .badge")] == ["Baru"] * 3
        copy = page.in_copy()
        assert "23 Nov" in copy
        for word in ("Baru", "Hari ini", "belum dibaca", "Tandai"):
            assert word not in copy


@pytest.mark.parametrize("person", [one for one in CAST if one.active], ids=str)
def test_whoever_was_told_nothing_finds_a_way_on(site: Site, person: Person) -> None:
    page = site(person).get("/pemberitahuan")
    assert "Belum ada pemberitahuan" in page.text("main")
    assert page.one("main .empty a")["href"] == "/beranda"
    assert count_on(page) == ""
    assert page.one(".bell svg")["aria-label"] == "Pemberitahuan"
    body = site(person).json("GET", "/pemberitahuan")
    assert body == {"unread": 0, "items": [], "next": None}


def test_the_count_stands_on_every_page_and_in_no_copy(site: Site) -> None:
    verified(site, 2)
    for path in ("/beranda", "/laporan", "/akun", "/pemberitahuan"):
        page = site(RAHMAN).get(path)
        assert count_on(page) == "2 belum dibaca", path
        assert "belum dibaca" not in page.in_copy(), path
    for person in (SITI, HARTONO, YUSUF, DEWI, RATNA, AGUS):
        assert count_on(site(person).get("/beranda")) == ""
    refused = site(RAHMAN).get("/verifikasi", status=403)
    assert count_on(refused) == "2 belum dibaca"
    assert not site().get("/masuk").has(".bell")


def test_shells_hold_no_count_and_are_the_same_for_all(site: Site) -> None:
    verified(site)
    for path in ("/laporan/baru", "/kotak-keluar", "/luring"):
        mine, nobodys = (site(one).request("GET", path).data for one in (RAHMAN, None))
        assert mine == nobodys
        assert b"data-bell hidden" in mine


def test_opening_a_report_reads_its_notices_wherever_one_is_signed_in(
    app: Flask, site: Site
) -> None:
    first, second = verified(site, 2)
    other_phone = known(app, RAHMAN)
    site(RAHMAN).request("GET", f"/laporan/{first}", headers={"Sec-Purpose": "prefetch"})
    site(HARTONO).get(f"/laporan/{first}")
    assert count_on(other_phone.get("/beranda")) == "2 belum dibaca"
    assert count_on(site(RAHMAN).get(f"/laporan/{first}")) == "1 belum dibaca"
    page = other_phone.get("/pemberitahuan")
    assert count_on(page) == "1 belum dibaca"
    unread = [one for one in page.all("article.card") if one.select(".badge")]
    assert [one.select_one("a")["href"] for one in unread] == [f"/laporan/{second}"]  # type: ignore[index]


def test_the_form_to_mend_a_report_reads_them_too(site: Site) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    wire.decide(site(HARTONO), number, "pengembalian")
    assert count_on(site(RAHMAN).get(f"/laporan/{number}/perbaikan")) == ""


def test_all_are_read_at_once_by_a_button(site: Site) -> None:
    verified(site, 3)
    page = site(RAHMAN).get("/pemberitahuan")
    assert "3 belum dibaca" in page.text("main form")
    after = page.submit("form[action='/pemberitahuan/dibaca']")
    assert (after.url, count_on(after)) == ("/pemberitahuan", "")
    assert not after.has("main form")
    assert not after.has("main .badge")


def test_on_the_wire(site: Site) -> None:
    numbers = verified(site, inbox.PAGE + 2)
    body = site(RAHMAN).json("GET", "/pemberitahuan")
    assert (body["unread"], len(body["items"])) == (inbox.PAGE + 2, inbox.PAGE)
    one = body["items"][0]
    assert set(one) == {"id", "at", "kind", "text", "url", "read"}
    assert datetime.fromisoformat(one["at"]).tzinfo
    assert (one["kind"], one["url"], one["read"]) == ("verified", f"/laporan/{numbers[-1]}", False)
    assert one["text"] == "Laporan Rapat diverifikasi lurah, naik ke camat."
    rest = site(RAHMAN).json("GET", body["next"])
    assert [len(rest["items"]), rest["next"]] == [2, None]
    ids = [one["id"] for one in body["items"]]
    answer = site(RAHMAN).json("POST", "/pemberitahuan/dibaca", {"ids": ids[:2]})
    assert answer == {"unread": inbox.PAGE}
    assert site(SITI).json("POST", "/pemberitahuan/dibaca", {"ids": ids}) == {"unread": 0}
    answer = site(RAHMAN).json("POST", "/pemberitahuan/dibaca", {"until": ids[-1]})
    assert answer == {"unread": inbox.PAGE - 3}
    assert site(RAHMAN).json("POST", "/pemberitahuan/dibaca", {"until": ids[0]}) == {"unread": 0}
    assert all(one["read"] for one in site(RAHMAN).json("GET", "/pemberitahuan")["items"])


def test_the_next_page_goes_on_below_the_same_day(app: Flask, site: Site) -> None:
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        verified(site)
    with time_machine.travel(MONDAY, tick=False):
        rahman, hartono = known(app, RAHMAN), Visitor(app, HARTONO)
        for _ in range(inbox.PAGE + 1):
            number = wire.file_report(rahman)["number"]
            wire.decide(hartono, number, "verifikasi")
        page = rahman.get("/pemberitahuan")
        link = str(page.one("a[rel=next]")["href"])
        part = rahman.fragment("GET", link)
        assert [one.get_text() for one in part.select("h2")] == ["Kemarin"]
        assert len(part.select("article")) == 2
        whole = rahman.get(link)
        assert [one.get_text() for one in whole.all("main h2")] == ["Hari ini", "Kemarin"]
        assert "Kembali ke yang terbaru" in whole.text("main")
        assert not whole.has("main form")


LISTS = [
    ("/laporan?late=below&region=16.73.04", "&category=sampah", "/laporan?late=below"),
    ("/laporan?status=returned", "&month=2026-11", "/laporan?status=returned"),
    ("/verifikasi?umur=terlambat", "&kategori=sampah", "/verifikasi"),
    ("/verifikasi", "?umur=terlambat", "/verifikasi"),
]


@pytest.mark.parametrize(("told", "narrower", "whole"), LISTS)
def test_a_list_that_is_narrowed_further_reads_nothing(
    app: Flask, site: Site, told: str, narrower: str, whole: str
) -> None:
    """What the notice tells of need not be on it."""
    with app.app_context(), writing() as session:
        row = rows.row(steps.user_of(YUSUF).id, "digest", "digest 2026-11-23", MONDAY, told)
        row["facts"] = '{"waiting": 1, "due": 0, "late": 0}'
        rows.add(session, [row])
    for path, unread in ((f"{told}{narrower}", 1), (whole, 0)):
        site(YUSUF).get(path)
        assert count_on(site(YUSUF).get("/akun")) == ("1 belum dibaca" if unread else ""), path


BAD: list[Any] = [
    {},
    {"ids": [1], "until": 1},
    {"ids": ["1"]},
    {"ids": "semua"},
    {"ids": [True]},
    {"ids": list(range(501))},
    {"until": "1"},
    {"until": 2**40},
    {"until": None},
    {"sampai": 1},
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_cannot_be_read_is_refused_and_reads_nothing(site: Site, body: Any) -> None:
    verified(site)
    answer = site(RAHMAN).json("POST", "/pemberitahuan/dibaca", body, status=400)
    assert answer["message"].endswith(".")
    for path in ("?sesudah=", "?sesudah=x", "?sesudah=-1", "?sesudah=99999999999"):
        site(RAHMAN).get(f"/pemberitahuan{path}", status=400)
    site(RAHMAN).post("/pemberitahuan/dibaca", {"until": "x"}, status=400)
    assert site(RAHMAN).json("GET", "/pemberitahuan?sesudah=0")["items"] == []
    assert count_on(site(RAHMAN).get("/beranda")) == "1 belum dibaca"


def test_a_new_phone_is_told_of_and_the_first_is_not(app: Flask) -> None:
    """Everybody, also those whom no report concerns, finds it on all of their phones."""
    for person in (one for one in CAST if one.active):
        first = Visitor(app, person)
        assert first.json("GET", "/pemberitahuan")["unread"] == 0, person
        second = Visitor(app, person)
        (told,) = first.json("GET", "/pemberitahuan")["items"]
        words = (
            "Akun Anda dipakai di HP atau komputer baru (Aplikasi lain), dengan nomor HP dan kata "
            "sandi."
        )
        assert (told["kind"], told["text"], told["url"]) == ("new_phone", words, "/akun")
        assert count_on(first.get("/beranda")) == "1 belum dibaca"
        second.get("/akun")
        assert count_on(first.get("/beranda")) == ""
    Visitor(app, BEJO)
    with app.app_context():
        bejo = select(Notice.id).where(Notice.user_id == steps.user_of(BEJO).id)
        assert db.session.scalar(bejo) is None


def test_what_is_told_of_terms_leads_to_a_page_that_opens_and_is_read_there(
    app: Flask, site: Site
) -> None:
    """To each of them who is told: the person, the desk above, Diskominfo; and nobody else is."""
    today = steps.today()
    with app.app_context():
        steps.add_term(SARI, HARTONO.region, today, role="lurah", acts_for=HARTONO)
        steps.add_term(EFFENDI, YUSUF.region, today, role="camat", acts_for=YUSUF)
        for person in (ZAINAL, RATNA, AGUS, SITI, DEWI):
            steps.end_term(person, today + timedelta(days=3))
        steps.newcomer("Wati", "diskominfo", "16.73")
        with writing() as session:
            term_news.tell(session, datetime.combine(today, time(12), WIB))
    expected = {AGUS, SARI, EFFENDI, YUSUF, DEWI, HARTONO, SITI, ZAINAL, RATNA}
    for person in (one for one in CAST if one.active):
        items = site(person).json("GET", "/pemberitahuan")["items"]
        assert bool(items) == (person in expected), person
        for one in items:
            site(person).get(one["url"])
        assert site(person).json("GET", "/pemberitahuan")["unread"] == 0, person
        page = site(person).get("/pemberitahuan")
        assert len(page.all("article.card")) == len(items)
