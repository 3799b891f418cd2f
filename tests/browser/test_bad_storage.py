"""Storage that is full or has lost something: the rest goes on, and the person is told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    enter,
    eventually,
    file,
    kept_pages,
    outbox,
    owner,
    photos,
    picture,
    ready,
    report,
    reports,
    sent,
    states,
)
from tests.cast import RAHMAN, SITI
from tests.services.network import refuse
from tests.services.phone import Phone

NO_SYNC = "delete self.SyncManager; delete ServiceWorkerRegistration.prototype.sync;"
# Refuses what is put, as a full disk would, while `full` is noted; once a photo has gone there is
# room again where `frees` is noted too.
FULL = """
(() => {
  const { put, delete: remove } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    if (sessionStorage.full) throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, value, key);
  };
  IDBObjectStore.prototype.delete = function (key) {
    if (sessionStorage.frees && this.name === "photos") sessionStorage.clear();
    return remove.call(this, key);
  };
  const { setTimeout: later } = self;
  self.waits = [];
  self.setTimeout = (work, ms, ...rest) => {
    self.waits.push(ms);
    return later(work, ms, ...rest);
  };
})();
"""


def lose_bytes(phone: Phone) -> None:
    """The files that hold what is large in IndexedDB are gone from the disk."""
    phone.kill()
    lost = [one for one in phone.profile.rglob("*.indexeddb.blob/**/*") if one.is_file()]
    for one in lost:
        one.unlink()
    assert lost
    phone.start()


def set_quota(phone: Phone, size: int | None) -> None:
    session = phone.context.new_cdp_session(phone.page)
    asked: dict[str, Any] = {"origin": phone.url}
    session.send("Storage.overrideQuotaForOrigin", asked | ({"quotaSize": size} if size else {}))


def fill_up(phone: Phone) -> None:
    """By the debugging protocol's quota where IndexedDB heeds it (106), else as it would refuse."""
    if phone.engine.name == "106":
        set_quota(phone, 1)
    else:
        phone.page.evaluate("sessionStorage.full = 1")


def make_room(phone: Phone) -> None:
    if phone.engine.name == "106":
        set_quota(phone, None)
    else:
        phone.page.evaluate("sessionStorage.clear()")


def refused_photo(page: Page) -> Any:
    return page.locator("[data-entry] .stack[data-refused]")


@pytest.mark.promise(on="106")
@pytest.mark.old_only
def test_a_photo_that_cannot_be_read_holds_back_nothing_else(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    report(phone, text="Berikutnya.")
    lose_bytes(phone)
    phone.go_online()
    page = phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_attention", "sent"])
    assert len(reports(server)) == 2
    expect(refused_photo(page)).to_contain_text("Foto ini rusak di HP.")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    sent(phone, 2)
    eventually(lambda: [one.state for one in photos(server) if one.current], ["ready"])


@pytest.mark.old_only
def test_an_entry_whose_photo_cannot_be_read_can_be_deleted(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    lose_bytes(phone)
    page = phone.open("/kotak-keluar")
    page.locator("[data-entry]").get_by_role("button", name="Hapus").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert [phone.stored(store) for store in ("entries", "photos")] == [[], []]


@pytest.mark.old_only
def test_a_full_phone_still_sends_and_says_that_it_is_full(phone, server):
    phone.context.add_init_script(NO_SYNC + FULL)
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    phone.open("/luring")
    fill_up(phone)
    phone.go_online()
    page = phone.open("/kotak-keluar")
    expect(page.locator("#notices")).to_contain_text("Penyimpanan HP penuh")
    (entry,) = outbox(phone)
    there = [entry["photos"][0]["sha256"]]
    eventually(lambda: [one.sha256 for one in photos(server) if one.state != "missing"], there)
    assert [row.client_id for row in reports(server)] == [entry["id"]]
    # What cannot be noted is not tried once a second.
    eventually(lambda: page.evaluate("waits.filter((ms) => ms >= 1000).at(-1)"), 60_000)
    make_room(phone)
    page.get_by_role("button", name="Kirim sekarang").first.click()
    sent(phone)
    assert len(reports(server)) == 1
    expect(page.locator("#notices")).not_to_contain_text("Penyimpanan HP penuh")


@pytest.mark.current_only
def test_what_has_arrived_makes_room_for_its_receipt(phone, server):
    phone.context.add_init_script(NO_SYNC + FULL)
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    phone.open("/luring")
    phone.page.evaluate("sessionStorage.full = sessionStorage.frees = 1")
    phone.go_online()
    phone.open("/kotak-keluar")
    sent(phone)
    assert phone.stored("photos") == []
    assert [one.method for one in server.network.passed(path="/laporan*")][-2:] == ["POST", "PUT"]


@pytest.mark.old_only
def test_a_file_that_there_is_no_room_for_is_shown_all_the_same(phone):
    ready(phone, RAHMAN)
    page = phone.open("/akun")
    (script,) = page.evaluate(
        "[...document.scripts].map((one) => one.src).filter((one) => /pages/.test(one))"
    )
    page.evaluate(
        """async (script) => {
            for (const name of await caches.keys()) await (await caches.open(name)).delete(script);
        }""",
        script,
    )
    set_quota(phone, 1)
    assert page.evaluate("(script) => fetch(script).then((answer) => answer.ok)", script)


@pytest.mark.current_only
def test_a_phone_whose_caches_fail_knows_its_owner(phone, server):
    ready(phone, RAHMAN)
    phone.context.add_init_script("caches.keys = () => Promise.reject(new Error('no'));")
    report(phone)
    sent(phone)
    assert len(reports(server)) == 1


# --- Whose phone it is, when that cannot be written ---------------------------------------------


@pytest.mark.promise(on="106")
@pytest.mark.old_only
def test_signing_out_of_a_full_phone_leaves_nothing_of_the_owner(phone, server):
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    page = phone.open("/akun")
    eventually(lambda: kept_pages(phone))
    fill_up(phone)
    server.network.when("*", "*", refuse, times=None)
    page.get_by_role("button", name="Keluar", exact=True).last.click()
    page.wait_for_url("**/masuk")
    assert owner(phone) == [None, True]
    assert kept_pages(phone) == []
    server.network.heal()
    phone.open("/masuk")
    eventually(lambda: owner(phone), [None, False])
    assert server.value("SELECT count(*) FROM login_session") == 0


@pytest.mark.old_only
def test_a_full_phone_that_cannot_note_its_new_owner_shows_nothing_of_the_last(phone, server):
    phone.context.add_init_script(NO_SYNC + FULL)
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", refuse, times=None)
    report(phone, text="Dari Pak Rahman.")
    server.query("DELETE FROM login_session")
    page = phone.open("/masuk")
    fill_up(phone)
    server.network.heal()
    enter(page, SITI)
    expect(page.locator("[data-form-error]")).to_contain_text("Penyimpanan HP penuh")
    assert owner(phone) == [None, False]
    page.get_by_role("button", name="Lanjut tanpa menyimpan").click()
    expect(page.get_by_text("Siti").first).to_be_visible()
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("Masuk dulu untuk melihat laporan Anda")).to_be_visible()
    expect(page.get_by_text("Dari Pak Rahman.")).to_have_count(0)
    assert reports(server) == []
    make_room(phone)
    phone.open("/beranda")
    eventually(lambda: owner(phone), [SITI.name, False])
