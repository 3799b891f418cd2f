"""The queue and the actions of the chain: as JSON, as htmx fragment, as plain form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from sipokat.domain import queue
from tests import steps, wire
from tests.cast import DEWI, EFFENDI, HARTONO, RAHMAN, RATNA, SITI, YUSUF, Person
from tests.page import Visitor, fresh_id
from tests.services.database import statements
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]
WHY = {"reason": "lainnya", "note": "Mohon dilengkapi."}


@pytest.fixture
def number(site: Site) -> str:
    """Rahman's report, waiting at Hartono's desk."""
    return str(file_report(site(RAHMAN))["number"])


def report_of(visitor: Visitor, number: str) -> Any:
    return visitor.json("GET", f"/laporan/{number}")


def by_htmx(
    visitor: Visitor, number: str, noun: str, status: int = 200, **said: Any
) -> BeautifulSoup:
    data = {"action_id": fresh_id(), "version": "1", "next": "/verifikasi"} | said
    return visitor.fragment("POST", f"/laporan/{number}/{noun}", status, data=data)


def form_of(number: str, noun: str) -> str:
    return f"form[action='/laporan/{number}/{noun}']"


# JSON: each action answers with the report as it is now.


def test_each_action_answers_with_the_report_as_it_is_now(site: Site, number: str) -> None:
    """The report is returned, revised, verified by all, reopened and rejected."""
    sent = wire.body(text="Sudah dilengkapi.")
    mended = {
        "action_id": fresh_id(),
        "version": 2,
        **{key: sent[key] for key in ("happened_on", "text", "fields", "photos")},
    }
    way = [
        (HARTONO, "pengembalian", {}, "returned", "rt"),
        (RAHMAN, "perbaikan", mended, "waiting", "kelurahan"),
        (HARTONO, "verifikasi", {"class": "kinerja"}, "waiting", "kecamatan"),
        (YUSUF, "verifikasi", {"class": None}, "waiting", "kota"),
        (DEWI, "verifikasi", {"class": None}, "verified", None),
        (DEWI, "pembukaan-kembali", {}, "waiting", "kota"),
        (DEWI, "penolakan", {}, "rejected", None),
    ]
    for version, (person, noun, said, status, desk) in enumerate(way, 1):
        if noun == "perbaikan":
            answer = site(person).json("POST", f"/laporan/{number}/perbaikan", said)
        else:
            answer = decide(site(person), number, noun, **{"version": version} | said)
        assert (answer["status"], answer["desk"], answer["version"]) == (status, desk, version + 1)
        assert len(answer["events"]) == version + 1
        now = report_of(site(person), number)
        # The answer is also the receipt for the phone.
        now |= {"action_id": answer["action_id"], "received_at": answer["events"][-1]["at"]}
        assert answer == now
        assert noun != "perbaikan" or answer["action_id"] == mended["action_id"]
    assert answer["class"] == "kinerja"
    assert answer["text"] == "Sudah dilengkapi."


def test_an_author_takes_a_report_back(site: Site, number: str) -> None:
    answer = decide(site(RAHMAN), number, "penarikan", note="Keliru.")
    assert (answer["status"], answer["desk"]) == ("withdrawn", None)
    answer = decide(site(DEWI), number, "pembukaan-kembali", version=2)
    assert (answer["status"], answer["desk"]) == ("waiting", "kelurahan")


def test_an_event_says_who_did_what_and_why(site: Site, number: str) -> None:
    first, event = decide(site(HARTONO), number, "pengembalian", **WHY)["events"]
    assert list(event) == ["seq", "at", "actor", "action", "from", "to", "reason", "note"]
    assert event["seq"] == first["seq"] + 1
    assert event["actor"] == {"name": "Hartono", "role": "lurah", "desk": "kelurahan"}
    assert (event["action"], event["from"], event["to"]) == ("return", "kelurahan", "rt")
    assert (event["reason"], event["note"]) == ("lainnya", "Mohon dilengkapi.")
    assert (first["action"], first["from"], first["to"]) == ("submit", None, "kelurahan")


def test_the_same_action_again_is_200_and_the_same_answer(site: Site, number: str) -> None:
    said = {"action_id": fresh_id(), "note": "Terima kasih."}
    first = decide(site(HARTONO), number, "verifikasi", **said)
    assert decide(site(HARTONO), number, "verifikasi", **said) == first
    after = decide(site(YUSUF), number, "verifikasi", **{"version": 2, "class": None})
    own = {key: first[key] for key in ("action_id", "received_at")}
    assert decide(site(HARTONO), number, "verifikasi", **said) == after | own


@pytest.mark.parametrize(
    ("noun", "change"),
    [
        ("verifikasi", {"note": "Lain."}),
        ("verifikasi", {"class": "kinerja"}),
        ("verifikasi", {"version": 2}),
        ("penolakan", {}),
    ],
)
def test_an_action_id_stands_for_one_action(
    site: Site, number: str, noun: str, change: dict[str, Any]
) -> None:
    said = {"action_id": fresh_id()}
    decide(site(HARTONO), number, "verifikasi", **said)
    answer = decide(site(HARTONO), number, noun, 409, **said | change)
    assert answer["error"] == "action_id_used"
    assert answer["report"] == report_of(site(HARTONO), number)


def test_an_action_id_stands_for_one_report(site: Site, number: str) -> None:
    other = str(file_report(site(SITI))["number"])
    said = {"action_id": fresh_id()}
    decide(site(HARTONO), number, "verifikasi", **said)
    answer = decide(site(HARTONO), other, "verifikasi", 409, **said)
    assert answer["report"]["number"] == other
    assert answer["report"]["version"] == 1


# 409 and the report as it is now.


def test_a_second_decision_is_told_what_happened(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "verifikasi", note="Sudah dicek.")
    answer = decide(site(HARTONO), number, "pengembalian", 409)
    assert answer["error"] == "conflict"
    assert "camat" in answer["message"]
    assert answer["report"] == report_of(site(HARTONO), number)
    assert answer["report"]["events"][-1]["note"] == "Sudah dicek."


@pytest.mark.parametrize(
    ("person", "noun", "version"),
    [(YUSUF, "verifikasi", 1), (DEWI, "pengembalian", 1), (DEWI, "pembukaan-kembali", 1)]
    + [(HARTONO, noun, 7) for noun in ("verifikasi", "pengembalian", "penolakan")]
    + [(RAHMAN, "penarikan", 7)],
)
def test_another_desk_or_an_old_version_is_409(
    site: Site, number: str, person: Person, noun: str, version: int
) -> None:
    answer = decide(site(person), number, noun, 409, version=version)
    assert answer["report"]["version"] == 1
    assert report_of(site(RAHMAN), number)["events"] == answer["report"]["events"]


def test_by_htmx_the_card_shows_what_happened_and_offers_nothing(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "verifikasi")
    card = by_htmx(site(HARTONO), number, "verifikasi", 409, **{"class": "kinerja"})
    (article,) = card.select(f"article#kartu-{number}[data-card]")
    assert "Diverifikasi lurah" in article.get_text()
    assert "Hartono" in article.get_text()
    assert article.select("[role='alert']")
    assert not card.select("form")
    assert not card.select("[data-mine]")


def test_by_a_plain_form_the_page_shows_what_happened(site: Site, number: str) -> None:
    before = site(HARTONO).get(f"/laporan/{number}")
    decide(site(HARTONO), number, "verifikasi")
    page = before.submit(form_of(number, "verifikasi"), 409, typed={"class": "kinerja"})
    assert "Terakhir: Diverifikasi lurah" in page.text("#jawaban")
    assert "Menunggu camat" in page.text("main")
    assert not page.has("form[action^='/laporan/']")


def test_an_old_version_by_htmx_offers_the_decision_anew(site: Site, number: str) -> None:
    """The report has come back to the desk meanwhile. What was typed is kept."""
    decide(site(HARTONO), number, "pengembalian")
    sent = wire.body()
    mended = {key: sent[key] for key in ("happened_on", "text", "fields", "photos")}
    mended |= {"action_id": fresh_id(), "version": 2}
    site(RAHMAN).json("POST", f"/laporan/{number}/perbaikan", mended)
    card = by_htmx(site(HARTONO), number, "penolakan", 409, **WHY)
    (form,) = card.select(form_of(number, "penolakan"))
    (version,) = form.select("[name='version']")
    assert version["value"] == "3"
    assert "Mohon dilengkapi." in form.get_text()


# 422: each sentence beside its field, what was typed kept.


def test_what_is_missing_is_422_and_changes_nothing(site: Site, number: str) -> None:
    for noun, said, fields in (
        ("verifikasi", {"class": None}, {"class"}),
        ("verifikasi", {"class": "bagus"}, {"class"}),
        ("verifikasi", {"note": "x" * 501}, {"note"}),
        ("pengembalian", {"reason": None, "note": None}, {"reason", "note"}),
        ("penolakan", {"reason": "salah_jenis"}, {"reason"}),
        ("penolakan", {"reason": "laporan_ganda"}, {"reason"}),  # no longer offered
        ("penolakan", {"note": "   "}, {"note"}),
        ("pengembalian", {"reason": "sudah_dilaporkan"}, {"other"}),
        ("pengembalian", {"reason": "lainnya", "other": "12345"}, {"other"}),
        ("verifikasi", {"other": "12345"}, {"other"}),
    ):
        answer = decide(site(HARTONO), number, noun, 422, **said)
        assert set(answer["fields"]) == fields
        assert all(answer["fields"].values())
    assert report_of(site(RAHMAN), number)["version"] == 1


def test_by_htmx_the_card_comes_back_with_what_was_typed(site: Site, number: str) -> None:
    card = by_htmx(site(HARTONO), number, "pengembalian", 422, note="Foto ulang, ya.")
    (form,) = card.select(form_of(number, "pengembalian"))
    assert "Foto ulang, ya." in form.select("textarea")[0].get_text()
    (reason,) = form.select("select[name='reason']")
    assert reason["aria-invalid"] == "true"
    assert card.select(f"#{reason['aria-describedby']}")
    assert form.find_parent("details").has_attr("open")
    other = card.select(form_of(number, "penolakan"))[0]
    assert not other.find_parent("details").has_attr("open")
    assert "Foto ulang" not in other.get_text()


def test_by_a_plain_form_the_page_comes_back_with_what_was_typed(site: Site, number: str) -> None:
    page = site(HARTONO).get(f"/laporan/{number}")
    page = page.submit(form_of(number, "penolakan"), 422, reason="tidak_benar", note="")
    assert page.values(form_of(number, "penolakan"))["reason"] == "tidak_benar"
    page = page.submit(form_of(number, "verifikasi"), 422, note="Sudah dicek.")
    form = form_of(number, "verifikasi")
    assert page.values(form)["note"] == "Sudah dicek."
    assert page.has(f"{form} .field-error")
    assert page.submit(form, typed={"class": "kinerja"}).url == f"/laporan/{number}"


def test_what_was_mended_goes_through_with_the_id_of_the_refused_try(
    site: Site, number: str
) -> None:
    said = {"action_id": fresh_id()}
    decide(site(HARTONO), number, "verifikasi", 422, **said | {"class": None})
    decide(site(HARTONO), number, "verifikasi", **said)


# Forms and fragments that go through.


def test_a_plain_form_on_the_queue_leads_back_to_it(site: Site, number: str) -> None:
    page = site(HARTONO).get("/verifikasi")
    page = page.submit(form_of(number, "verifikasi"), typed={"class": "kegiatan"})
    assert page.url == "/verifikasi"
    assert f"Laporan {number} diverifikasi, naik ke camat." in page.text("#notices")
    assert not page.has("article")
    assert report_of(site(RAHMAN), number)["class"] == "kegiatan"


def test_a_plain_form_sent_twice_is_one_decision(site: Site, number: str) -> None:
    page = site(HARTONO).get("/verifikasi")
    for _ in range(2):
        end = page.submit(form_of(number, "verifikasi"), typed={"class": "kegiatan"})
        assert end.url == "/verifikasi"
    assert report_of(site(RAHMAN), number)["version"] == 2


def test_a_plain_form_needs_no_action_id(site: Site, number: str) -> None:
    data = {"version": "1", **WHY}
    page = site(HARTONO).post(f"/laporan/{number}/pengembalian", data)
    assert page.url == f"/laporan/{number}"
    assert "Perlu diperbaiki" in page.text("main")


@pytest.mark.parametrize("next_url", ["https://evil.example", "//evil.example", "/keluar", ""])
def test_a_decision_never_leads_to_another_site(site: Site, number: str, next_url: str) -> None:
    data = {"version": "1", "next": next_url, **WHY}
    answer = site(HARTONO).request("POST", f"/laporan/{number}/penolakan", data=data)
    assert answer.headers["Location"] == f"/laporan/{number}"


@pytest.mark.parametrize(
    ("noun", "said", "words"),
    [
        ("verifikasi", {"class": "kinerja"}, "diverifikasi, naik ke camat."),
        ("pengembalian", WHY, "dikembalikan ke RT."),
        ("penolakan", WHY, "ditolak."),
    ],
)
def test_by_htmx_a_line_stands_in_the_cards_place(
    site: Site, number: str, noun: str, said: dict[str, str], words: str
) -> None:
    file_report(site(SITI))
    data = {"action_id": fresh_id(), "version": "1", **said}
    answer = site(HARTONO).request(
        "POST", f"/laporan/{number}/{noun}", data=data, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "outerHTML swap:150ms"
    done = BeautifulSoup(answer.text, "html.parser")
    (line,) = done.select("[data-done]")
    assert f"Laporan {number} {words}" in " ".join(line.get_text(" ").split())
    (count,) = done.select("#queue-count[hx-swap-oob]")
    assert count.get_text(strip=True) == "1 menunggu"
    assert not count.has_attr("hidden")


def test_after_the_last_card_the_queue_says_that_it_is_empty(site: Site, number: str) -> None:
    done = by_htmx(site(HARTONO), number, "penolakan", **WHY)
    assert "Tidak ada yang menunggu" in done.get_text()
    assert done.select("#queue-count")[0].has_attr("hidden")
    assert "Tidak ada yang menunggu" in site(HARTONO).get("/verifikasi").text("main")


# Who may act, in the order of refusals.


def test_out_of_sight_is_404_before_anything_else_is_judged(site: Site, number: str) -> None:
    for wrong in ({"class": None}, {"version": 9}):
        answer = decide(site(EFFENDI), number, "verifikasi", 404, **wrong)
        assert "report" not in answer
    decide(site(EFFENDI), "99994", "verifikasi", 404)


def test_a_role_that_never_does_it_is_403_before_the_version(site: Site, number: str) -> None:
    for person, noun in (
        (RATNA, "verifikasi"),
        (RAHMAN, "verifikasi"),
        (RAHMAN, "pembukaan-kembali"),
        (HARTONO, "penarikan"),
        (YUSUF, "pembukaan-kembali"),
    ):
        answer = decide(site(person), number, noun, 403, version=9)
        assert answer["error"] == "forbidden"
        assert "report" not in answer


def test_nobody_decides_their_own(site: Site) -> None:
    number = file_report(site(HARTONO))["number"]
    answer = decide(site(HARTONO), number, "verifikasi", 403)
    assert answer["error"] == "own"
    assert "Laporan Anda sendiri" in answer["message"]
    page = site(HARTONO).get(f"/laporan/{number}")
    assert not page.has(form_of(number, "verifikasi"))


# The queue.


def queue_of(visitor: Visitor, path: str = "/verifikasi") -> list[str]:
    """The numbers on the page, which are the same in JSON."""
    cards = visitor.get(path).all("article[data-card]")
    numbers = [str(card["id"]).removeprefix("kartu-") for card in cards]
    assert [one["number"] for one in visitor.json("GET", path)["items"]] == numbers
    return numbers


def filed(site: Site, *kinds: str, person: Person = RAHMAN) -> list[str]:
    """File reports of these categories, a minute apart."""
    start, numbers = steps.now(), []
    for minute, kind in enumerate(kinds):
        with time_machine.travel(start + timedelta(minutes=minute)):
            numbers.append(str(file_report(site(person), kind)["number"]))
    return numbers


def test_oldest_first_by_arrival_at_this_desk(site: Site) -> None:
    first, second, third = filed(site, "pemerintahan", "sampah", "keagamaan")
    assert queue_of(site(HARTONO)) == [first, second, third]
    for number in (third, first):
        climb(number, site(HARTONO))
    assert queue_of(site(HARTONO)) == [second]
    assert queue_of(site(YUSUF)) == [third, first]
    assert queue_of(site(DEWI)) == []


def test_bencana_stands_on_top_of_every_level_until_it_is_final(site: Site) -> None:
    plain, flood = filed(site, "pemerintahan", "bencana")
    assert queue_of(site(HARTONO)) == [flood, plain]
    for person in (YUSUF, DEWI):
        assert queue_of(site(person)) == [flood], "to read, above its desk"
        card = site(person).get("/verifikasi").one("article")
        assert not card.select("form")
        assert card.select(f"a[href='/laporan/{flood}']")
    assert queue_of(site(EFFENDI)) == []
    climb(flood, site(HARTONO), site(YUSUF))
    assert queue_of(site(HARTONO)) == [flood, plain]
    assert site(DEWI).get("/verifikasi").has(form_of(flood, "verifikasi"))
    decide(site(DEWI), flood, "verifikasi", **{"version": 3, "class": None})
    assert queue_of(site(HARTONO)) == [plain]
    assert queue_of(site(DEWI)) == []


def test_the_count_is_what_waits_on_the_desk(site: Site) -> None:
    filed(site, "pemerintahan", "bencana")
    assert site(HARTONO).get("/verifikasi").text("#queue-count") == "2 menunggu"
    assert site(YUSUF).get("/verifikasi").one("#queue-count").has_attr("hidden")


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue comes in pages of four."""
    monkeypatch.setattr(queue, "PAGE", 4)


