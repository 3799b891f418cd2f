"""What is written without signal is kept, through a killed browser, and sent once; until then the
outbox says in words what lies in it, and only its owner takes anything out."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sipokat.domain.categories import categories
from tests.browser.steps import (
    eventually,
    file,
    outbox,
    photos,
    picture,
    ready,
    received,
    report,
    reports,
    save,
    sent,
    states,
    write,
)
from tests.browser.test_mending import send_back
from tests.cast import RAHMAN
from tests.services.network import hold, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server

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


@pytest.mark.old_only
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
                const sent_at = one.sent_at - days * 86400000;
                const received_at = new Date(sent_at).toISOString();
                entries.put({ ...one, sent_at, receipt: { ...one.receipt, received_at } });
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


@pytest.mark.old_only
def test_two_taps_are_one_nihil(phone):
    ready(phone, RAHMAN)
    page = phone.open("/beranda")
    phone.go_offline()
    page.get_by_role("link", name="Lapor nihil").click()
    page.evaluate(
        """() => {
            const yes = document.querySelector("[data-nihil-confirm]");
            yes.click();
            yes.click();
        }"""
    )
    expect(page.get_by_text("tersimpan di HP")).to_be_visible()
    phone.open("/kotak-keluar")
    assert len(outbox(phone)) == 1


@pytest.mark.old_only
def test_a_receipt_is_there_after_the_run_that_made_it_however_old_the_report(phone, server):
    """As the answer to a revision of a report that was received long ago."""
    ready(phone, RAHMAN)

    def long_ago(handler: Any, exchange: Any) -> None:
        handler.read_body(exchange)
        status, headers, body = handler.forward(exchange)
        receipt = json.loads(body) | {"received_at": "2026-01-05T08:00:00+07:00"}
        handler.reply(exchange, status, headers, json.dumps(receipt).encode())

    server.network.when("POST", "/laporan", long_ago)
    report(phone)
    sent(phone)
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-outbox-sent] .card")).to_have_count(1)


@pytest.mark.old_only
def test_the_receipt_of_a_revision_bears_its_own_date(phone, phones, server):
    ready(phone, RAHMAN)
    report(phone)
    (entry,) = sent(phone)
    number = entry["receipt"]["number"]
    server.query("UPDATE report SET received_at = '2026-01-05 01:00:00.000000'")
    send_back(phones, number)
    page = phone.open(f"/laporan/{number}/perbaikan")
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    _, revision = sent(phone, 2)
    assert revision["receipt"]["received_at"][:7] != "2026-01"
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-outbox-sent] .card")).to_have_count(2)


@pytest.mark.old_only
def test_nothing_is_deleted_on_a_picture_that_is_not_true_any_more(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    page = phone.open("/kotak-keluar")
    page.locator("[data-entry]").get_by_role("button", name="Hapus").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Laporan ini belum terkirim.")
    # Meanwhile the words go.
    server.network.when("PUT", "/laporan/*", refuse, times=None)
    phone.go_online()
    eventually(lambda: outbox(phone)[0]["receipt"] and states(phone) == ["waiting"])
    dialog.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    expect(page.locator("#notices")).to_contain_text("baru saja berubah")
    assert len(phone.stored("photos")) == 1
    server.network.heal()
    page.get_by_role("button", name="Kirim sekarang").first.click()
    sent(phone)


def ours(status: int, code: str, **more: Any) -> Any:
    """SIPOKAT itself refuses."""
    body = {"error": code, "message": "Begitulah.", "fields": {}} | more
    return somebody_elses(status, json.dumps(body), "application/json", Sipokat="1")


@pytest.mark.old_only
def test_the_bytes_of_a_photo_stay_until_the_server_lets_it_go(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", ours(415, "wrong_type"))
    server.network.when("DELETE", "/laporan/*", ours(422, "wrong_content"))
    report(phone, photos=1)
    eventually(lambda: states(phone), ["needs_attention"])
    page = phone.open("/kotak-keluar")
    without = page.get_by_role("button", name="Kirim tanpa foto ini")
    without.click()
    # Refused: it is still there to look at, and may be changed for another.
    eventually(lambda: server.network.passed("DELETE"))
    expect(without).to_be_hidden()
    expect(page.locator("[data-refused] img")).to_be_visible()
    eventually(lambda: states(phone), ["needs_attention"])
    assert len(phone.stored("photos")) == 1
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    sent(phone)
    assert phone.stored("photos") == []


@pytest.mark.old_only
def test_a_report_that_must_have_a_photo_is_not_offered_to_go_without(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", ours(415, "wrong_type"), times=None)
    report(phone, "sampah", photos=2)
    page = phone.open("/kotak-keluar")
    without = page.get_by_role("button", name="Kirim tanpa foto ini")
    expect(without).to_have_count(2)
    without.first.click()
    expect(page.locator("[data-refused]")).to_have_count(1)
    expect(page.get_by_role("button", name="Ganti foto")).to_be_visible()
    expect(without).to_have_count(0)
    # The page knows which categories these are.
    may = page.evaluate(
        """(keys) => keys.filter((category) => sipokat.words.spareable(
            { category, body: { photos: [1] }, photos: [] }, {}))""",
        list(categories()),
    )
    assert may == [key for key, one in categories().items() if not one.photo_required]


@pytest.mark.old_only
def test_sending_is_only_said_while_somebody_sends(phone, server):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", ours(503, "busy"), times=None)
    page = report(phone)
    eventually(lambda: [one["last_error"] for one in outbox(phone)], [{"code": "busy"}])
    # As a browser leaves it that was killed, and not due yet.
    page.evaluate(
        """async () => {
            const { owner } = await sipokat.identity.who();
            await sipokat.outbox.updateAll(owner.id, (one) => ({
                ...one, state: "sending", told_to_wait: true, next_try: Date.now() + 600_000 }));
        }"""
    )
    expect(page.locator("[data-saved-state]")).to_contain_text("Menunggu dikirim.")
    page = phone.open("/beranda")
    expect(page.locator("[data-outbox-lines]")).to_contain_text("menunggu sinyal")
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-entry] [data-state]")).to_have_text("Menunggu dikirim")


@pytest.mark.old_only
def test_a_draft_can_be_deleted_even_one_that_belongs_to_no_form_any_more(phone, server):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    report(phone, text="Ditolak.")
    eventually(lambda: states(phone), ["needs_attention"])
    page = phone.open("/kotak-keluar")
    page.get_by_role("link", name="Perbaiki", exact=True).click()
    expect(page.locator("#field-text")).to_have_value("Ditolak.")
    page.fill("#field-text", "Diubah.")
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")], ["Diubah."])
    page = phone.open("/kotak-keluar")
    drafts = page.locator("[data-outbox-drafts] .card")
    expect(drafts.get_by_role("link", name="Pemerintahan")).to_be_visible()
    # Another tab sends it as it was.
    (entry,) = outbox(phone)
    page.evaluate("(id) => sipokat.replay.retry(id)", entry["id"])
    sent(phone)
    expect(drafts).to_contain_text("Diubah.")
    expect(drafts.get_by_role("link")).to_have_count(0)
    drafts.get_by_role("button", name="Hapus draf").click()
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    assert len(phone.stored("drafts")) == 1
    drafts.get_by_role("button", name="Hapus draf").click()
    page.get_by_role("dialog").get_by_role("button", name="Hapus draf").click()
    expect(drafts).to_have_count(0)
    assert phone.stored("drafts") == []


def revise_in_vain(phone: Phone, server: Server, desk: str) -> Page:
    """A revision in the outbox that came too late: the report lies on this desk now."""
    report(phone)
    (entry,) = sent(phone)
    number = entry["receipt"]["number"]
    answer = ours(409, "conflict", report={"number": number, "desk": desk, "status": "returned"})
    server.network.when("POST", f"/laporan/{number}/perbaikan", answer)
    page = phone.open("/kotak-keluar")
    page.evaluate(
        """async (number) => {
            const { owner } = await sipokat.identity.who();
            await sipokat.outbox.submit(sipokat.submission.entryOf({
                id: sipokat.submission.uuid(), owner, category: "pemerintahan",
                title: "Pemerintahan", values: { text: "Diperbaiki." },
                revision: { number, version: 2 } }));
            sipokat.app.saved();
        }""",
        number,
    )
    eventually(lambda: states(phone), ["sent", "needs_attention"])
    return page


@pytest.mark.parametrize(("desk", "mendable"), [("rt", True), ("kelurahan", False)])
def test_a_revision_that_came_too_late_is_mended_while_it_lies_with_its_author(
    phone, server, desk, mendable
):
    ready(phone, RAHMAN)
    card = revise_in_vain(phone, server, desk).locator("[data-entry]")
    expect(card).to_contain_text("Begitulah.")
    expect(card.get_by_role("link", name="Perbaiki")).to_have_count(int(mendable))
    expect(card.get_by_role("link", name="Lihat")).to_be_visible()
    expect(card.get_by_role("button", name="Kirim sekarang")).to_have_count(0)
