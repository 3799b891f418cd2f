"""/beranda, the home of each role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from sipokat.database import db, writing
from sipokat.domain.clock import WIB, now
from sipokat.domain.periods import months
from sipokat.models import Report
from tests import steps
from tests.cast import (
    AGUS,
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
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]


def home(site: Site, person: Person) -> Page:
    return site(person).get("/beranda")


def links(page: Page, within: str = "main") -> list[str]:
    return [str(one["href"]) for one in page.all(f"{within} a[href]")]


def figure(page: Page, label: str) -> str:
    """The number beside this label."""
    (found,) = [one for one in page.all("main .figure") if label in one.get_text()]
    (value,) = found.select("dd")
    return value.get_text(strip=True)


# The RT head.


def test_an_rt_head_starts_with_two_ways_to_report(site: Site) -> None:
    page = home(site, RAHMAN)
    assert "Rahman" in page.text("h2.title")
    assert "RT 001, Petanang Ulu" in page.text("main")
    assert page.text("main a[href='/laporan/baru']") == "Buat laporan"
    assert page.text("[data-nihil-open]").startswith("Lapor nihil")
    assert page.has("[data-outbox-waiting][hidden]"), "the phone fills in what waits on it"
    assert "Belum ada laporan." in page.text("section[aria-labelledby=terakhir]")


def test_no_nihil_is_offered_once_something_was_reported(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN)
        for month in months(steps.today()):
            steps.send(SITI, "nihil", fields={"periode": month})
    assert not home(site, SITI).has("[data-nihil-open]")


@pytest.mark.parametrize(
    ("today", "reported", "says"),
    [
        (date(2026, 12, 1), [], "belum ada laporan November. Kirim paling lambat 10 Des."),
        (date(2026, 12, 10), ["2026-12"], "belum ada laporan November."),
        (date(2026, 12, 10), ["2026-11"], "Anda sudah melapor November."),
        (date(2026, 12, 10), ["2026-11", "2026-12"], "Anda sudah melapor bulan ini."),
        (date(2026, 12, 11), ["2026-11"], "belum ada laporan bulan ini."),
        (date(2026, 12, 11), ["2026-12"], "Anda sudah melapor bulan ini."),
    ],
)
def test_an_rt_head_reads_whether_this_month_is_reported(
    app: Flask, site: Site, today: date, reported: list[str], says: str
) -> None:
    """What is missing is offered as nihil too; a copy names the month."""
    with time_machine.travel(datetime.combine(today, time(9), WIB), tick=True):
        with app.app_context():
            for month in reported:
                steps.send(RAHMAN, "nihil", fields={"periode": month})
        page = home(site, RAHMAN)
        assert says.casefold() in page.text("main").casefold()
        assert page.has("[data-nihil-open]") is ("belum" in says)
        assert "bulan ini" not in page.in_copy()


def test_a_head_of_two_rt_reads_it_of_each(app: Flask, site: Site) -> None:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=WIB), tick=True):
        with app.app_context():
            steps.add_term(RAHMAN, SITI.region)
            steps.send(RAHMAN, "nihil", region=SITI.region)
        said = home(site, RAHMAN).text("main")
    assert "RT 001, Petanang Ulu: belum ada laporan bulan ini." in said
    assert "RT 002, Petanang Ulu: Anda sudah melapor bulan ini." in said


def test_what_came_back_says_why_and_is_mended_from_here(site: Site) -> None:
    number = file_report(site(RAHMAN), "sampah", text="Tumpukan di pos ronda.")["number"]
    decide(site(HARTONO), number, "pengembalian", note="Mohon foto dari dekat.")
    page = home(site, RAHMAN)
    (card,) = [one for one in page.all("main article") if "Perbaiki" in one.get_text()]
    assert "Mohon foto dari dekat." in card.get_text()
    assert "tap" in card["class"], "the whole card is the link"
    assert [one["href"] for one in card.select("a")] == [f"/laporan/{number}/perbaikan"]
    assert card["data-offer"] == f"perbaikan:{number}:2"
    assert f"/laporan/{number}" not in links(page, "section[aria-labelledby=terakhir]")
    assert "Mohon foto" not in home(site, SITI).text("main")


@pytest.mark.sql
def test_the_lurahs_answer_and_the_step_of_each_report(site: Site) -> None:
    number = file_report(site(RAHMAN))["number"]
    decide(site(HARTONO), number, "verifikasi", note="Terima kasih, sudah kami cek.")
    page = home(site, RAHMAN)
    answer = page.text("section[aria-labelledby=jawaban]")
    assert "Diverifikasi lurah" in answer
    assert "Terima kasih, sudah kami cek." in answer
    last = page.text("section[aria-labelledby=terakhir]")
    assert "Menunggu camat" in last
    assert links(page, "section[aria-labelledby=terakhir]")[0] == f"/laporan/{number}"


@pytest.mark.sql
def test_who_holds_no_office_any_more_is_told_so(app: Flask, site: Site) -> None:
    file_report(site(RAHMAN))
    with app.app_context():
        steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    page = home(site, RAHMAN)
    assert "Jabatan Anda berakhir " in page.text("main")
    assert "Yang terjadi sampai hari itu masih bisa dilaporkan sampai " in page.text("main")
    assert "/laporan/baru" in links(page), "what happened in his time is still taken"
    with app.app_context():
        steps.end_term(RAHMAN, steps.today() - timedelta(days=61))
    page = home(site, RAHMAN)
    assert "Laporan baru dibuat pejabat yang sekarang." in page.text("main")
    assert "/laporan/baru" not in links(page)


# Lurah, camat and Bagian Pemerintahan.


def test_an_official_sees_what_lies_on_the_desk_and_how_old_it_is(app: Flask, site: Site) -> None:
    assert "sudah diperiksa" in home(site, HARTONO).text("section[aria-labelledby=meja]")
    numbers = [file_report(site(RAHMAN))["number"] for _ in range(2)]
    with app.app_context(), writing():
        late = {"due_at": now() - timedelta(hours=1), "arrived_at": now() - timedelta(days=9)}
        db.session.execute(update(Report).where(Report.number == numbers[1]).values(late))
    page = home(site, HARTONO)
    assert "Lurah Petanang Ulu" in page.text("main")
    assert page.text(".lead") == "2 laporan menunggu, 1 terlambat."
    assert links(page, "section[aria-labelledby=meja]") == ["/verifikasi"]
    own = f"/pemantauan/{HARTONO.region}"
    assert own in links(page, "main"), "the address under which a phone keeps its copy"
    oldest = page.one("section[aria-labelledby=terlama]")
    shown = [str(one["href"]) for one in oldest.select(".card-link")]
    assert shown == [f"/laporan/{number}" for number in reversed(numbers)], "oldest first"
    assert "Terlambat" in oldest.select("article")[0].get_text()
    for stranger in (SARI, EFFENDI):
        assert not home(site, stranger).has("section[aria-labelledby=terlama]")


def test_a_report_has_the_same_name_wherever_it_is_listed_or_mended(site: Site) -> None:
    number = str(file_report(site(RAHMAN), fields={"jenis": "pbb"})["number"])
    name = "Pajak bumi dan bangunan"
    pages = [
        home(site, HARTONO).text("section[aria-labelledby=terlama] .card-title"),
        site(HARTONO).get("/verifikasi").text(".queue-row .card-title").removeprefix("RT 001 · "),
        site(HARTONO).get("/laporan").text("article .card-title"),
        home(site, RAHMAN).text("section[aria-labelledby=terakhir] .card-title"),
    ]
    assert pages == [name] * 4
    decide(site(HARTONO), number, "pengembalian")
    assert home(site, RAHMAN).text("article.warn .card-title") == f"Perbaiki {name}"
    assert site(RAHMAN).get(f"/laporan/{number}/perbaikan").text("h1") == f"Perbaiki {name}"


def test_bencana_stands_first_on_every_level_until_it_is_final(site: Site) -> None:
    file_report(site(RAHMAN))
    number = file_report(site(RAHMAN), "bencana", text="Air masuk rumah.")["number"]
    for person in (HARTONO, YUSUF, DEWI, ZAINAL, RATNA):
        page = home(site, person)
        assert page.all("main section")[0]["aria-labelledby"] == "bencana", person
        assert links(page, "section[aria-labelledby=bencana]") == [f"/laporan/{number}"]
    assert not home(site, EFFENDI).has("section[aria-labelledby=bencana]")
    climb(number, site(HARTONO), site(YUSUF), site(DEWI))
    for person in (HARTONO, YUSUF, DEWI, ZAINAL, RATNA):
        assert not home(site, person).has("section[aria-labelledby=bencana]")


def test_an_officials_own_report_that_came_back_is_apart_from_the_desk(site: Site) -> None:
    number = file_report(site(HARTONO), "pad_inovasi")["number"]
    decide(site(YUSUF), number, "pengembalian", note="Berapa targetnya?")
    page = home(site, HARTONO)
    own = page.text("section[aria-labelledby=perbaiki]")
    assert "Berapa targetnya?" in own
    assert links(page, "section[aria-labelledby=perbaiki]") == [f"/laporan/{number}/perbaikan"]
    assert f"/laporan/{number}" not in links(page, "section[aria-labelledby=milik-anda]")


def test_a_desk_without_holder_is_shown_to_the_desk_above(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    vacant = "Petanang Ulu"
    page = home(site, YUSUF)
    assert int(figure(page, "Jabatan lurah kosong")) >= 1
    assert vacant in page.text("main details")
    assert vacant not in home(site, EFFENDI).text("main details")
    with app.app_context():
        steps.newcomer("Bambang", "lurah", HARTONO.region)
    assert vacant not in home(site, YUSUF).text("main details")


# The Asisten, the viewer and Diskominfo.


def overdue(app: Flask, *numbers: str) -> None:
    """The first of these was due nine days ago, the next a day later and so on."""
    with app.app_context(), writing() as session:
        for place, number in enumerate(numbers):
            late = now() - timedelta(days=9 - place)
            session.execute(update(Report).where(Report.number == number).values(due_at=late))


def test_the_asisten_reads_what_is_late_at_the_last_desk_longest_first(
    app: Flask, site: Site
) -> None:
    page = home(site, ZAINAL)
    assert "Asisten Bidang Pemerintahan dan Kesra" in page.text("main")
    assert "Tidak ada laporan yang terlambat" in page.text("section[aria-labelledby=terlambat]")
    numbers = [str(file_report(site(RAHMAN))["number"]) for _ in range(7)]
    for number in numbers[1:]:
        climb(number, site(HARTONO), site(YUSUF))
    overdue(app, *numbers)
    page = home(site, ZAINAL)
    late = "section[aria-labelledby=terlambat]"
    assert links(page, f"{late} article") == [f"/laporan/{one}" for one in numbers[1:6]]
    badges = page.all(f"{late} .badge.late")
    assert len(badges) == 5
    assert all("Terlambat" in one.get_text() for one in badges)
    assert page.text(f"{late} a.button.main") == "Lihat 6 laporan yang terlambat"
    assert figure(page, "di meja Bag. Pemerintahan") == "6"
    listed = site(ZAINAL).get("/laporan?late=below")
    said = [one.get_text() for one in listed.all("article .card-head")]
    assert len(said) == 6
    assert all("Menunggu Bag. Pemerintahan" in one and "Terlambat" in one for one in said)
    assert not page.has("main form, main button")
    assert not {"/laporan/baru", "/verifikasi"} & set(links(page, "body"))
    site(ZAINAL).get(f"/laporan/{numbers[1]}")


def test_what_is_late_at_lower_desks_is_not_the_asistens(app: Flask, site: Site) -> None:
    lurahs, camats = (str(file_report(site(RAHMAN))["number"]) for _ in range(2))
    climb(camats, site(HARTONO))
    overdue(app, lurahs, camats)
    assert not home(site, ZAINAL).has("section[aria-labelledby=terlambat] article")
    assert figure(home(site, DEWI), "Terlambat di wilayah Anda") == "2"
    assert figure(home(site, YUSUF), "Terlambat di wilayah Anda") == "1"


def test_in_a_new_city_the_viewer_reads_that_there_is_no_report(site: Site) -> None:
    assert site(RATNA).get("/beranda").text(".figures").split() == ["seluruhnya", "0"]


def test_the_viewer_reads_the_whole_city_and_changes_nothing(site: Site) -> None:
    kept = file_report(site(RAHMAN))["number"]
    climb(kept, site(HARTONO), site(YUSUF), site(DEWI))
    decide(site(HARTONO), file_report(site(SITI))["number"], "penolakan")
    waiting = file_report(site(SITI))["number"]
    page = home(site, RATNA)
    assert figure(page, "seluruhnya") == "3"
    assert figure(page, "di meja lurah") == "1"
    assert figure(page, "terverifikasi") == "1"
    assert figure(page, "ditolak") == "1"
    assert links(page, "section[aria-labelledby=terakhir]")[0] == f"/laporan/{waiting}"
    assert not page.has("main form, main button")
    assert not {"/laporan/baru", "/verifikasi"} & set(links(page, "body"))


@pytest.mark.sql
def test_diskominfo_counts_accounts_and_reads_no_report(site: Site) -> None:
    file_report(site(RAHMAN), text="Rahasia warga.")
    page = home(site, AGUS)
    heads = sum(one.role == "rt_head" for one in CAST)
    assert figure(page, "Ketua RT") == str(heads)
    assert "Rahasia" not in page.text("main")
    assert not [one for one in links(page, "body") if one.startswith(("/laporan", "/verifikasi"))]
    assert page.one("main a.button.main")["href"] == "/pengelolaan"


def test_a_rejection_stands_on_top_in_red_until_it_is_opened(app: Flask, site: Site) -> None:
    with app.app_context():
        report = steps.send(RAHMAN)
        steps.act(
            HARTONO, report, "reject", reason="tidak_benar", note="Sudah kami lihat di lokasi."
        )
        number = report.number
    top = home(site, RAHMAN).one("main .card.late")
    for words in ("Tidak sesuai kenyataan", "Sudah kami lihat di lokasi.", "sampaikan ke lurah."):
        assert words in top.get_text()
    assert not home(site, SITI).has("main .card.late"), "the RT next door is not told"
    visitor = site(RAHMAN)
    visitor.get(f"/laporan/{number}")
    assert "Laporan ditolak" not in visitor.get("/beranda").text("main")
