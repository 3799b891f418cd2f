"""What helps a person along: the counter, a warning before there is no room, the wish to be kept,
and a button that does not wait."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import eventually, open_form, outbox, ready, report, sent, states, write
from tests.browser.test_replay import ours
from tests.cast import RAHMAN

# Notes how often the phone was asked to keep its storage; it has not promised it, or it has.
ASKING = """
  self.asked = 0;
  StorageManager.prototype.persisted = async () => %s;
  StorageManager.prototype.persist = async () => { self.asked += 1; return false; };
"""


@pytest.mark.old_only
def test_the_counter_counts_signs_as_the_server_does_and_warns_near_the_end(phone):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
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
    page.reload()
    expect(page.locator("#field-text")).to_have_value("c" * 1000)
    expect(counter).to_have_text("1.000 / 1.000")


# What a phone says of its storage; the debugging protocol's quota does not change that.
LEFT = """
  StorageManager.prototype.estimate = async () =>
    ({ quota: 900_000_000, usage: 900_000_000 - %d });
"""


@pytest.mark.old_only
@pytest.mark.parametrize(("left", "told"), [(3_000_000, True), (6_000_000, False)])
def test_a_phone_short_of_room_is_told_before_anything_is_typed(phone, left, told):
    phone.context.add_init_script(LEFT % left)
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    page.locator("[data-save-draft]").wait_for()  # the phone has looked at its storage
    warning = page.locator("#notices").get_by_text("Penyimpanan HP hampir penuh")
    if told:
        expect(warning).to_be_visible()
        expect(page.locator("#field-text")).to_have_value("")
    page.locator("[name=happened_on][max]").wait_for()  # and has filled the form
    expect(warning).to_have_count(int(told))


@pytest.mark.old_only
def test_the_phone_is_asked_to_keep_its_storage_once_there_is_something_to_keep(phone):
    phone.context.add_init_script(ASKING % "false")
    ready(phone, RAHMAN)
    page = write(phone)
    assert page.evaluate("self.asked") == 0
    page.locator("[data-report-form] button[type=submit]").click()
    eventually(lambda: page.evaluate("self.asked"), 1)
    expect(page.locator("[data-saved]")).to_be_visible()


@pytest.mark.old_only
def test_a_phone_that_keeps_it_already_is_not_asked_again(phone):
    phone.context.add_init_script(ASKING % "true")
    ready(phone, RAHMAN)
    page = report(phone)
    sent(phone)
    assert page.evaluate("self.asked") == 0


def entry(page: Page, text: str):
    return page.locator("[data-entry]").filter(has_text=text)


@pytest.mark.old_only
def test_send_now_on_one_report_waits_for_nothing_and_leaves_the_refused_alone(phone, server):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    report(phone, text="Yang ditolak.")
    eventually(lambda: states(phone), ["needs_attention"])
    busy = server.network.when("POST", "/laporan", ours(503, "busy", Retry_After="3600"), None)
    report(phone, text="Yang disuruh menunggu.")
    eventually(lambda: outbox(phone)[1].get("told_to_wait"))
    server.network.lift(busy)
    page = phone.open("/kotak-keluar")
    expect(entry(page, "Yang disuruh menunggu.")).to_contain_text("Menunggu dikirim")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("sipokat.replay.drain('now')")
    assert states(phone) == ["needs_attention", "waiting"], "the server said: in an hour"
    entry(page, "Yang disuruh menunggu.").locator("[data-send]").click()
    eventually(lambda: states(phone), ["needs_attention", "sent"])
    expect(entry(page, "Yang ditolak.").locator("[data-send]")).to_be_hidden()
    assert len([one for one in server.network.passed("POST", "/laporan") if one.status == 201]) == 1