@pytest.mark.usefixtures("short_pages")
def test_a_long_queue_comes_in_pages(app: Flask, site: Site) -> None:
    with app.app_context():
        numbers = [steps.send(RAHMAN).number for _ in range(11)]
        urgent = steps.send(SITI, "bencana").number
    visitor, path, seen = site(HARTONO), "/verifikasi", []
    while path:
        seen += queue_of(visitor, path)
        more = visitor.json("GET", path)["next"]
        links = [str(one["href"]) for one in visitor.get(path).all("a[rel='next']")]
        assert links == ([more] if more else [])
        path = more
    assert seen == [urgent, *numbers]


@pytest.mark.usefixtures("short_pages")
def test_the_next_page_of_the_queue_by_htmx_is_cards_alone(app: Flask, site: Site) -> None:
    with app.app_context():
        for _ in range(5):
            steps.send(RAHMAN)
    link = site(HARTONO).get("/verifikasi").one("a[rel='next']")
    assert link["hx-get"] == link["href"]
    more = site(HARTONO).fragment("GET", str(link["href"]))
    assert len(more.select("article[data-card]")) == 1
    assert not more.select("html, main, h1")


def test_a_restored_history_entry_is_the_whole_page(site: Site, number: str) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    page = site(HARTONO).get("/verifikasi", headers=headers)
    assert page.has("main article")


