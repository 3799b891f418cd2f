"""Without JavaScript the main job works too, as long as there is a signal."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import choose, eventually, file, picture, reports
from tests.cast import HARTONO, RAHMAN


@pytest.fixture
def plain(phones):
    """A browser whose JavaScript is off, signed in as somebody."""

    def make(person) -> Page:
        phone = phones(person.name, java_script_enabled=False)
        return phone.sign_in(person)

    return make


def send(page: Page, text: str) -> None:
    page.goto("/laporan/baru")
    page.get_by_role("link", name="Sampah").click()
    choose(page, "fields.jenis", "tumpukan")
    page.fill("#field-text", text)
    page.fill("#field-place_text", "Gang 3, depan musala")
    page.locator("noscript input[type=file], input[name=photos]").first.set_input_files(
        [file(picture(1)), file(picture(2))]
    )
    page.get_by_role("button", name="Kirim laporan").click()


@pytest.mark.promise(on="current")
def test_a_report_with_photos_is_posted_returned_mended_and_verified(plain, server):
    rahman = plain(RAHMAN)
    send(rahman, "Tumpukan sampah di pinggir jalan.")
    rahman.wait_for_url("**/laporan/*")
    (row,) = reports(server)
    number = row.number
    expect(rahman.get_by_text("terkirim", exact=False).first).to_be_visible()
    eventually(lambda: [p.state for p in server.query("SELECT state FROM photo")], ["ready"] * 2)

    lurah = plain(HARTONO)
    lurah.goto("/verifikasi")
    card = lurah.locator(f"#kartu-{number}")
    card.locator("summary").filter(has_text="Kembalikan").click()
    form = card.locator("form[action$=pengembalian]")
    form.locator("select").select_option("isi_kurang_lengkap")
    form.locator("textarea").fill("Mohon tulis sejak kapan.")
    form.get_by_role("button", name="Kembalikan laporan").click()
    lurah.wait_for_url("**/verifikasi")

    rahman.goto("/beranda")
    rahman.get_by_role("link", name="Perbaiki").first.click()
    rahman.fill("#field-text", "Tumpukan sampah, sudah tiga hari.")
    rahman.locator("label.choice:has(input[name=keep])").nth(1).click()
    rahman.get_by_role("button", name="Kirim").click()
    rahman.wait_for_url(f"**/laporan/{number}")
    assert reports(server)[0].text == "Tumpukan sampah, sudah tiga hari."
    kept = server.query("SELECT current FROM photo ORDER BY id")
    assert [bool(one.current) for one in kept] == [True, False]

    lurah.goto("/verifikasi")
    card.locator("label.choice").filter(has_text="Kinerja").click()
    card.get_by_role("button", name="Verifikasi", exact=True).click()
    lurah.wait_for_url("**/verifikasi")
    assert reports(server)[0].desk == "kecamatan"


def test_a_refused_form_comes_back_as_it_was_typed(plain, server):
    page = plain(RAHMAN)
    page.goto("/laporan/baru?kategori=sampah")
    choose(page, "fields.jenis", "tps_liar")
    page.fill("#field-text", "Sampah di depan pos ronda.")
    page.fill("[name='fields.volume_m3']", "banyak")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-text")).to_have_value("Sampah di depan pos ronda.")
    expect(page.locator("[name='fields.volume_m3']")).to_have_value("banyak")
    expect(page.locator("#field-fields-volume_m3-error")).to_contain_text("angka")
    expect(page.locator("#field-photos-error")).to_be_visible()
    assert reports(server) == []
