"""Lists of reports, and the report's own page for each who may read it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from sipokat.database import writing
from sipokat.domain import listing
from sipokat.domain.clock import now
from sipokat.models import Report
from sipokat.web.present import Row
from tests import steps, wire
from tests.cast import (
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Page, Visitor, fresh_id
from tests.services.pictures import jpeg
from tests.steps import today
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]
FORM = "form[data-report-form]"
PHOTO = jpeg()


def listed(visitor: Visitor, **wanted: str) -> list[str]:
    """The numbers in the list, which are the same on the page."""
    data = visitor.json("GET", "/laporan", query_string=wanted)
    numbers = [one["number"] for one in data["items"]]
    page = visitor.get("/laporan", query_string=wanted)
    links = [str(link["href"]) for link in page.all("article .card-link")]
    assert links == [f"/laporan/{number}" for number in numbers]
    return numbers


def report_of(visitor: Visitor, number: str) -> Any:
    return visitor.json("GET", f"/laporan/{number}")


# The list.


@pytest.mark.sql
def test_newest_first_and_only_what_one_may_see(site: Site) -> None:
    rahman, siti, marlina, own = (
        file_report(site(person))["number"] for person in (RAHMAN, SITI, MARLINA, HARTONO)
    )
    for person, numbers in (
        (RAHMAN, [rahman]),
        (SITI, [siti]),
        (HARTONO, [own, siti, rahman]),
        (SARI, [marlina]),
        (YUSUF, [own, marlina, siti, rahman]),
        (EFFENDI, []),
        (DEWI, [own, marlina, siti, rahman]),
        (RATNA, [own, marlina, siti, rahman]),
        (ZAINAL, [own, marlina, siti, rahman]),
    ):
        assert listed(site(person)) == numbers, person


def test_an_empty_list_says_what_comes_next(site: Site) -> None:
    assert "Belum ada laporan" in site(RAHMAN).get("/laporan").text("main")
    page = site(RAHMAN).get("/laporan?status=verified")
    assert "Tidak ada yang cocok" in page.text("main")
    assert page.has("main a[href='/laporan']")


@pytest.mark.sql
def test_filtered_by_status(site: Site) -> None:
    numbers = {}
    for status in ("waiting", "returned", "verified", "rejected", "withdrawn"):
        numbers[status] = str(file_report(site(RAHMAN))["number"])
    decide(site(HARTONO), numbers["returned"], "pengembalian")
    climb(numbers["verified"], site(HARTONO), site(YUSUF), site(DEWI))
    decide(site(HARTONO), numbers["rejected"], "penolakan")
    decide(site(RAHMAN), numbers["withdrawn"], "penarikan")
    for status, number in numbers.items():
        assert listed(site(RAHMAN), status=status) == [number]
    assert len(listed(site(RAHMAN), status="")) == 5


@pytest.mark.sql
def test_filtered_by_category_region_and_month(site: Site) -> None:
    then = wire.days_ago(45)
    plain, litter, old, other = (
        str(file_report(site(person), category, **changes)["number"])
        for person, category, changes in (
            (RAHMAN, "pemerintahan", {}),
            (RAHMAN, "sampah", {}),
            (RAHMAN, "pemerintahan", {"happened_on": then}),
            (MARLINA, "pemerintahan", {}),
        )
    )
    camat = site(YUSUF)
    assert listed(camat, category="sampah") == [litter]
    assert listed(camat, region=PETANANG_ULU) == [old, litter, plain]
    assert listed(camat, region=MARLINA.region) == [other]
    assert listed(camat, region=UTARA_I) == [other, old, litter, plain]
    assert listed(camat, region="16.73.02") == []
    assert listed(camat, month=then[:7]) == [old]
    assert listed(camat, month=then[:7], category="sampah") == []
    both = {"category": "pemerintahan", "region": PETANANG_ULU, "status": "waiting"}
    assert listed(camat, **both) == [old, plain]
    assert listed(camat, **both, month=today().isoformat()[:7]) == [plain]


@pytest.mark.sql
def test_what_is_late_is_seen_one_level_up_and_named(app: Flask, site: Site) -> None:
    late, own, _fresh = (str(file_report(site(RAHMAN))["number"]) for _ in range(3))
    decide(site(HARTONO), own, "verifikasi")
    with app.app_context(), writing() as session:
        for report in session.scalars(select(Report).where(Report.number.in_((late, own)))):
            report.due_at = now() - timedelta(days=1)
    camat = site(YUSUF)
    assert listed(camat, late="below") == [late]
    assert listed(camat, late="all") == [own, late]
    page = camat.get("/beranda")
    assert page.text("a[href='/laporan?late=below']") == "Terlambat di wilayah Anda"
    page = camat.get("/laporan?late=below")
    assert "Dipilih: Terlambat di wilayah Anda" in page.text("main")
    # The desk of an RT has no limit.
    assert "Terlambat di wilayah Anda" not in site(HARTONO).get("/beranda").text("main")


def options(page: Page, field: str) -> list[str]:
    return [one.get_text(strip=True) for one in page.all(f"#field-{field} option")]


@pytest.mark.parametrize(
    ("person", "kinds", "late"),
    [
        (RAHMAN, False, False),
        (HARTONO, True, False),
        (YUSUF, True, True),
        (DEWI, True, True),
        (ZAINAL, True, True),
        (RATNA, True, False),
    ],
    ids=str,
)
def test_only_what_the_reader_can_come_to_see_is_offered_to_narrow_the_list(
    site: Site, person: Person, kinds: bool, late: bool
) -> None:
    page = site(person).get("/laporan")
    officials = {"Inovasi pendapatan daerah", "Rekap bulanan"}
    assert officials <= set(options(page, "category")) or not kinds
    assert officials.isdisjoint(options(page, "category")) or kinds
    assert "Sampah" in options(page, "category")
    assert ("Terlambat di wilayah Anda" in options(page, "late")) is late
    # What is asked for all the same is said by its name.
    page = site(person).get("/laporan?category=rekap_bulanan&late=below")
    assert "Dipilih: Rekap bulanan · Terlambat di wilayah Anda" in page.text("main")


def test_a_status_is_offered_in_the_words_of_its_badges(site: Site) -> None:
    mine, lurahs = (str(file_report(site(RAHMAN))["number"]) for _ in range(2))
    decide(site(HARTONO), mine, "pengembalian")
    decide(site(HARTONO), lurahs, "verifikasi")
    decide(site(YUSUF), lurahs, "pengembalian", version=2)
    page = site(RAHMAN).get("/laporan?status=returned")
    (chosen,) = page.all("#field-status option[selected]")
    for badge in page.all("article .badge"):
        assert badge.get_text().split(" ke ")[0].lower() in chosen.get_text().lower()
    assert len(page.all("article .badge")) == 2


@pytest.mark.parametrize(
    "query",
    [
        "status=late",
        "late=yes",
        "category=gosip",
        "region='",
        "region=" + "1" * 40,
        "month=2026-13",
        "month=November",
        "month=0000-01",
        "cursor=x",
        "cursor=-1",
        "cursor=" + "9" * 30,
    ],
)
def test_an_unknown_filter_value_is_400(site: Site, query: str) -> None:
    assert site(DEWI).json("GET", f"/laporan?{query}", status=400)["message"]
    assert site(DEWI).get(f"/laporan?{query}", status=400).has("main a")


def test_the_filters_stand_as_they_were_chosen(site: Site) -> None:
    file_report(site(RAHMAN), "sampah")
    page = site(HARTONO).get("/laporan")
    chosen = {
        "cari": "",
        "status": "waiting",
        "category": "sampah",
        "month": today().isoformat()[:7],
    }
    chosen |= {"region": RAHMAN.region, "late": "", "by": ""}
    page = page.submit("form[action='/laporan']", typed=chosen)
    assert page.values("form[action='/laporan']").to_dict() == chosen
    assert len(page.all("article")) == 1
    for words in ("Menunggu", "Sampah", "RT 001"):
        assert words in page.text("p.row.apart")


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists come in pages of four."""
    monkeypatch.setattr(listing, "PAGE", 4)


