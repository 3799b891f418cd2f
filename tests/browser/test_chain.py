"""The whole way of a report on phones: written without signal, verified on three desks, returned
and mended; and what a desk's holder sees when a decision does not arrive or comes second."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import (
    add_photos,
    eventually,
    photos,
    picture,
    ready,
    report,
    reports,
    sent,
)
from tests.cast import DEWI, HARTONO, RAHMAN, YUSUF
from tests.services.caller import Caller
from tests.services.network import lose_answer, refuse
from tests.services.phone import Phone


def card(page: Page, number: str) -> Locator:
    return page.locator(f"#kartu-{number}")


def verify(page: Page, number: str, klass: str | None = None) -> None:
    """On the queue, in place: the page is not loaded again."""
    page.evaluate("self.stays = true")
    name = f"Verifikasi: {klass}" if klass else "Verifikasi"
    card(page, number).get_by_role("button", name=name, exact=True).click()
    expect(card(page, number).locator("[data-verify]")).to_have_count(0)
    assert page.evaluate("self.stays"), "the page was loaded again"


def is_told(phone: Phone, number: str, words: str) -> None:
    """The report's page says so; on a very slow network it is first the kept one from before."""

    def timeline() -> str:
        return phone.open(f"/laporan/{number}").locator(".timeline").first.inner_text()

    eventually(lambda: words in timeline())


@pytest.mark.promise(on="106")
def test_the_main_job_from_a_kampung_without_signal_to_city_hall(phones, server):
    rahman = ready(phones("rahman"), RAHMAN)
    rahman.go_offline()
    report(rahman, "sampah", photos=1)
    rahman.go_online()
    (entry,) = sent(rahman)
    number = entry["receipt"]["number"]
    eventually(lambda: photos(server)[0].state, "ready")
    steps = [
        (HARTONO, "Kinerja", "Diverifikasi lurah"),
        (YUSUF, None, "Diverifikasi camat"),
        (DEWI, None, "Diverifikasi Bag. Pemerintahan"),
    ]
    desk = phones("desk", service_workers="block")
    for person, klass, words in steps:
        desk.sign_in(person)
        page = desk.open("/verifikasi")
        card(page, number).locator("a[data-lightbox]").first.click()
        expect(page.locator("#lightbox img")).to_be_visible()
        page.get_by_role("button", name="Tutup").click()
        verify(page, number, klass)
        is_told(rahman, number, words)
    expect(rahman.page.get_by_text("Terverifikasi", exact=True).first).to_be_visible()
    (row,) = reports(server)
    assert (row.status, row.desk) == ("verified", None)
    events = server.query("SELECT action FROM event ORDER BY seq")
    assert [event.action for event in events] == ["submit", "verify", "verify", "verify"]


def test_a_returned_report_is_mended_without_signal_and_verified_in_its_second_round(
    phones, server
):
    rahman = Caller(server, RAHMAN)
    declared = wire.declared(picture(1))
    receipt = wire.file_report(rahman, "sampah", photos=[declared])
    wire.put(rahman, receipt["client_id"], declared["id"], picture(1))
    number = receipt["number"]
    lurah = phones("lurah", service_workers="block")
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")
    card(page, number).locator("summary").filter(has_text="Kembalikan").click()
    form = card(page, number).locator("form[action$=pengembalian]")
    form.get_by_role("button", name="Foto kurang jelas").click()
    expect(form.locator("select")).to_have_value("foto_kurang_jelas")
    form.get_by_role("button", name="Kembalikan laporan").click()
    eventually(lambda: reports(server)[0].desk, "rt")
    told = page.get_by_role("link", name="Kabari Bapak/Ibu Rahman lewat WhatsApp")
    expect(told).to_have_attribute("href", re.compile(r"^https://wa\.me/6281200000101\?text="))
    lurah.close()

    phone = ready(phones("rahman"), RAHMAN)
    page = phone.open("/beranda")
    expect(page.get_by_text("Mohon foto ulang dari jarak dekat.").first).to_be_visible()
    page.get_by_role("link", name="Perbaiki").first.click()
    page.wait_for_url(f"**/laporan/{number}/perbaikan")
    expect(page.locator("#field-photos #diminta")).to_be_focused()
    expect(page.locator("#field-text")).not_to_have_value("")
    phone.go_offline()
    page.fill("#field-text", "Tumpukan sampah, difoto dari dekat.")
    add_photos(page, [picture(9)])
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    # The server takes the revision in, but its answer does not reach the phone.
    server.network.when("POST", f"/laporan/{number}/perbaikan", lose_answer())
    phone.go_online()
    eventually(lambda: reports(server)[0].version, 3)
    phone.open("/kotak-keluar")
    page.evaluate("() => { sipokat.replay.drain('tap'); }")
    sent(phone)
    (row,) = reports(server)
    assert (row.desk, row.status, row.version) == ("kelurahan", "waiting", 3)
    assert row.text == "Tumpukan sampah, difoto dari dekat."
    events = server.query("SELECT action FROM event ORDER BY seq")
    assert [event.action for event in events] == ["submit", "return", "revise"]
    eventually(lambda: [photo.state for photo in photos(server)], ["ready", "ready"])

    desk = phones("meja", service_workers="block")
    desk.sign_in(HARTONO)
    page = desk.open("/verifikasi")
    changed = card(page, number).locator(".changes")
    expect(changed).to_contain_text("Dikembalikan ke RT")
    expect(changed.locator("ins")).to_contain_text("difoto dari dekat")
    before, now = changed.locator(".change").last.locator(".change-side").all()
    expect(before.locator("img")).to_have_count(1)
    expect(now.locator("img")).to_have_count(2)
    verify(page, number, "Kinerja")
    eventually(lambda: (reports(server)[0].desk, reports(server)[0].version), ("kecamatan", 4))


