"""A report of the wrong kind goes over into one of the right kind and is withdrawn after it; and
several unfinished reports of one category are kept beside each other."""

from __future__ import annotations

import itertools
from typing import Any

from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import (
    choose,
    eventually,
    is_kept,
    no_signal,
    open_form,
    outbox,
    picture,
    ready,
    reports,
    save,
    send_now,
    states,
)
from tests.cast import HARTONO, RAHMAN
from tests.page import fresh_id
from tests.services.caller import Caller
from tests.wire import days_ago

CARRY = "Buat laporan dengan jenis yang benar"


def returned(server: Any, **changes: Any) -> str:
    """A report of Rahman's that came back as one of the wrong kind."""
    rahman = Caller(server, RAHMAN)
    number: str = wire.file_report(rahman, place_text="Gang 3", **changes)["number"]
    wire.decide(
        Caller(server, HARTONO), number, "pengembalian", reason="salah_jenis", note="Bukan."
    )
    return number


def carry(page: Page) -> None:
    """From the form of the returned report to that of "keamanan_ketertiban", ready to be sent."""
    page.get_by_role("link", name=CARRY).click()
    page.wait_for_url("**/laporan/baru?ganti=*")
    expect(page.locator("#notices")).to_contain_text("Pilih jenis yang benar")
    expect(page.locator(".tile[data-category=nihil]")).to_be_hidden()
    page.locator(".tile[data-category=keamanan_ketertiban]").click()
    expect(page.locator("#field-text")).to_have_value("Ronda di gang 3.")
    expect(page.locator("#notices")).not_to_contain_text("dibuka lagi")
    expect(page.locator("#field-place_text")).to_have_value("Gang 3")
    choose(page, "fields.jenis", "ronda")


def test_the_old_report_is_withdrawn_once_the_new_one_has_its_receipt(phone, server):
    data = picture(5)
    claim = wire.declared(data)
    number = returned(server, text="Ronda di gang 3.", photos=[claim])
    client_id = reports(server)[0].client_id
    wire.put(Caller(server, RAHMAN), client_id, claim["id"], data)
    ready(phone, RAHMAN)
    ready_photo = "SELECT count(*) FROM photo WHERE state = 'ready'"
    eventually(lambda: server.value(ready_photo), 1)
    page = phone.open("/beranda")
    form = f"/laporan/{number}/perbaikan"
    eventually(lambda: is_kept(phone, form))
    page = phone.open(form)
    # What is typed before the form is ready counts as its own content.
    days = itertools.cycle([days_ago(1), days_ago(2)])
    eventually(
        lambda: page.fill("[name=happened_on]", next(days)) or len(phone.stored("drafts")), 1
    )
    carry(page)
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)

    no_signal(server)
    save(page)
    # Home knows, also from a copy, that nothing is left to mend.
    page = phone.open("/beranda")
    waits = f"Pengganti laporan {number} menunggu dikirim"
    expect(page.locator("[data-taken]")).to_have_text(waits)
    eventually(lambda: phone.stored("drafts"), [])
    page = phone.open(form)
    expect(page.locator("[data-taken]")).to_have_text(waits)
    expect(page.get_by_role("link", name=CARRY)).to_be_hidden()
    expect(page.locator("[data-report-form]")).to_be_hidden()
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-entry]")).to_contain_text(f"Pengganti laporan {number}")
    assert [one["kind"] for one in outbox(phone)] == ["report"]
    assert reports(server)[0].status == "returned"

    server.network.heal()
    eventually(lambda: send_now(phone) or states(phone), ["sent", "sent"])
    old, new = reports(server)
    assert (old.status, new.status) == ("withdrawn", "waiting")
    assert (new.category, new.text) == ("keamanan_ketertiban", "Ronda di gang 3.")
    assert server.value("SELECT count(*) FROM event WHERE action = 'withdraw'") == 1
    moves = server.query("SELECT action, note FROM event ORDER BY seq")
    assert moves[-1].action == "withdraw"
    assert new.number in moves[-1].note
    done = phone.open("/kotak-keluar").locator("[data-outbox-sent] article")
    card = done.filter(has_text=f"Pembatalan laporan {number}")
    expect(card).to_contain_text("Diterima")
    assert card.inner_text().count(number) == 1, "said once"


