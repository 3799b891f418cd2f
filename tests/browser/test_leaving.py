"""A form that is left, by hand or by a phone that kills its page, loses nothing without a word."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.steps import (
    FULL,
    SLOW_CAMERA,
    add_photos,
    eventually,
    file,
    fill,
    gallery,
    open_form,
    picture,
    ready,
)
from tests.cast import RAHMAN
from tests.services.phone import Phone

AWAITED = (0, {"camera": False, "count": 2})
CAMERA = "[data-photo-add] input[capture]"


def drafts(phone: Phone) -> dict[str, tuple[int, Any]]:
    """Of each draft how many photos it has, and what it says of photos on their way."""
    rows = phone.stored("drafts")
    return {one["slot"]: (len(one["photos"]), one["awaits"]) for one in rows}


def begin(phone: Phone, category: str) -> Page:
    """An open form whose draft is begun."""
    page = open_form(phone, category)
    expect(page.locator("[data-save-draft]")).to_be_visible()
    expect(page.locator("[data-photos]")).to_be_visible()
    return page


@pytest.mark.old_only
def test_leaving_waits_for_a_photo_and_a_killed_page_says_which_one_is_missing(phone):
    phone.context.add_init_script(SLOW_CAMERA)
    ready(phone, RAHMAN)
    phone.go_offline()
    ways = {
        "sampah": lambda page: page.get_by_role("button", name="Simpan draf").click(),
        "pemerintahan": lambda page: page.get_by_role("link", name="Kembali").click(),
        "keamanan_ketertiban": lambda page: page.go_back(),
    }
    for place, (category, leave) in enumerate(ways.items(), 1):
        page = begin(phone, category)
        gallery(page).set_input_files([file(picture(1)), file(picture(2))])
        eventually(lambda: list(drafts(phone).values()).count(AWAITED), 1)
        bar = page.locator("[data-autosave]")
        expect(bar).to_have_text("Tulisan tersimpan, foto belum")
        leave(page)
        expect(bar).to_have_text("Menunggu foto selesai disiapkan…")
        expect(bar).to_be_in_viewport()
        expect(page.locator("[data-report-form]")).to_be_visible()
        page.evaluate("self.decoded()")
        expect(page.locator("[data-tiles]")).to_be_visible()
        expect(page.locator("[data-tile-draft]:visible")).to_have_count(place)
        assert drafts(phone)[category] == (2, None)
        page.reload()  # for a camera that is slow again

    # Killed while the camera is in front, and while a photo is being prepared.
    page = begin(phone, "keagamaan")
    with page.expect_file_chooser():
        page.locator(CAMERA).click()
    eventually(lambda: drafts(phone).get("keagamaan"), (0, {"camera": True, "count": 0}))
    page = phone.restart()
    phone.go_offline()
    page.goto("/laporan/baru?kategori=keagamaan")
    state = page.locator("[data-photos-state]")
    expect(state).to_contain_text("Foto dari kamera tadi belum masuk")
    expect(state).to_contain_text("Galeri")
    page.context.add_init_script(SLOW_CAMERA)
    page.goto("/laporan/baru?kategori=sampah")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(2)
    gallery(page).set_input_files([file(picture(3))])
    eventually(lambda: drafts(phone)["sampah"], (2, {"camera": False, "count": 1}))
    page = phone.restart()
    phone.go_offline()
    page.goto("/laporan/baru?kategori=sampah")
    state = page.locator("[data-photos-state]")
    expect(state).to_contain_text("Foto 3 belum sempat tersimpan.")
    expect(page.locator("#notices")).to_contain_text("Ada foto yang belum masuk")
    add_photos(page, [picture(3)], before=2)
    eventually(lambda: drafts(phone)["sampah"], (3, None))
    page.reload()
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(3)
    expect(state).to_be_empty()


@pytest.mark.current_only
def test_a_camera_that_gave_no_photo_is_forgotten(phone):
    ready(phone, RAHMAN)
    page = begin(phone, "pemerintahan")
    with page.expect_file_chooser():
        page.locator(CAMERA).click()
    eventually(lambda: drafts(phone), {"pemerintahan": (0, {"camera": True, "count": 0})})
    page.locator(CAMERA).dispatch_event("cancel", {"bubbles": True})
    eventually(lambda: drafts(phone), {})


@pytest.mark.current_only
def test_each_photo_that_cannot_be_taken_is_named_although_another_is_taken(phone):
    ready(phone, RAHMAN)
    page = begin(phone, "pemerintahan")
    gallery(page).set_input_files([file(b"%PDF-1.7 no picture", "surat.jpg"), file(picture(1))])
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    expect(page.locator("[data-photos-state]")).to_contain_text("bukan foto")
    eventually(lambda: drafts(phone), {"pemerintahan": (1, None)})


FULL_OF_DRAFTS = FULL.replace('this.name === "entries"', 'this.name === "drafts"')


@pytest.mark.current_only
def test_what_the_phone_cannot_keep_is_not_left_without_being_asked(phone, server):
    phone.context.add_init_script(FULL_OF_DRAFTS)
    ready(phone, RAHMAN)
    page = begin(phone, "pemerintahan")
    page.evaluate("self.full = true")
    fill(page, "pemerintahan", "Belum ada di HP.")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("#notices")).to_contain_text("Penyimpanan HP penuh")
    ways = (
        lambda: page.get_by_role("link", name="Kembali").click(),
        lambda: page.evaluate("history.back()"),
    )
    for leave in ways:
        leave()
        page.get_by_role("button", name="Tetap di sini").click()
        expect(page.locator("#field-text")).to_be_visible()
        expect(page.locator("#field-text")).to_have_value("Belum ada di HP.")
        page.wait_for_url("**/laporan/baru?kategori=pemerintahan")

    # Pulled down to refresh: then the browser asks.
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.evaluate("location.reload()")
    eventually(lambda: asked, ["beforeunload"])
    expect(page.locator("#field-text")).to_have_value("Belum ada di HP.")

    # The same for somebody for whom nothing is kept, since nobody is signed in.
    page.evaluate("self.full = false")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-tiles]")).to_be_visible()
    with page.expect_navigation():  # a page whose owner has signed out loads itself again
        page.evaluate("void sipokat.identity.signOut()")
    page = open_form(phone, "pemerintahan")
    expect(page.locator("[data-sign-in-first]")).to_be_visible()
    page.fill("#field-text", "Diketik sebelum masuk.")
    page.get_by_role("link", name="Kembali").click()
    page.get_by_role("button", name="Tetap di sini").click()
    expect(page.locator("#field-text")).to_have_value("Diketik sebelum masuk.")
    page.get_by_role("link", name="Kembali").click()
    page.get_by_role("button", name="Tinggalkan").click()
    expect(page.locator("[data-tiles]")).to_be_visible()
