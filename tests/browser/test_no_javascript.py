"""Without JavaScript the main job works too, as long as there is a signal."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import PLACE, choose, eventually, file, more, picture, reports
from tests.cast import HARTONO, RAHMAN


@pytest.fixture
def plain(phones):
    """A browser whose JavaScript is off, signed in as somebody."""

    def make(person) -> Page:
        phone = phones(person.name, java_script_enabled=False)
        return phone.sign_in(person)

    return make


def test_a_report_with_photos_is_refused_posted_returned_mended_and_verified(plain, server):
    rahman = plain(RAHMAN)
    rahman.goto("/laporan/baru")
    rahman.get_by_role("link", name="Sampah").click()
    choose(rahman, "fields.jenis", "tumpukan")
    rahman.fill("#field-text", "Tumpukan sampah di pinggir jalan.")
    more(rahman)
    rahman.fill("[name='fields.volume_m3']", "banyak")
    rahman.get_by_role("button", name="Kirim laporan").click()
    # It comes back as it was typed, with what is wrong.
    expect(rahman.locator("#field-text")).to_have_value("Tumpukan sampah di pinggir jalan.")
    expect(rahman.locator("[name='fields.jenis'][value=tumpukan]")).to_be_checked()
    volume = rahman.locator("[name='fields.volume_m3']")
    expect(volume).to_have_value("banyak")
    expect(rahman.locator("#field-fields-volume_m3-error")).to_contain_text("angka")
    expect(rahman.locator("#field-photos-error")).to_be_visible()
    expect(rahman.locator("[data-error-summary]")).to_be_focused()
    assert reports(server) == []

    volume.fill("2,5")
    rahman.fill("#field-place_text", PLACE)
    rahman.locator("noscript input[type=file], input[name=photos]").first.set_input_files(
        [file(picture(1)), file(picture(2))]
    )
    rahman.get_by_role("button", name="Kirim laporan").click()
    rahman.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    number = row.number
    expect(rahman.locator("#notices .notice")).to_be_focused()
    expect(rahman.locator("#notices .notice")).to_contain_text("terkirim")
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
    card.get_by_role("button", name="Verifikasi: Kinerja").click()
    lurah.wait_for_url("**/verifikasi")
    assert reports(server)[0].desk == "kecamatan"