@pytest.mark.sql
@pytest.mark.usefixtures("short_pages")
def test_a_long_list_comes_in_pages_that_keep_the_filter(app: Flask, site: Site) -> None:
    with app.app_context():
        numbers = [steps.send(RAHMAN).number for _ in range(11)]
        steps.send(RAHMAN, "keagamaan")
    wanted = {"category": "pemerintahan", "region": RAHMAN.region}
    seen, sizes, more = listed(site(HARTONO), **wanted), [], None
    more = site(HARTONO).json("GET", "/laporan", query_string=wanted)["next"]
    while more:
        query = {name: one[0] for name, one in parse_qs(urlsplit(more).query).items()}
        assert {name: query[name] for name in wanted} == wanted
        page = listed(site(HARTONO), **query)
        sizes.append(len(page))
        seen += page
        more = site(HARTONO).json("GET", more)["next"]
    assert sizes == [4, 3]
    assert seen == numbers[::-1]


@pytest.mark.usefixtures("short_pages")
def test_each_month_leads_to_the_one_before_it_also_when_that_is_on_no_page(
    app: Flask, site: Site
) -> None:
    this = datetime(2026, 11, 20, 3, tzinfo=UTC)
    with app.app_context():
        for month, count in ((this - timedelta(days=30), 1), (this, 5)):
            with time_machine.travel(month, tick=False):
                for _ in range(count):
                    steps.send(RAHMAN)

    def leads(path: str) -> list[tuple[str, str]]:
        found = site(HARTONO).get(path).all(".list-month a")
        return [(one.get_text(), str(one["href"])) for one in found]

    with time_machine.travel(this, tick=False):
        assert leads("/laporan") == [("Ke Oktober 2026", "/laporan?month=2026-10")]
        assert len(listed(site(HARTONO), month="2026-10")) == 1
        assert leads("/laporan?month=2026-11") == []
        older = site(HARTONO).json("GET", "/laporan")["next"]
        assert leads(older) == [("Ke Oktober 2026", "#bulan-2026-10")]


