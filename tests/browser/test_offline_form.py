"""One visit is enough: from then on the form opens without signal, and what is typed stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    choose,
    enter,
    eventually,
    fill,
    is_kept,
    keep,
    more,
    open_form,
    outbox,
    ready,
    reports,
    save,
    sent,
)
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.network import refuse
from tests.services.phone import ACTIVE, Phone
from tests.services.speed import patience
from tests.steps import today


def styled(page: Page) -> bool:
    """Whether the style sheet has been read."""
    sheets = "[...document.styleSheets].map((sheet) => sheet.cssRules.length)"
    return any(page.evaluate(sheets))


@pytest.mark.promise(on="106")
def test_one_visit_is_enough_for_the_form_the_outbox_and_the_offline_page(phones, server):
    phone = phones(new=True)
    page = phone.open("/laporan/baru")
    assert page.evaluate(ACTIVE, patience(20) * 1000)
    server.network.when("*", "*", refuse, times=None)
    page = phone.restart()
    page = open_form(phone, "sampah")
    assert styled(page)
    expect(page.locator("input[name='fields.jenis']").first).to_be_enabled()
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("Masuk dulu untuk melihat laporan Anda di HP ini.")).to_be_visible()
    page = phone.open("/transparansi")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    assert styled(page)
    page.get_by_role("link", name="Buat laporan").click()
    expect(page.locator(".tile").first).to_be_visible()

    # The outbox's own script comes with signing in, wherever that leads.
    server.network.heal()
    phone.open("/masuk?lanjut=/laporan/baru")
    page.evaluate(
        """async () => {
            const script = document.querySelector("script[src*='/pages.']").src;
            for (const name of await caches.keys()) await (await caches.open(name)).delete(script);
        }"""
    )
    enter(page, RAHMAN)
    page.wait_for_url("**/laporan/baru")
    outbox = "fetch('/kotak-keluar').then((page) => page.text())"
    script = eventually(lambda: page.evaluate(outbox))  # the page may load itself again
    script = re.findall(r'src="(/static/gen/pages\.\w+\.js)"', script)[0]
    eventually(lambda: is_kept(phone, script))
    server.network.when("*", "*", refuse, times=None)
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()


def test_each_role_sees_its_own_tiles_and_the_first_field_comes_with_the_tap(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = phone.open("/laporan/baru")
    expect(page.locator(".tile[data-category=nihil]")).to_be_visible()
    expect(page.locator(".tile[data-category=rekap_bulanan]")).to_be_hidden()
    expect(page.locator(".tile[data-category=pad_inovasi]")).to_be_hidden()
    at_once = page.evaluate(
        """() => {
            document.querySelector(".tile[data-category=sampah]").click();
            const field = document.querySelector("input[name='fields.jenis']");
            return Boolean(field && field.getClientRects().length);
        }"""
    )
    assert at_once
    phone.go_online()
    phone.context.clear_cookies()
    enter(phone.open("/masuk"), HARTONO)
    page.wait_for_url("**/beranda")
    phone.go_offline()
    page = phone.open("/laporan/baru")
    expect(page.locator(".tile[data-category=rekap_bulanan]")).to_be_visible()
    expect(page.locator(".tile[data-category=pad_inovasi]")).to_be_visible()
    expect(page.get_by_role("link", name="Verifikasi")).to_be_visible()


def test_a_draft_stays_on_the_way_back_to_the_tiles_and_is_gone_once_it_was_sent(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Belum selesai.")
    page.go_back()
    tile = page.locator(".tile[data-category=pemerintahan]")
    expect(page.locator("[data-tile-draft]:visible")).to_have_count(1)
    expect(tile.locator("[data-tile-draft]")).to_be_visible()
    expect(page.locator("[data-report-form]")).to_be_hidden()
    tile.click()
    expect(page.locator("#field-text")).to_have_value("Belum selesai.")
    expect(page.locator("input[name='fields.jenis'][value=rapat]")).to_be_checked()
    page.get_by_role("link", name="Kembali").click()
    expect(tile).to_be_visible()
    # An address of one category opens that one; the arrow leads to the tiles from there too.
    page = phone.open("/laporan/baru?kategori=pemerintahan")
    expect(page.locator("#field-text")).to_have_value("Belum selesai.")
    expect(page.locator("#notices").get_by_text("dibuka lagi")).to_be_visible()
    page.get_by_role("link", name="Kembali").click()
    expect(tile).to_be_visible()
    tile.click()
    page.get_by_role("button", name="Mulai baru").click()
    page.get_by_role("dialog").get_by_role("button", name="Hapus draf").click()
    expect(page.locator("#field-text")).to_have_value("")
    eventually(lambda: phone.stored("drafts"), [])

    # Sent, it leaves nothing behind.
    fill(page, "pemerintahan", photos=1)
    eventually(lambda: [len(each["photos"]) for each in phone.stored("drafts")], [1])
    save(page)
    assert phone.stored("drafts") == []
    assert {row["holder"] for row in phone.stored("photos")} == {outbox(phone)[0]["id"]}
    page.get_by_role("button", name="Buat laporan lagi").click()
    tile.click()
    expect(page.locator("#field-text")).to_have_value("")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(0)


@pytest.mark.current_only
def test_what_is_missing_or_no_number_is_said_beside_the_field_before_it_is_kept(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "sampah")
    more(page)
    page.fill("[name='fields.volume_m3']", "banyak")
    more(page)  # closed again: what is wrong in it opens it
    page.fill("[name=happened_on]", "2020-01-01")
    page.get_by_role("button", name="Kirim laporan").click()
    sentences = {
        "fields-jenis": "Pilih jenis.",
        "fields-volume_m3": "Isi dengan angka.",
        "photos": "Tambahkan paling sedikit satu foto.",
        "text": "Tulis keterangannya",
        "place": "Isi lokasi",
        "happened_on": "60 hari",
    }
    for field, sentence in sentences.items():
        expect(page.locator(f"#field-{field}-error")).to_contain_text(sentence)
    expect(page.locator("#field-photos")).to_be_focused()  # the uppermost one
    assert outbox(phone) == []
    page.fill("[name='fields.volume_m3']", "2,5")
    expect(page.locator("#field-fields-volume_m3-error")).to_have_count(0)

    # Dots between thousands are no decimal sign.
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan")
    more(page)
    for typed in ("1,000", "1.5", "10.00"):
        page.fill("[name='fields.peserta']", typed)
        page.get_by_role("button", name="Kirim laporan").click()
        expect(page.locator("#field-fields-peserta-error")).to_have_text("Isi dengan angka bulat.")
    page.fill("[name='fields.peserta']", "1.000.000")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-fields-peserta-error")).to_contain_text("10.000")
    page.fill("[name='fields.peserta']", "1.000")
    save(page)
    (entry,) = outbox(phone)
    assert entry["body"]["fields"]["peserta"] == "1.000"


CLOCK = """
(() => {
  const Real = Date;
  self.ahead = 0;
  self.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() + self.ahead);
    }
    static now() { return Real.now() + self.ahead; }
  };
})();
"""


def pass_midnight(page: Page) -> None:
    """The phone lies on the table until the next day."""
    page.evaluate("() => { self.ahead = 86_400_000; }")


@pytest.mark.current_only
def test_a_form_that_is_open_past_midnight_knows_the_new_day(phone):
    phone.context.add_init_script(CLOCK)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    date = page.locator("[name=happened_on]")
    expect(date).to_have_value(today().isoformat())
    tomorrow = (today() + timedelta(days=1)).isoformat()
    pass_midnight(page)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(date).to_have_value(tomorrow)
    expect(date).to_have_attribute("max", tomorrow)
    # And without being put away in between, from the tiles.
    page = open_form(phone, "pemerintahan")
    expect(date).to_have_value(today().isoformat())
    page.go_back()
    pass_midnight(page)
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(date).to_have_value(tomorrow)
    # What was begun the day before keeps its day; the new one is taken all the same.
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan")
    pass_midnight(page)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(date).to_have_attribute("max", tomorrow)
    expect(date).to_have_value(today().isoformat())
    page.evaluate(
        "(day) => { document.querySelector('[name=happened_on]').value = day; }", tomorrow
    )
    save(page)
    (entry,) = outbox(phone)
    assert entry["body"]["happened_on"] == tomorrow


@pytest.mark.current_only
def test_the_place_is_one_tap_with_its_accuracy_or_words(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "sampah")
    page.get_by_role("button", name="Ambil lokasi").click()
    state = page.locator("[data-place-state]")
    expect(state).to_have_text("Lokasi tidak diizinkan. Tulis saja patokannya.")
    refuse_place = (
        "(code) => { Geolocation.prototype.getCurrentPosition = (_, no) => no({ code }) }"
    )
    page.evaluate(refuse_place, 2)
    page.get_by_role("button", name="Ambil lokasi").click()
    expect(state).to_contain_text("Nyalakan lokasi di HP, atau tulis patokannya.")
    page.evaluate(refuse_place, 3)
    page.get_by_role("button", name="Ambil lokasi").click()
    expect(state).to_contain_text("Coba di tempat terbuka, atau tulis patokannya.")
    page = open_form(phone, "sampah")
    phone.context.grant_permissions(["geolocation"], origin=phone.url)
    phone.context.set_geolocation({"latitude": -3.2945, "longitude": 102.8614, "accuracy": 12})
    page.get_by_role("button", name="Ambil lokasi").click()
    expect(page.locator("[data-place-words]")).to_have_text("Lokasi tercatat, akurasi ±12 m")
    again = page.get_by_role("button", name="Ambil ulang")
    expect(again).to_be_focused()  # it is the button that was tapped
    phone.context.set_geolocation({"latitude": -3.2945, "longitude": 102.8614, "accuracy": 2000})
    again.click()
    expect(page.locator("[data-place-found].warn")).to_have_text(
        "Lokasi kurang tepat, bisa meleset 2.000 m. Tulis juga patokannya."
    )
    fill(page, "sampah", photos=1)
    page.fill("#field-place_text", "")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-place_text-error")).to_have_text("Tulis patokannya.")
    expect(page.get_by_label("Tulis juga patokannya")).to_be_visible()
    expect(page.locator("[data-wrong]")).to_contain_text("1 isian")
    phone.context.set_geolocation({"latitude": -3.2945, "longitude": 102.8614, "accuracy": 12})
    again.click()
    expect(page.locator("[data-place-words]")).to_have_text("Lokasi tercatat, akurasi ±12 m")
    expect(page.locator("#field-place_text-error")).to_have_count(0)
    expect(page.locator("[data-wrong]")).to_have_text("")
    expect(page.get_by_label("Atau tulis patokannya")).to_be_visible()
    save(page)
    (entry,) = outbox(phone)
    place = {key: entry["body"][key] for key in ("lat", "lon", "accuracy_m")}
    assert place == {"lat": -3.2945, "lon": 102.8614, "accuracy_m": 12}

    # One that comes late never lands in another form.
    page = open_form(phone, "sampah")
    expect(page.locator("[data-place-words]")).to_have_text("Lokasi tercatat, akurasi ±12 m")
    page.evaluate(
        """() => {
            self.located = [];
            Geolocation.prototype.getCurrentPosition = (done) => { self.located.push(done); };
        }"""
    )
    page.get_by_role("button", name="Ambil ulang").click()
    expect(page.locator("[data-place-state]")).to_contain_text("patokannya boleh ditulis")
    page.go_back()
    page.locator(".tile[data-category=pembangunan]").click()
    eventually(lambda: page.evaluate("self.located.length"), 2)  # this one asks for itself
    coords = "{ latitude: -3.29, longitude: 102.86, accuracy: 9 }"
    page.evaluate(f"self.located[0]({{ coords: {coords} }})")
    expect(page.locator("[data-place-state]")).not_to_be_empty()
    assert page.locator("[name=lat]").input_value() == ""


@pytest.mark.promise(on="current")
def test_pages_that_were_read_are_there_without_signal_and_say_how_many_reports_wait(phone):
    ready(phone, RAHMAN).open("/akun")
    eventually(lambda: is_kept(phone, "/akun"))
    phone.go_offline()
    keep(phone)
    keep(phone, text="Rapat kedua.")
    for path, words in (
        ("/laporan/baru", "Buat laporan"),
        ("/kotak-keluar", "Kotak keluar"),
        ("/akun", RAHMAN.name),
        ("/transparansi", "Tidak ada sinyal"),
    ):
        page = phone.open(path)
        expect(page.locator("[data-outbox-count]")).to_have_text("2 menunggu sinyal")
        expect(page.get_by_role("heading", name=words).first).to_be_visible()
    phone.go_online()
    sent(phone, 2)
    expect(page.locator("[data-outbox-count]")).to_be_hidden()


def needs_attention(phone: Phone, entry_id: str) -> None:
    """The entry has been tried without signal, and is then as if the server had refused it."""
    eventually(lambda: outbox(phone)[0]["last_error"])
    phone.page.evaluate(
        """(id) => sipokat.outbox.update(id, (one) => ({ ...one, state: "needs_attention" }))""",
        entry_id,
    )


SKIP = "document.querySelector('.skip').click()"


@pytest.mark.current_only
def test_a_place_on_the_page_is_no_other_form(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = phone.open("/kotak-keluar")
    entry_id = keep(phone, text="Yang ditulis.")
    needs_attention(phone, entry_id)
    page.locator("[data-mend]").click()
    expect(page.locator("#field-text")).to_have_value("Yang ditulis.")
    page.evaluate(SKIP)
    eventually(lambda: page.evaluate("location.hash"), f"#entri={entry_id}")
    page.fill("#field-text", "Yang diperbaiki.")
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    page.reload()
    expect(page.locator("#field-text")).to_have_value("Yang diperbaiki.")
    save(page)
    assert [one["body"]["text"] for one in outbox(phone)] == ["Yang diperbaiki."]
    # And the arrow leads to the tiles all the same.
    page = open_form(phone, "pemerintahan")
    page.evaluate(SKIP)
    page.get_by_role("link", name="Kembali").click()
    expect(page.locator(".tile").first).to_be_visible()


@pytest.mark.current_only
def test_what_was_typed_before_signing_in_elsewhere_is_kept_for_the_one_who_did(phone, server):
    ready(phone)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Ditulis sebelum masuk.", photos=1)
    page.evaluate(SKIP)
    expect(page.locator("#field-text")).to_have_value("Ditulis sebelum masuk.")
    with phone.context.expect_page() as opened:
        page.get_by_role("link", name="Masuk", exact=True).click()
    other = opened.value
    enter(other, RAHMAN)
    other.wait_for_url(lambda url: "/masuk" not in url)
    expect(page.get_by_text("Masuk dulu untuk membuat laporan")).to_be_hidden()
    expect(page.locator("#field-text")).to_have_value("Ditulis sebelum masuk.")
    eventually(
        lambda: [(one["values"]["text"], len(one["photos"])) for one in phone.stored("drafts")],
        [("Ditulis sebelum masuk.", 1)],
    )

    # The next one who signs in beside it finds an empty form; when he is back, so is his draft.
    for person, text in ((SITI, ""), (RAHMAN, "Ditulis sebelum masuk.")):
        server.query("DELETE FROM login_session")
        other.goto("/masuk")
        enter(other, person)
        other.wait_for_url("**/beranda")
        expect(page.locator("#field-text")).to_have_value(text)
    save(page)
    (entry,) = sent(phone)
    assert ([row.text for row in reports(server)], len(entry["photos"])) == (
        ["Ditulis sebelum masuk."],
        1,
    )


def test_a_head_of_two_rts_says_for_which_one(phone, server):
    server.query(
        "INSERT INTO term (user_id, role, region_code, since)"
        ' SELECT user_id, term.role, :region, :since FROM term JOIN "user" ON "user".id = user_id'
        " WHERE name = :name",
        region=SITI.region,
        since="2026-01-01",
        name=RAHMAN.name,
    )
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    region = page.get_by_role("group", name="Wilayah")
    expect(region.get_by_role("radio")).to_have_count(2)
    expect(region.locator(":checked")).to_have_count(0)
    fill(page, "pemerintahan")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#field-region-error")).to_have_text("Pilih wilayah.")
    expect(region.locator("label")).to_have_text(["RT 001, Petanang Ulu", "RT 002, Petanang Ulu"])
    choose(page, "region", SITI.region)
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    page = open_form(phone, "pemerintahan")
    expect(region.locator(f"[value='{SITI.region}']")).to_be_checked()
    save(page)
    (entry,) = outbox(phone)
    assert entry["region"] == entry["body"]["region"] == SITI.region
    needs_attention(phone, entry["id"])
    phone.open("/kotak-keluar").locator("[data-mend]").click()
    expect(region.locator(f"[value='{SITI.region}']")).to_be_checked()
    save(page)
    page.get_by_role("button", name="Buat laporan lagi").click()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(region.locator(":checked")).to_have_count(0)
    phone.go_online()
    sent(phone)
    assert [row.region_code for row in reports(server)] == [SITI.region]


@pytest.mark.current_only
def test_with_text_twice_as_large_nothing_is_cut_off_or_covered(phone):
    # Nor does it take a phone that tells how much room it has.
    phone.context.add_init_script(
        "StorageManager.prototype.estimate = () => Promise.reject(new Error('unknown'));"
    )
    phone.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        " document.documentElement.style.fontSize = '200%'; });"
    )
    ready(phone, RAHMAN)
    phone.go_offline()
    page = phone.open("/laporan/baru")
    tiles = page.locator(".tile:visible")
    expect(tiles).to_have_count(11)
    keys = [tile.get_attribute("data-category") for tile in tiles.all()]
    for key in keys:
        page = open_form(phone, key)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, key
    page = open_form(phone, "pemerintahan")
    page.get_by_role("button", name="Kirim laporan").click()
    wrong = "#field-fields-jenis-error"
    expect(page.locator(wrong)).to_be_in_viewport(ratio=1)
    assert bottom(page, wrong) <= top(page, ".action-bar")
    fill(page, "pemerintahan")
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    page.locator("#field-text").focus()
    for field in ("button[data-place-take]", "#field-place_text"):
        page.keyboard.press("Tab")
        expect(page.locator(field)).to_be_focused()
        assert bottom(page, field) <= top(page, ".action-bar"), field
    save(page)
    assert bottom(page, "#saved-title") <= top(page, ".nav")


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"]


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"] + box["height"]
