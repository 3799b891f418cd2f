"""What ends by itself while the server's clock goes on: codes, sessions, kept pages."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.activating import BY_PIN, PIN, activate, link
from tests.browser.steps import eventually, is_kept, keep, no_signal, owner, reports, sent, states
from tests.cast import RAHMAN
from tests.steps import today


def test_a_session_a_code_and_a_kept_page_end_and_lead_on(phones, server):
    phone = phones(new=True)
    old = link(server, phone, RAHMAN)
    activate(phone, link(server, phone, RAHMAN), RAHMAN)
    phone.worker_ready()
    phone.open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))

    # A week later the copy is shown no more, as soon as the phone has heard what day it is.
    server.later(days=7.1)
    phone.open("/laporan")
    assert is_kept(phone, "/beranda")
    no_signal(server)
    page = phone.open("/beranda")
    expect(page.locator("[data-copy]")).to_have_count(0)
    expect(page.get_by_text("Laporan tetap bisa ditulis")).to_be_visible()
    assert not is_kept(phone, "/beranda")
    page.get_by_role("link", name="Buat laporan").tap()
    expect(page.locator(".tile").first).to_be_visible()
    server.network.heal()

    # Half a year after the activation the PIN is asked for, however often the phone was used.
    for days in (80, 160, 179):
        server.later(days=days)
        phone.open("/beranda")
        assert owner(phone) == [RAHMAN.name, False]
    server.later(days=180.1)
    then = today() + timedelta(days=180)
    keep(phone, text="Ditulis setelah itu.", happened_on=then.isoformat())
    eventually(lambda: states(phone), ["needs_login"])
    page = phone.open("/laporan")
    expect(page.get_by_text("Masuk sebagai Rahman")).to_be_visible()
    page.locator(f"{BY_PIN} [name=pin]").fill(PIN)
    page.locator(BY_PIN).get_by_role("button", name="Masuk").tap()
    page.wait_for_url("**/laporan")
    sent(phone)
    assert [row.text for row in reports(server)] == ["Ditulis setelah itu."]

    # A code that lay in a message until then says so, and another one can be typed at once.
    page = phones(new=True).open(old)
    expect(page.get_by_text("sudah lewat waktunya")).to_be_visible()
    expect(page.get_by_label("Kode aktivasi")).to_be_editable()
    assert "#" not in page.url