def test_a_card_shows_what_a_decision_needs(site: Site) -> None:
    photos = [wire.declared(b"1"), wire.declared(b"2")]
    number = file_report(
        site(RAHMAN), "sampah", photos=photos, text="Tumpukan di pos ronda.", place_text="Gang 3"
    )["number"]
    card = site(HARTONO).get("/verifikasi").text(f"#kartu-{number}")
    for words in (
        "RT 001 · Tumpukan sampah",
        "Tumpukan di pos ronda.",
        "Gang 3",
        "2 foto menyusul",
    ):
        assert words in card
    assert "Sisa" in card or "Batasnya" in card
    decide(site(HARTONO), number, "verifikasi")
    assert "RT 001, Petanang Ulu" in site(YUSUF).get("/verifikasi").text(f"#kartu-{number}")


def test_a_class_is_asked_where_there_is_one_and_never_chosen_beforehand(site: Site) -> None:
    plain, nihil = filed(site, "pemerintahan", "nihil")
    page = site(HARTONO).get("/verifikasi")
    radios = page.all(f"{form_of(plain, 'verifikasi')} [name='class']")
    assert [radio["value"] for radio in radios] == ["kinerja", "kegiatan"]
    assert not any(radio.has_attr("checked") for radio in radios)
    assert not page.has(f"{form_of(nihil, 'verifikasi')} [name='class']")
    page.submit(form_of(nihil, "verifikasi"))
    assert report_of(site(RAHMAN), nihil)["class"] is None
    climb(plain, site(HARTONO))
    card = site(YUSUF).get("/verifikasi")
    assert not card.has(f"{form_of(plain, 'verifikasi')} [name='class']")
    assert "Kegiatan biasa" in card.text(f"#kartu-{plain}")


