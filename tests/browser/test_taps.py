"""How many taps each job takes from the app's icon, without signal where the job is done there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import wire
from tests.browser.steps import (
    eventually,
    is_kept,
    no_signal,
    outbox,
    picture,
    ready,
    send_now,
    sent,
    states,
)
from tests.browser.taps import Taps
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.phone import Phone

HERE = {"latitude": -3.2945, "longitude": 102.8614, "accuracy": 12}


@pytest.mark.promise(on="106")
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
    assert taps.count <= 4

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


def at_home(phone: Phone) -> Taps:
    """On a phone whose home was seen once, and that has no signal when its icon is tapped."""
    ready(phone, RAHMAN).open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))
    phone.go_offline()
    phone.open("/beranda")
    taps = Taps()
    taps.count = 1  # the icon
    return taps


@pytest.mark.promise(on="106")
def test_waste_with_a_photo_takes_eight_taps_and_no_typing(phone):
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
    assert taps.count == 8
    (entry,) = outbox(phone)
    body = entry["body"]
    assert (body["fields"], body["text"]) == ({"jenis": "tumpukan"}, "Sampah menumpuk.")
    assert (body["lat"], body["accuracy_m"], len(entry["photos"])) == (-3.2945, 12, 1)
    phone.go_online()
    sent(phone)


@pytest.mark.promise(on="106")
def test_nihil_takes_two_taps_and_its_confirmation(phone):
    taps = at_home(phone)
    taps.on(phone.page.locator("[data-nihil-open]").first)
    taps.on(phone.page.locator("dialog[open] button.main"))
    eventually(lambda: len(outbox(phone)), 1)
    assert taps.count == 2 + 1
    phone.go_online()
    sent(phone)
