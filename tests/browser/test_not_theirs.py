"""The shells are the same for everybody; on the phone they offer nobody what is not theirs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.cast import AGUS, DEWI, RAHMAN, RATNA

pytestmark = pytest.mark.current_only
NOT_YOURS = "bukan untuk jabatan Anda."


def leads(page: Page) -> list[str]:
    """Where the links lead that can be seen below the heading."""
    found = page.locator("main a:visible").evaluate_all("all => all.map((one) => one.pathname)")
    return [str(one) for one in found]


@pytest.mark.parametrize("person", [AGUS, RATNA, DEWI], ids=str)
def test_who_files_no_reports_is_told_so_and_offered_no_form(phone, person):
    phone.sign_in(person)
    for path in ("/laporan/baru", "/laporan/baru?kategori=sampah", "/kotak-keluar"):
        with phone.expecting("403"):
            page = phone.open(path)
        expect(page.get_by_text(NOT_YOURS)).to_be_visible()
        assert leads(page) == ["/beranda"], path
        expect(page.get_by_text("Tentang apa?")).to_be_hidden()
    page = phone.open("/luring")
    expect(page.get_by_text("Buat laporan")).to_be_hidden()
    assert leads(page) == ["/luring"]


def test_an_rt_head_is_offered_the_kinds_that_are_his_and_no_other(phone):
    phone.sign_in(RAHMAN)
    phone.worker_ready()
    page = phone.open("/laporan/baru?kategori=rekap_bulanan")
    expect(page.get_by_text(f"Jenis laporan ini {NOT_YOURS}")).to_be_visible()
    expect(page.get_by_text("Tentang apa?")).to_be_visible()
    expect(page.locator("[data-report-form]")).to_be_hidden()
    page = phone.open("/kotak-keluar")
    expect(page.get_by_role("link", name="Buat laporan")).to_be_visible()
    assert leads(page) == ["/laporan/baru"]
