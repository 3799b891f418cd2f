"""The whole way of a report on phones: written without signal, verified on four screens, and the
RT head sees each step."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import eventually, ready, report, reports, sent
from tests.cast import DEWI, HARTONO, RAHMAN, YUSUF
from tests.services.network import refuse


def card(page: Page, number: str):
    return page.locator(f"#kartu-{number}")


def verify(page: Page, number: str, klass: str | None = None) -> None:
    """On the queue, in place: the page is not loaded again."""
    page.evaluate("self.stays = true")
    if klass:
        card(page, number).locator("label.choice").filter(has_text=klass).click()
    card(page, number).get_by_role("button", name="Verifikasi", exact=True).click()
    expect(card(page, number).locator("[data-verify]")).to_have_count(0)
    assert page.evaluate("self.stays"), "the page was loaded again"


def test_the_main_job_from_a_kampung_without_signal_to_city_hall(phones, server):
    rahman = ready(phones("rahman"), RAHMAN)
    rahman.go_offline()
    report(rahman, "sampah", photos=1)
    rahman.go_online()
    (entry,) = sent(rahman)
    number = entry["receipt"]["number"]
    eventually(lambda: server.query("SELECT state FROM photo")[0].state, "ready")
    steps = [
        (HARTONO, "Kinerja", "Diverifikasi lurah"),
        (YUSUF, None, "Diverifikasi camat"),
        (DEWI, None, "Diverifikasi Bag. Pemerintahan"),
    ]
    for person, klass, words in steps:
        desk = phones(person.name)
        desk.sign_in(person)
        page = desk.open("/verifikasi")
        photo = card(page, number).locator("a[data-lightbox]").first
        photo.click()
        expect(page.locator("#lightbox img")).to_be_visible()
        page.get_by_role("button", name="Tutup").click()
        verify(page, number, klass)
        desk.close()
        timeline = rahman.open(f"/laporan/{number}").locator(".timeline").first
        expect(timeline).to_contain_text(words)
    expect(rahman.page.get_by_text("Terverifikasi", exact=True).first).to_be_visible()
    (row,) = reports(server)
    assert (row.status, row.desk) == ("verified", None)
    events = server.query("SELECT action FROM event ORDER BY seq")
    assert [event.action for event in events] == ["submit", "verify", "verify", "verify"]


@pytest.mark.old_only
def test_a_returned_report_is_mended_on_the_phone_and_goes_up_again(phones, server):
    rahman = ready(phones("rahman"), RAHMAN)
    report(rahman, "sampah", photos=1)
    (entry,) = sent(rahman)
    number = entry["receipt"]["number"]
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")
    card(page, number).locator("summary").filter(has_text="Kembalikan").click()
    form = card(page, number).locator("form[action$=pengembalian]")
    form.locator("select").select_option("foto_kurang_jelas")
    form.get_by_role("button", name="Foto kurang jelas. Mohon foto ulang dari jarak dekat.").click()
    form.get_by_role("button", name="Kembalikan laporan").click()
    eventually(lambda: reports(server)[0].desk, "rt")
    lurah.close()

    page = rahman.open("/beranda")
    expect(page.get_by_text("Mohon foto ulang dari jarak dekat.").first).to_be_visible()
    page.get_by_role("link", name="Perbaiki").first.click()
    rahman.page.wait_for_url(f"**/laporan/{number}/perbaikan")
    expect(page.locator("#field-text")).not_to_have_value("")
    page.fill("#field-text", "Tumpukan sampah, difoto dari dekat.")
    rahman.go_offline()
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    rahman.go_online()
    sent(rahman, 2)
    (row,) = reports(server)
    assert (row.desk, row.status) == ("kelurahan", "waiting")
    assert row.text == "Tumpukan sampah, difoto dari dekat."
    events = server.query("SELECT action FROM event ORDER BY seq")
    assert [event.action for event in events] == ["submit", "return", "revise"]


@pytest.mark.old_only
def test_a_decision_without_signal_says_so_and_keeps_the_card(phones, server):
    rahman = ready(phones("rahman"), RAHMAN)
    report(rahman)
    (entry,) = sent(rahman)
    number = entry["receipt"]["number"]
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")
    server.network.when("POST", f"/laporan/{number}/verifikasi", refuse)
    card(page, number).locator("label.choice").filter(has_text="Kegiatan biasa").click()
    with lurah.expecting("htmx:"):
        card(page, number).get_by_role("button", name="Verifikasi", exact=True).click()
        expect(page.get_by_text("Putusan belum terkirim").first).to_be_visible()
    assert reports(server)[0].desk == "kelurahan"
    page.get_by_role("button", name="Coba lagi").click()
    eventually(lambda: reports(server)[0].desk, "kecamatan")
    assert server.query("SELECT class AS klass FROM report")[0].klass == "kegiatan"


@pytest.mark.old_only
def test_two_lurahs_phones_decide_at_once_and_the_second_is_told(phones, server):
    rahman = ready(phones("rahman"), RAHMAN)
    report(rahman)
    (entry,) = sent(rahman)
    number = entry["receipt"]["number"]
    first, second = phones("satu"), phones("dua")
    for phone in (first, second):
        phone.sign_in(HARTONO)
        phone.open("/verifikasi")
    verify(first.page, number, "Kinerja")
    page = second.page
    card(page, number).locator("label.choice").filter(has_text="Kegiatan biasa").click()
    with second.expecting("409"):
        card(page, number).get_by_role("button", name="Verifikasi", exact=True).click()
        expect(card(page, number)).to_contain_text("Lihat keadaannya sekarang")
    assert server.query("SELECT class AS klass FROM report")[0].klass == "kinerja"