@pytest.mark.sql
@pytest.mark.usefixtures("short_pages")
def test_what_comes_in_meanwhile_moves_no_page(app: Flask, site: Site) -> None:
    with app.app_context():
        first = [steps.send(RAHMAN).number for _ in range(7)]
    link = str(site(HARTONO).get("/laporan").one("a[rel='next']")["href"])
    file_report(site(SITI))
    items = site(HARTONO).json("GET", link)
    assert [one["number"] for one in items["items"]] == first[2::-1]
    assert items["next"] is None
    assert not site(HARTONO).get(link).has("a[rel='next']")


@pytest.mark.usefixtures("short_pages")
def test_a_list_that_fills_its_page_has_no_next(app: Flask, site: Site) -> None:
    with app.app_context():
        for _ in range(4):
            steps.send(RAHMAN)
    assert site(HARTONO).json("GET", "/laporan")["next"] is None


def test_htmx_gets_the_rows_alone(site: Site) -> None:
    number = file_report(site(RAHMAN))["number"]
    rows = site(HARTONO).fragment("GET", "/laporan")
    assert rows.select(f"a[href='/laporan/{number}']")
    assert not rows.select("html, main, h1, form")


# JSON, as the protocol says.

ITEM = ["number", "client_id", "category", "region", "happened_on", "text"]
STATE = ["status", "desk", "version", "class"]
WHOLE = [*ITEM, "fields", "place", *STATE, "photos", "events"]
# Keys that the protocol does not name.
BESIDE = {"received_at", "url"}


def test_a_report_in_json(site: Site) -> None:
    photo = wire.declared(PHOTO)
    sent = wire.body(
        "sampah",
        photos=[photo],
        text="Tumpukan di pos ronda.",
        fields={"jenis": "tumpukan", "volume_m3": "2,5"},
        lat=-3.29,
        lon=102.86,
        accuracy_m=12,
    )
    number = site(RAHMAN).json("POST", "/laporan", sent, 201)["number"]
    report = report_of(site(RAHMAN), number)
    assert set(report) == set(WHOLE) | BESIDE
    same = ("client_id", "category", "happened_on", "text")
    assert {name: report[name] for name in same} == {name: sent[name] for name in same}
    assert report["region"] == RAHMAN.region
    assert report["fields"] == {"jenis": "tumpukan", "volume_m3": 2.5}
    assert report["place"] == {
        "lat": -3.29,
        "lon": 102.86,
        "accuracy_m": 12.0,
        "text": "Gang 3, depan musala",
    }
    state = {name: report[name] for name in STATE}
    assert state == {"status": "waiting", "desk": "kelurahan", "version": 1, "class": None}
    assert report["photos"] == [photo | {"state": "missing", "url": None, "thumbnail": None}]
    (event,) = report["events"]
    assert list(event) == ["seq", "at", "actor", "action", "from", "to", "reason", "note"]
    assert datetime.fromisoformat(event["at"]).utcoffset() == timedelta(0)
    (item,) = site(RAHMAN).json("GET", "/laporan")["items"]
    assert set(item) == {*ITEM, *STATE} | BESIDE
    assert item == {name: report[name] for name in item}
    assert list(site(RAHMAN).json("GET", "/laporan")) == ["items", "next"]


def test_a_final_report_lies_on_no_desk(site: Site) -> None:
    number = file_report(site(RAHMAN))["number"]
    report = climb(number, site(HARTONO), site(YUSUF), site(DEWI))
    assert (report["status"], report["desk"], report["class"]) == ("verified", None, "kegiatan")


def test_numbers_are_short_enough_to_read_out(app: Flask, site: Site) -> None:
    with app.app_context():
        numbers = [steps.send(RAHMAN).number for _ in range(30)]
    assert len(set(numbers)) == 30
    assert all(number.isdigit() and len(number) <= 6 for number in numbers)


# The report's page: what each may do with it now.


def offered(page: Page) -> set[str]:
    """The actions on the page, by their nouns."""
    forms = {str(form["action"]).rpartition("/")[2] for form in page.all("form[action^='/lap']")}
    return forms | ({"perbaikan"} if page.has("main a[href$='/perbaikan']") else set())


DECIDE = {"verifikasi", "pengembalian", "penolakan"}
NOTHING: set[str] = set()


