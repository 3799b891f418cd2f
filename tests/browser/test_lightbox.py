"""The dialog that shows a photo: only ever that of the report which was tapped."""

from __future__ import annotations

import threading

from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import eventually, photos, picture
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.network import hold, refuse


def box_shows(page: Page, words: str) -> None:
    """The dialog is empty but for these words: no photo, of whatever report, is seen."""
    expect(page.locator("[data-lightbox-state]")).to_have_text(words)
    expect(page.locator("#lightbox img")).to_be_hidden()


def test_the_dialog_never_shows_the_photo_of_another_report(phone, server):
    rahman = Caller(server, RAHMAN)
    numbers = []
    for seed in (1, 2):
        declared = wire.declared(picture(seed))
        receipt = wire.file_report(rahman, "sampah", text=f"Tumpukan {seed}.", photos=[declared])
        wire.put(rahman, receipt["client_id"], declared["id"], picture(seed))
        numbers.append(receipt["number"])
    eventually(lambda: [one.state for one in photos(server)], ["ready", "ready"])
    phone.sign_in(HARTONO)
    page = phone.open("/verifikasi")
    first, second = (page.locator(f"#kartu-{one} a[data-lightbox]") for one in numbers)
    first.click()
    expect(page.locator("#lightbox img")).to_be_visible()
    page.go_back()
    expect(page.locator("#lightbox")).to_be_hidden()

    # The second one does not come at all, and then not for a long time.
    gate = threading.Event()
    path = second.get_attribute("href") or "?"
    for fault, words in (
        (refuse, "Foto belum bisa dibuka. Coba beberapa menit lagi."),
        (hold(gate, 60), "Memuat…"),
    ):
        server.network.when("GET", path, fault)
        eventually(lambda: page.evaluate("history.state?.dialog") is None)
        second.click()
        box_shows(page, words)
        page.get_by_role("button", name="Tutup").click()
        expect(page.locator("#lightbox")).to_be_hidden()
    eventually(lambda: page.evaluate("history.state?.dialog") is None)
    first.click()
    gate.set()  # it comes while the dialog is open for the first one
    expect(page.locator("#lightbox img")).to_be_visible()
    shown = page.locator("#lightbox img").get_attribute("src") or ""
    assert shown.endswith(first.get_attribute("href") or "?")


def test_it_says_why_a_photo_does_not_come_and_offers_to_sign_in(phone, server):
    rahman = Caller(server, RAHMAN)
    declared = [wire.declared(picture(1))]
    receipt = wire.file_report(rahman, "sampah", photos=declared)
    wire.put(rahman, receipt["client_id"], declared[0]["id"], picture(1))
    eventually(lambda: [one.state for one in photos(server)], ["ready"])
    phone.sign_in(HARTONO)
    phone.context.route("**/foto/*?ukuran=kecil", lambda route: route.abort())
    page = phone.open("/verifikasi")
    photo = page.locator("a[data-lightbox]")
    expect(photo).to_have_text("Foto belum termuat")
    expect(photo.locator("img")).to_be_hidden()
    path = photo.get_attribute("href") or "?"
    lost = [server.network.when("GET", one, refuse, times=None) for one in (path, "/akun")]
    photo.click()
    box_shows(page, "Foto belum bisa dibuka. Belum ada sinyal.")
    page.get_by_role("button", name="Tutup").click()
    eventually(lambda: page.evaluate("history.state?.dialog") is None)

    for one in lost:
        server.network.lift(one)
    server.query("DELETE FROM login_session")
    photo.click()
    box_shows(page, "Foto belum bisa dibuka. Anda perlu masuk lagi. Masuk")
    page.locator("#lightbox").get_by_role("link", name="Masuk").click()
    page.wait_for_url("**/masuk?lanjut=%2Fverifikasi")
