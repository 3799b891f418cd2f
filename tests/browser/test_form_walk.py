"""The form by ear and by keyboard: how much is wrong is said beside the button and leads there, and
Enter leads from field to field without ever sending."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import add_photos, choose, open_form, outbox, ready
from tests.cast import RAHMAN


@pytest.mark.current_only
def test_what_is_wrong_is_counted_above_the_button_and_a_tap_leads_to_it(phone):
    ready(phone, RAHMAN)
    page = open_form(phone, "sampah")
    page.get_by_role("button", name="Kirim laporan").click()
    status = page.get_by_role("status").filter(has_text="perlu diperbaiki")
    expect(status).to_have_text("4 isian perlu diperbaiki")
    photos = page.locator("#field-photos")
    expect(photos).to_be_focused()
    page.locator("#field-text").focus()
    at = page.url
    status.get_by_role("link").click()
    expect(photos).to_be_focused()
    assert page.url == at

    add_photos(page, 1)
    expect(status).to_have_text("3 isian perlu diperbaiki")
    status.get_by_role("link").click()
    expect(page.locator('[data-report-form] [aria-invalid="true"]').first).to_be_focused()
    choose(page, "fields.jenis", "tumpukan")
    page.fill("#field-place_text", "Gang 3")
    expect(status).to_have_text("1 isian perlu diperbaiki")
    page.fill("#field-text", "Tumpukan sampah.")
    expect(page.locator("[data-wrong]")).to_be_empty()


@pytest.mark.current_only
def test_enter_leads_on_and_never_sends(phone, server):
    ready(phone, RAHMAN)
    page = open_form(phone, "tamu")
    page.locator("[name='fields.laki']").fill("2")
    for name in ("fields.perempuan", "fields.lama_hari"):
        page.keyboard.press("Enter")
        expect(page.locator(f"[name='{name}']")).to_be_focused()
    page.locator("[name=place_text]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=happened_on]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Kirim laporan")).to_be_focused()
    assert outbox(phone) == []
    expect(page.locator("[data-report-form]")).to_be_visible()

    # Signing in: from the number to the password, and from there in.
    phone.context.clear_cookies()
    page = phone.open("/masuk")
    page.fill("[name=phone]", RAHMAN.phone)
    page.keyboard.press("Enter")
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type("Rahasia 123")
    page.keyboard.press("Enter")
    expect(page.locator("[data-form-error] .notice")).to_be_visible()