@pytest.mark.parametrize(
    ("moves", "offers"),
    [
        ([], {RAHMAN: {"penarikan"}, HARTONO: DECIDE}),
        ([(HARTONO, "pengembalian")], {RAHMAN: {"perbaikan", "penarikan"}}),
        ([(HARTONO, "verifikasi")], {YUSUF: DECIDE}),
        ([(HARTONO, "verifikasi"), (YUSUF, "pengembalian")], {HARTONO: DECIDE}),
        ([(HARTONO, "verifikasi"), (YUSUF, "verifikasi")], {DEWI: DECIDE}),
        ([(HARTONO, "penolakan")], {DEWI: {"pembukaan-kembali"}}),
        ([(RAHMAN, "penarikan")], {DEWI: {"pembukaan-kembali"}}),
    ],
    ids=[
        "sent",
        "returned",
        "at the camat",
        "back at the lurah",
        "at the last desk",
        "rejected",
        "withdrawn",
    ],
)
def test_each_is_offered_what_they_may_do_now_and_no_more(
    site: Site, moves: list[tuple[Person, str]], offers: dict[Person, set[str]]
) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    for version, (person, noun) in enumerate(moves, 1):
        said: dict[str, Any] = {"version": version}
        if noun == "verifikasi" and version > 1:
            said["class"] = None
        decide(site(person), number, noun, **said)
    for person in (RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA):
        page = site(person).get(f"/laporan/{number}")
        assert offered(page) == offers.get(person, NOTHING), person
        assert page.has("#tindakan") == bool(offers.get(person))


@pytest.mark.parametrize("noun", ["penarikan", "pembukaan-kembali"])
def test_taking_back_and_opening_again_work_by_plain_form(site: Site, noun: str) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    person = RAHMAN
    if noun == "pembukaan-kembali":
        decide(site(HARTONO), number, "penolakan")
        person = DEWI
    form = f"form[action$='/{noun}']"
    page = site(person).get(f"/laporan/{number}")
    if person is DEWI:
        page = page.submit(form, 422, note="Ada saksi.")
        assert page.values(form)["note"] == "Ada saksi."
        assert page.has(f"{form} .field-error")
        page = page.submit(form, reason="keterangan_baru")
        assert "Menunggu lurah" in page.text("main")
        assert "Ada saksi." in page.text(".timeline")
    else:
        page = page.submit(form, note="Keliru.")
        assert "Dibatalkan" in page.text("main")
    assert offered(page) == NOTHING


def test_the_page_tells_the_whole_way_with_who_when_and_why(site: Site) -> None:
    number = str(file_report(site(RAHMAN), text="Selokan gang 2 <b>mampat</b>.")["number"])
    decide(site(HARTONO), number, "verifikasi", note="Sudah kami cek.")
    decide(
        site(YUSUF), number, "pengembalian", version=2, reason="isi_kurang_lengkap", note="Di mana?"
    )
    page = site(RAHMAN).get(f"/laporan/{number}")
    assert "Selokan gang 2 <b>mampat</b>." in page.text(".quote")
    told = [" ".join(one.get_text(" ").split()) for one in page.all(".timeline-event")]
    for line, words in zip(
        told,
        (
            ("Dikirim", "Rahman, Ketua RT"),
            ("Diverifikasi lurah sebagai kegiatan biasa", "Hartono, Lurah", "Sudah kami cek."),
            ("Dikembalikan ke lurah", "Yusuf, Camat", "Isi kurang lengkap", "Di mana?"),
            ("Dikembalikan ke lurah", "hari kerja"),
            # The desks that are still ahead.
            ("Camat", "Belum sampai"),
            ("Bag. Pem.", "Belum sampai"),
        ),
        strict=True,
    ):
        for word in words:
            assert word in line


def test_badges_say_where_it_lies(site: Site) -> None:
    number = str(file_report(site(RAHMAN))["number"])

    def badge() -> str:
        shown = site(RAHMAN).get("/laporan").text("article .badge")
        assert site(RAHMAN).get(f"/laporan/{number}").all("main .badge")[0].get_text() == shown
        return shown

    assert badge() == "Menunggu lurah"
    decide(site(HARTONO), number, "verifikasi")
    assert badge() == "Menunggu camat"
    decide(site(YUSUF), number, "pengembalian", version=2)
    assert badge() == "Dikembalikan ke lurah"
    decide(site(HARTONO), number, "pengembalian", version=3)
    assert badge() == "Perlu diperbaiki"
    decide(site(RAHMAN), number, "penarikan", version=4)
    assert badge() == "Dibatalkan"


def test_the_photos_on_their_way_are_counted(site: Site) -> None:
    photos = [wire.declared(PHOTO), wire.declared(PHOTO)]
    receipt = file_report(site(RAHMAN), "sampah", photos=photos)
    page = site(HARTONO).get(f"/laporan/{receipt['number']}")
    assert "2 foto menyusul" in page.text("main")
    wire.put(site(RAHMAN), receipt["client_id"], photos[0]["id"], PHOTO)
    page = site(HARTONO).get(f"/laporan/{receipt['number']}")
    assert "1 foto menyusul" in page.text("main")


