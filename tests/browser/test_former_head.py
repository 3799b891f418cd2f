"""Whose office has ended is told so before they write, also without signal, and what happened in
their time still goes."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from tests import steps
from tests.browser.steps import eventually, fill, ready, reports, save, sent
from tests.cast import RAHMAN

ENDED = "Jabatan Anda berakhir "
KNOWS = "async () => Boolean((await sipokat.identity.who()).owner.ends)"
OFFICE = ("--phone", RAHMAN.phone, "--role", RAHMAN.role, "--region", RAHMAN.region)


def test_the_form_says_so_without_signal_and_takes_what_happened_before(phone, server):
    last = (steps.today() - timedelta(days=3)).isoformat()
    ready(phone, RAHMAN)
    server.command("end-term", *OFFICE, "--on", last)
    expect(phone.open("/beranda").get_by_text(ENDED)).to_be_visible()
    eventually(lambda: phone.page.evaluate(KNOWS))
    phone.go_offline()
    page = phone.open("/laporan/baru")
    expect(page.get_by_text("Yang terjadi sampai hari itu masih bisa dilaporkan")).to_be_visible()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("#field-happened_on")).to_have_value(last)
    expect(page.locator("#field-happened_on")).to_have_attribute("max", last)
    fill(page, "pemerintahan")
    page.locator("#field-happened_on").fill(steps.today().isoformat())
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-happened_on-error")).to_contain_text("Pilih tanggal itu atau")
    page.locator("#field-happened_on").fill(last)
    save(page)
    phone.go_online()
    sent(phone)
    (report,) = reports(server)
    assert report.happened_on == last


def test_after_sixty_days_the_form_is_closed(phone, server):
    ready(phone, RAHMAN)
    long_ago = steps.today() - timedelta(days=61)
    server.command("end-term", *OFFICE, "--on", long_ago.isoformat())
    home = phone.open("/beranda")
    expect(home.get_by_text("Laporan baru dibuat pejabat yang sekarang.")).to_be_visible()
    eventually(lambda: phone.page.evaluate(KNOWS))
    phone.go_offline()
    page = phone.open("/laporan/baru")
    expect(page.get_by_text("Laporan baru dibuat pejabat yang sekarang.")).to_be_visible()
    expect(page.locator("[data-tiles]")).to_be_hidden()
    page = phone.open("/laporan/baru?kategori=pemerintahan")
    expect(page.get_by_text("Laporan baru dibuat pejabat yang sekarang.")).to_be_visible()
    expect(page.locator("[data-report-form]")).to_be_hidden()
