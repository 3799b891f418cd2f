"""The kelurahan writes for an RT in the same form, without signal too."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.steps import fill, outbox, ready, reports, save, sent
from tests.cast import BEJO, HARTONO


def test_a_report_for_an_rt_is_kept_and_sent_as_the_rts(phone, server):
    ready(phone, HARTONO)
    phone.go_offline()
    page = phone.open(f"/laporan/baru?untuk={BEJO.region}")
    expect(page.get_by_text("Untuk RT 003, dicatat kelurahan.")).to_be_visible()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("[data-save-another]")).to_be_hidden()
    expect(page.locator("input[name=region]")).to_be_checked()
    fill(page, "pemerintahan")
    page.reload()
    expect(page.locator("#field-text")).not_to_be_empty()
    save(page)
    page.locator("[data-another]").click()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("input[name=region]")).to_be_checked()
    page = phone.open("/laporan/baru?kategori=pemerintahan")
    expect(page.locator("#field-text")).to_be_empty()
    assert outbox(phone)[0].get("region") == BEJO.region
    phone.go_online()
    sent(phone)
    (report,) = reports(server)
    assert (report.region_code, report.recorded_as) == (BEJO.region, "Lurah")
