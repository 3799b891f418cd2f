"""What is written without signal is kept, through a killed browser, and sent once; until then the
outbox says in words what lies in it, and only its owner takes anything out."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sipokat.domain.categories import categories
from tests import wire
from tests.browser.steps import (
    PLACE,
    TEXT,
    begin_to_send,
    eventually,
    file,
    is_kept,
    keep,
    open_form,
    ours,
    outbox,
    photos,
    picture,
    ready,
    received,
    report,
    reports,
    sent,
    states,
    write,
)
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.network import Exchange, Fault, hold, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.speed import patience

# Holds back the word that a transaction into the outbox is complete, until `release()`; and keeps
# in mind how each transaction that writes was asked for.
SLOW_DISK = """
(() => {
  const { get, set } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
  const begin = IDBDatabase.prototype.transaction;
  const late = [];
  self.asked = [];
  self.release = () => late.splice(0).forEach((tell) => tell());
  const put = IDBObjectStore.prototype.put;
  const entering = new WeakSet(); // transactions that put something into the outbox
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "entries") entering.add(this.transaction);
    return put.apply(this, given);
  };
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    if (mode === "readwrite") self.asked.push(options?.durability);
    return begin.call(this, stores, mode, options);
  };
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
    configurable: true,
    get,
    set(listener) {
      set.call(this, (event) => {
        if (entering.has(this)) late.push(() => listener(event));
        else listener(event);
      });
    },
  });
})();
"""

# Puts new words for a report that was returned into the outbox, as its form does.
REVISE = """async ([number, version]) => {
    const { app, identity, outbox, submission } = sipokat;
    const { owner } = await identity.who();
    const id = submission.uuid();
    await outbox.submit(submission.entryOf({
        id, owner, category: "pemerintahan", title: "Pemerintahan",
        values: { happened_on: sipokat.page.dates(Date.now()).today, text: "Diperbaiki.",
            "fields.jenis": "rapat" },
        revision: { number, version } }));
    app.saved();
    return id;
}"""


def entry_card(page: Page, entry_id: str) -> Locator:
    return page.locator(f"[data-entry='{entry_id}']")


@pytest.mark.promise(on="106")
def test_a_report_is_called_kept_once_it_is_on_the_disk_and_outlives_the_browser(phone, server):
    server.stop_worker()  # so that the received bytes stay in the store
    phone.context.add_init_script(SLOW_DISK)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = write(phone, "pemerintahan", "Draf yang belum selesai.", photos=1)
    draft = ["Draf yang belum selesai.", 1]
    eventually(
        lambda: [[one["values"]["text"], len(one["photos"])] for one in phone.stored("drafts")],
        [draft],
    )

    page = write(phone, "sampah", photos=1)
    page.get_by_role("button", name="Kirim laporan").click()
    eventually(lambda: len(outbox(phone)), 1)
    expect(page.locator("[data-saved]")).to_be_hidden()
    expect(page.get_by_text("Tersimpan di HP")).to_be_hidden()
    page.evaluate("release()")
    expect(page.get_by_role("heading", name="Tersimpan di HP")).to_be_visible()
    assert set(page.evaluate("asked")) == {"strict"}
    (kept,) = outbox(phone)

    phone.restart()
    phone.open("/kotak-keluar")
    assert [one["id"] for one in outbox(phone)] == [kept["id"]]
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-text")).to_have_value("Draf yang belum selesai.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    expect(page.locator("input[name='fields.jenis'][value=rapat]")).to_be_checked()

    phone.go_online()
    sent(phone)
    (one,) = reports(server)
    (photo,) = photos(server)
    assert one.client_id == kept["id"]
    assert photo.sha256 == kept["photos"][0]["sha256"] == received(server, photo)


def test_an_entry_says_what_it_is_how_large_and_how_far(phone, server):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    phone.go_offline()
    card = entry_card(page, keep(phone, "sampah", "Tumpukan di tikungan.", photos=2))
    expect(card.locator("[data-title]")).to_have_text("Sampah")
    expect(card.locator("[data-text]")).to_have_text(f"Tumpukan di tikungan. · {PLACE}")
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
    expect(words).to_contain_text(f"Mengirim foto 1 dari 2, {first} KB")
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


def test_an_entry_is_deleted_after_two_questions_and_only_as_it_was_shown(phone, server):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    phone.go_offline()
    first = entry_card(page, keep(phone, "sampah", "Dihapus.", photos=1))
    second = entry_card(page, keep(phone, "sampah", "Terkirim.", photos=1))
    dialog = page.get_by_role("dialog")
    first.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Batal").click()
    expect(dialog).to_have_count(0)
    first.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Hapus").click()
    expect(dialog.get_by_role("heading", name="Yakin dihapus?")).to_be_visible()
    dialog.get_by_role("button", name="Batal").click()
    expect(dialog).to_have_count(0)
    assert states(phone) == ["waiting", "waiting"]
    first.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Hapus").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    expect(first).to_have_count(0)
    assert [one["body"]["text"] for one in outbox(phone)] == ["Terkirim."]
    assert len(phone.stored("photos")) == 1

    # Between the first question and the answer the words of the other one go.
    second.get_by_role("button", name="Hapus").click()
    expect(dialog).to_contain_text("Laporan ini belum terkirim.")
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
    expect(page.locator("[data-entry]")).to_have_count(0)
    assert [row.text for row in reports(server)] == ["Terkirim."]


def held_and_lost(gate: threading.Event) -> Fault:
    """The request is under way until `gate` is set, and never reaches the server."""

    def fault(handler: Any, exchange: Exchange) -> None:
        handler.read_body(exchange)
        gate.wait(patience(30))

    return fault


def test_an_entry_that_is_just_being_tried_is_deleted_after_that_unless_it_has_arrived(
    phone, server
):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    dialog, notices = page.get_by_role("dialog"), page.locator("#notices")
    for arrives in (False, True):
        no_way = server.network.when("POST", "/laporan", refuse, times=None)
        card = entry_card(page, keep(phone, "sampah", photos=1))
        eventually(lambda: [one["state"] for one in outbox(phone)][-1], "waiting")
        card.get_by_role("button", name="Hapus").click()
        dialog.get_by_role("button", name="Hapus").click()
        # A bad signal: while the person reads the question, the next try is under way.
        gate = threading.Event()
        fault = hold(gate) if arrives else held_and_lost(gate)
        server.network.when("POST", "/laporan", fault)
        server.network.lift(no_way)
        begin_to_send(phone)
        eventually(lambda: [one["state"] for one in outbox(phone)][-1], "sending")
        dialog.get_by_role("button", name="Ya, hapus").click()
        expect(notices).to_contain_text("dihapus sesudahnya")
        assert len(phone.stored("photos")) == 1
        # Nothing else may send it in the meantime.
        rest = server.network.when("POST", "/laporan", refuse, times=None)
        gate.set()
        if arrives:
            expect(notices).to_contain_text("tidak dihapus")
            server.network.lift(rest)
            sent(phone)
            assert [row.text for row in reports(server)] == [TEXT]
        else:
            expect(card).to_have_count(0)
            assert (outbox(phone), phone.stored("photos")) == ([], [])
            assert reports(server) == []
            server.network.lift(rest)


def received_long_ago(handler: Any, exchange: Exchange) -> None:
    """The server's answer, with a date of months ago on the receipt."""
    handler.read_body(exchange)
    status, headers, body = handler.forward(exchange)
    receipt = json.loads(body) | {"received_at": "2026-01-05T08:00:00+07:00"}
    handler.reply(exchange, status, headers, json.dumps(receipt).encode())


