"""What is typed in the moment before a page is left is there again, and nothing that was sent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import eventually, open_form, ready, save, sent, write
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.phone import Phone

# In one go, so that no write to the database can be done before the page goes; a moment later, so
# that the script that types has ended.
TYPE_AND_LEAVE = """([selector, text, path]) => {
    const field = document.querySelector(selector);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => (path ? location.assign(path) : location.reload()));
}"""
NOTES = "Object.keys(localStorage).filter((key) => key.startsWith('ketikan:')).length"
# Types a letter every 50 ms until a draft is on the disk; says what was said and how often.
TYPE_ON = """async () => {
    const field = document.querySelector("#field-text");
    const state = document.querySelector("[data-autosave]");
    const said = [];
    new MutationObserver(() => said.push(state.textContent)).observe(state, { childList: true });
    const { owner } = await sipokat.identity.who();
    const texts = new Set();
    for (let letters = 0; letters < 400 && texts.size < 3; letters += 1) {
        field.value += "a";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, 50));
        for (const one of await sipokat.outbox.drafts(owner.id)) texts.add(one.values.text);
    }
    return [texts.size, said];
}"""


def leave(page: Page, text: str, path: str = "", selector: str = "#field-text") -> None:
    with page.expect_navigation():
        page.evaluate(TYPE_AND_LEAVE, [selector, text, path])


def usable(page: Page) -> None:
    expect(page.locator("[data-save-draft]")).to_be_visible()
    expect(page.locator("[name=happened_on][max]")).to_be_visible()


def texts(phone: Phone) -> list[Any]:
    return [one["values"]["text"] for one in phone.stored("drafts")]


def test_what_was_typed_just_before_the_form_was_left_is_there_again(phone):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    for text in ("Rapat di balai", "Rapat di balai RT."):  # the first word of all, and more words
        usable(page)
        leave(page, text)
        expect(page.locator("#field-text")).to_have_value(text)
        eventually(lambda text=text: texts(phone), [text])
    usable(page)
    leave(page, "Rapat di balai RT, malam.", "/beranda")
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-text")).to_have_value("Rapat di balai RT, malam.")
    eventually(lambda: page.evaluate(NOTES), 0)

    # Fast typing without a pause is written all the same, and not said again each time.
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    many, said = page.evaluate(TYPE_ON)
    assert many == 3
    assert said == []

    # What was deleted in the meantime stays deleted.
    leave(page, "Ini tidak jadi.", "/kotak-keluar")
    page.get_by_role("button", name="Hapus draf").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Hapus draf").click()
    expect(page.locator("#notices .notice")).to_be_focused()
    expect(page.locator("#notices .notice")).to_have_text("Draf dihapus dari HP.")
    page = open_form(phone, "pemerintahan")
    usable(page)
    expect(page.locator("#field-text")).to_have_value("")

    # Signing out erases it, for whoever comes next.
    leave(page, "Hanya untuk Rahman.", "/akun")  # now and then its write is done all the same
    page.evaluate("sipokat.typed.put(`${sipokat.owner.shown.id}/pemerintahan`, {})")
    assert page.evaluate(NOTES) == 1
    page.get_by_role("button", name="Keluar", exact=True).last.click()
    page.wait_for_url("**/masuk")
    assert page.evaluate(NOTES) == 0


@pytest.mark.current_only
def test_what_another_page_has_sent_is_not_put_back(phone):
    ready(phone, RAHMAN)
    first = write(phone, text="Rapat sudah selesai.")
    eventually(lambda: texts(phone), ["Rapat sudah selesai."])
    second = phone.new_tab()
    second.goto("/laporan/baru?kategori=pemerintahan")
    expect(second.locator("#field-text")).to_have_value("Rapat sudah selesai.")
    save(second)
    leave(first, "Rapat sudah selesai.")
    usable(first)
    expect(first.locator("#field-text")).to_have_value("")
    assert texts(phone) == []
    sent(phone)


def test_a_note_to_an_author_is_there_again_too_until_the_report_is_decided(phone, server):
    rahman = Caller(server, RAHMAN)
    number = wire.file_report(rahman, "pemerintahan")["number"]
    ready(phone, HARTONO)
    page = phone.open("/verifikasi")
    note = f"form[action='/laporan/{number}/pengembalian'] textarea"
    for text in ("Tanggalnya", "Tanggalnya kurang jelas."):
        page.evaluate("sipokat.owner.ready")
        expect(page.locator(note)).to_have_count(1)
        leave(page, text, selector=note)
        expect(page.locator(note)).to_have_value(text)
        eventually(lambda text=text: texts(phone), [text])
    leave(page, "Terlambat diketik.", "/beranda", selector=note)
    wire.decide(Caller(server, HARTONO), number, "verifikasi", **{"class": "kinerja"})
    page = phone.open(f"/laporan/{number}")
    eventually(lambda: texts(phone), [])
    eventually(lambda: page.evaluate(NOTES), 0)
