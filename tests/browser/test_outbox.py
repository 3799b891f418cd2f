"""What is written without signal is kept, through a killed browser, and sent once; until then the
outbox says in words what lies in it, and only its owner takes anything out."""

from __future__ import annotations

import threading

from playwright.sync_api import expect

from tests.browser.steps import (
    eventually,
    outbox,
    photos,
    ready,
    received,
    report,
    reports,
    sent,
    states,
    write,
)
from tests.cast import RAHMAN
from tests.services.network import hold

# Holds back the word that a transaction into the outbox is complete, until `release()`; and keeps
# in mind how each transaction that writes was asked for.
SLOW_DISK = """
(() => {
  const { get, set } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
  const begin = IDBDatabase.prototype.transaction;
  const late = [];
  self.asked = [];
  self.release = () => late.splice(0).forEach((tell) => tell());
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    if (mode === "readwrite") self.asked.push(options?.durability);
    return begin.call(this, stores, mode, options);
  };
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
    configurable: true,
    get,
    set(listener) {
      const outbox = ["drafts", "entries"].every((one) => this.objectStoreNames.contains(one));
      set.call(this, outbox ? (event) => late.push(() => listener(event)) : listener);
    },
  });
})();
"""


def test_a_report_with_a_photo_survives_a_killed_browser_and_arrives_once(phone, server):
    server.stop_worker()  # the received bytes stay for us to look at
    ready(phone, RAHMAN)
    phone.go_offline()
    page = report(phone, "sampah", photos=1)
    expect(page.locator("[data-saved-title]")).to_have_text("Tersimpan di HP")
    (kept,) = outbox(phone)
    phone.restart()
    phone.open("/kotak-keluar")
    assert [one["id"] for one in outbox(phone)] == [kept["id"]]
    phone.go_online()
    sent(phone)
    (one,) = reports(server)
    (photo,) = photos(server)
    assert one.client_id == kept["id"]
    assert photo.sha256 == kept["photos"][0]["sha256"] == received(server, photo)


def test_it_is_called_kept_only_when_its_transaction_is_complete(phone):
    phone.context.add_init_script(SLOW_DISK)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = write(phone, "sampah", photos=1)
    page.get_by_role("button", name="Kirim laporan").click()
    eventually(lambda: len(outbox(phone)), 1)
    expect(page.locator("[data-saved]")).to_be_hidden()
    expect(page.get_by_text("Tersimpan di HP")).to_be_hidden()
    page.evaluate("release()")
    expect(page.get_by_role("heading", name="Tersimpan di HP")).to_be_visible()
    assert set(page.evaluate("asked")) == {"strict"}


def test_an_entry_says_what_it_is_how_large_and_how_far(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", text="Tumpukan di tikungan.", photos=2)
    page = phone.open("/kotak-keluar")
    card = page.locator("[data-entry]")
    expect(card.locator("[data-title]")).to_have_text("Sampah")
    expect(card.locator("[data-text]")).to_have_text("Tumpukan di tikungan.")
    expect(card.locator("[data-state]")).to_have_text("Menunggu dikirim")
    (entry,) = outbox(phone)
    bytes_ = sum(photo["size"] for photo in entry["photos"])
    facts = card.locator("[data-facts]").inner_text()
    written, size, count = facts.split(" · ")
    assert written.startswith("Ditulis ")
    assert bytes_ < int(size.removesuffix(" KB")) * 1000 < bytes_ + 3000
    assert count == "2 foto"
    # The first photo is held up on its way.
    gate = threading.Event()
    server.network.when("PUT", "/laporan/*", hold(gate), times=None)
    phone.go_online()
    first = round(entry["photos"][0]["size"] / 1000)
    words = card.locator("[data-progress-words]")
    expect(words).to_contain_text(f"Mengirim foto 1 dari 2, {first} KB", timeout=15_000)
    expect(card.locator("[data-state]")).to_have_text("Mengirim")
    expect(card.locator("[data-why]")).to_contain_text("Sudah diterima dengan nomor")
    bar = card.locator("progress")
    assert bar.evaluate("(bar) => [bar.value, bar.max]") == [1, 3]
    assert reports(server)  # the words have arrived, the photo has not
    gate.set()
    sent(phone)
    expect(page.locator("[data-entry]")).to_have_count(0)
    (row,) = reports(server)
    receipt = page.locator("[data-outbox-sent] .card")
    expect(receipt).to_contain_text(f"Nomor {row.number}, diterima")


def test_deleting_asks_twice_and_either_no_keeps_it(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    page = phone.open("/kotak-keluar")
    remove = page.locator("[data-entry]").get_by_role("button", name="Hapus")
    dialog = page.get_by_role("dialog")
    remove.click()
    dialog.get_by_role("button", name="Batal").click()
    expect(dialog).to_have_count(0)
    remove.click()
    dialog.get_by_role("button", name="Hapus").click()
    expect(dialog.get_by_role("heading", name="Benar-benar hapus?")).to_be_visible()
    dialog.get_by_role("button", name="Batal").click()
    expect(dialog).to_have_count(0)
    assert states(phone) == ["waiting"]
    remove.click()
    dialog.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert [phone.stored(store) for store in ("entries", "photos")] == [[], []]
    phone.go_online()
    phone.open("/kotak-keluar")
    assert reports(server) == []


def test_receipts_stay_for_thirty_days(phone):
    ready(phone, RAHMAN)
    report(phone, text="Lama.")
    report(phone, text="Baru.")
    old, _ = sent(phone, 2)
    # A receipt is never changed by the app; the test turns its clock back by hand.
    phone.page.evaluate(
        """async ([id, days]) => {
            await sipokat.store.writing(["entries"], async ({ entries }) => {
                const one = await sipokat.store.got(entries.get(id));
                const at = new Date(Date.parse(one.receipt.received_at) - days * 86400000);
                entries.put({ ...one, receipt: { ...one.receipt, received_at: at.toISOString() } });
            });
        }""",
        [old["id"], 31],
    )
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-outbox-sent] .card")).to_have_count(1)
    assert [one["body"]["text"] for one in outbox(phone)] == ["Baru."]


def test_nihil_is_one_tap_and_a_confirmation_from_home_without_signal(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/beranda")
    kept = "caches.match('/beranda', { ignoreVary: true }).then(Boolean)"
    eventually(lambda: page.evaluate(kept))
    phone.go_offline()
    page = phone.open("/beranda")
    page.get_by_role("link", name="Lapor nihil").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Batal").click()
    assert outbox(phone) == []
    page.get_by_role("link", name="Lapor nihil").click()
    dialog.get_by_role("button", name="Ya, lapor nihil").click()
    expect(page.get_by_text("tersimpan di HP")).to_be_visible()
    expect(page.get_by_role("link", name="Lapor nihil")).to_have_count(0)
    phone.go_online()
    sent(phone)
    (row,) = reports(server)
    assert (row.category, row.text) == ("nihil", "")
