"""What a page shows only after something was done on it breaks no rule either: panels, dialogs,
what opens in a card, what was refused, and a filled outbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import wire
from tests.browser.steps import (
    FULL,
    add_photos,
    eventually,
    file,
    gallery,
    keep,
    more,
    open_form,
    ours,
    picture,
    report,
    reports,
    save,
    sent,
    states,
    swapper,
)
from tests.cast import HARTONO, RAHMAN
from tests.services.accessibility import breaches, settle
from tests.services.caller import Caller
from tests.services.network import refuse
from tests.services.phone import DESKTOP, Phone

pytestmark = pytest.mark.current_only


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    """Every page comes from the server, none from a worker that has kept it."""
    return phones(service_workers="block")


def test_nothing_that_an_rt_head_meets_breaks_a_rule(phone, server, look):
    page = phone.open("/masuk")
    page.fill("[name=phone]", RAHMAN.phone)
    page.fill("[name=password]", "bukan ini")
    page.locator("form:has([name=password]) [type=submit]").click()
    expect(page.locator("[data-form-error] .notice")).to_be_visible()
    look("a refused sign-in")

    phone.sign_in(RAHMAN)
    phone.open("/beranda")
    page.locator("[data-nihil-open]").click()
    expect(page.locator("dialog[data-nihil]")).to_be_visible()
    look("the question before nihil")

    phone.open("/akun")
    page.get_by_text("Ganti kata sandi").click()
    password = page.locator("form", has=page.get_by_role("button", name="Simpan kata sandi"))
    for field in password.locator("input[type=password]").all():
        field.fill("kata sandi yang panjang")
    server.network.when("GET", "/akun", refuse, times=None)
    page.get_by_role("button", name="Simpan kata sandi").click()
    expect(page.locator(".notice", has_text="Ini belum terkirim.")).to_be_focused()
    look("a plain form that was not sent")
    server.network.heal()

    open_form(phone, "sampah")
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator(".field-error").first).to_be_visible()
    look("what the phone itself finds wrong")
    page.evaluate("document.querySelector('[data-report-form]').submit()")
    page.wait_for_url("**/laporan")
    expect(page.locator(".field-error").first).to_be_visible()
    look("a plain form that was refused")

    report(phone)
    sent(phone)
    look("a report that was sent")
    server.network.when("PUT", "/laporan/*", ours(415, "wrong_type"))
    report(phone, "sampah", photos=1)
    eventually(lambda: states(phone), ["sent", "needs_attention"])
    look("a report whose photo was refused")
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    keep(phone, text="HP ini ditolak.")
    eventually(lambda: states(phone), ["sent"] + ["needs_attention"] * 2)
    server.network.when("POST", "/laporan", refuse, times=None)
    report(phone, text="HP ini menunggu.", photos=1)
    eventually(lambda: states(phone), ["sent"] + ["needs_attention"] * 2 + ["waiting"])
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


def test_nothing_that_opens_on_a_desk_breaks_a_rule(phone, server, look):
    rahman = Caller(server, RAHMAN)
    declared = wire.declared(picture(1))
    receipt = wire.file_report(rahman, "sampah", photos=[declared])
    wire.put(rahman, receipt["client_id"], declared["id"], picture(1))
    number = receipt["number"]
    other = wire.file_report(rahman, "sampah", text="Sampah yang lain.")["number"]

    phone.sign_in(HARTONO)
    page = phone.open("/verifikasi")
    card = page.locator(f"#kartu-{number}")
    for summary in card.locator("summary").all():
        summary.click()
    expect(card.locator("details:not([open])")).to_have_count(0)
    look("a card with all that opens in it")
    with phone.expecting("422"):
        card.get_by_role("button", name="Tolak laporan").click()
        expect(page.locator("dialog[open]")).to_be_visible()
        look("the question before a rejection")
        page.get_by_role("dialog").get_by_role("button", name="Ya, tolak").click()
        expect(card.locator(".field-error").first).to_be_visible()
    look("a card that was refused")
    card.locator("summary").filter(has_text="Kembalikan").click()
    form = card.locator("form[action$=pengembalian]")
    form.get_by_role("button", name="Sudah dilaporkan").click()
    expect(form.get_by_role("button", name=other)).to_be_visible()
    look("a return that asks for the number of another report")
    form.get_by_role("button", name="Foto kurang jelas").click()
    form.locator("textarea").fill("Mohon foto ulang.")
    form.get_by_role("button", name="Kembalikan laporan").click()
    expect(page.locator("[data-done] a[href*='wa.me']")).to_be_visible()
    look("a card that was decided")

    phone.sign_in(RAHMAN)
    phone.open("/beranda")
    look("home with a report that came back")
    phone.open(f"/laporan/{number}/perbaikan")
    look("the form of a report that came back")
    page.fill("#field-text", "Tumpukan sampah, difoto dari dekat.")
    save(page)
    sent(phone)
    assert reports(server)[0].desk == "kelurahan"
    phone.open(f"/laporan/{number}")
    expect(page.locator(".compare .card")).to_have_count(2)
    look("a report with its versions side by side")
    phone.sign_in(HARTONO)
    phone.open("/verifikasi")
    expect(card.locator(".changes del")).to_be_visible()
    look("a card in its second round")
    card.locator(".card-link").first.click()
    expect(page.locator("main .changes ins")).to_be_visible()
    look("the page of a report in its second round")


def test_nothing_in_forms_lists_and_mending_breaks_a_rule(phone, server, look):
    rahman, hartono = Caller(server, RAHMAN), Caller(server, HARTONO)
    claim = wire.declared(picture(1))
    receipt = wire.file_report(rahman, "sampah", photos=[claim])
    wire.put(rahman, receipt["client_id"], claim["id"], picture(1))
    number = receipt["number"]
    wire.decide(hartono, number, "pengembalian", reason="salah_jenis", note="Bukan sampah.")
    for _ in range(2):
        wire.file_report(rahman)
    eventually(lambda: server.value("SELECT count(*) FROM photo WHERE state = 'ready'"), 1)

    phone.sign_in(RAHMAN)
    phone.page.add_init_script(FULL)
    page = open_form(phone, "kependudukan")
    more(page)
    page.get_by_role("button", name="Isi 0 semua").click()
    look("the form of a month")
    open_form(phone, "sampah")
    more(page)
    page.evaluate("self.full = true")
    gallery(page).set_input_files([file(picture(2))])
    expect(page.locator("[data-photos-state]")).to_contain_text("Hapus beberapa video")
    look("a form on a phone that is full, with all its fields")

    phone.open(f"/laporan/{number}")
    expect(page.get_by_role("link", name="Perbaiki")).to_be_visible()
    look("the page of a report that came back")
    phone.open(f"/laporan/{number}/perbaikan")
    swapper(page, 1).set_input_files([file(picture(3))])
    expect(page.locator("[data-photo]")).to_have_count(1)
    look("a form of the wrong kind, with another photo in the place of one")
    page.get_by_role("link", name="Buat laporan dengan jenis yang benar").click()
    page.wait_for_url("**/laporan/baru?ganti=*")
    expect(page.locator("#notices")).to_contain_text("Pilih jenis yang benar")
    look("the tiles for the right kind")

    phone.open("/laporan")
    page.locator("summary").click()
    look("the list with all that can be chosen")
    phone.open("/laporan?cari=tidakada")
    look("a list in which nothing was found")


def test_nothing_in_the_reading_pane_of_the_list_breaks_a_rule(phones, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    wide = phones("meja", service_workers="block", **DESKTOP)
    wide.sign_in(HARTONO)
    page = wide.open("/laporan")
    page.locator(f"a[href='/laporan/{number}']").click()
    pane = page.locator("[data-report-pane]")
    expect(pane).to_contain_text("Yang bisa Anda lakukan")
    pane.locator("summary").filter(has_text="Kembalikan").click()
    settle(page)
    assert breaches(page, "the list beside a report", ["light", "dark"]) == []
