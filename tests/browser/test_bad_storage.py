"""Storage that is full or has lost something: the rest goes on, and the person is told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    NO_SYNC,
    enter,
    eventually,
    file,
    is_kept,
    keep,
    kept_pages,
    no_signal,
    outbox,
    owner,
    photos,
    picture,
    ready,
    reports,
    send_now,
    sent,
    states,
    try_in_vain,
)
from tests.cast import RAHMAN, SITI
from tests.services.network import refuse
from tests.services.phone import Phone
from tests.services.server import Server

# Refuses what is put, as a full disk would, while `full` is noted; once a photo has gone there is
# room again where `frees` is noted too. `waits` are the timers that were set.
NO_ROOM = """
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
    """The room that SIPOKAT has on this phone; Chromium 106 applies it to IndexedDB as well."""
    session = phone.context.new_cdp_session(phone.page)
    asked: dict[str, Any] = {"origin": phone.url}
    session.send("Storage.overrideQuotaForOrigin", asked | ({"quotaSize": size} if size else {}))


def leave_waiting(phone: Phone, server: Server) -> None:
    """A report with a photo waits on the phone, there is signal, and no page that sends is open."""
    phone.context.add_init_script(NO_SYNC + NO_ROOM)
    ready(phone, RAHMAN)
    silence = server.network.when("POST", "/laporan", refuse, times=None)
    keep(phone, "sampah", photos=1)
    send_now(phone)
    phone.open("/static/manifest.json")
    server.network.lift(silence)


@pytest.mark.old_only
def test_photos_that_cannot_be_read_hold_back_nothing_else_and_can_be_changed_or_deleted(
    phone, server
):
    ready(phone, RAHMAN)
    phone.go_offline()
    large = picture(1, 1280, 960)  # the browser keeps what is large in a file of its own
    keep(phone, "sampah", photos=[large])
    unwanted = keep(phone, "sampah", photos=[large])
    keep(phone, text="Berikutnya.")
    lose_bytes(phone)
    page = phone.open("/kotak-keluar")
    try_in_vain(phone, unwanted)  # an entry that is being sent is not deleted
    page.locator(f"[data-entry='{unwanted}']").get_by_role("button", name="Hapus").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    eventually(lambda: len(outbox(phone)), 2)

    phone.go_online()
    eventually(lambda: send_now(phone) or states(phone), ["needs_attention", "sent"])
    assert len(reports(server)) == 2
    expect(page.locator("[data-entry] .stack[data-refused]")).to_contain_text(
        "Foto ini rusak di HP."
    )
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    sent(phone, 2)
    eventually(lambda: phone.stored("photos"), [])  # nor are those of the deleted entry left
    eventually(lambda: [one.state for one in photos(server) if one.current], ["ready"])


@pytest.mark.promise(on="106")
@pytest.mark.old_only
def test_a_full_phone_still_sends_and_says_that_it_is_full(phone, server):
    leave_waiting(phone, server)
    set_quota(phone, 1)
    page = phone.open("/kotak-keluar")
    expect(page.locator("#notices")).to_contain_text("Penyimpanan HP penuh")
    (entry,) = outbox(phone)
    there = [entry["photos"][0]["sha256"]]
    eventually(lambda: [one.sha256 for one in photos(server) if one.state != "missing"], there)
    assert [row.client_id for row in reports(server)] == [entry["id"]]
    # What cannot be noted is not tried once a second. (1250 ms are the ticks of the storage.)
    runs = "waits.filter((ms) => ms >= 1000 && ms !== 1250).at(-1)"
    eventually(lambda: page.evaluate(runs), 60_000)
    set_quota(phone, None)
    page.get_by_role("button", name="Kirim sekarang").first.click()
    sent(phone)
    assert len(reports(server)) == 1
    expect(page.locator("#notices")).not_to_contain_text("Penyimpanan HP penuh")


@pytest.mark.current_only
def test_what_has_arrived_makes_room_for_its_receipt(phone, server):
    leave_waiting(phone, server)
    phone.page.evaluate("sessionStorage.full = sessionStorage.frees = 1")
    phone.open("/kotak-keluar")
    sent(phone)
    assert phone.stored("photos") == []
    assert [one.method for one in server.network.passed(path="/laporan*")][-2:] == ["POST", "PUT"]


@pytest.mark.current_only
def test_a_phone_whose_caches_fail_knows_its_owner(phone, server):
    ready(phone, RAHMAN)
    phone.context.add_init_script("caches.keys = () => Promise.reject(new Error('no'));")
    phone.open("/laporan/baru")
    keep(phone)
    sent(phone)
    assert len(reports(server)) == 1


# --- Whose phone it is, when that cannot be written ---------------------------------------------


@pytest.mark.old_only
def test_a_full_phone_shows_its_pages_and_after_a_sign_out_nothing_of_the_owner(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/akun")
    eventually(lambda: is_kept(phone, "/akun"))
    # A script that there is no room to keep is handed on all the same.
    script = page.evaluate(
        """async () => {
            const [script] = [...document.scripts].map((one) => one.src).filter((one) =>
                /pages/.test(one));
            for (const name of await caches.keys()) await (await caches.open(name)).delete(script);
            return script;
        }"""
    )
    set_quota(phone, 1)
    assert page.evaluate("(script) => fetch(script).then((answer) => answer.ok)", script)

    no_signal(server)
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
    phone.context.add_init_script(NO_SYNC)
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", refuse, times=None)
    keep(phone, text="Dari Pak Rahman.")
    server.query("DELETE FROM login_session")
    page = phone.open("/masuk")
    set_quota(phone, 1)
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
    set_quota(phone, None)
    phone.open("/beranda")
    eventually(lambda: owner(phone), [SITI.name, False])
