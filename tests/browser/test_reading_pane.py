"""The desk on a wide screen: the list at the left, what the current card says and asks at the
right, and the keys that lead through it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import eventually, reports
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.network import refuse, somebody_elses
from tests.services.phone import DESKTOP

pytestmark = pytest.mark.current_only
TEXTS = [f"Membagikan {n} lembar SPPT PBB kepada warga." for n in (31, 32, 33)]


@pytest.fixture
def numbers(server) -> list[str]:
    """Three of Rahman's reports, oldest first, on Hartono's desk. On a phone their texts take
    two lines, and each has a fact."""
    rahman = Caller(server, RAHMAN)
    fields = {"jenis": "pbb", "berkas": "31 lembar SPPT"}
    return [wire.file_report(rahman, text=text, fields=fields)["number"] for text in TEXTS]


def card(page: Page, number: str) -> Locator:
    return page.locator(f"#kartu-{number}")


def reads(page: Page, numbers: list[str], which: int) -> None:
    """This card is the current one, and what it says stands in the pane, alone."""
    expect(page.locator("[data-card][aria-current=true]")).to_have_count(1)
    expect(card(page, numbers[which])).to_have_attribute("aria-current", "true")
    for place, number in enumerate(numbers):
        expect(card(page, number).locator(".queue-body")).to_be_visible(visible=place == which)
    body = card(page, numbers[which]).locator(".queue-body")
    expect(body).to_contain_text(TEXTS[which])
    row, pane = card(page, numbers[which]).locator(".queue-row").bounding_box(), body.bounding_box()
    assert row
    assert pane
    assert pane["x"] > row["x"] + row["width"], "the pane stands beside the list"
    assert pane["x"] + pane["width"] <= 1280
    assert pane["y"] + pane["height"] <= 800, "no scrolling of the page to reach a decision"


def test_the_pane_shows_the_card_that_is_pointed_at_and_keys_lead_into_a_decision(
    numbers, phones, server
):
    wide = phones("meja", **DESKTOP)
    wide.sign_in(HARTONO)
    desk = wide.open("/verifikasi")

    def row(which: int) -> Locator:
        return card(desk, numbers[which]).locator(".card-link")

    reads(desk, numbers, 0)
    expect(row(0)).to_be_focused()
    assert desk.url.endswith("/verifikasi")
    row(1).click()
    row(2).click()
    reads(desk, numbers, 2)
    # The address shows it again, and one step back is the queue as it opens.
    assert desk.url.endswith(f"/verifikasi#kartu-{numbers[2]}")
    card(desk, numbers[2]).locator(".queue-heading a").click()
    desk.wait_for_url(f"**/laporan/{numbers[2]}")
    desk.go_back()
    reads(desk, numbers, 2)
    desk.reload()
    reads(desk, numbers, 2)
    desk.go_back()
    reads(desk, numbers, 0)
    assert desk.url.endswith("/verifikasi")
    desk.go_forward()
    reads(desk, numbers, 2)
    expect(row(2)).to_be_focused()

    desk = wide.open("/verifikasi")
    desk.keyboard.press("k")
    reads(desk, numbers, 0)
    desk.keyboard.press("j")
    reads(desk, numbers, 1)
    expect(row(1)).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    reads(desk, numbers, 2)
    desk.keyboard.press("k")
    reads(desk, numbers, 1)

    desk.keyboard.press("Enter")
    first = card(desk, numbers[1]).locator("[data-verify]").first
    expect(first).to_be_focused()
    assert desk.url.endswith(f"/verifikasi#kartu-{numbers[1]}"), "Enter opened the report instead"
    desk.keyboard.press("Escape")
    expect(row(1)).to_be_focused()

    # Keys typed into a note move nothing, nor do the browser's own.
    card(desk, numbers[1]).locator("summary").first.click()
    note = card(desk, numbers[1]).locator("textarea").first
    note.click()
    desk.keyboard.type("jk")
    expect(note).to_have_value("jk")
    reads(desk, numbers, 1)
    note.fill("")
    desk.keyboard.press("Escape")
    row(1).focus()
    desk.keyboard.press("Control+k")
    reads(desk, numbers, 1)

    desk.keyboard.press("Enter")
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-done]")).to_contain_text(numbers[1])
    eventually(lambda: [one.desk for one in reports(server)][1], "kecamatan")
    expect(desk.locator("[data-done]")).to_be_focused()
    expect(card(desk, numbers[2])).to_have_attribute("aria-current", "true")
    expect(desk.locator("[data-moved]")).to_have_count(0)  # a key pressed twice decides once
    desk.keyboard.press("Enter")
    expect(row(2)).to_be_focused()
    # What is decided is not in the address any more.
    assert desk.url.endswith(f"/verifikasi#kartu-{numbers[2]}")
    desk.reload()
    expect(card(desk, numbers[2])).to_have_attribute("aria-current", "true")
    desk = wide.open(f"/verifikasi#kartu-{numbers[1]}")
    desk.wait_for_url(f"**/laporan/{numbers[1]}")


def test_on_a_phone_every_card_is_whole_and_its_heading_leads_to_the_report(numbers, phones):
    phone = phones("lurah")
    phone.sign_in(HARTONO)
    page = phone.open("/verifikasi")
    for number in numbers:
        expect(card(page, number).locator(".queue-body")).to_be_visible()
        box = card(page, number).bounding_box()
        assert box
        assert box["height"] <= 400, "a plain card leaves room for the next one's head"
    meaning = page.get_by_text("Kinerja ikut dinilai, kegiatan biasa tidak.")
    assert meaning.evaluate_all("all => all.map((one) => one.checkVisibility())") == [
        True,
        False,
        False,
    ], "said once"
    card(page, numbers[1]).locator(".card-link").click()
    page.wait_for_url(f"**/laporan/{numbers[1]}")


def test_on_the_reports_page_a_tap_decides_with_its_class_and_leads_on(numbers, phones, server):
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    page = lurah.open(f"/laporan/{numbers[0]}")
    page.get_by_role("button", name="Verifikasi: Kegiatan biasa").click()
    page.get_by_role("link", name="Laporan berikutnya").click()
    page.wait_for_url(f"**/laporan/{numbers[1]}")
    assert server.value("SELECT class FROM report ORDER BY id LIMIT 1") == "kegiatan"

    # A rejection is asked about once, and can still be thought over.
    page.locator("summary").filter(has_text="Tolak").click()
    page.get_by_role("button", name="Tidak sesuai kenyataan").click()
    page.get_by_role("button", name="Tolak laporan").click()
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    assert [one.status for one in reports(server)] == ["waiting"] * 3
    page.get_by_role("button", name="Tolak laporan").click()
    page.get_by_role("dialog").get_by_role("button", name="Ya, tolak").click()
    page.get_by_role("link", name="Kembali ke Verifikasi").click()
    expect(page.locator("[data-card]")).to_have_count(1)
    assert [one.status for one in reports(server)] == ["waiting", "rejected", "waiting"]


def test_the_list_of_reports_is_read_beside_it_and_decided_there(numbers, phones, server):
    wide = phones("meja", **DESKTOP)
    wide.sign_in(HARTONO)
    page = wide.open("/laporan")
    pane = page.locator("[data-report-pane]")
    expect(pane).to_contain_text("Pilih satu laporan")
    assert server.value("SELECT count(*) FROM first_opened") == 0, "nothing was read yet"
    rows = page.locator("[data-report-list] .card-link")
    rows.nth(2).click()
    expect(pane).to_contain_text(TEXTS[0])
    page.keyboard.press("k")
    expect(pane).to_contain_text(TEXTS[1])
    expect(page.locator("[data-report-list] [aria-current=true]")).to_have_count(1)
    assert page.url.endswith(f"/laporan#laporan-{numbers[1]}")
    assert server.value("SELECT count(*) FROM first_opened") == 2
    # The address shows it again, and one step back is the list without a report.
    page.reload()
    expect(pane).to_contain_text(TEXTS[1])
    page.go_back()
    expect(pane).to_contain_text("Pilih satu laporan")
    expect(page.locator("[data-report-list] [aria-current=true]")).to_have_count(0)
    assert page.url.endswith("/laporan")
    page.go_forward()
    expect(pane).to_contain_text(TEXTS[1])
    pane.locator("summary").filter(has_text="Kembalikan").click()
    note = pane.locator("details[open] textarea")
    note.fill("Pak,")
    pane.get_by_role("button", name="Foto kurang jelas").click()
    expect(note).to_have_value("Pak, Foto kurang jelas. Mohon foto ulang dari jarak dekat.")
    # What stands for another reason takes the place of the first; what was typed stays.
    pane.get_by_role("button", name="Angka perlu dicek").click()
    expect(note).to_have_value("Pak, Mohon cek lagi angkanya.")
    pane.get_by_role("button", name="Kembalikan laporan").click()
    page.wait_for_url(f"**/laporan/{numbers[1]}")
    assert server.value("SELECT reason FROM event WHERE action = 'return'") == "angka_perlu_dicek"

    # A session that ended meanwhile leads to the report's own page, and so to signing in.
    page = wide.open("/laporan")
    server.query("DELETE FROM login_session")
    with wide.expecting("401"):
        page.locator("[data-report-list] .card-link").first.click()
        page.wait_for_url(f"**/laporan/{numbers[2]}")
    expect(page.locator("#field-phone")).to_be_visible()


def test_a_search_without_an_answer_leaves_the_list_that_can_be_read(numbers, phones, server):
    phone = phones("ketua")
    phone.sign_in(RAHMAN)
    page = phone.open("/laporan")
    page.locator("#field-cari").fill(numbers[0])
    said = page.locator("[role=search] [role=alert]")
    phone.go_offline()
    page.get_by_role("button", name="Cari").click()
    expect(said).to_contain_text("Belum ada sinyal. Belum dicari.")
    phone.go_online()
    # `navigator.onLine` is true behind somebody's Wi-Fi page and while SIPOKAT is down.
    for fault, words in ((somebody_elses(200), "Jaringan ini belum"), (refuse, "Belum ada sinyal")):
        rule = server.network.when("*", "*", fault, times=None)
        page.get_by_role("button", name="Cari").click()
        expect(said).to_contain_text(words)
        expect(said).to_contain_text("tetap bisa dibaca")
        server.network.lift(rule)
    expect(page.locator("[data-report-list] .card-link")).to_have_count(3)
    said.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("[data-report-list] .card-link")).to_have_count(1)


def test_with_text_at_twice_its_size_the_desks_of_a_report_are_whole_words(numbers, phones):
    phone = phones("ketua", viewport={"width": 360, "height": 640})
    phone.sign_in(RAHMAN)
    page = phone.open("/beranda")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    broken = """(label) => {
        const text = label.firstChild;
        const range = document.createRange();
        return [...text.data.matchAll(/[^ ]+/g)].some((word) => {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
        });
    }"""
    labels = page.locator(".rail-label").all()
    assert len(labels) == 12
    assert [one.inner_text() for one in labels if one.evaluate(broken)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