@pytest.mark.old_only
@pytest.mark.promise(on="106")
def test_a_decision_that_does_not_arrive_or_comes_second_says_so_and_changes_nothing(
    phones, server
):
    rahman = Caller(server, RAHMAN)
    first, second = (wire.file_report(rahman)["number"] for _ in range(2))
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")

    server.network.when("POST", f"/laporan/{first}/verifikasi", refuse)
    with lurah.expecting("htmx:"):
        card(page, first).get_by_role("button", name="Verifikasi: Kegiatan biasa").click()
        # It is kept on the phone, which sends it by itself.
        expect(page.locator("[data-waits]")).to_contain_text("dikirim")
    eventually(lambda: [row.desk for row in reports(server)], ["kecamatan", "kelurahan"])

    # The second report is decided on another phone while this one still shows it as waiting.
    wire.decide(Caller(server, HARTONO), second, "verifikasi", **{"class": "kinerja"})
    with lurah.expecting("409"):
        card(page, second).get_by_role("button", name="Verifikasi: Kegiatan biasa").click()
        expect(card(page, second)).to_contain_text("Lihat keadaannya sekarang")
    rows = server.query("SELECT class AS klass FROM report ORDER BY id")
    assert [row.klass for row in rows] == ["kegiatan", "kinerja"]


# As soon as a decision is said, the next card's button is pressed once more, by finger and by key.
PRESSED_TWICE = """() => {
    const queue = document.querySelector("[data-queue]");
    new MutationObserver((_, observer) => {
        if (!queue.querySelector("[data-done]")) return;
        observer.disconnect();
        setTimeout(() => {
            const next = queue.querySelector("[data-verify=kegiatan]");
            next.click();
            const key = { key: "Enter", bubbles: true, cancelable: true };
            self.keyCame = next.dispatchEvent(new KeyboardEvent("keydown", key));
        }, 330);
    }).observe(queue, { childList: true });
}"""


@pytest.mark.promise(on="106")
def test_a_double_tap_decides_one_report_and_every_decision_is_said(phones, server):
    rahman = Caller(server, RAHMAN)
    first, second, third = (wire.file_report(rahman)["number"] for _ in range(3))
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")
    page.evaluate(PRESSED_TWICE)
    card(page, first).get_by_role("button", name="Verifikasi: Kegiatan biasa").tap()
    eventually(lambda: page.evaluate("self.keyCame"), False)
    expect(card(page, second).locator("[data-verify]").first).to_be_enabled()
    assert [row.desk for row in reports(server)] == ["kecamatan", "kelurahan", "kelurahan"]

    # One who looks first is not held up, and sees what became of both.
    card(page, second).get_by_role("button", name="Verifikasi: Kegiatan biasa").tap()
    expect(page.locator("[data-done]")).to_have_count(2)
    for number in (first, second):
        expect(page.locator("[data-done]", has_text=number)).to_be_visible()
    expect(card(page, third).locator("[data-verify]").first).to_be_visible()
    eventually(lambda: [one.desk for one in reports(server)].count("kecamatan"), 2)