@pytest.mark.old_only
def test_receipts_stay_for_thirty_days_after_they_came_however_old_the_report(phone, server):
    ready(phone, RAHMAN).open("/kotak-keluar")
    keep(phone, text="Lama.")
    old = sent(phone)[0]
    server.network.when("POST", "/laporan", received_long_ago)
    keep(phone, text="Baru.")
    number = sent(phone, 2)[1]["receipt"]["number"]
    receipts = phone.open("/kotak-keluar").locator("[data-outbox-sent] .card")
    expect(receipts).to_have_count(2)
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
    phone.open("/kotak-keluar")
    expect(receipts).to_have_count(1)
    assert [one["receipt"]["number"] for one in outbox(phone)] == [number]

    # That of a revision bears its own date, not that of the report.
    server.by_hand("UPDATE report SET received_at = '2026-01-05 01:00:00.000000'")
    wire.decide(Caller(server, HARTONO), number, "pengembalian")
    phone.page.evaluate(REVISE, [number, 2])
    revision = sent(phone, 2)[1]
    assert revision["receipt"]["received_at"][:7] != "2026-01"
    expect(receipts).to_have_count(2)


def test_nihil_is_one_tap_and_a_confirmation_from_home_without_signal(phone, server):
    page = ready(phone, RAHMAN).open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))
    phone.go_offline()
    page = phone.open("/beranda")
    expect(page.locator("[data-unless]")).to_be_visible()
    page.get_by_role("link", name="Lapor nihil").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Batal").click()
    assert outbox(phone) == []
    page.get_by_role("link", name="Lapor nihil").click()
    expect(dialog.get_by_role("button", name="Ya, lapor nihil")).to_be_visible()
    page.evaluate(
        """() => {
            const yes = document.querySelector("[data-nihil-confirm]");
            yes.click();
            yes.click();
        }"""
    )
    expect(page.get_by_text("tersimpan di HP")).to_be_visible()
    expect(page.get_by_role("link", name="Lapor nihil")).to_have_count(0)
    expect(page.locator("[data-unless]")).to_be_hidden()
    assert len(outbox(phone)) == 1, "two taps are one report"
    phone.go_online()
    sent(phone)
    (row,) = reports(server)
    assert (row.category, row.text) == ("nihil", "")


