"""What helps a person along: the counter, a warning before there is no room, the wish to be kept,
and a button that does not wait."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    eventually,
    fill,
    keep,
    more,
    open_form,
    ours,
    outbox,
    ready,
    save,
    sent,
    states,
)
from tests.cast import RAHMAN

# The phone has `room` bytes left, has promised to keep its storage if `promised` is noted, and
# counts in `asked` how often it is asked to promise it.
STORAGE = """
  self.asked = 0;
  const room = () => Number(localStorage.room || 6_000_000);
  Object.assign(StorageManager.prototype, {
    estimate: async () => ({ quota: 900_000_000, usage: 900_000_000 - room() }),
    persisted: async () => "promised" in localStorage,
    persist: async () => { self.asked += 1; return false; },
  });
"""


@pytest.mark.old_only
def test_the_form_counts_signs_warns_of_a_full_phone_and_asks_to_be_kept(phone):
    phone.context.add_init_script(STORAGE)
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    page.locator("[data-save-draft]").wait_for()  # the phone has looked at its storage
    page.locator("[name=happened_on][max]").wait_for()  # and has filled the form
    warning = page.get_by_text("Penyimpanan HP hampir penuh").filter(visible=True)
    expect(warning).to_have_count(0)

    # Signs are counted as the server counts them, and near the end the counter warns.
    counter = page.locator("[data-counter-for=field-text]")
    expect(counter).to_have_text("0 / 1.000")
    page.fill("#field-text", "Rapat 🙂")
    expect(counter).to_have_text("7 / 1.000")
    page.fill("#field-text", "a" * 949)
    expect(counter).to_have_text("949 / 1.000")
    expect(counter).not_to_have_class("field-counter full")
    page.locator("#field-text").press_sequentially("b")
    expect(counter).to_have_text("950 / 1.000")
    expect(counter).to_have_class("field-counter full")
    page.fill("#field-text", "c" * 1000)
    expect(counter).to_have_text("1.000 / 1.000")
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")], ["c" * 1000])

    # A phone short of room is told before anything is typed.
    page.evaluate("localStorage.room = 3_000_000")
    page.reload()
    expect(warning).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("c" * 1000)
    expect(counter).to_have_text("1.000 / 1.000")

    # It is asked to keep its storage once there is something to keep, and not again.
    fill(page, "pemerintahan")
    assert page.evaluate("self.asked") == 0
    save(page)
    eventually(lambda: page.evaluate("self.asked"), 1)
    page.evaluate("localStorage.promised = 1")
    page = open_form(phone, "pemerintahan")
    expect(warning).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("")
    fill(page, "pemerintahan")
    save(page)
    sent(phone, 2)
    assert page.evaluate("self.asked") == 0


def card(page: Page, entry: str):
    return page.locator(f"[data-entry='{entry}']")


@pytest.mark.old_only
def test_send_now_on_one_report_waits_for_nothing_and_leaves_the_refused_alone(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/kotak-keluar")
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    refused = keep(phone, text="Yang ditolak.")
    eventually(lambda: states(phone), ["needs_attention"])
    busy = server.network.when("POST", "/laporan", ours(503, "busy", Retry_After="3600"), None)
    waits = keep(phone, text="Yang disuruh menunggu.")
    eventually(lambda: outbox(phone)[1].get("told_to_wait"))
    server.network.lift(busy)
    expect(card(page, waits)).to_contain_text("Menunggu dikirim")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("sipokat.replay.drain('now')")
    assert states(phone) == ["needs_attention", "waiting"], "the server said: in an hour"
    card(page, waits).locator("[data-send]").click()
    eventually(lambda: states(phone), ["needs_attention", "sent"])
    expect(card(page, refused).locator("[data-send]")).to_be_hidden()
    assert [one.status for one in server.network.passed("POST", "/laporan")].count(201) == 1


@pytest.mark.old_only
def test_a_month_asks_for_no_event_and_its_movements_are_one_tap(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "kependudukan")
    for absent in ("#field-photos", "#field-place", "#field-happened_on"):
        expect(page.locator(absent)).to_be_hidden()
    page.locator("[name='fields.periode']").first.check()
    for name in ("kk", "penduduk_l", "penduduk_p", "lahir_l"):
        page.fill(f"[name='fields.{name}']", "7")
    seasonal = page.locator("[name='fields.musiman_l']")
    expect(seasonal).to_be_hidden()
    more(page)
    seasonal.fill("banyak")
    page.get_by_role("button", name="Isi 0 semua").click()
    movements = [f"{what}_{who}" for what in ("lahir", "meninggal") for who in "lp"]
    values = [page.locator(f"[name='fields.{name}']").input_value() for name in movements]
    assert values == ["7", "0", "0", "0"]

    # What is filled in, or wrong, is not hidden behind "Tambah rincian".
    eventually(lambda: [one["values"]["fields.pindah_p"] for one in phone.stored("drafts")], ["0"])
    page = open_form(phone, "kependudukan")
    expect(seasonal).to_have_value("banyak")
    more(page)
    expect(seasonal).to_be_hidden()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(seasonal).to_be_focused()
    seasonal.fill("")
    save(page)
    (entry,) = outbox(phone)
    assert entry["title"].startswith("Data penduduk "), "with its month, as the list names it"
    assert entry["body"]["happened_on"] == page.evaluate("sipokat.page.dates(Date.now()).today")
    assert "musiman_l" not in entry["body"]["fields"]
    # An event that is reported next asks for its place again.
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-happened_on")).to_be_visible()
    expect(page.locator("#field-photos")).to_be_visible()


@pytest.mark.old_only
def test_a_ready_sentence_takes_the_place_and_never_what_was_typed(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pembangunan")
    text = page.locator("#field-text")
    say = lambda words: page.get_by_role("button", name=words).click()  # noqa: E731
    say("Jalan rusak")
    expect(text).to_have_value("Jalan rusak, mohon diperbaiki.")
    page.fill("#field-place_text", "Gang 3.")
    expect(text).to_have_value("Jalan rusak di Gang 3, mohon diperbaiki.")
    expect(page.locator("[name='fields.jenis'][value=jalan]")).to_be_checked()
    say("Lampu jalan mati")
    expect(text).to_have_value("Lampu jalan mati di Gang 3, mohon diperbaiki.")
    expect(page.locator("[name='fields.jenis'][value=penerangan]")).to_be_checked()
    text.fill("Sudah sebulan gelap.")
    say("Lampu jalan mati")
    expect(text).to_have_value("Sudah sebulan gelap. Lampu jalan mati di Gang 3, mohon diperbaiki.")
    page.fill("#field-place_text", "Gang 4")
    expect(text).to_have_value("Sudah sebulan gelap. Lampu jalan mati di Gang 3, mohon diperbaiki.")
    eventually(lambda: [one["values"]["place_text"] for one in phone.stored("drafts")], ["Gang 4"])


@pytest.mark.old_only
def test_a_form_that_the_server_has_filled_in_spares_as_much_typing(phones):
    phone = phones("tautan", service_workers="block")
    phone.sign_in(RAHMAN)
    page = phone.open("/laporan/baru?kategori=sampah")
    page.get_by_role("button", name="Sampah menumpuk di …").click()
    expect(page.locator("#field-text")).to_have_value("Sampah menumpuk.")
    expect(page.locator("[name='fields.jenis'][value=tumpukan]")).to_be_checked()
    page = phone.open("/laporan/baru?kategori=kependudukan")
    page.get_by_role("button", name="Isi 0 semua").click()
    expect(page.locator("[name='fields.pindah_p']")).to_have_value("0")
    expect(page.locator("[data-ready] button")).to_have_count(0)