def test_photos_that_left_are_told_on_the_way_and_no_longer_awaited(site: Site) -> None:
    photos = [wire.declared(PHOTO) for _ in range(3)]
    rahman, hartono = site(RAHMAN), site(HARTONO)
    receipt = file_report(rahman, "sampah", photos=photos)
    ident, number, new = receipt["client_id"], receipt["number"], fresh_id()
    wire.put(rahman, ident, photos[0]["id"], PHOTO)
    wire.put(rahman, ident, new, PHOTO, replaces=photos[1]["id"])
    rahman.json("DELETE", f"/laporan/{ident}/foto/{photos[2]['id']}")
    page = hartono.get(f"/laporan/{number}")
    told = [" ".join(one.get_text(" ").split()) for one in page.all(".timeline-event")]
    assert told[1].startswith("Foto dikirim Rahman, Ketua RT · ")
    assert told[2].startswith("Foto tidak jadi dikirim Rahman, Ketua RT · ")
    decide(hartono, number, "pengembalian")
    report = report_of(rahman, number)
    rahman.json("POST", f"/laporan/{number}/perbaikan", mended(report, text="Lain."))
    first = hartono.get(f"/laporan/{number}").all(".compare article")[-1]
    assert "Laporan pertama" in first.get_text()
    assert "menyusul" not in first.get_text()
    assert len(first.select(".photos li")) == 2
    assert "Foto diubah" not in hartono.get(f"/laporan/{number}").text(".compare")


# Mending a report that came back.


@pytest.fixture
def returned(site: Site) -> str:
    """Rahman's report about litter, back on his desk."""
    photo = wire.declared(PHOTO)
    receipt = file_report(
        site(RAHMAN),
        "sampah",
        photos=[photo],
        fields={"jenis": "tps_liar", "volume_m3": 2.5},
        lat=-3.29,
        lon=102.86,
    )
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO)
    decide(site(HARTONO), receipt["number"], "pengembalian", note="Foto kurang jelas.")
    return str(receipt["number"])


def mended(report: Any, **changes: Any) -> dict[str, Any]:
    """Send a revision as JSON, with the present content except for `changes`."""
    kept = {name: report[name] for name in ("version", "happened_on", "text", "fields")}
    place = report["place"]
    whole = kept | {
        "action_id": fresh_id(),
        "lat": place["lat"],
        "lon": place["lon"],
        "accuracy_m": place["accuracy_m"],
        "place_text": place["text"],
        "photos": [{"id": one["id"], "sha256": one["sha256"]} for one in report["photos"]],
    }
    return whole | changes


def test_the_form_opens_with_everything_in_it_and_why(site: Site, returned: str) -> None:
    page = site(RAHMAN).get(f"/laporan/{returned}").visitor.get(f"/laporan/{returned}/perbaikan")
    assert "Foto kurang jelas." in page.text(FORM)
    kept = page.values(FORM)
    assert kept["fields.jenis"] == "tps_liar"
    assert kept["fields.volume_m3"] == "2,5"
    assert kept["place_text"] == "Gang 3, depan musala"
    assert (kept["lat"], kept["lon"]) == ("-3.29", "102.86")
    assert kept["version"] == "2"
    assert len(kept.getlist("keep")) == 1


def test_sent_untouched_it_says_the_same(site: Site, returned: str) -> None:
    before = report_of(site(RAHMAN), returned)
    page = site(RAHMAN).get(f"/laporan/{returned}/perbaikan").submit(FORM)
    assert page.url == f"/laporan/{returned}"
    assert "Perbaikan terkirim." in page.text("#notices")
    after = report_of(site(RAHMAN), returned)
    for name in ("happened_on", "text", "fields", "place", "photos"):
        assert after[name] == before[name]
    assert (after["status"], after["desk"], after["version"]) == ("waiting", "kelurahan", 3)


def test_photos_are_changed_by_plain_form(site: Site, returned: str) -> None:
    other = jpeg((80, 60))
    file = (io.BytesIO(other), "foto.jpg", "image/jpeg")
    form = site(RAHMAN).get(f"/laporan/{returned}/perbaikan")
    page = form.submit(FORM, text="Foto diulang.", typed={"keep": None, "photos": file})
    (photo,) = report_of(site(RAHMAN), returned)["photos"]
    assert photo["sha256"] == hashlib.sha256(other).hexdigest()
    assert photo["state"] == "received"
    compare = page.text(".compare")
    assert "Laporan pertama" in compare
    assert "Perbaikan 1" in compare
    assert "Foto diubah" in compare
    assert [mark.get_text() for mark in page.all("mark.changed")] == ["Foto diulang."]


def test_a_refused_revision_keeps_what_was_typed(site: Site, returned: str) -> None:
    form = site(RAHMAN).get(f"/laporan/{returned}/perbaikan")
    typed = {"fields.volume_m3": "banyak", "keep": None}
    page = form.submit(FORM, 422, text="Sudah dilengkapi.", typed=typed)
    assert page.values(FORM)["text"] == "Sudah dilengkapi."
    assert page.values(FORM)["fields.volume_m3"] == "banyak"
    assert page.text("#field-fields-volume_m3-error")
    assert page.text("#field-photos-error")
    bad = (io.BytesIO(b"bukan foto"), "foto.jpg", "image/jpeg")
    page = form.submit(FORM, 415, text="Dengan foto.", typed={"photos": bad})
    assert page.values(FORM)["text"] == "Dengan foto."
    good = (io.BytesIO(PHOTO), "foto.jpg", "image/jpeg")
    page = form.submit(FORM, 422, text="", typed={"photos": good})
    assert "sekali lagi" in page.text("#field-photos-error")
    assert report_of(site(RAHMAN), returned)["version"] == 2
    assert page.submit(FORM, text="Sudah lengkap.").url == f"/laporan/{returned}"