def test_a_desk_between_that_got_it_back_may_class_anew_and_must_say_why(
    site: Site, number: str
) -> None:
    climb(number, site(HARTONO))
    decide(site(YUSUF), number, "pengembalian", version=2, reason="isi_kurang_lengkap")
    card = site(HARTONO).get("/verifikasi").text(f"#kartu-{number}")
    assert "Dikembalikan ke lurah: isi kurang lengkap." in card
    assert "Mohon dilengkapi." in card
    answer = decide(site(HARTONO), number, "verifikasi", 422, version=3)
    assert list(answer["fields"]) == ["note"]
    said = {"version": 3, "class": "kinerja", "note": "Sudah dicek ulang."}
    assert decide(site(HARTONO), number, "verifikasi", **said)["class"] == "kinerja"


# Read.


def test_the_first_reading_at_each_desk_is_recorded_once_without_a_version(
    site: Site, number: str
) -> None:
    assert "Dibaca" not in site(RAHMAN).get(f"/laporan/{number}").text("main")
    site(YUSUF).get(f"/laporan/{number}")
    for _ in range(2):
        site(HARTONO).get(f"/laporan/{number}")
    page = site(RAHMAN).get(f"/laporan/{number}")
    assert page.text("main").count("Dibaca lurah") == 1
    assert "Dibaca camat" not in page.text("main")
    report = report_of(site(RAHMAN), number)
    assert (report["version"], len(report["events"])) == (1, 1)
    climb(number, site(HARTONO))
    report_of(site(YUSUF), number)
    assert "Dibaca camat" in site(RAHMAN).get(f"/laporan/{number}").text("main")


