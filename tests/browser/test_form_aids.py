"""What helps a person along: the counter, a warning before there is no room, the wish to be kept,
and a button that does not wait."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    eventually,
    fill,
    keep,
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
    warning = page.locator("#notices").get_by_text("Penyimpanan HP hampir penuh")
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
