"""A lurah's and a camat's own report: written without signal from home, sent, returned, mended."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import wire
from tests.browser.steps import choose, eventually, open_form, ready, reports, save, sent
from tests.cast import DEWI, HARTONO, PETANANG_ULU, YUSUF, Person
from tests.services.caller import Caller


@pytest.mark.parametrize(
    ("person", "over", "desk"), [(HARTONO, YUSUF, "kecamatan"), (YUSUF, DEWI, "kota")], ids=str
)
def test_it_goes_from_home_without_signal_to_the_desk_above_and_comes_back_to_be_mended(
    phone, server, person: Person, over: Person, desk: str
):
    ready(phone, person)
    page = phone.open("/beranda")
    expect(page.get_by_role("link", name="Buat laporan")).to_be_visible()
    phone.go_offline()
    page.get_by_role("link", name="Buat laporan").click()
    for category in ("rekap_bulanan", "pad_inovasi"):
        expect(page.locator(f".tile[data-category={category}]")).to_be_visible()
    page.locator(".tile[data-category=pad_inovasi]").click()
    page.fill("#field-text", "Mendata parkir di tepi sungai.")
    page.fill("[name='fields.sumber']", "Parkir")
    save(page)
    page.get_by_role("button", name="Buat laporan lagi").click()
    page.locator(".tile[data-category=rekap_bulanan]").click()
    months = page.locator("[name='fields.periode']")
    choose(page, "fields.periode", months.first.get_attribute("value"))
    save(page)
    page.get_by_role("link", name="Lihat kotak keluar").click()
    expect(page.locator("[data-entry]")).to_have_count(2)
    phone.go_online()
    entries = sent(phone, 2)
    assert {row.desk for row in reports(server)} == {desk}
    number = next(one["receipt"]["number"] for one in entries if one["category"] == "pad_inovasi")
    wire.decide(
        Caller(server, over), number, "pengembalian", reason="angka_perlu_dicek", note="Targetnya?"
    )
    page = phone.open("/beranda")
    card = page.locator("section", has_text="Perlu Anda perbaiki").locator("article")
    expect(card).to_contain_text("Targetnya?")
    card.get_by_role("link").click()
    page.wait_for_url("**/perbaikan")
    expect(page.locator("#diminta")).to_be_focused()
    phone.go_offline()
    page.fill("[name='fields.target_rp']", "12.000.000")
    save(page)
    phone.go_online()
    eventually(lambda: {row.desk for row in reports(server)}, {desk})
    eventually(lambda: {row.version for row in reports(server)}, {1, 3})


def test_whoever_holds_an_rt_too_is_asked_only_for_offices_that_file_such_reports(phone, server):
    """Hartono's own report is of the kelurahan; of waste he may be head of an RT as well."""
    server.query(
        "INSERT INTO term (user_id, role, region_code, kind, since)"
        " SELECT user_id, 'rt_head', :rt, 'definitif', since FROM term WHERE region_code = :here",
        rt=f"{PETANANG_ULU}.003",
        here=PETANANG_ULU,
    )
    ready(phone, HARTONO)
    page = open_form(phone, "sampah")
    offered = page.locator("[data-regions] input")
    expect(offered).to_have_count(2)
    page = open_form(phone, "pad_inovasi")
    expect(offered).to_have_count(1)
    expect(offered).to_be_checked()
    page.fill("#field-text", "Mendata parkir.")
    page.fill("[name='fields.sumber']", "Parkir")
    save(page)
    sent(phone)
    assert reports(server)[0].region_code == PETANANG_ULU
    expect(page.locator(".nav-item:visible")).to_have_count(5)