def test_a_full_queue_takes_as_many_statements_as_one_card(
    site: Callable[..., Visitor], app: Flask
) -> None:
    hartono, rahman = site(HARTONO), site(RAHMAN)

    def asked_for() -> int:
        with statements(app) as sent:
            hartono.get("/verifikasi")
        return len(sent)

    file_report(rahman, "sampah")
    file_report(rahman, "bencana")
    few = asked_for()
    for number in range(9):
        file_report(rahman, "sampah", text=f"Tumpukan {number}")
        file_report(rahman, "bencana", text=f"Banjir {number}")
    assert asked_for() == few


def test_a_home_with_many_reports_to_mend_takes_as_many_statements_as_with_one(
    site: Callable[..., Visitor], app: Flask
) -> None:
    hartono, rahman = site(HARTONO), site(RAHMAN)

    def return_one(text: str) -> None:
        decide(hartono, file_report(rahman, text=text)["number"], "pengembalian")

    def asked_for() -> int:
        with statements(app) as sent:
            rahman.get("/beranda")
        return len(sent)

    return_one("Satu.")
    few = asked_for()
    for number in range(5):
        return_one(f"Lagi {number}.")
    assert asked_for() == few


@pytest.mark.parametrize(
    ("noun", "asked", "shown"),
    [
        ("pengembalian", {"reason": "foto_kurang_jelas"}, "Foto kurang jelas"),
        ("penolakan", {"reason": "bukan_wilayah"}, "Di luar wilayah"),
        ("verifikasi", {"class": "kegiatan"}, "Kegiatan biasa"),
    ],
)
def test_a_decision_after_the_session_has_ended_keeps_what_was_typed_and_leads_back(
    site: Site, number: str, noun: str, asked: dict[str, str], shown: str
) -> None:
    nobody = site()
    form = {"version": "1", "note": "Tolong dari seberang jalan.", **asked}
    page = nobody.post(f"/laporan/{number}/{noun}", form, status=401)
    assert "Tolong dari seberang jalan." in page.text("main")
    assert shown in page.text("main")
    assert page.one("form[action='/masuk'] [name=next]")["value"] == f"/laporan/{number}"
    # To htmx the answer is a fragment, and its link leads back to the card.
    headers = {"HX-Current-URL": "https://localhost/verifikasi"}
    path = f"/laporan/{number}/{noun}"
    fragment = nobody.fragment("POST", path, status=401, data=form, headers=headers)
    (link,) = fragment.select("a.button")
    assert link["href"] == f"/masuk?lanjut=%2Fverifikasi%23kartu-{number}"