@pytest.mark.old_only
def test_a_photo_stays_until_the_server_lets_it_go_and_one_that_must_be_is_only_changed(
    phone, server
):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    wrong = server.network.when("PUT", "/laporan/*", ours(415, "wrong_type"), times=None)
    may_go = entry_card(page, keep(phone, "pemerintahan", photos=1))
    must_stay = entry_card(page, keep(phone, "sampah", photos=2))
    eventually(lambda: states(phone), ["needs_attention", "needs_attention"])
    without = page.get_by_role("button", name="Kirim tanpa foto ini")

    expect(must_stay.locator(without)).to_have_count(2)
    must_stay.locator(without).first.click()
    expect(must_stay.locator("[data-refused]")).to_have_count(1)
    expect(must_stay.get_by_role("button", name="Ganti foto")).to_be_visible()
    expect(must_stay.locator(without)).to_have_count(0)
    # It is shown as left out before the server has let it go.
    eventually(lambda: [one.status for one in server.network.passed("DELETE")], [200])

    server.network.when("DELETE", "/laporan/*", ours(422, "wrong_content"))
    may_go.locator(without).click()
    # Refused: it is still there to look at, and may be changed for another.
    eventually(lambda: server.network.passed("DELETE")[1:])
    expect(may_go.locator(without)).to_be_hidden()
    expect(may_go.locator("[data-refused] img")).to_be_visible()
    eventually(lambda: states(phone), ["needs_attention", "needs_attention"])
    assert len(phone.stored("photos")) == 3
    server.network.lift(wrong)
    with page.expect_file_chooser() as chooser:
        may_go.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    eventually(lambda: states(phone), ["sent", "needs_attention"])
    assert len(phone.stored("photos")) == 2

    # The page knows which categories must have one.
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
    expect(page.locator("[data-outbox-lines]")).to_contain_text("menunggu SIPOKAT")
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-entry] [data-state]")).to_have_text("Menunggu dikirim")


@pytest.mark.old_only
def test_a_draft_can_be_deleted_even_one_that_belongs_to_no_form_any_more(phone, server):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    server.network.when("POST", "/laporan", ours(422, "wrong_content"))
    entry_id = keep(phone, text="Ditolak.")
    eventually(lambda: states(phone), ["needs_attention"])
    page.locator("[data-mend]").click()
    expect(page.locator("#field-text")).to_have_value("Ditolak.")
    page.fill("#field-text", "Diubah.")
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")], ["Diubah."])
    page = phone.open("/kotak-keluar")
    drafts = page.locator("[data-outbox-drafts] .card")
    expect(drafts.get_by_role("link", name="Rapat")).to_be_visible()
    # Another tab sends it as it was.
    page.evaluate("(id) => sipokat.entries.retry(id)", entry_id)
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


def too_late(number: str, desk: str) -> Fault:
    """SIPOKAT refuses the revision: the report lies on this desk now."""
    report = {"number": number, "desk": desk, "status": "returned"}
    body = {"error": "conflict", "message": "Begitulah.", "fields": {}, "report": report}
    return somebody_elses(409, json.dumps(body), "application/json", Sipokat="1")


def revise_in_vain(phone: Phone, server: Any, desk: str) -> Locator:
    """The card of a revision that came too late."""
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    server.network.when("POST", f"/laporan/{number}/perbaikan", too_late(number, desk))
    return entry_card(phone.page, phone.page.evaluate(REVISE, [number, 2]))


def test_a_revision_that_came_too_late_is_mended_while_it_lies_with_its_author(phone, server):
    ready(phone, RAHMAN).open("/kotak-keluar")
    mendable = revise_in_vain(phone, server, "rt")
    gone_on = revise_in_vain(phone, server, "kelurahan")
    for card, links in ((mendable, 1), (gone_on, 0)):
        expect(card).to_contain_text("Begitulah.")
        expect(card.get_by_role("link", name="Perbaiki")).to_have_count(links)
        expect(card.get_by_role("link", name="Lihat")).to_be_visible()
        expect(card.get_by_role("button", name="Kirim sekarang")).to_have_count(0)
    assert states(phone) == ["needs_attention", "needs_attention"]