def test_the_photos_that_were_let_go_stay_let_go_in_a_refused_revision(site: Site) -> None:
    photos = [wire.declared(PHOTO), wire.declared(PHOTO)]
    number = str(file_report(site(RAHMAN), "sampah", photos=photos)["number"])
    decide(site(HARTONO), number, "pengembalian")
    form = site(RAHMAN).get(f"/laporan/{number}/perbaikan")
    one = form.values(FORM).getlist("keep")[0]
    page = form.submit(FORM, 422, text="", typed={"keep": one})
    assert page.values(FORM).getlist("keep") == [one]


def test_a_revision_in_json_is_answered_by_the_report_and_its_action(
    site: Site, returned: str
) -> None:
    photo = wire.declared(jpeg((80, 60)))
    sent = mended(report_of(site(RAHMAN), returned), text="Foto diulang.", photos=[photo])
    path = f"/laporan/{returned}/perbaikan"
    answer = site(RAHMAN).json("POST", path, sent)
    assert answer["action_id"] == sent["action_id"]
    assert {name: answer["photos"][0][name] for name in photo} == photo
    assert answer["photos"][0]["state"] == "missing"
    assert answer["events"][-1]["action"] == "revise"
    assert answer["received_at"] == answer["events"][-1]["at"], "the phone keeps its receipt by it"
    assert site(RAHMAN).json("POST", path, sent) == answer
    decide(site(HARTONO), returned, "verifikasi", version=3)
    again = site(RAHMAN).json("POST", path, sent)
    assert (again["version"], again["received_at"]) == (4, answer["received_at"])
    other = site(RAHMAN).json("POST", path, sent | {"text": "Lain."}, 409)
    assert other["error"] == "action_id_used"
    receipt = wire.put(site(RAHMAN), answer["client_id"], photo["id"], jpeg((80, 60)))
    assert receipt["photos"][-1]["state"] == "received"


def test_a_revision_in_json_names_its_owner(site: Site, returned: str) -> None:
    sent = mended(report_of(site(RAHMAN), returned))
    for user, status in ((None, 400), (site(SITI).user_id, 401)):
        headers = {"Accept": "application/json"} | ({"Sipokat-User": user} if user else {})
        answer = site(RAHMAN).request(
            "POST", f"/laporan/{returned}/perbaikan", json=sent, headers=headers
        )
        assert answer.status_code == status
    assert report_of(site(RAHMAN), returned)["version"] == 2


def test_what_lies_elsewhere_is_not_mended_now(site: Site, returned: str) -> None:
    report = report_of(site(RAHMAN), returned)
    path = f"/laporan/{returned}/perbaikan"
    site(RAHMAN).json("POST", path, mended(report))
    answer = site(RAHMAN).json("POST", path, mended(report), 409)
    assert "lurah" in answer["message"]
    assert answer["report"]["version"] == 3
    assert site(RAHMAN).json("GET", path, status=409)["report"]["version"] == 3
    site(HARTONO).json("POST", path, mended(report), 403)
    site(SARI).json("POST", path, mended(report), 404)


def test_a_plain_revision_that_comes_too_late_shows_what_happened_and_what_was_typed(
    site: Site, returned: str
) -> None:
    form = site(RAHMAN).get(f"/laporan/{returned}/perbaikan")
    decide(site(RAHMAN), returned, "penarikan", version=2)
    page = form.submit(FORM, 409, text="Ditulis lama sekali.")
    assert "Terakhir: Dibatalkan" in page.text("#jawaban")
    assert "Ditulis lama sekali." in page.text("main")


def test_the_next_head_mends_what_the_former_left(app: Flask, site: Site, returned: str) -> None:
    with app.app_context():
        steps.end_term(RAHMAN, today() - timedelta(days=1))
        heir = steps.newcomer("Wati", "rt_head", RAHMAN.region)
    assert offered(site(heir).get(f"/laporan/{returned}")) == {"perbaikan", "penarikan"}
    assert offered(site(RAHMAN).get(f"/laporan/{returned}")) == NOTHING
    page = site(heir).get(f"/laporan/{returned}/perbaikan").submit(FORM, text="Sudah diangkut.")
    assert "Diperbaiki Wati, Ketua RT" in page.text(".timeline")
    site(RAHMAN).get(f"/laporan/{returned}/perbaikan", status=403)


