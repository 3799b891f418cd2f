"""What a page shows only after something was done on it breaks no rule either: panels, dialogs,
what opens in a card, what was refused, and a filled outbox."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    add_photos,
    eventually,
    open_form,
    ready,
    report,
    reports,
    sent,
    states,
)
from tests.browser.test_mending import REFUSED
from tests.browser.test_replay import ours
from tests.cast import HARTONO, RAHMAN
from tests.services.accessibility import breaches, settle
from tests.services.network import refuse, somebody_elses
from tests.services.phone import Phone


def schemes(phone: Phone) -> list[str]:
    """The old browser's rules are those of the new one: it looks once."""
    return ["light"] if phone.engine.name == "106" else ["light", "dark"]


@pytest.mark.current_only
def test_nothing_that_an_rt_head_meets_breaks_a_rule(phone, server):
    problems: list[str] = []

    def look(where: str) -> None:
        settle(phone.page)
        problems.extend(breaches(phone.page, where, schemes(phone)))

    ready(phone)
    page = phone.page
    page.fill("[name=phone]", RAHMAN.phone)
    page.fill("[name=password]", "bukan ini")
    page.locator("form:has([name=password]) [type=submit]").first.click()
    expect(page.locator("[data-form-error] .notice")).to_be_visible()
    look("a refused sign-in")

    phone.sign_in(RAHMAN)
    phone.open("/beranda")
    page.locator("[data-nihil-open]").click()
    expect(page.locator("dialog[data-nihil]")).to_be_visible()
    look("the question before nihil")

    open_form(phone, "sampah")
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator(".field-error").first).to_be_visible()
    look("what the phone itself finds wrong")
    page.evaluate("document.querySelector('[data-report-form]').submit()")
    page.wait_for_url("**/laporan")
    expect(page.locator(".field-error").first).to_be_visible()
    look("a plain form that was refused")

    server.network.when("PUT", "/laporan/*", somebody_elses(**REFUSED))
    report(phone, "sampah", photos=1)
    eventually(lambda: states(phone), ["needs_attention"])
    look("a report whose photo was refused")
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    report(phone, text="Yang ini ditolak.")
    eventually(lambda: states(phone), ["needs_attention"] * 2)
    server.network.when("POST", "/laporan", refuse, times=None)
    report(phone, text="Yang ini menunggu.", photos=1)
    eventually(lambda: states(phone), ["needs_attention"] * 2 + ["waiting"])
    look("a report that is kept")
    open_form(phone, "keamanan_ketertiban")
    page.fill("#field-text", "Ronda malam.")
    add_photos(page, 1)
    page.locator("[data-save-draft]").click()
    page.locator(".tile").first.wait_for()
    look("tiles, one with a draft")
    phone.open("/kotak-keluar")
    expect(page.locator("[data-entry]")).to_have_count(3)
    expect(page.locator("[data-outbox-drafts] .card")).to_be_visible()
    look("a filled outbox")
    page.locator("[data-entry] [data-remove]").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    look("the question before a report is removed")
    assert problems == []


@pytest.mark.current_only
def test_nothing_that_opens_on_a_desk_breaks_a_rule(phone, server):
    problems: list[str] = []

    def look(where: str) -> None:
        settle(phone.page)
        problems.extend(breaches(phone.page, where, schemes(phone)))

    ready(phone, RAHMAN)
    page = report(phone, "sampah", photos=1)
    (entry,) = sent(phone)
    number = entry["receipt"]["number"]
    look("a report that was sent")

    phone.sign_in(HARTONO)
    phone.open("/verifikasi")
    card = page.locator(f"#kartu-{number}")
    for summary in card.locator("summary").all():
        summary.click()
    expect(card.locator("details:not([open])")).to_have_count(0)
    look("a card with all that opens in it")
    with phone.expecting("422"):
        card.get_by_role("button", name="Tolak laporan").click()
        expect(card.locator("[aria-invalid=true]").first).to_be_visible()
    look("a card that was refused")
    card.locator("summary").filter(has_text="Kembalikan").click()
    form = card.locator("form[action$=pengembalian]")
    form.locator("select").select_option("foto_kurang_jelas")
    form.locator("textarea").fill("Mohon foto ulang.")
    form.get_by_role("button", name="Kembalikan laporan").click()
    expect(page.locator("[data-done]")).to_be_visible()
    look("a card that was decided")

    phone.sign_in(RAHMAN)
    look("home with a report that came back")
    phone.open(f"/laporan/{number}/perbaikan")
    look("the form of a report that came back")
    page.fill("#field-text", "Tumpukan sampah, difoto dari dekat.")
    page.locator("[data-report-form] button[type=submit]").click()
    sent(phone, 2)
    assert reports(server)[0].desk == "kelurahan"
    phone.open(f"/laporan/{number}")
    expect(page.locator(".compare .card")).to_have_count(2)
    look("a report with its versions side by side")
    assert problems == []
