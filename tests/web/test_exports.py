"""Tables are taken out as files: who may, how far they are, and what is in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from sipokat.database import db, writing
from sipokat.domain import erasure
from sipokat.domain.clock import now
from sipokat.domain.exports import people_rows, silent_rows
from sipokat.domain.exports.kinds import KINDS
from sipokat.models import Export
from tests import exporting, steps
from tests.cast import (
    AGUS,
    BARAT_I,
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
    STRANGER,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Visitor
from tests.shelf import Shelf

Site = Callable[..., Visitor]
JSON = {"Accept": "application/json"}
WHOLE = {"what": "laporan", "format": "xlsx"}


def numbers_in(site: Site, app: Flask, person: Person, **asked: str) -> list[str]:
    """The numbers of the reports in the file that this person takes out."""
    made = site(person).json("POST", "/unduhan", WHOLE | asked, status=202)
    exporting.make_all(app)
    answer = site(person).request("GET", f"{made['url']}/berkas", buffered=True)
    assert answer.status_code == 200
    return [row["Nomor"] for row in exporting.table(exporting.read_xlsx(answer.data)["Laporan"])]


def test_a_lurah_takes_her_reports_out(app: Flask, site: Site) -> None:
    with app.app_context():
        number = steps.send(RAHMAN, text="=1+1").number
        steps.send(MARLINA)
    page = site(HARTONO).get("/laporan").submit("form[action='/unduhan']", format="xlsx")
    assert page.url.startswith("/unduhan/")
    assert page.text("h2") == "Laporan (Excel)"
    assert "Menunggu giliran" in page.text("main")
    exporting.make_all(app)
    part = site(HARTONO).fragment("GET", page.url)
    assert "Siap diunduh" in part.get_text()
    page = site(HARTONO).get(page.url)
    answer = site(HARTONO).request(
        "GET", page.soup.select_one("a[download]")["href"], buffered=True
    )
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=sipokat-laporan-")
    assert answer.headers["Cache-Control"] == "no-store"
    sheets = exporting.read_xlsx(answer.data)
    (row,) = exporting.table(sheets["Laporan"])
    assert (row["Nomor"], row["Keterangan"], row["Kelurahan"]) == (number, "=1+1", "Petanang Ulu")
    about = dict(sheets["Keterangan"][:5])
    assert about["Oleh"] == "Hartono"
    assert about["Wilayah"] == "Petanang Ulu"
    assert about["Pilihan"] == "Semua"


def test_the_page_says_how_far_it_is_without_script_too(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    assert (made["state"], made["done"], made["total"], made["file"]) == ("waiting", 0, None, None)
    page = site(HARTONO).get(made["url"])
    assert page.soup.select_one("[hx-trigger='every 2s'] progress")
    assert page.soup.select_one(f"a[href='{made['url']}']").get_text() == "Lihat keadaan sekarang"
    site(HARTONO).json("GET", f"{made['url']}/berkas", status=409)
    exporting.make_all(app)
    told = site(HARTONO).json("GET", made["url"])
    assert (told["state"], told["file"]) == ("ready", f"{made['url']}/berkas")
    assert not site(HARTONO).get(made["url"]).soup.select("[hx-trigger]")


def test_its_notice_is_read_once_its_page_is_opened(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    exporting.make_all(app)
    told = site(HARTONO).json("GET", "/pemberitahuan")
    assert told["unread"] == 1
    assert told["items"][0]["text"] == "Unduhan Laporan (Excel) siap: 0 baris. Disimpan 7 hari."
    site(HARTONO).get(told["items"][0]["url"])
    assert site(HARTONO).json("GET", "/pemberitahuan")["unread"] == 0
    assert made["url"] == told["items"][0]["url"]


READERS = (RAHMAN, SITI, MARLINA, HARTONO, SARI, YUSUF, EFFENDI, DEWI, ZAINAL, RATNA)


def test_everybody_gets_the_reports_of_their_list_and_nobody_anothers_file(
    app: Flask, site: Site
) -> None:
    with app.app_context():
        numbers = [steps.send(person).number for person in (RAHMAN, SITI, MARLINA)]
    made = {
        person: site(person).json("POST", "/unduhan", WHOLE, status=202)["url"]
        for person in READERS
    }
    site(AGUS).json("POST", "/unduhan", WHOLE, status=403)
    exporting.make_all(app)
    for person, url in made.items():
        answer = site(person).request("GET", f"{url}/berkas", buffered=True)
        rows = exporting.table(exporting.read_xlsx(answer.data)["Laporan"])
        listed = {one["number"] for one in site(person).json("GET", "/laporan")["items"]}
        assert {row["Nomor"] for row in rows} == listed, person
        for other in (*READERS, AGUS):
            if other != person:
                site(other).json("GET", url, status=404)
                site(other).json("GET", f"{url}/berkas", status=404)
                site(other).get(f"{url}/berkas", status=404)
    assert set(numbers) == {one["number"] for one in site(DEWI).json("GET", "/laporan")["items"]}


FILTERS = [
    {"status": "waiting"},
    {"category": "sampah"},
    {"region": f"{PETANANG_ULU}.001"},
    {"desk": "kelurahan"},
    {"late": "all"},
    {"cari": "selokan"},
    {"counted": f"{now():%Y-%m}"},
]


@pytest.mark.parametrize("asked", FILTERS, ids=lambda one: next(iter(one)))
def test_the_filters_of_the_list_hold_in_the_file(
    app: Flask, site: Site, asked: dict[str, str]
) -> None:
    with app.app_context():
        steps.send(RAHMAN, "sampah", text="Sampah di selokan.")
        steps.climb(steps.send(SITI), HARTONO, YUSUF, DEWI)
        old = datetime.now(UTC) - timedelta(days=20)
        steps.send(SITI, at=old, on=old.date())
    path = "/laporan?" + "&".join(f"{name}={value}" for name, value in asked.items())
    listed = [one["number"] for one in site(YUSUF).json("GET", path)["items"]]
    assert 0 < len(listed) < 3 or "counted" in asked
    assert numbers_in(site, app, YUSUF, **asked) == listed


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "gosip"},
        {"format": "pdf"},
        {"status": "baik"},
        {"what": "pemantauan", "code": KOTA, "periode": "2031-01"},
        {"what": "pemantauan", "code": KOTA, "periode": "1999-01"},
        {"what": "pemantauan", "code": RAHMAN.region},
        {"what": "rt", "code": KOTA, "keadaan": "baik"},
        {"what": "keputusan", "code": KOTA, "meja": "dapur"},
        {"owner": "saya"},
    ],
    ids=str,
)
def test_what_no_page_asks_is_malformed(site: Site, asked: dict[str, str]) -> None:
    site(DEWI).json("POST", "/unduhan", WHOLE | asked, status=400)


@pytest.mark.parametrize("what", ["pemantauan", "rt", "keputusan"])
def test_a_region_out_of_sight_is_not_found(site: Site, what: str) -> None:
    for person, code in ((SARI, PETANANG_ULU), (HARTONO, UTARA_I), (EFFENDI, UTARA_I)):
        site(person).json("POST", "/unduhan", WHOLE | {"what": what, "code": code}, status=404)
    site(YUSUF).json("POST", "/unduhan", WHOLE | {"what": what, "code": "16"}, status=404)
    site(AGUS).json("POST", "/unduhan", WHOLE | {"what": what, "code": KOTA}, status=403)


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 30, "-1"])
def test_what_there_is_not_is_not_found(site: Site, number: str) -> None:
    site(HARTONO).json("GET", f"/unduhan/{number}", status=404)
    site(HARTONO).json("GET", f"/unduhan/{number}/berkas", status=404)


def test_the_same_twice_is_one_and_more_than_three_wait_in_words(site: Site) -> None:
    first = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    assert site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)["id"] == first["id"]
    for status in ("waiting", "verified"):
        site(HARTONO).json("POST", "/unduhan", WHOLE | {"status": status}, status=202)
    refused = site(HARTONO).json("POST", "/unduhan", WHOLE | {"format": "csv"}, status=409)
    sentence = "Masih ada 3 unduhan Anda yang disiapkan. Tunggu sampai satu siap."
    assert refused["message"] == sentence
    page = site(HARTONO).post("/unduhan", WHOLE | {"format": "csv"}, 409)
    assert sentence in page.text("main")
    assert len(page.soup.select("main article")) == 3
    site(SARI).json("POST", "/unduhan", WHOLE, status=202)


def test_after_seven_days_it_says_so_and_can_be_made_again(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE | {"status": "waiting"}, status=202)
    exporting.make_all(app)
    with time_machine.travel(now() + timedelta(days=6, hours=23), tick=False):
        visitor = Visitor(app, HARTONO)
        assert visitor.request("GET", f"{made['url']}/berkas", buffered=True).status_code == 200
    with time_machine.travel(now() + timedelta(days=7, hours=1), tick=False):
        visitor = Visitor(app, HARTONO)
        assert visitor.json("GET", made["url"])["state"] == "expired"
        refused = visitor.json("GET", f"{made['url']}/berkas", status=410)
        assert refused["message"] == "Berkas ini sudah dihapus. Buat lagi kalau masih perlu."
        assert "dihapus" in visitor.get(f"{made['url']}/berkas", status=410).text("main")
        page = visitor.get(made["url"])
        assert "Sudah dihapus" in page.text("main")
        again = page.submit("form[action='/unduhan']", format="xlsx")
        assert again.url != made["url"]
    with app.app_context():
        both = list(db.session.scalars(select(Export.filters).order_by(Export.id)))
    assert both == ['{"status": "waiting"}'] * 2


def test_a_file_that_is_lost_is_gone_in_words(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    exporting.make_all(app)
    exporting.path_of(app, made["id"]).unlink()
    told = site(HARTONO).json("GET", made["url"])
    assert (told["state"], told["file"]) == ("expired", None)
    site(HARTONO).json("GET", f"{made['url']}/berkas", status=410)


def test_who_loses_the_office_gets_the_file_no_more(app: Flask, site: Site) -> None:
    ready = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    exporting.make_all(app)
    waiting = site(HARTONO).json("POST", "/unduhan", WHOLE | {"format": "csv"}, status=202)
    with app.app_context():
        steps.end_term(HARTONO, steps.days(-1))
    exporting.make_all(app)
    told = site(HARTONO).json("GET", ready["url"])
    assert (told["state"], told["file"]) == ("out_of_reach", None)
    assert told in site(HARTONO).json("GET", "/unduhan")["items"]
    assert "Tidak dapat diunduh" in site(HARTONO).get("/unduhan").text("main")
    assert "Siap diunduh" not in site(HARTONO).get("/unduhan").text("main")
    refused = site(HARTONO).json("GET", f"{ready['url']}/berkas", status=410)
    assert refused["message"].startswith("Jabatan Anda sudah berubah.")
    assert "Jabatan Anda sudah berubah." in site(HARTONO).get(ready["url"]).text("main")
    assert site(HARTONO).json("GET", waiting["url"])["state"] == "failed"
    assert not exporting.path_of(app, waiting["id"]).exists()


def test_an_office_that_comes_later_adds_nothing_to_the_file(app: Flask, site: Site) -> None:
    with app.app_context():
        number = steps.send(RAHMAN).number
        steps.send(MARLINA)
    made = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    with app.app_context():
        steps.add_term(HARTONO, UTARA_I, since=steps.today(), role="camat")
    exporting.make_all(app)
    answer = site(HARTONO).request("GET", f"{made['url']}/berkas", buffered=True)
    rows = exporting.table(exporting.read_xlsx(answer.data)["Laporan"])
    assert [row["Nomor"] for row in rows] == [number]


def test_who_took_out_what_is_a_security_event(
    app: Flask, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE | {"cari": "Pak Rahman"}, status=202)
    exporting.make_all(app)
    site(HARTONO).request("GET", f"{made['url']}/berkas", buffered=True)
    lines = [line for line in capsys.readouterr().out.splitlines() if "export_" in line]
    told = " ".join(line for line in lines if "security" in line)
    assert "export_asked" in told
    assert "export_taken" in told
    assert PETANANG_ULU in told
    assert "Rahman" not in told


def test_monitoring_is_taken_out_as_its_page_shows_it(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN)
        before = now() - timedelta(days=40)
        for number in range(5):
            sent = steps.send(RAHMAN, at=before, on=before.date(), text=f"Rapat {number}")
            steps.act(HARTONO, sent, "verify", at=before + timedelta(days=1, hours=number))
    month = f"{steps.today():%Y-%m}"
    shown = site(YUSUF).json("GET", f"/pemantauan/{UTARA_I}?periode={month}")
    asked = {"what": "pemantauan", "code": UTARA_I, "periode": month}
    made = site(YUSUF).json("POST", "/unduhan", WHOLE | asked, status=202)
    exporting.make_all(app)
    data = site(YUSUF).request("GET", f"{made['url']}/berkas", buffered=True).data
    rows = exporting.table(exporting.read_xlsx(data)["Pemantauan"])
    assert [row["Kode wilayah"] for row in rows] == [one["region"] for one in shown["below"]]
    for row, one in zip(rows, shown["below"], strict=True):
        told = one["participation"]
        assert (row["RT yang punya ketua"], row["Aktif"]) == (told["expected"], told["active"])
        assert row["Belum melapor"] == told["silent"]
    listed = site(YUSUF).json("GET", f"/pemantauan/{UTARA_I}/rt?periode={month}&keadaan=lama")
    assert sum(row["3 bulan atau lebih tidak melapor"] for row in rows) == len(listed["items"])
    medians = [row["Median 12 bulan (jam kerja)"] for row in rows]
    answers = [one["response"] for one in shown["below"]]
    wanted = [one[0]["year_median_h"] if one else None for one in answers]
    assert [one or None for one in medians] == pytest.approx(wanted, abs=0.06)
    assert any(wanted)


def test_the_rt_behind_a_figure_are_as_many_in_the_file(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN)
    month = f"{steps.today():%Y-%m}"
    path = f"/pemantauan/{UTARA_I}/rt?periode={month}&keadaan=belum"
    shown = site(YUSUF).json("GET", path)["items"]
    page = site(YUSUF).get(path).submit("form[action='/unduhan']", format="csv")
    exporting.make_all(app)
    data = site(YUSUF).request("GET", f"{page.url}/berkas", buffered=True).data
    rows = exporting.read_csv(data)
    assert [row["Kode wilayah"] for row in rows] == [one["region"] for one in shown]
    assert {row["Keadaan"] for row in rows} == {"Belum melapor"}


def test_the_decisions_behind_a_figure_are_taken_out(app: Flask, site: Site) -> None:
    with app.app_context():
        number = steps.climb(steps.send(RAHMAN), HARTONO, YUSUF).number
        steps.act(HARTONO, steps.send(SITI), "return")
    month = f"{steps.today():%Y-%m}"
    path = f"/pemantauan/{UTARA_I}/keputusan?periode={month}&meja=kelurahan"
    page = site(YUSUF).get(path).submit("form[action='/unduhan']", format="csv")
    exporting.make_all(app)
    rows = exporting.read_csv(site(YUSUF).request("GET", f"{page.url}/berkas", buffered=True).data)
    assert {row["Oleh"] for row in rows} == {"Hartono"}
    assert {row["Keputusan"] for row in rows} == {"Diverifikasi lurah", "Dikembalikan ke RT"}
    assert number in {row["Nomor"] for row in rows}


def test_a_head_of_one_rt_is_not_asked_to(site: Site) -> None:
    assert not site(RAHMAN).get("/laporan").soup.select("form[action='/unduhan']")


def test_reports_of_one_category_have_its_fields_as_columns(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(
            RAHMAN,
            "sampah",
            fields={"jenis": "tumpukan", "volume_m3": "2,5"},
            lat=-3.29,
            lon=102.86,
        )
    asked = {"category": "sampah"}
    made = site(HARTONO).json("POST", "/unduhan", WHOLE | asked, status=202)
    exporting.make_all(app)
    data = site(HARTONO).request("GET", f"{made['url']}/berkas", buffered=True).data
    (row,) = exporting.table(exporting.read_xlsx(data)["Laporan"])
    assert 2.5 in row.values()
    assert row["Lintang"] == -3.29
    assert row["Tanggal kejadian"] == steps.today()


def taken_out(
    site: Site, app: Flask, person: Person, sheet: str, **asked: str
) -> list[dict[str, object]]:
    """The rows of what this person takes out."""
    made = site(person).json("POST", "/unduhan", WHOLE | asked, status=202)
    exporting.make_all(app)
    answer = site(person).request("GET", f"{made['url']}/berkas", buffered=True)
    assert answer.status_code == 200
    return exporting.table(exporting.read_xlsx(answer.data)[sheet])


def test_people_are_taken_out_by_who_looks_after_them(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.newcomer("=cmd|' /C calc'!A0", "rt_head", f"{PETANANG_ULU}.004")
    for person in (HARTONO, SARI, YUSUF, AGUS):
        listed = site(person).json("GET", "/pengelolaan")["items"]
        rows = taken_out(site, app, person, "Orang", what="orang")
        assert [row["Nama"] for row in rows] == [one["name"] for one in listed], person
    rows = taken_out(site, app, HARTONO, "Orang", what="orang", role="rt_head")
    assert "=cmd|' /C calc'!A0" in {row["Nama"] for row in rows}
    assert "0812 0000 0101" in {row["Nomor HP"] for row in rows}
    page = (
        site(HARTONO)
        .get("/pengelolaan?role=rt_head")
        .submit("form[action='/unduhan']", format="csv")
    )
    exporting.make_all(app)
    data = site(HARTONO).request("GET", f"{page.url}/berkas", buffered=True).data
    assert "'=cmd|' /C calc'!A0" in {row["Nama"] for row in exporting.read_csv(data)}
    for person in (RAHMAN, DEWI, ZAINAL, RATNA):
        site(person).json("POST", "/unduhan", WHOLE | {"what": "orang"}, status=403)
    site(HARTONO).json("POST", "/unduhan", WHOLE | {"what": "orang", "role": "raja"}, status=400)


def test_people_of_an_office_that_came_later_are_not_in_the_file(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE | {"what": "orang"}, status=202)
    with app.app_context():
        steps.add_term(HARTONO, KOTA, since=steps.today(), role="diskominfo")
    exporting.make_all(app)
    data = site(HARTONO).request("GET", f"{made['url']}/berkas", buffered=True).data
    rows = exporting.table(exporting.read_xlsx(data)["Orang"])
    assert {row["Nama"] for row in rows} <= {"Rahman", "Siti Aminah", "Bejo", "Hartono"}


def test_people_are_read_in_portions(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_rows, "PORTION", 2)
    listed = [one["name"] for one in site(AGUS).json("GET", "/pengelolaan")["items"]]
    assert len(listed) > 4
    rows = taken_out(site, app, AGUS, "Orang", what="orang")
    assert [row["Nama"] for row in rows] == listed


def test_offices_are_taken_out_as_their_page_shows_them(app: Flask, site: Site) -> None:
    rows = taken_out(site, app, YUSUF, "Jabatan", what="jabatan")
    named = {(row["Kode wilayah"], row["Nama"]) for row in rows}
    assert {(PETANANG_ULU, "Hartono"), (SARI.region, "Sari Wulandari")} <= named
    assert all(row["Keadaan"] == "Kosong" for row in rows if not row["Nama"])
    below = taken_out(site, app, AGUS, "Jabatan", what="jabatan", di=PETANANG_ULU)
    assert (RAHMAN.region, "Rahman") in {(row["Kode wilayah"], row["Nama"]) for row in below}
    page = (
        site(HARTONO).get("/pengelolaan/jabatan").submit("form[action='/unduhan']", format="xlsx")
    )
    assert page.text("h2") == "Jabatan (Excel)"
    asked = WHOLE | {"what": "jabatan"}
    site(RAHMAN).json("POST", "/unduhan", asked, status=403)
    site(YUSUF).json("POST", "/unduhan", asked | {"di": BARAT_I}, status=404)
    site(AGUS).json("POST", "/unduhan", asked | {"di": f"{KOTA}.99"}, status=404)


def test_who_has_not_reported_is_taken_out(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silent_rows, "PORTION", 2)
    with app.app_context():
        steps.send(RAHMAN)
    month = f"{steps.today():%Y-%m}"
    path = f"/pemantauan/{UTARA_I}/belum-melapor?periode={month}"
    shown = site(ZAINAL).json("GET", path)["items"]
    page = site(ZAINAL).get(path).submit("form[action='/unduhan']", format="csv")
    exporting.make_all(app)
    rows = exporting.read_csv(site(ZAINAL).request("GET", f"{page.url}/berkas", buffered=True).data)
    assert [(row["Kode wilayah"], row["Ketua RT"]) for row in rows] == [
        (one["region"], one["head"] or "") for one in shown
    ]


def test_what_is_reported_is_taken_out(app: Flask, site: Site) -> None:
    with app.app_context():
        steps.send(RAHMAN)
        steps.send(SITI, "sampah")
    month = f"{steps.today():%Y-%m}"
    path = f"/pemantauan/{UTARA_I}/isi?periode={month}"
    shown = site(YUSUF).json("GET", path)
    page = site(YUSUF).get(path).submit("form[action='/unduhan']", format="csv")
    exporting.make_all(app)
    rows = exporting.read_csv(site(YUSUF).request("GET", f"{page.url}/berkas", buffered=True).data)
    counts = [list(row.values())[-1] for row in rows]
    told = [one["count"] for one in shown["categories"]]
    assert counts == [str(count) for count in (*told, shown["total"])]
    assert rows[-1]["Kategori"] == "Semua laporan"


def test_what_is_erased_is_in_no_file_any_more(app: Flask, site: Site) -> None:
    with app.app_context():
        number = steps.send(RAHMAN, text="Nama warga yang harus hilang.").number
    ready = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    apart = site(SARI).json("POST", "/unduhan", WHOLE, status=202)
    exporting.make_all(app)
    again = site(YUSUF).json("POST", "/unduhan", WHOLE, status=202)
    with app.app_context():
        erasure.erase(steps.user_of(DEWI), number, "Permintaan warga.", Shelf())
    site(HARTONO).json("GET", f"{ready['url']}/berkas", status=410)
    assert site(HARTONO).json("GET", ready["url"])["state"] == "expired"
    assert site(SARI).request("GET", f"{apart['url']}/berkas", buffered=True).status_code == 200
    exporting.make_all(app)
    assert not exporting.path_of(app, ready["id"]).exists()
    data = site(YUSUF).request("GET", f"{again['url']}/berkas", buffered=True).data
    (row,) = exporting.table(exporting.read_xlsx(data)["Laporan"])
    assert (row["Nomor"], row["Keterangan"]) == (number, "")


OF_PETANANG_ULU = {"code": PETANANG_ULU}
ABOVE_IT = (HARTONO, YUSUF, DEWI, ZAINAL, RATNA)
MAY: dict[str, tuple[dict[str, str], tuple[Person, ...]]] = {
    "laporan": ({}, READERS),
    "pemantauan": (OF_PETANANG_ULU, ABOVE_IT),
    "rt": (OF_PETANANG_ULU, ABOVE_IT),
    "belum-melapor": (OF_PETANANG_ULU, ABOVE_IT),
    "isi": (OF_PETANANG_ULU, ABOVE_IT),
    "keputusan": (OF_PETANANG_ULU, ABOVE_IT),
    "orang": ({}, (HARTONO, SARI, YUSUF, EFFENDI, AGUS)),
    "jabatan": ({}, (HARTONO, SARI, YUSUF, EFFENDI, DEWI, AGUS)),
}


@pytest.mark.parametrize("what", KINDS)
def test_everybody_tries_to_take_out_everything(app: Flask, site: Site, what: str) -> None:
    asked, may = MAY[what]
    for person in (*READERS, AGUS):
        answer = site(person).request(
            "POST", "/unduhan", json={"what": what, "format": "csv"} | asked, headers=JSON
        )
        assert (answer.status_code == 202) == (person in may), (person, answer.status_code)
        assert answer.status_code in (202, 403, 404)
    exporting.make_all(app)
    for person in may:
        (one,) = site(person).json("GET", "/unduhan")["items"]
        answer = site(person).request("GET", one["file"], buffered=True)
        assert answer.data.startswith(b"\xef\xbb\xbf")
    for method, path in (("GET", "/unduhan"), ("POST", "/unduhan"), ("GET", "/unduhan/1/berkas")):
        for nobody in (STRANGER, BEJO):
            assert site(nobody).request(method, path).status_code == 401


def test_whose_account_is_closed_gets_nothing_made(app: Flask, site: Site) -> None:
    made = site(HARTONO).json("POST", "/unduhan", WHOLE, status=202)
    with app.app_context(), writing():
        steps.user_of(HARTONO).active = False
    exporting.make_all(app)
    with app.app_context():
        one = exporting.state(db.session(), made["id"])
        assert (one.state, one.why) == ("failed", "office")
    assert not exporting.path_of(app, made["id"]).exists()


@pytest.mark.parametrize(
    ("what", "page"),
    [("pemantauan", ""), ("rt", "/rt"), ("belum-melapor", "/belum-melapor"), ("isi", "/isi")],
)
def test_without_a_month_it_is_that_of_the_page(
    app: Flask, site: Site, what: str, page: str
) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 5, tzinfo=UTC), tick=False):
        with app.app_context():
            for back in (60, 30, 0):
                at = now() - timedelta(days=back)
                steps.send(RAHMAN, at=at, on=at.date())
        visitor = Visitor(app, YUSUF)
        period = visitor.json("GET", f"/pemantauan/{UTARA_I}{page}")["period"]
        visitor.json("POST", "/unduhan", WHOLE | {"what": what, "code": UTARA_I}, status=202)
    with app.app_context():
        assert f'"month": "{period}"' in db.session.scalars(select(Export.filters)).one()


def test_too_much_of_what_has_no_photos_is_refused_without_speaking_of_them(site: Site) -> None:
    refused = site(HARTONO).json("POST", "/unduhan", WHOLE | {"cari": "x" * 70_000}, status=413)
    assert refused["message"] == "Kiriman terlalu besar. Pilih atau tulis lebih sedikit."
