"""A browser with script that can keep nothing: the form posts as it stands, nothing is hidden."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import eventually, file, fill, open_form, picture, reports, sent
from tests.cast import RAHMAN

pytestmark = pytest.mark.current_only

NO_STORAGE = """
IDBFactory.prototype.open = () => { throw new DOMException("private", "SecurityError"); };
"""


@pytest.fixture
def bare(phones):
    """No worker, no storage; Rahman is signed in."""
    phone = phones(service_workers="block")
    phone.context.add_init_script(NO_STORAGE)
    phone.sign_in(RAHMAN)
    return phone


def test_a_refused_post_shows_what_was_typed_and_the_tiles_lead_on(bare, server):
    page = open_form(bare, "sampah")
    expect(page.get_by_text("HP ini tidak bisa menyimpan laporan")).to_be_visible()
    page.locator("label.choice:has(input[value='tps_liar'])").click()
    page.fill("#field-text", "Sampah di depan pos ronda.")
    page.fill("[name='fields.volume_m3']", "banyak")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-fields-volume_m3-error")).to_be_visible()
    expect(page.locator("#field-text")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Sampah di depan pos ronda.")
    # This page has one category's fields in it; the others are a page away.
    page.get_by_role("link", name="Kembali").click()
    expect(page.get_by_role("heading", name="Buat laporan")).to_be_visible()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("[name='fields.peserta']")).to_be_visible()
    fill(page, "pemerintahan", "Rapat di balai.")
    page.locator("input[name=photos]").set_input_files([file(picture(1))])
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert row.text == "Rapat di balai."


def test_an_ended_session_shows_what_was_typed_and_the_way_on(bare, server):
    page = open_form(bare, "pemerintahan")
    fill(page, "pemerintahan", "Rapat di balai.")
    server.query("DELETE FROM login_session")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("link", name="Masuk di tab baru")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Rapat di balai.")


def test_without_a_worker_an_entry_is_mended_from_the_outbox(phones, server):
    phone = phones(service_workers="block")
    phone.sign_in(RAHMAN)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Rapat di balai.")
    page.evaluate("document.querySelector('[name=happened_on]').value = '2025-01-01'")
    page.evaluate("sipokat.fields.check = () => ({})")  # as an older app would have let it through
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    page = phone.open("/kotak-keluar")
    page.locator("[data-entry]").get_by_role("link", name="Perbaiki").click()
    expect(page.locator("#field-text")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Rapat di balai.")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.fill("[name=happened_on]", today)
    page.get_by_role("button", name="Kirim laporan").click()
    sent(phone)
    assert eventually(lambda: len(reports(server))) == 1