def test_whoever_comes_second_can_still_read_their_own_note(site: Site, number: str) -> None:
    decide(site(HARTONO), number, "verifikasi", **{"class": "kinerja"})
    note = "Tolong dari seberang jalan."
    form = {"version": "1", "note": note, "reason": "lainnya"}
    page = site(HARTONO).post(f"/laporan/{number}/pengembalian", form, status=409)
    assert note in page.text("main")
    card = by_htmx(site(HARTONO), number, "pengembalian", 409, note=note, reason="lainnya")
    assert note in card.text


# A decision that has waited on a phone for a signal.


def test_when_it_was_made_is_on_the_wire_and_on_the_time_line(site: Site) -> None:
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        number = str(file_report(site(RAHMAN))["number"])
    waited = {"decided_at": "2026-11-23T11:00:00+07:00", "seen_at": "2026-11-23T10:00:00+07:00"}
    with time_machine.travel("2026-11-24T02:30:00Z", tick=False):
        said = {"action_id": fresh_id()} | waited
        answer = decide(site(HARTONO), number, "verifikasi", **said)
        later = waited | {"decided_at": "2026-11-23T12:00:00+07:00"}
        # Sent again, it is the same decision, whatever it says of its time.
        assert decide(site(HARTONO), number, "verifikasi", **said | later) == answer
        page = site(HARTONO).get(f"/laporan/{number}").text("main")
    event = answer["events"][-1]
    assert event["at"] == "2026-11-24T02:30:00+00:00"
    assert event["decided_at"] == "2026-11-23T04:00:00+00:00"
    assert "24 Nov, 09.30 (diperiksa 23 Nov, 11.00, tanpa sinyal)" in page