# What is seen without being looked at, and where it is.


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"X-Purpose": "preview"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
    ids=str,
)
def test_a_page_that_the_browser_fetches_beforehand_is_not_read_by_anybody(
    site: Callable[..., Visitor], headers: dict[str, str]
) -> None:
    path = f"/laporan/{file_report(site(RAHMAN))['number']}"
    hartono = site(HARTONO)
    assert hartono.request("GET", path, headers=headers).status_code == 200
    assert hartono.request("HEAD", path).status_code == 200
    assert "Dibaca" not in site(RAHMAN).get(path).text("main")
    hartono.get(path)
    assert "Dibaca lurah" in site(RAHMAN).get(path).text("main")


def test_a_point_can_be_read_copied_and_opened_in_two_maps(site: Callable[..., Visitor]) -> None:
    number = file_report(site(RAHMAN), lat=-3.2945, lon=102.8614, accuracy_m=12)["number"]
    for page in (site(RAHMAN).get(f"/laporan/{number}"), site(HARTONO).get("/verifikasi")):
        assert page.text(".point-numbers") == "-3.29450, 102.86140"
        links = [str(link["href"]) for link in page.all(".point a")]
        assert links[0].startswith("geo:-3.29450,102.86140")
        assert links[1].startswith("https://")
        assert links[1].endswith("-3.29450,102.86140")
    without = file_report(site(RAHMAN), text="Tanpa titik.")["number"]
    assert not site(RAHMAN).get(f"/laporan/{without}").has(".point")


def test_enter_in_a_field_of_the_form_presses_a_button_that_does_nothing(
    site: Callable[..., Visitor],
) -> None:
    """A form is sent by Enter through its first submit button, unless that is disabled (HTML,
    4.10.21.2 Implicit submission)."""
    for path in ("/laporan/baru", "/laporan/baru?kategori=sampah"):
        first = site().get(path).all("[data-report-form] [type=submit]")[0]
        assert first.has_attr("disabled")
        assert first.has_attr("hidden")


# Finding again.


@pytest.fixture
def written(app: Flask) -> dict[str, str]:
    """The numbers of three reports of Rahman's and one of the RT next door."""
    with app.app_context():
        return {
            "lamp": steps.send(RAHMAN, text="Lampu jalan padam di Gang Mawar.").number,
            "waste": steps.send(RAHMAN, "sampah", text="Menumpuk 100% sejak Senin.").number,
            "other": steps.send(RAHMAN, text="Rapat warga.", place_text="Balai Gang Mawar").number,
            "next door": steps.send(SITI, text="Lampu pos ronda padam.").number,
        }


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("lampu", ["lamp"]),
        ("LAMPU  padam", ["lamp"]),
        ("gang mawar", ["other", "lamp"]),
        ("sampah", ["waste"]),
        ("tumpukan", ["waste"]),
        ("100%", ["waste"]),
        ("%", ["waste"]),
        ("_", []),
        ("mar\u200bwar gang", []),
        ("ma\u200bwar", ["other", "lamp"]),
        ("tidak ada", []),
    ],
)
def test_an_rt_head_finds_a_report_by_what_it_says(
    site: Site, written: dict[str, str], said: str, found: list[str]
) -> None:
    assert listed(site(RAHMAN), cari=said) == [written[name] for name in found]
    page = site(RAHMAN).get(f"/laporan?{urlencode({'cari': said})}")
    assert page.one("#field-cari")["value"] == " ".join(said.replace("\u200b", "").split())


def test_a_number_finds_one_report_within_sight(site: Site, written: dict[str, str]) -> None:
    for name, number in written.items():
        mine = [number] if name != "next door" else []
        assert listed(site(RAHMAN), cari=number) == mine
        assert listed(site(HARTONO), cari=number) == [number]


@pytest.mark.parametrize(
    "written_as",
    ["{}", "Laporan {}", "nomor {}", "#{}", "No. {}", "laporan no {}", "Laporan nomor {}.", "no{}"],
)
def test_a_number_is_found_as_the_app_and_people_write_it(
    site: Site, written: dict[str, str], written_as: str
) -> None:
    for number in written.values():
        assert listed(site(HARTONO), cari=written_as.format(number)) == [number]


def test_a_number_among_other_words_is_a_word(site: Site, written: dict[str, str]) -> None:
    assert listed(site(HARTONO), cari=f"lampu {written['lamp']}") == []


# Said once, and in words that explain.


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("Foto kurang jelas. Mohon foto ulang.", False),
        ("foto kurang jelas", False),
        ("Mohon foto ulang.", True),
    ],
)
def test_why_a_report_came_back_is_said_once(site: Site, note: str, reason: bool) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    decide(site(HARTONO), number, "pengembalian", reason="foto_kurang_jelas", note=note)
    page = site(RAHMAN).get(f"/laporan/{number}")
    assert page.text("main").count(note) == 1
    assert page.text("main").lower().count("foto kurang jelas") == 1
    for who in (HARTONO, YUSUF):
        journey = site(who).get(f"/laporan/{number}").text(".report-way")
        assert note in journey
        assert ("Foto kurang jelas" in journey.replace(note, "")) is reason


