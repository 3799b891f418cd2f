"""A returned report on the author's phone: its mending opens where something is asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import eventually, outbox, ready, reports
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.server import Server

NOTE = "Sebelah mana musala?"


def returned(server: Server, reason: str, category: str = "kesehatan_lingkungan") -> str:
    number = str(wire.file_report(Caller(server, RAHMAN), category)["number"])
    wire.decide(Caller(server, HARTONO), number, "pengembalian", reason=reason, note=NOTE)
    return number


def opens_at(page: Page, field: str) -> None:
    """The words of the desk have the focus, and the field's label and they are on the screen, above
    where a keyboard would be."""
    ask = page.locator("#diminta")
    expect(ask).to_be_focused()
    expect(ask).to_contain_text(NOTE)
    half = page.viewport_size["height"] / 2
    eventually(lambda: 0 <= page.locator(field).bounding_box()["y"] < half)
    eventually(lambda: 0 <= ask.bounding_box()["y"] < half)


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("lokasi_kurang_jelas", "#field-place"),
        ("foto_kurang_jelas", "#field-photos"),
        ("angka_perlu_dicek", "#field-fields-peserta"),
    ],
)
def test_mending_opens_at_the_field_with_signal_and_without(phone, server, reason, field):
    number = returned(server, reason)
    page = ready(phone, RAHMAN)
    page = phone.open("/beranda")
    link = page.get_by_role("link", name=f"Perbaiki Gotong royong, nomor {number}")
    link.click()
    page.wait_for_url("**/perbaikan")
    opens_at(page, field)
    phone.open("/beranda")
    phone.go_offline()
    page.get_by_role("link", name=f"Perbaiki Gotong royong, nomor {number}").click()
    page.wait_for_url("**/perbaikan")
    expect(page.locator(".copy-strip")).to_be_visible()
    opens_at(page, field)
    page.fill("#field-place_text", "Depan musala Al-Ikhlas")
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    assert outbox(phone)[0]["kind"] == "revision"
    phone.go_online()
    eventually(lambda: reports(server)[0].place_text, "Depan musala Al-Ikhlas")


def test_whoever_goes_elsewhere_in_the_form_is_not_led_back(phone, server):
    number = returned(server, "lokasi_kurang_jelas")
    ready(phone, RAHMAN)
    page = phone.open(f"/laporan/{number}/perbaikan")
    opens_at(page, "#field-place")
    page.locator("#field-text").focus()
    page.fill("#field-text", "Baris satu.\n" * 9)  # the field grows, and with it the page
    top = page.locator("#field-text").bounding_box()["y"]
    assert -200 < top < page.viewport_size["height"]
    expect(page.locator("#field-text")).to_be_focused()


def test_a_number_is_asked_for_only_where_the_reason_needs_it(phone, server):
    first = str(wire.file_report(Caller(server, RAHMAN), text="Rapat pertama.")["number"])
    number = str(wire.file_report(Caller(server, RAHMAN), text="Rapat lagi.")["number"])
    phone.sign_in(HARTONO)
    page = phone.open("/verifikasi")
    card = page.locator(f"#kartu-{number}")
    card.locator("summary").filter(has_text="Kembalikan").click()
    form = card.locator("form[action$=pengembalian]")
    asked = form.get_by_label("Nomor laporan yang sama")
    expect(asked).to_be_hidden()
    form.get_by_role("button", name="Sudah dilaporkan").click()
    expect(form.locator("select")).to_have_value("sudah_dilaporkan")
    expect(asked).to_be_in_viewport()
    form.get_by_role("button", name="Rapat pertama.").click()
    expect(asked).to_have_value(first)
    form.get_by_role("button", name="Lainnya").click()
    expect(asked).to_be_hidden()
    form.get_by_role("button", name="Sudah dilaporkan").click()
    expect(asked).to_have_value(first)
    form.get_by_role("button", name="Kembalikan laporan").click()
    eventually(lambda: server.query("SELECT detail FROM event WHERE action = 'return'"))
    (event,) = server.query("SELECT detail FROM event WHERE action = 'return'")
    assert f'"other": "{first}"' in event.detail
