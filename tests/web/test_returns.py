"""What the author of a returned or rejected report reads, and where its mending begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sipokat.domain import reasons
from sipokat.domain.categories import categories
from tests.cast import HARTONO, MARLINA, RAHMAN, SITI, YUSUF, Person
from tests.page import Page, Visitor
from tests.wire import decide, file_report

Site = Callable[..., Visitor]
NOTE = "Tolong sebelum Jumat."


@pytest.fixture
def returned(site: Site) -> Callable[..., str]:
    """Has Hartono return Rahman's report for this reason. Gives its number."""

    def make(reason: str, category: str = "kesehatan_lingkungan", **said: Any) -> str:
        number = str(file_report(site(RAHMAN), category)["number"])
        decide(site(HARTONO), number, "pengembalian", reason=reason, note=NOTE, **said)
        return number

    return make


def words_of(page: Page) -> str:
    return page.text("#diminta")


# The form opens at the field.


@pytest.mark.parametrize(
    ("reason", "inside"),
    [
        ("foto_kurang_jelas", "#field-photos"),
        ("perlu_bukti", "#field-photos"),
        ("lokasi_kurang_jelas", "#field-place"),
        ("bukan_wilayah", "#field-place"),
        ("isi_kurang_lengkap", ".field:has(> #field-text)"),
        ("angka_perlu_dicek", "details[open]:has(#field-fields-peserta)"),
        ("salah_jenis", "[data-other-kind]"),
        ("lainnya", "form"),
    ],
)
def test_the_form_says_beside_the_field_what_is_asked(
    site: Site, returned: Callable[..., str], reason: str, inside: str
) -> None:
    page = site(RAHMAN).get(f"/laporan/{returned(reason)}/perbaikan")
    ask = page.one(f"{inside} #diminta")
    assert ask.has_attr("autofocus")
    found = reasons.find("return", reason)
    assert found is not None
    for words in (found.said("rt"), NOTE, found.advice("rt")):
        assert words in words_of(page)
    assert page.text("main").count(NOTE) == 1
    above = page.has("form > .notice a[href='#diminta']")
    assert above == (reason not in ("salah_jenis", "lainnya"))


@pytest.mark.parametrize("category", ["nihil", "kependudukan", "sampah", "tamu", "bencana"])
def test_every_form_has_the_field_at_which_it_opens(site: Site, category: str) -> None:
    for one in reasons.offered("return"):
        if one.other:
            continue
        number = str(file_report(site(RAHMAN), category)["number"])
        decide(site(HARTONO), number, "pengembalian", reason=one.key, note=NOTE)
        page = site(RAHMAN).get(f"/laporan/{number}/perbaikan")
        assert not page.has("[hidden] #diminta"), one.key
        assert len(page.all("#diminta")) == 1
        if categories()[category].periodic:
            decide(site(RAHMAN), number, "penarikan", version=2)


def test_a_wrong_field_comes_before_what_was_asked(
    site: Site, returned: Callable[..., str]
) -> None:
    """A refused form opens at what is wrong with it."""
    page = site(RAHMAN).get(f"/laporan/{returned('lokasi_kurang_jelas')}/perbaikan")
    page = page.submit("form[data-report-form]", 422, text="")
    assert page.all("main [autofocus]")[0].has_attr("data-error-summary")


# Home and the report's page say what to do.


@pytest.mark.parametrize("reason", [one.key for one in reasons.offered("return") if not one.other])
def test_home_and_the_page_say_what_to_do(
    site: Site, returned: Callable[..., str], reason: str
) -> None:
    number = returned(reason)
    found = reasons.find("return", reason)
    assert found is not None
    home = site(RAHMAN).get("/beranda")
    card = next(one for one in home.all("main .card.warn") if number in one.get_text())
    page = site(RAHMAN).get(f"/laporan/{number}")
    for said in (card.get_text(), page.text(".card.warn")):
        assert NOTE in said
        assert found.advice("rt") in said
    assert found.advice("rt") not in site(HARTONO).get(f"/laporan/{number}").text("main")


@pytest.mark.parametrize("reason", [one.key for one in reasons.offered("reject") if not one.other])
def test_whoever_is_rejected_reads_what_to_do(site: Site, reason: str) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    decide(site(HARTONO), number, "penolakan", reason=reason, note=NOTE)
    found = reasons.find("reject", reason)
    assert found is not None
    visitor = site(RAHMAN)
    assert found.advice("rt") in visitor.get("/beranda").text("main .card.late")
    page = visitor.get(f"/laporan/{number}")
    assert found.advice("rt") in page.text("main .card.late")
    assert page.text("main").count(NOTE) == 1