def test_why_a_report_was_rejected_is_said_once_on_home(site: Site) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    note = "Tidak sesuai kenyataan di lapangan."
    decide(site(HARTONO), number, "penolakan", reason="tidak_benar", note=note)
    said = site(RAHMAN).get("/beranda").text("main").lower()
    assert said.count("tidak sesuai kenyataan") == 1


def test_the_heading_of_a_report_says_its_kind_and_its_facts_do_not(site: Site) -> None:
    number = file_report(site(RAHMAN), "sampah", fields={"jenis": "tumpukan", "volume_m3": 2})[
        "number"
    ]
    page = site(RAHMAN).get(f"/laporan/{number}")
    assert page.text("main").count("Tumpukan") == 1
    assert "Jenis" not in page.text(".facts")
    assert "2 m³" in page.text(".facts")


def test_a_class_is_explained_to_whom_it_is_shown(site: Site) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    meaning = "Kinerja ikut dinilai, kegiatan biasa tidak."
    assert meaning not in site(RAHMAN).get(f"/laporan/{number}").text("main")
    decide(site(HARTONO), number, "verifikasi", **{"class": "kinerja"})
    assert meaning in site(RAHMAN).get(f"/laporan/{number}").text("main")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"lat": -3.29, "lon": 102.86, "accuracy_m": 25}, "Titik di peta, akurasi ±25\u00a0m"),
        ({"lat": -3.29, "lon": 102.86}, "Titik di peta"),
        (
            {"lat": -3.29, "lon": 102.86, "accuracy_m": 1999.7, "place_text": "Gang 3"},
            "Gang 3, akurasi ±2.000\u00a0m",
        ),
        ({"place_text": "Gang 3"}, "Gang 3"),
    ],
    ids=str,
)
def test_a_place_is_said_in_words(site: Site, place: dict[str, Any], words: str) -> None:
    number = file_report(site(RAHMAN), **place)["number"]
    facts = [
        one.get_text(" ", strip=True)
        for one in site(RAHMAN).get(f"/laporan/{number}").all(".facts .fact")
    ]
    assert f"Lokasi {words}" in facts


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=3), ""),
        (timedelta(days=3, minutes=1), "ditulis 3 hari sebelum diterima"),
        (timedelta(days=3, hours=23), "ditulis 3 hari sebelum diterima"),
        (timedelta(days=4), "ditulis 4 hari sebelum diterima"),
    ],
    ids=str,
)
def test_after_more_than_three_days_a_report_was_long_on_its_way(
    before: timedelta, words: str
) -> None:
    at = now()
    row = Report(received_at=at, written_at=at - before)
    assert Row(row, {}, {}).delay == words


def test_what_was_written_long_before_it_was_received_says_so(site: Site) -> None:
    """To whoever decides about it: on the queue's card, in lists and on its own page."""
    written = (now() - timedelta(days=43, hours=1)).isoformat()
    day = (today() - timedelta(days=43)).isoformat()
    receipt = wire.file_report(site(RAHMAN), written_at=written, happened_on=day)
    fresh, day = (now() - timedelta(days=2)).isoformat(), (today() - timedelta(days=2)).isoformat()
    wire.file_report(site(RAHMAN), written_at=fresh, happened_on=day, text="Kemarin dulu.")
    for path in ("/verifikasi", "/laporan", f"/laporan/{receipt['number']}"):
        words = site(HARTONO).get(path).text("main")
        assert words.count("ditulis 43 hari sebelum diterima") == 1, path
        assert words.count("sebelum diterima") == 1, path


def test_a_refusal_shows_the_report_only_to_who_may_see_it(app: Flask, site: Site) -> None:
    """She declared its photo as deputy and is none any more: no more is told than needed."""
    with app.app_context():
        steps.add_term(SITI, RAHMAN.region)
    number = wire.file_report(site(RAHMAN))["number"]
    decide(site(HARTONO), number, "pengembalian")
    photo = wire.declared(jpeg((80, 60)))
    sent = mended(report_of(site(SITI), number), photos=[photo])
    done = site(SITI).json("POST", f"/laporan/{number}/perbaikan", sent)
    with app.app_context(), writing():
        steps.user_of(SITI).terms[-1].until = today() - timedelta(days=1)
    site(SITI).json("GET", f"/laporan/{number}", status=404)
    other = wire.put(site(SITI), done["client_id"], photo["id"], jpeg((8, 6)), 409)
    assert "report" not in other
    path = f"/laporan/{number}/perbaikan"
    told = {"number": number, "action_id": sent["action_id"], "version": 3}
    assert site(SITI).json("POST", path, sent) == told
    again = site(SITI).json("POST", path, sent | {"text": "Lain."}, 409)
    assert {name: again.get(name) for name in told} == told
    assert "report" not in again
    assert wire.put(site(SITI), done["client_id"], photo["id"], jpeg((80, 60)))["number"] == number
