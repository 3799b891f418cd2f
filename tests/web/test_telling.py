"""A desk tells the author of its return or rejection by WhatsApp: on the strip and on the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests import steps, wire
from tests.cast import DEWI, EFFENDI, HARTONO, RAHMAN, RATNA, SARI, SITI, YUSUF, Person
from tests.copies import copy_of
from tests.page import Visitor, fresh_id
from tests.wire import decide, file_report

Site = Callable[..., Visitor]
NOTE = "Mohon foto ulang & dari dekat, 100% jelas."
LINK = "a[href^='https://wa.me/']"


@pytest.fixture
def number(site: Site) -> str:
    return str(file_report(site(RAHMAN))["number"])


def message(link: Any) -> tuple[str, str]:
    """The number and the text of a link to WhatsApp."""
    parts = urlsplit(str(link["href"]))
    return parts.path.strip("/"), parse_qs(parts.query)["text"][0]


def strip(visitor: Visitor, number: str, noun: str, **said: str) -> BeautifulSoup:
    asked = {"action_id": fresh_id(), "version": "1", "next": "/verifikasi", "note": NOTE} | said
    return visitor.fragment("POST", f"/laporan/{number}/{noun}", data=asked)


def test_the_strip_after_a_return_opens_a_message_to_the_author(site: Site, number: str) -> None:
    done = strip(site(HARTONO), number, "pengembalian", reason="foto_kurang_jelas")
    (link,) = done.select(f"[data-done] {LINK}")
    phone, text = message(link)
    assert phone == "6281200000101"
    for words in (
        f"Yth. Bapak/Ibu Rahman, laporan nomor {number} di SIPOKAT perlu diperbaiki",
        "foto kurang jelas",
        f"“{NOTE}”",
        "Ganti fotonya.",
        f"/laporan/{number}",
        "Terima kasih. Hartono, Lurah Petanang Ulu",
    ):
        assert words in text
    assert link["rel"] == ["noopener", "noreferrer"]
    assert "Rapat bulanan" not in text, "nothing of what the report says"


def test_the_strip_after_a_rejection_says_so(site: Site, number: str) -> None:
    done = strip(site(HARTONO), number, "penolakan", reason="tidak_benar")
    _, text = message(done.select_one(LINK))
    assert f"laporan nomor {number} di SIPOKAT ditolak: tidak sesuai kenyataan." in text
    assert "Kalau menurut Anda ini keliru, sampaikan ke lurah." in text


def test_the_number_of_the_other_report_goes_along(site: Site, number: str) -> None:
    other = str(file_report(site(SITI))["number"])
    done = strip(site(HARTONO), number, "penolakan", reason="sudah_dilaporkan", other=other)
    _, text = message(done.select_one(LINK))
    assert f"ditolak: sudah dilaporkan (laporan {other})." in text


def test_there_is_none_after_a_verification(site: Site, number: str) -> None:
    asked = {"action_id": fresh_id(), "version": "1", "class": "kinerja"}
    done = site(HARTONO).fragment("POST", f"/laporan/{number}/verifikasi", data=asked)
    assert not done.select("a[href*='wa.me'], .telling")


def test_the_reports_page_has_it_for_the_desk_and_nobody_else(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "pengembalian", note=NOTE)
    assert site(HARTONO).get(f"/laporan/{number}").has(LINK)
    for person in (RAHMAN, YUSUF, DEWI, RATNA):
        page = site(person).get(f"/laporan/{number}")
        assert not page.has("a[href*='wa.me']"), person
        assert "6281200000101" not in str(page.soup), person
    for person in (SARI, EFFENDI, SITI):
        site(person).get(f"/laporan/{number}", status=404)


def test_a_copy_of_the_page_has_no_number(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "pengembalian", note=NOTE)
    answer = site(HARTONO).request("GET", f"/laporan/{number}")
    assert "wa.me" in answer.get_data(as_text=True)
    assert "wa.me" not in copy_of(answer.get_data(as_text=True))


def test_it_goes_once_the_report_has_moved_on(site: Site) -> None:
    content = wire.body()
    number = str(site(RAHMAN).json("POST", "/laporan", content, 201)["number"])
    decide(site(HARTONO), number, "pengembalian")
    keys = ("happened_on", "text", "fields", "photos")
    mended = {"action_id": fresh_id(), "version": 2} | {key: content[key] for key in keys}
    site(RAHMAN).json("POST", f"/laporan/{number}/perbaikan", mended)
    assert not site(HARTONO).get(f"/laporan/{number}").has(LINK)


def test_a_return_to_a_desk_between_tells_that_desk_and_the_author(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "verifikasi")
    decide(site(YUSUF), number, "pengembalian", version=2, reason="isi_kurang_lengkap", note=NOTE)
    lurah, author = map(message, site(YUSUF).get(f"/laporan/{number}").all(LINK))
    assert lurah[0] == "6281200000201"
    assert "dikembalikan ke meja Anda: isi kurang lengkap. Mohon diperiksa lagi." in lurah[1]
    assert author[0] == "6281200000101"
    assert "dikembalikan ke lurah: isi kurang lengkap. Belum ada yang perlu" in author[1]
    assert "Tambahkan yang belum ada" not in author[1]


def test_the_last_desk_is_told_whom_to_ask(site: Site, number: str) -> None:
    wire.climb(number, site(HARTONO), site(YUSUF))
    decide(site(DEWI), number, "penolakan", version=3, note=NOTE)
    page = site(DEWI).get(f"/laporan/{number}")
    assert not page.has("a[href*='wa.me']")
    assert "Nomor Ketua RT 001 Petanang Ulu ada pada Lurah Petanang Ulu." in page.text("main")
    assert "6281200000101" not in str(page.soup)


def test_a_vacant_office_is_said(app: Flask, site: Site, number: str) -> None:
    with app.app_context():
        steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    done = strip(site(HARTONO), number, "pengembalian", reason="lainnya")
    assert "Ketua RT 001 Petanang Ulu kosong." in done.get_text()
    assert not done.select("a[href*='wa.me']")


def test_the_demo_shows_the_text_without_a_link(app: Flask, site: Site, number: str) -> None:
    mode = app.config["MODE"]
    app.config["MODE"] = "demo"
    try:
        done = strip(site(HARTONO), number, "pengembalian", reason="foto_kurang_jelas")
        page = site(HARTONO).get(f"/laporan/{number}")
    finally:
        app.config["MODE"] = mode
    assert (
        f"laporan nomor {number} di SIPOKAT perlu diperbaiki"
        in done.select_one("details").get_text()
    )  # type: ignore[union-attr]
    for html in (str(done), str(page.soup)):
        assert "wa.me" not in html
        assert "6281200000101" not in html


@pytest.mark.parametrize("person", [HARTONO, YUSUF], ids=str)
def test_no_number_stands_in_what_we_log(
    site: Site, number: str, person: Person, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        decide(site(HARTONO), number, "pengembalian", note=NOTE)
        site(person).get(f"/laporan/{number}")
    said = caplog.text + capsys.readouterr().out
    assert "81200000101" not in said