# The number of the report that has told the same.


@pytest.mark.parametrize("noun", ["pengembalian", "penolakan"])
@pytest.mark.parametrize(
    ("author", "lurah", "linked"), [(RAHMAN, HARTONO, True), (SITI, HARTONO, False)]
)
def test_the_author_gets_a_link_to_what_they_may_read(
    site: Site, noun: str, author: Person, lurah: Person, linked: bool
) -> None:
    first = str(file_report(site(RAHMAN))["number"])
    number = str(file_report(site(author), text="Sama saja.")["number"])
    decide(site(lurah), number, noun, reason="sudah_dilaporkan", note=NOTE, other=first)
    home = site(author).get("/beranda")
    assert f"Laporan yang sama: {first}" in home.text("main")
    page = site(author).get(f"/laporan/{number}")
    assert f"Laporan yang sama: {first}" in page.text("main")
    assert page.has(f"main a[href='/laporan/{first}']") == linked
    assert site(HARTONO).get(f"/laporan/{number}").has(f"main a[href='/laporan/{first}']")
    report = site(author).json("GET", f"/laporan/{number}")
    assert report["events"][-1]["other"] == first
    if noun == "pengembalian":
        form = site(author).get(f"/laporan/{number}/perbaikan")
        assert form.has(f"#diminta a[href='/laporan/{first}']") == linked


def test_a_number_from_elsewhere_comes_back_with_what_was_typed(site: Site) -> None:
    other = str(file_report(site(MARLINA))["number"])
    number = str(file_report(site(RAHMAN))["number"])
    page = site(HARTONO).get(f"/laporan/{number}")
    form = f"form[action='/laporan/{number}/pengembalian']"
    page = page.submit(form, 422, reason="sudah_dilaporkan", note=NOTE, other=other)
    values = page.values(form)
    assert (values["other"], values["note"]) == (other, NOTE)
    assert "tidak ada di wilayah Anda" in page.text(f"{form} .field-error")


@pytest.mark.parametrize("said", [["12345"], 12345, {"number": "12345"}, True])
def test_a_number_that_is_no_text_is_400(site: Site, said: Any) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    asked = {"reason": "sudah_dilaporkan", "note": NOTE, "other": said}
    decide(site(HARTONO), number, "pengembalian", 400, **asked)


@pytest.mark.parametrize("note", ["x" * 501, "x" * 60_000])
def test_a_note_that_is_too_long_is_said_with_how_much(site: Site, note: str) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    answer = decide(site(HARTONO), number, "pengembalian", 422, reason="lainnya", note=note)
    assert "Pesan paling banyak 500 huruf" in answer["fields"]["note"]


def test_a_note_of_a_megabyte_is_413(site: Site) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    decide(site(HARTONO), number, "pengembalian", 413, note="x" * 1_000_000)
    assert site(RAHMAN).json("GET", f"/laporan/{number}")["version"] == 1


def test_what_an_old_event_says_is_still_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason that is no longer offered."""
    number = str(file_report(site(RAHMAN))["number"])
    rejections = reasons._reasons()["reject"]
    with monkeypatch.context() as then:
        then.setitem(rejections, "laporan_ganda", replace(rejections["laporan_ganda"], off=False))
        decide(site(HARTONO), number, "penolakan", reason="laporan_ganda", note=NOTE)
    for reader in (RAHMAN, HARTONO, YUSUF):
        assert "Laporan ganda" in site(reader).get(f"/laporan/{number}").text("main")
    next_one = str(file_report(site(RAHMAN))["number"])
    page = site(HARTONO).get(f"/laporan/{next_one}")
    assert not page.has("option[value='laporan_ganda']")


def test_a_reason_that_was_typed_before_the_session_ended_is_shown_with_its_number(
    site: Site,
) -> None:
    number = str(file_report(site(RAHMAN))["number"])
    asked = {"version": "1", "reason": "sudah_dilaporkan", "other": "31989", "note": NOTE}
    page = site().post(f"/laporan/{number}/pengembalian", asked, status=401)
    for words in ("Sudah dilaporkan", "31989", NOTE):
        assert words in page.text("main")