@pytest.mark.parametrize("wrong", ["kemarin", "2026-11-23", 1732345, "2026-11-23T10:00:00"])
def test_an_unreadable_time_of_a_decision_is_400(site: Site, number: str, wrong: Any) -> None:
    answer = decide(site(HARTONO), number, "verifikasi", 400, decided_at=wrong)
    assert list(answer["fields"]) == ["decided_at"]
    assert report_of(site(HARTONO), number)["version"] == 1


def test_who_comes_second_is_told_who_was_first_and_when(site: Site, number: str) -> None:
    first = decide(site(HARTONO), number, "verifikasi")["events"][-1]["at"]
    decide(site(YUSUF), number, "pengembalian", version=2)
    decide(site(HARTONO), number, "verifikasi", version=3, note="Sudah benar.", **{"class": None})
    for person, version, what in (
        (HARTONO, 1, "Sudah Anda verifikasi"),
        (YUSUF, 2, "Sudah diverifikasi Lurah Petanang Ulu"),
    ):
        answer = decide(site(person), number, "penolakan", 409, version=version)
        assert answer["last"] == {"what": what, "at": answer["report"]["events"][-1]["at"]}
        assert answer["last"]["at"] > first
    # Nobody was first where nothing has moved: it lies on another desk, or it is no one's turn.
    assert "last" not in decide(site(DEWI), number, "verifikasi", 409, version=4)


def test_a_decision_whose_maker_holds_the_office_no_more_is_refused_in_words(
    site: Site, number: str, app: Flask
) -> None:
    lurah = site(HARTONO)
    with app.app_context():
        steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    answer = decide(lurah, number, "verifikasi", 404, decided_at="2026-11-23T10:00:00+07:00")
    assert "masa jabatan Anda baru berakhir" in answer["message"]
    assert "report" not in answer
    assert answer == decide(lurah, "99994", "verifikasi", 404)
    assert report_of(site(RAHMAN), number)["version"] == 1
