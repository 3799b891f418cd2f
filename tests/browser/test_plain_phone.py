"""A browser that runs scripts but cannot store anything posts the form as one without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    choose,
    enter,
    eventually,
    file,
    fill,
    keep,
    more,
    open_form,
    photos,
    picture,
    reports,
    sent,
    states,
)
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


@pytest.mark.promise(on="current")
def test_what_the_server_does_not_take_comes_back_as_it_was_typed_and_can_be_sent(bare, server):
    page = open_form(bare, "sampah")
    expect(page.get_by_text("HP ini tidak bisa menyimpan laporan")).to_be_visible()
    choose(page, "fields.jenis", "tps_liar")
    page.fill("#field-text", "Sampah di depan pos ronda.")
    more(page)
    page.fill("[name='fields.volume_m3']", "banyak")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-fields-volume_m3-error")).to_be_visible()
    expect(page.locator("#field-text")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Sampah di depan pos ronda.")

    # This page has one category's fields in it; the others are a page away.
    page.get_by_role("link", name="Kembali").click()
    expect(page.get_by_role("heading", name="Buat laporan")).to_be_visible()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("[name='fields.berkas']")).to_be_visible()
    fill(page, "pemerintahan", "Rapat di balai.")
    server.query("DELETE FROM login_session")
    page.get_by_role("button", name="Kirim laporan").click()
    with bare.context.expect_page() as opened:
        page.get_by_role("link", name="Masuk di halaman baru").click()
    enter(opened.value, RAHMAN)
    opened.value.wait_for_url("**/beranda")
    expect(page.locator("#field-text")).to_have_value("Rapat di balai.")
    assert reports(server) == []
    page.locator("input[name=photos]").set_input_files([file(picture(1))])
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert row.text == "Rapat di balai."
    assert len(photos(server)) == 1


def test_without_a_worker_an_entry_is_mended_from_the_outbox(phones, server):
    phone = phones(service_workers="block")
    phone.sign_in(RAHMAN)
    keep(phone, text="Rapat di balai.", happened_on="2025-01-01")
    eventually(lambda: states(phone), ["needs_attention"])
    page = phone.open("/kotak-keluar")
    page.locator("[data-entry]").get_by_role("link", name="Perbaiki").click()
    expect(page.locator("#field-text")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Rapat di balai.")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.fill("[name=happened_on]", today)
    page.get_by_role("button", name="Kirim laporan").click()
    sent(phone)
    assert len(reports(server)) == 1
