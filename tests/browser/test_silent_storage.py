"""Storage that never answers counts as none after a few seconds, in the page and in the worker."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    add_photos,
    enter,
    eventually,
    file,
    fill,
    open_form,
    photos,
    picture,
    ready,
    reports,
)
from tests.cast import RAHMAN
from tests.services.phone import Phone

# Another page has the database open and does not let a newer version of it be made: whoever opens
# it after that waits until this page is closed.
OPEN = """async () => {
    const open = indexedDB.open("sipokat");
    self.db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    indexedDB.open("sipokat", 999);
}"""
# Another page holds a transaction over all stores, so that nobody else gets a turn.
TRANSACTION = """async () => {
    const open = indexedDB.open("sipokat");
    const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    const meta = db.transaction([...db.objectStoreNames], "readwrite").objectStore("meta");
    const again = () => { meta.get("owner").onsuccess = again; };
    again();
}"""


def hold(phone: Phone, how: str) -> Page:
    """A page that keeps the phone's storage from answering until it is closed."""
    page = phone.new_tab()
    page.goto("/static/manifest.json")
    page.evaluate(how)
    phone.page.bring_to_front()
    return page


def test_signing_in_pages_and_the_form_work_when_it_does_not_open(phone, server):
    works_without_it(phone, server, OPEN)


def test_signing_in_pages_and_the_form_work_when_a_transaction_never_ends(phone, server):
    works_without_it(phone, server, TRANSACTION)


def works_without_it(phone, server, how):
    ready(phone, RAHMAN)
    server.query("DELETE FROM login_session")
    holder = hold(phone, how)
    page = phone.open("/masuk")
    enter(page, RAHMAN)
    page.wait_for_url("**/beranda")
    expect(page.get_by_role("link", name="Akun")).to_be_visible()

    page = open_form(phone, "sampah")
    expect(page.get_by_text("Penyimpanan HP ini tidak menjawab")).to_be_visible()
    fill(page, "sampah", "Dikirim langsung.")
    page.locator("input[name=photos]").set_input_files([file(picture(1))])
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporan/0*")
    assert [row.text for row in reports(server)] == ["Dikirim langsung."]
    assert len(photos(server)) == 1

    holder.close()
    phone.stored("meta")  # answers once the browser has let go of what that page held
    page = open_form(phone, "pemerintahan")
    expect(page.locator("[data-save-draft]")).to_be_visible()
    fill(page, "pemerintahan", "Sekarang disimpan.")
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")])


@pytest.mark.current_only
def test_a_form_whose_storage_falls_silent_is_sent_straight_with_its_photos(phone, server):
    ready(phone, RAHMAN)
    page = open_form(phone, "sampah")
    expect(page.locator("[data-save-draft]")).to_be_visible()
    fill(page, "sampah", "Ditulis sebelum itu.", photos=1)
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    holder = hold(phone, TRANSACTION)
    add_photos(page, [picture(2)], before=1)
    page.fill("#field-text", "Ditulis sesudah itu.")
    expect(page.locator("#notices")).to_contain_text("Penyimpanan HP tidak menjawab")
    page.get_by_role("button", name="Kirim laporan").click()
    # The bytes of the first photo are only in the storage.
    page.get_by_role("button", name="Kirim langsung, 1 foto").click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert row.text == "Ditulis sesudah itu."
    eventually(lambda: [one.state for one in photos(server)], ["ready"])
    holder.close()
