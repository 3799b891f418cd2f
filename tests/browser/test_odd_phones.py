"""Phones with a wrong clock, without room, without Background Sync, with two tabs, or switched off
in the middle of a sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    FULL,
    NO_SYNC,
    eventually,
    fill,
    keep,
    no_signal,
    open_form,
    outbox,
    photos,
    ready,
    reports,
    save,
    sent,
    try_in_vain,
    write,
)
from tests.cast import RAHMAN
from tests.services.network import refuse

IN_2015 = """
(() => {
  const Real = Date;
  const behind = Real.now() - Real.UTC(2015, 2, 14, 1, 30);
  self.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() - behind);
    }
    static now() { return Real.now() - behind; }
  };
})();
"""


def test_a_phone_that_lives_in_2015_reports_todays_day(phone, server):
    phone.context.add_init_script(IN_2015)
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    expect(page.get_by_text("Tanggal di HP mungkin salah").first).to_be_visible()
    fill(page, "pemerintahan")
    save(page)
    sent(phone)
    (row,) = reports(server)
    assert row.clock_doubtful
    assert row.written_at_raw.startswith("2015-03-14")
    today = server.value("SELECT date('now', '+7 hours')")
    assert str(row.happened_on) == today


def test_without_background_sync_the_outbox_goes_by_itself(phone, server):
    phone.context.add_init_script(NO_SYNC)
    ready(phone, RAHMAN)
    phone.go_offline()
    keep(phone, "sampah", photos=1)
    phone.go_online()
    sent(phone)
    assert len(reports(server)) == 1


@pytest.mark.old_only
def test_without_web_locks_a_page_sends_more_than_once(phone, server):
    phone.context.add_init_script(NO_SYNC + "delete Navigator.prototype.locks;")
    ready(phone, RAHMAN)
    keep(phone, text="Satu.")
    sent(phone)
    keep(phone, text="Dua.")
    sent(phone, 2)
    assert [row.text for row in reports(server)] == ["Satu.", "Dua."]
    assert len(server.network.passed("POST", "/laporan")) == 2


def test_what_still_waits_after_a_run_has_the_browser_wake_the_worker(phone, server):
    phone.context.add_init_script(
        """Object.assign(SyncManager.prototype, {
            getTags: async () => [],
            register: async (tag) => { self.wakes = tag; },
        });"""
    )
    ready(phone, RAHMAN)
    no_signal(server)
    keep(phone)
    page = phone.open("/kotak-keluar")  # nothing is saved here
    eventually(lambda: page.evaluate("self.wakes"), "sipokat-replay")


@pytest.mark.promise(on="current")
def test_two_tabs_send_each_report_once(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    texts = ["Satu.", "Dua.", "Tiga."]
    for text in texts:
        keep(phone, text=text, photos=1)
    # Neither page is left once there is a signal: what it was sending would go a second time.
    phone.new_tab().goto("/kotak-keluar")
    phone.open("/kotak-keluar")
    phone.go_online()
    sent(phone, 3)
    assert sorted(row.text for row in reports(server)) == sorted(texts)
    assert len(server.network.passed("POST", "/laporan")) == 3
    assert len(server.network.passed("PUT")) == len(photos(server)) == 3


def form_in(page: Page) -> Page:
    page.goto("/laporan/baru?kategori=pemerintahan")
    expect(page.locator("[data-report-form]")).to_be_visible()
    return page


@pytest.mark.old_only
def test_a_photo_goes_with_the_tab_that_sends_first(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    one = form_in(phone.page)
    fill(one, "pemerintahan", "Dengan foto.", photos=1)
    eventually(
        lambda: [draft["values"]["text"] for draft in phone.stored("drafts")], ["Dengan foto."]
    )
    two = form_in(phone.new_tab())
    expect(two.locator("[data-photos] [data-photo]")).to_have_count(1)
    save(one)
    two.fill("#field-text", "Yang lain.")
    two.locator("[data-report-form] button[type=submit]").click()
    expect(two.locator("#notices")).to_contain_text("Ada foto yang hilang")
    (entry,) = outbox(phone)
    assert entry["body"]["text"] == "Dengan foto."
    assert [photo["holder"] for photo in phone.stored("photos")] == [entry["id"]]


def test_a_draft_outlives_a_killed_browser_with_its_photo(phone):
    ready(phone, RAHMAN)
    page = write(phone, "sampah", "Sampah di depan musala.", photos=1)
    eventually(lambda: [len(one["photos"]) for one in phone.stored("drafts")], [1])
    eventually(lambda: phone.stored("drafts")[0]["values"]["place_text"] != "")
    page = phone.restart()
    page.goto("/laporan/baru?kategori=sampah")
    expect(page.locator("#field-text")).to_have_value("Sampah di depan musala.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    expect(page.locator("input[name='fields.jenis'][value=tumpukan]")).to_be_checked()


def test_a_full_phone_says_so_and_keeps_the_text(phone, server):
    """By the debugging protocol's quota where IndexedDB heeds it (106), else as it would refuse."""
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    page = write(phone, text="Tidak muat lagi.")
    if phone.engine.name == "106":
        session = phone.context.new_cdp_session(page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url, "quotaSize": 1})
    else:
        page.evaluate("self.full = true")
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("#notices")).to_contain_text("Penyimpanan HP penuh")
    expect(page.locator("#field-text")).to_have_value("Tidak muat lagi.")
    expect(page.locator("[data-saved]")).to_be_hidden()
    assert outbox(phone) == []
    if phone.engine.name == "106":
        session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url})
    else:
        page.evaluate("self.full = false")
    save(page)
    sent(phone)
    assert [row.text for row in reports(server)] == ["Tidak muat lagi."]


def test_a_page_seen_again_and_a_sync_event_have_the_outbox_sent(phone, server):
    phone.context.add_init_script(NO_SYNC)
    ready(phone, RAHMAN)
    page = phone.page
    no_signal(server)
    id_ = keep(phone, text="Satu.")
    try_in_vain(phone, id_)
    server.network.heal()
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    sent(phone)

    # No page of SIPOKAT that could send is open when the browser wakes the worker.
    silence = server.network.when("POST", "*", refuse, times=None)
    keep(phone, text="Dua.")
    phone.open("/static/manifest.json")
    server.network.lift(silence)
    session = phone.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(
            one["registrationId"] for one in told["registrations"] if not one["isDeleted"]
        ),
    )
    session.send("ServiceWorker.enable")
    eventually(lambda: page.evaluate("1") and registrations)
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": phone.url,
            "registrationId": registrations[0],
            "tag": "sipokat-replay",
            "lastChance": False,
        },
    )
    eventually(lambda: [row.text for row in reports(server)], ["Satu.", "Dua."])
