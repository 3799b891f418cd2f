"""How many taps each job takes after the one on the app's icon, without signal where the job is
done there. docs/taps.md tells the same walks in words."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from sipokat.domain.periods import months
from sipokat.web.present.times import month
from tests import wire
from tests.browser.steps import (
    eventually,
    file,
    is_kept,
    no_signal,
    outbox,
    picture,
    ready,
    send_now,
    sent,
    states,
    swapper,
)
from tests.browser.taps import Taps
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.phone import Phone
from tests.steps import today

HERE = {"latitude": -3.2945, "longitude": 102.8614, "accuracy": 12}


def test_a_photo_is_mended_in_four_taps_without_signal_and_home_knows_it(phone, server):
    rahman, hartono = Caller(server, RAHMAN), Caller(server, HARTONO)
    pictures = [picture(seed) for seed in (1, 2, 3)]
    claims = [wire.declared(one) for one in pictures]
    receipt = wire.file_report(rahman, "sampah", photos=claims)
    number = receipt["number"]
    for claim, data in zip(claims, pictures, strict=True):
        wire.put(rahman, receipt["client_id"], claim["id"], data)
    wire.decide(hartono, number, "pengembalian", reason="foto_kurang_jelas", note="Foto ulang.")
    ready(phone, RAHMAN)
    page = phone.open("/beranda")
    eventually(lambda: is_kept(phone, f"/laporan/{number}/perbaikan"))

    no_signal(server)
    page = phone.open("/beranda")
    taps = Taps()
    taps.on(page.get_by_role("link", name="Perbaiki"))
    expect(page.locator("[data-photos-full]")).to_contain_text("Ganti atau hapus")
    expect(page.locator("[data-photo-add]:visible")).to_have_count(0)
    taps.choose_file(page, page.get_by_label("Ganti foto 2"), picture(7))
    expect(page.locator("[data-kept-photo]:visible")).to_have_count(2)
    expect(page.locator("[data-photo]")).to_have_count(1)
    taps.on(page.get_by_role("button", name="Kirim perbaikan"))
    expect(page.locator("[data-saved]")).to_be_visible()
    assert taps.count == 4
    expect(page.get_by_role("link", name="Buat laporan dengan jenis")).to_be_hidden()

    offers = page.locator(".card", has_text="Foto ulang.")
    page = phone.open("/beranda")
    expect(page.locator("[data-taken]")).to_contain_text("menunggu dikirim")
    expect(page.locator("[data-taken] a")).to_have_attribute("href", "/kotak-keluar")
    expect(offers).to_be_hidden()
    copy_of_home = page.url
    server.network.heal()
    eventually(lambda: send_now(phone) or states(phone), ["sent"])
    assert page.url == copy_of_home
    expect(page.locator("[data-taken]")).to_contain_text("terkirim")
    (entry,) = outbox(phone)
    current = server.query("SELECT sha256 FROM photo WHERE current ORDER BY id")
    kept = [claims[0]["sha256"], claims[2]["sha256"], entry["photos"][0]["sha256"]]
    assert [one.sha256 for one in current] == kept

    # Returned once more, it is offered once more.
    wire.decide(hartono, number, "pengembalian", version=3, note="Foto ulang.")
    page = phone.open("/beranda")
    expect(offers).to_be_visible()
    expect(page.locator("[data-taken]")).to_have_count(0)

    # What was taken in the place of a photo and removed again leaves the report's own there.
    page = phone.open(f"/laporan/{number}/perbaikan")
    own, swapped = page.locator("[data-kept-photo]:visible"), page.locator("[data-photo]")
    swapper(page, 1).set_input_files([file(picture(8))])
    expect(own).to_have_count(2)
    swapped.get_by_role("button", name="Hapus foto 1").click()
    expect(page.locator("[data-photos-state]")).to_contain_text("foto lama dipakai")
    expect(own).to_have_count(3)
    page.get_by_role("button", name="Urungkan").click()
    expect(own).to_have_count(2)
    expect(swapped).to_have_count(1)
    eventually(lambda: [len(one["photos"]) for one in phone.stored("drafts")], [1])
    page.reload()
    swapped.get_by_role("button", name="Hapus foto 1").click()
    expect(own).to_have_count(3)
    # One that is left out is put back before it can be changed.
    page.get_by_role("button", name="Hapus foto 3").click()
    expect(page.get_by_label("Ganti foto 3")).to_be_hidden()
    page.get_by_role("button", name="Urungkan hapus foto 3").click()
    page.get_by_role("button", name="Kirim perbaikan").click()
    eventually(lambda: states(phone), ["sent", "sent"])
    assert outbox(phone)[1]["photos"] == []
    current = server.query("SELECT sha256 FROM photo WHERE current ORDER BY id")
    assert [one.sha256 for one in current] == kept


def at_home(phone: Phone) -> Taps:
    """On a phone whose home was seen once, and that has no signal when its icon is tapped."""
    ready(phone, RAHMAN).open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))
    phone.go_offline()
    phone.open("/beranda")
    return Taps()


def test_waste_with_a_photo_takes_seven_taps_and_no_typing(phone):
    phone.context.grant_permissions(["geolocation"], origin=phone.url)
    phone.context.set_geolocation(HERE)
    taps = at_home(phone)
    page = phone.page
    taps.on(page.get_by_role("link", name="Buat laporan"))
    taps.on(page.locator(".tile[data-category=sampah]"))
    # The place comes by itself, as it was allowed before, and a form with nothing else stays empty.
    expect(page.locator("[data-place-words]")).to_have_text("Lokasi tercatat, akurasi ±12 m")
    assert phone.stored("drafts") == []
    # In the camera it is the shutter and "OK".
    taps.choose_file(page, page.get_by_text("Kamera"), picture(1), inside=2)
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    taps.on(page.get_by_role("button", name="Sampah menumpuk di …"))
    taps.on(page.get_by_role("button", name="Kirim laporan"))
    expect(page.locator("[data-saved]")).to_be_visible()
    assert taps.count == 7
    (entry,) = outbox(phone)
    body = entry["body"]
    assert (body["fields"], body["text"]) == ({"jenis": "tumpukan"}, "Sampah menumpuk.")
    assert (body["lat"], body["accuracy_m"], len(entry["photos"])) == (-3.2945, 12, 1)
    phone.go_online()
    sent(phone)
    # The outbox calls it what lists call it.
    listed = phone.open("/laporan").locator("[data-report-list] .card-link")
    expect(listed).to_have_text(entry["title"])


def test_nihil_takes_two_taps(phone):
    taps = at_home(phone)
    taps.on(phone.page.locator("[data-nihil-open]").first)
    taps.on(phone.page.locator("dialog[open] button.main"))
    eventually(lambda: len(outbox(phone)), 1)
    assert taps.count == 2
    (entry,) = outbox(phone)
    phone.go_online()
    sent(phone)
    listed = phone.open("/laporan").locator("[data-report-list] .card-link")
    expect(listed).to_have_text(entry["title"])


# Whether the whole card can be seen, above the menu and below the top of the screen.
IN_SIGHT = """(card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return top >= 0 && bottom <= document.querySelector(".nav").getBoundingClientRect().top;
}"""


def test_last_months_report_is_on_the_screen_after_two_taps(phone, server):
    rahman = Caller(server, RAHMAN)
    old = wire.file_report(rahman, text="Rapat bulan lalu.")["number"]
    last = months(today())[1]
    server.by_hand(f"UPDATE report SET received_at = '{last}-15 01:00:00.000000'")
    for count in range(7):
        wire.file_report(rahman, text=f"Rapat ke-{count}.")
    page = ready(phone, RAHMAN)
    page = phone.open("/beranda")
    taps = Taps()
    taps.on(page.locator(".nav").get_by_role("link", name="Laporan"))
    card = page.locator("article", has=page.locator(f"a[href='/laporan/{old}']"))
    expect(card).to_contain_text("Rapat bulan lalu.")
    assert not card.evaluate(IN_SIGHT)
    taps.on(page.get_by_role("link", name=f"Ke {month(last)}"))
    eventually(lambda: card.evaluate(IN_SIGHT))
    assert taps.count == 2


def test_a_lurah_brings_an_rt_head_in_with_nine_taps_and_ten_signs(phones):
    """From her phone to his, as far as the button for his first report."""
    lurah, phone = ready(phones("lurah"), HARTONO), phones(new=True)
    page = lurah.open("/beranda")
    hers = Taps()
    hers.on(page.locator(".nav").get_by_role("link", name="Orang"))
    hers.on(page.get_by_role("link", name=f"{RAHMAN.name}, "))
    hers.on(page.get_by_role("button", name="Buat kode aktivasi"))
    send = page.get_by_role("link", name="Kirim lewat WhatsApp")
    (said,) = parse_qs(urlsplit(str(send.get_attribute("href"))).query)["text"]
    expect(send).to_have_attribute("target", "_blank")
    hers.elsewhere()  # on that button, which opens WhatsApp with him and the message chosen
    hers.elsewhere()  # WhatsApp's own button to send it
    assert (hers.count, hers.typed) == (5, 0)

    his = Taps()
    link = re.search(r"/aktivasi#\S+", said)
    assert link is not None
    his.elsewhere()  # on the link in the message
    page = phone.open(link[0])
    his.type(page.get_by_label("4 angka terakhir nomor HP Anda"), RAHMAN.phone[-4:])
    his.elsewhere()  # the keyboard's "next", which leads to the PIN
    page.keyboard.press("Enter")
    pin = page.get_by_label("Buat PIN, 6 angka")
    expect(pin).to_be_focused()
    page.keyboard.type("385026")
    his.on(page.get_by_role("button", name="Ya, aktifkan HP ini"))
    expect(page.get_by_role("link", name="Buat laporan")).to_be_visible()
    assert (his.count, his.typed + len("385026")) == (4, 10)


def test_a_desk_of_nine_reports_with_two_returns_takes_fourteen_taps(phone, server):
    rahman = Caller(server, RAHMAN)
    for count in range(9):
        wire.file_report(rahman, text=f"Rapat ke-{count}.")
    ready(phone, HARTONO)
    page = phone.open("/beranda")
    taps = Taps()
    taps.on(page.get_by_role("link", name="Periksa 9 laporan"))
    for left in range(8, -1, -1):
        card = page.locator("[data-card][data-mine]").first
        if left in (7, 3):
            taps.on(card.get_by_text("Kembalikan", exact=True))
            taps.on(card.get_by_role("button", name="Isi kurang lengkap"))
            taps.on(card.get_by_role("button", name="Kembalikan laporan"))
        else:
            taps.on(card.get_by_role("button", name="Verifikasi: Kegiatan biasa"))
        expect(page.locator("[data-card][data-mine]")).to_have_count(left)
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert taps.count == 14
    decided = server.query("SELECT action, class, reason FROM event WHERE action <> 'submit'")
    said = Counter((one.action, one[1], one.reason) for one in decided)
    returned = ("return", None, "isi_kurang_lengkap")
    assert said == {("verify", "kegiatan", None): 7, returned: 2}


@pytest.mark.current_only
def test_twenty_five_reports_are_verified_together_in_six_taps(phone, server):
    rahman = Caller(server, RAHMAN)
    for count in range(25):
        wire.file_report(rahman, text=f"Rapat ke-{count}.")
    ready(phone, HARTONO)
    page = phone.open("/beranda")
    taps = Taps()
    taps.on(page.get_by_role("link", name="Periksa 25 laporan"))
    taps.on(page.get_by_role("link", name="Pilih banyak"))
    taps.on(page.get_by_role("link", name="Pilih semua yang tampil"))
    taps.on(page.locator(".action-bar label", has_text="Kegiatan biasa"))
    taps.on(page.get_by_role("button", name="Verifikasi 25 laporan"))
    taps.on(page.get_by_role("button", name="Ya, verifikasi"))
    expect(page.get_by_text("25 laporan diverifikasi.")).to_be_visible()
    assert taps.count == 6
    assert server.value("SELECT count(*) FROM event WHERE action = 'verify'") == 25


@pytest.mark.current_only
def test_a_silent_rt_is_asked_by_whatsapp_in_four_taps(phone, server):
    ready(phone, HARTONO)
    page = phone.open("/beranda")
    page.route("https://wa.me/**", lambda route: route.fulfill(body="WhatsApp"))
    taps = Taps()
    taps.on(page.get_by_role("link", name="Pemantauan"))
    taps.on(page.get_by_role("link", name="belum melapor", exact=True))
    taps.on(page.get_by_role("button", name="WhatsApp, RT 001"))
    page.wait_for_url("https://wa.me/**")
    taps.elsewhere()  # WhatsApp's own button
    assert taps.count == 4
    assert server.value("SELECT count(*) FROM nudge WHERE way = 'whatsapp'") == 1
