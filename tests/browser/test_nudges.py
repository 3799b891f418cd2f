"""A lurah asks an RT by WhatsApp: with a signal in one tap, without one nothing is lost."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.steps import eventually, is_kept, ready
from tests.cast import HARTONO, PETANANG_ULU

LIST = f"/pemantauan/{PETANANG_ULU}/belum-melapor"


def test_whatsapp_opens_once_the_reminder_is_recorded(phone):
    ready(phone, HARTONO)
    page = phone.open(LIST)
    eventually(lambda: is_kept(phone, LIST))
    page.route("https://wa.me/**", lambda route: route.fulfill(body="WhatsApp"))
    phone.go_offline()
    asks = page.locator("form[data-whatsapp]").first
    asks.locator("button[type=submit]").click()
    expect(asks.get_by_text("WhatsApp belum dibuka.")).to_be_visible()
    copy = phone.open(LIST)
    expect(copy.get_by_text("Mengingatkan RT perlu sinyal.")).to_be_visible()
    expect(copy.locator("form[data-whatsapp]")).to_have_count(0)
    phone.go_online()
    page = phone.open(LIST)
    expect(page.get_by_text("Diingatkan 1 kali")).to_have_count(0)
    page.route("https://wa.me/**", lambda route: route.fulfill(body="WhatsApp"))
    page.locator("form[data-whatsapp] button").first.click()
    page.wait_for_url("https://wa.me/**")
    page = phone.open(LIST)
    expect(page.get_by_text("Diingatkan 1 kali")).to_have_count(1)