def test_photos_that_cannot_be_carried_over_without_signal_are_asked_about(phone, server):
    claim = wire.declared(picture(5))
    number = returned(server, text="Ronda di gang 3.", photos=[claim])
    rahman = Caller(server, RAHMAN)
    wire.put(rahman, reports(server)[0].client_id, claim["id"], picture(5))
    ready(phone, RAHMAN)
    page = phone.open(f"/laporan/{number}/perbaikan")
    no_signal(server)
    link = page.get_by_role("link", name=CARRY)
    link.click()
    asked = page.locator("dialog[open]")
    expect(asked).to_contain_text("1 foto tidak ikut")
    asked.get_by_role("button", name="Nanti saja").click()
    expect(asked).to_have_count(0)
    assert page.url.endswith("/perbaikan")
    assert phone.stored("drafts") == []
    link.click()
    asked.get_by_role("button", name="Lanjutkan").click()
    page.wait_for_url("**/laporan/baru?ganti=*")
    page.locator(".tile[data-category=keamanan_ketertiban]").click()
    expect(page.locator("#field-text")).to_have_value("Ronda di gang 3.")
    expect(page.locator("[data-photos-state]")).to_contain_text("Foto 1 belum")


def test_a_conflict_on_the_withdrawal_is_said_and_changes_nothing(phone, server):
    number = returned(server, text="Ronda di gang 3.")
    ready(phone, RAHMAN)
    page = phone.open(f"/laporan/{number}/perbaikan")
    carry(page)
    no_signal(server)
    save(page)
    body = wire.body(text="Tetap rapat.") | {"action_id": fresh_id(), "version": 2}
    for name in ("client_id", "category"):
        del body[name]
    Caller(server, RAHMAN).json("POST", f"/laporan/{number}/perbaikan", body)
    server.network.heal()
    eventually(lambda: send_now(phone) or states(phone), ["sent", "needs_attention"])
    page = phone.open("/kotak-keluar")
    card = page.locator("[data-entry]")
    expect(card).to_contain_text(f"Pembatalan laporan {number}")
    expect(card.get_by_role("link", name="Perbaiki")).to_be_hidden()
    assert [one.status for one in reports(server)] == ["waiting", "waiting"]


def test_several_unfinished_reports_of_one_category_are_kept_opened_and_deleted(phone):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    page.fill("#field-text", "Yang pertama.")
    page.get_by_role("button", name="Simpan dan mulai yang lain").click()
    expect(page.locator("#field-text")).to_have_value("")
    page.fill("#field-text", "Yang kedua.")
    page.get_by_role("button", name="Simpan draf").click()
    tile = page.locator(".tile[data-category=pemerintahan]")
    expect(tile).to_contain_text("2 draf")
    tile.click()
    expect(page.locator("#field-text")).to_have_value("Yang kedua.")
    expect(page.locator("#notices")).to_contain_text("1 draf lain")

    drafts = page.locator("[data-outbox-drafts] article")
    page = phone.open("/kotak-keluar")
    expect(drafts).to_have_count(2)
    drafts.filter(has_text="Yang pertama.").get_by_role("link").click()
    expect(page.locator("#field-text")).to_have_value("Yang pertama.")
    choose(page, "fields.jenis", "rapat")
    save(page)
    page = phone.open("/kotak-keluar")
    expect(drafts).to_have_count(1)
    expect(drafts).to_contain_text("Yang kedua.")
    drafts.get_by_role("button", name="Hapus draf").click()
    page.locator("dialog[open]").get_by_role("button", name="Hapus draf").click()
    expect(drafts).to_have_count(0)
