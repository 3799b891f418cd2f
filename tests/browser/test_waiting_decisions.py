"""Decisions that are made without signal: from a copy of the queue, kept on the phone and counted
once, and told plainly where somebody else was first."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import (
    enter,
    eventually,
    is_kept,
    no_signal,
    ours,
    outbox,
    picture,
    ready,
    send_now,
    states,
)
from tests.cast import HARTONO, PETANANG_ULU, RAHMAN, SARI, YUSUF
from tests.services.caller import Caller
from tests.services.network import hold, lose_answer, refuse
from tests.services.phone import Phone
from tests.services.server import Server
from tests.steps import today

NOTE = "Foto pagar belum kelihatan, tolong dari seberang jalan."

# Decides all cards that are left on this page, without the pause after each in which nothing is
# pressed: the tests of the queue look at that.
DECIDE_THE_REST = """async () => {
    const queue = document.querySelector("[data-queue]");
    for (;;) {
        const button = queue.querySelector("[data-card] [data-verify=kegiatan]");
        if (!button) return;
        const card = button.closest("[data-card]");
        delete queue.dataset.moved;
        button.click();
        while (card.isConnected) await new Promise((done) => setTimeout(done, 20));
    }
}"""
PICTURES = """async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("sipokat-pictures-"));
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().length;
}"""


# Seven thumbnails of a megabyte each are kept, from before: one more than the phone may keep.
FILL_PICTURES = """async () => {
    const { owner } = await sipokat.identity.who();
    const cache = await caches.open(sipokat.copies.PICTURES + owner.id);
    const headers = {
        "Content-Length": "1000000",
        "Sipokat-Kept-At": String(Date.now()),
        "Sipokat-Copy-Seconds": "43200",
    };
    for (let number = 1; number <= 7; number += 1)
        await cache.put(`/laporan/${number}/foto/x?ukuran=kecil`, new Response("x", { headers }));
}"""
KEPT_PICTURES = """async () => {
    const { owner } = await sipokat.identity.who();
    const keys = await (await caches.open(sipokat.copies.PICTURES + owner.id)).keys();
    return keys.map((one) => Number(new URL(one.url).pathname.split("/")[2]));
}"""


def lying(server: Server, count: int) -> list[str]:
    """The numbers of so many reports of Rahman's on Hartono's desk, oldest first."""
    rahman = Caller(server, RAHMAN)
    return [wire.file_report(rahman, text=f"Rapat {n}.")["number"] for n in range(count)]


def seen(phone: Phone, *paths: str) -> Page:
    """Open these pages with a signal and see that each is kept."""
    for path in paths:
        phone.open(path)
        eventually(lambda path=path: is_kept(phone, path))
    return phone.page


def card(page: Page, number: str) -> Locator:
    return page.locator(f"#kartu-{number}")


def waits(page: Page) -> Locator:
    """What stands in the place of the cards that were decided and are not answered yet."""
    return page.locator("[data-waits]")


def verify(page: Page, number: str) -> None:
    card(page, number).get_by_role("button", name="Verifikasi: Kinerja").click()
    expect(card(page, number)).to_have_count(0)


def give_back(page: Page, number: str) -> None:
    card(page, number).locator("summary").filter(has_text="Kembalikan").click()
    form = card(page, number).locator("form[action$=pengembalian]")
    form.get_by_role("button", name="Foto kurang jelas").click()
    form.locator("textarea").fill(NOTE)
    form.get_by_role("button", name="Kembalikan laporan").click()
    expect(card(page, number)).to_have_count(0)


def decided(server: Server) -> list[Any]:
    actions = "('verify', 'return', 'reject')"
    return server.query(f"SELECT * FROM event WHERE action IN {actions} ORDER BY seq")


def test_a_lurah_clears_thirty_reports_without_signal_and_two_were_decided_before(phone, server):
    numbers = lying(server, 30)
    ready(phone, HARTONO)
    page = seen(phone, "/beranda", "/verifikasi")
    following = page.locator(".pager a").get_attribute("href")
    eventually(lambda: is_kept(phone, following))
    no_signal(server)
    with phone.expecting("htmx:"):  # the page is not a copy yet, and the next one opens as one
        page.locator(".pager a").click()
        page.wait_for_url("**sesudah**")
    expect(page.locator("[data-copy]")).to_be_visible()
    page = phone.open("/beranda")
    page.get_by_role("link", name="Lihat salinan daftarnya").click()
    page.wait_for_url("**/verifikasi")
    expect(page.locator("[data-copy]")).to_be_visible()

    verify(page, numbers[0])
    expect(waits(page)).to_contain_text("Akan dikirim")
    expect(card(page, numbers[1])).to_have_attribute("aria-current", "true")
    expect(page.locator("#queue-count")).to_have_text("29 menunggu")
    give_back(page, numbers[1])
    page.evaluate(DECIDE_THE_REST)
    page.locator(".pager a").click()
    page.wait_for_url("**sesudah**")
    page.evaluate(DECIDE_THE_REST)
    expect(waits(page)).to_have_count(10)

    # Meanwhile one is withdrawn, and one is verified at the office.
    wire.decide(Caller(server, RAHMAN), numbers[5], "penarikan")
    wire.decide(Caller(server, HARTONO), numbers[25], "verifikasi", **{"class": "kinerja"})
    page = phone.restart()
    page = phone.open("/verifikasi")
    expect(waits(page)).to_have_count(20)
    expect(page.locator("[data-queue] [data-card]")).to_have_count(0)
    page = phone.open("/beranda")
    expect(page.get_by_text("30 laporan sudah Anda periksa di HP ini.")).to_be_visible()
    expect(page.get_by_text("30 keputusan:")).to_be_visible()
    assert len(decided(server)) == 1

    server.network.heal()
    page = phone.open("/kotak-keluar")
    eventually(lambda: sorted(states(phone)), ["needs_attention"] * 2 + ["sent"] * 28)
    assert len(decided(server)) == 1 + 28
    waited = [json.loads(one.detail) for one in decided(server)[1:]]
    assert all("decided" in detail for detail in waited)
    (returned,) = [one for one in decided(server) if one.action == "return"]
    assert (returned.reason, returned.note) == ("foto_kurang_jelas", NOTE)
    refused = page.locator("[data-entry]")
    expect(refused).to_have_count(2)
    expect(refused.nth(0)).to_contain_text("Sudah dibatalkan Ketua RT 001 Petanang Ulu, ")
    expect(refused.nth(1)).to_contain_text("Sudah Anda verifikasi, ")
    for left in (1, 0):
        refused.first.get_by_role("button", name="Mengerti").click()
        expect(refused).to_have_count(left)
    expect(page.get_by_text("28 keputusan")).to_be_visible()
    expect(page.locator("[data-outbox-count]")).to_be_hidden()
    desks = [one.desk for one in server.query("SELECT desk FROM report ORDER BY id")]
    assert [desks[place] for place in (1, 5, 25)] == ["rt", None, "kecamatan"]


def test_an_expired_session_keeps_decisions_which_nobody_else_sees_or_sends(phone, server):
    first, second = lying(server, 2)
    ready(phone, HARTONO)
    seen(phone, "/verifikasi")
    no_signal(server)
    page = phone.open("/verifikasi")
    verify(page, first)
    give_back(page, second)
    server.query("DELETE FROM login_session")
    server.network.heal()
    page = phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_login"] * 2)

    page = phone.open("/masuk")
    enter(page, YUSUF)
    page.wait_for_url("**/beranda")
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("2 keputusan milik orang lain menunggu di HP ini")).to_be_visible()
    expect(page.locator("[data-entry]")).to_have_count(0)
    expect(page.get_by_text(NOTE)).to_have_count(0)
    assert decided(server) == []

    server.query("DELETE FROM login_session")
    page = phone.open("/masuk")
    enter(page, HARTONO)
    page.wait_for_url("**/beranda")
    eventually(lambda: states(phone), ["sent"] * 2)
    assert [one.action for one in decided(server)] == ["verify", "return"]


@pytest.mark.current_only
def test_the_thumbnails_are_there_without_signal_and_go_with_the_copies(phone, server):
    rahman = Caller(server, RAHMAN)
    declared = wire.declared(picture(1))
    receipt = wire.file_report(rahman, "sampah", photos=[declared])
    wire.put(rahman, receipt["client_id"], declared["id"], picture(1))
    eventually(lambda: server.value("SELECT state FROM photo") == "ready")
    ready(phone, HARTONO)
    page = seen(phone, "/akun")
    page.evaluate(FILL_PICTURES)
    page = seen(phone, "/verifikasi")
    # The newest stay, as far as they have room together.
    eventually(lambda: page.evaluate(KEPT_PICTURES), [3, 4, 5, 6, 7, int(receipt["number"])])
    no_signal(server)
    page = phone.open("/verifikasi")
    expect(page.locator("[data-copy]")).to_be_visible()
    shown = "() => document.querySelector('.photo img')?.naturalWidth"
    eventually(lambda: page.evaluate(shown))
    # A queue that was loaded further on is kept as it begins.
    page = phone.open("/verifikasi?sampai=2026-11-23T00:12:00%2B00:00~7")
    expect(page.locator("[data-copy]")).to_be_visible()
    assert page.url == f"{phone.url}/verifikasi"
    phone.open("/akun").get_by_role("button", name="Keluar", exact=True).last.click()
    phone.page.wait_for_url("**/masuk")
    assert phone.page.evaluate(PICTURES) == 0


@pytest.mark.current_only
def test_a_decision_is_taken_back_while_it_has_not_gone_and_made_anew(phone, server):
    first, second = lying(server, 2)
    ready(phone, HARTONO)
    seen(phone, "/verifikasi", f"/laporan/{second}")
    no_signal(server)
    page = phone.open("/verifikasi")
    give_back(page, first)
    # On the report's page as well.
    page = phone.open(f"/laporan/{second}")
    page.get_by_role("button", name="Verifikasi: Kinerja").click()
    expect(waits(page)).to_contain_text("Akan dikirim")
    expect(page.locator(".decide")).to_have_count(0)

    page = phone.open("/kotak-keluar")
    entry = page.locator("[data-entry]")
    expect(entry).to_have_count(2)
    expect(entry.first).to_contain_text(NOTE)
    entry.first.get_by_role("button", name="Batalkan keputusan").click()
    page.get_by_role("dialog").get_by_role("button", name="Ya, batalkan").click()
    expect(entry).to_have_count(1)
    page = phone.open("/verifikasi")
    form = card(page, first).locator("form[action$=pengembalian]")
    expect(form.locator("textarea")).to_have_value(NOTE)
    verify(page, first)

    # What is being sent cannot be taken back until it is known what has become of it.
    server.network.heal()
    gate = threading.Event()
    server.network.when("POST", f"/laporan/{first}/verifikasi", hold(gate))
    page = phone.open("/kotak-keluar")
    eventually(lambda: server.network.passed("POST", f"/laporan/{first}/verifikasi"))
    undo = entry.filter(has_text=first).get_by_role("button", name="Batalkan keputusan")
    expect(undo).to_be_hidden()
    gate.set()
    eventually(lambda: states(phone), ["sent"] * 2)
    assert [one.action for one in decided(server)] == ["verify", "verify"]


@pytest.mark.current_only
def test_a_term_that_ends_meanwhile_is_told_in_words(phone, server):
    (number,) = lying(server, 1)
    ready(phone, HARTONO)
    seen(phone, "/verifikasi")
    no_signal(server)
    page = phone.open("/verifikasi")
    give_back(page, number)
    server.query(
        "UPDATE term SET until = :day WHERE role = 'lurah' AND region_code = :code",
        day=(today() - timedelta(days=1)).isoformat(),
        code=HARTONO.region,
    )
    server.network.heal()
    page = phone.open("/kotak-keluar")
    entry = page.locator("[data-entry]")
    expect(entry.locator("[data-state]")).to_have_text("Tidak tercatat")
    expect(entry).to_contain_text("masa jabatan Anda baru berakhir")
    expect(entry).to_contain_text(NOTE)
    entry.get_by_role("button", name="Mengerti").click()
    expect(entry).to_have_count(0)
    assert decided(server) == []


@pytest.mark.current_only
def test_a_lost_answer_counts_once_and_what_lacks_something_is_asked_again(phone, server):
    first, second = lying(server, 2)
    ready(phone, HARTONO)
    page = phone.open("/verifikasi")
    with phone.expecting("htmx:"):
        # It has arrived, but neither htmx nor the first try of the outbox hears of it.
        path = f"/laporan/{first}/verifikasi"
        server.network.when("POST", path, lose_answer(), times=2)
        verify(page, first)
        eventually(lambda: states(phone), ["sent"])
        (event,) = decided(server)
        _by_htmx, lost, heard = server.network.passed("POST", path)
        sent = [json.loads(one.body) for one in (lost, heard)]
        assert [one["action_id"] for one in sent] == [event.action_id] * 2

        # One that SIPOKAT refuses for what it lacks opens the card again, with what was typed.
        path = f"/laporan/{second}/pengembalian"
        server.network.when("POST", path, refuse)
        server.network.when("POST", path, ours(422, "wrong_content"))
        give_back(page, second)
    expect(card(page, second)).to_contain_text("Begitulah. Keputusan Anda tidak tercatat.")
    form = card(page, second).locator("form[action$=pengembalian]")
    expect(form.locator("textarea")).to_have_value(NOTE)
    form.get_by_role("button", name="Kembalikan laporan").click()
    expect(page.locator("[data-done]").filter(has_text="dikembalikan ke RT")).to_be_visible()
    assert [one.action for one in decided(server)] == ["verify", "return"]
    assert [one["state"] for one in outbox(phone)] == ["sent"]


@pytest.mark.current_only
def test_a_copy_from_before_does_not_offer_again_what_was_answered_at_once(phone, server):
    first, second = lying(server, 2)
    ready(phone, HARTONO)
    page = seen(phone, "/verifikasi")
    verify(page, first)
    expect(page.locator("[data-done]")).to_contain_text("naik ke camat")
    no_signal(server)
    page = phone.open("/verifikasi")
    expect(page.locator("[data-copy]")).to_contain_text("Perubahan Anda sesudah itu belum")
    expect(waits(page)).to_contain_text(f"Laporan {first}. Terkirim.")
    expect(card(page, first)).to_have_count(0)
    expect(card(page, second)).to_have_attribute("aria-current", "true")
    expect(page.locator("#queue-count")).to_have_text("1 menunggu")


@pytest.mark.current_only
def test_the_office_that_was_chosen_waits_with_the_decision_and_is_judged_at_receipt(phone, server):
    """Sari, lurah next door, is sekretaris and Plt. lurah of the kelurahan."""
    first, second = lying(server, 2)
    begun, over = today() - timedelta(days=9), today() + timedelta(days=9)
    for kind, title, until, letter in (
        ("definitif", "sekretaris", None, None),
        ("plt", None, over.isoformat(), "800/12"),
    ):
        server.query(
            "INSERT INTO term (user_id, role, region_code, kind, title, since, until,"
            " letter_number, letter_date) SELECT id, 'lurah', :code, :kind, :title, :begun, :until,"
            ' :letter, :signed FROM "user" WHERE name = :name',
            code=PETANANG_ULU,
            kind=kind,
            title=title,
            begun=begun.isoformat(),
            until=until,
            letter=letter,
            signed=letter and begun.isoformat(),
            name=SARI.name,
        )
    ready(phone, SARI)
    seen(phone, "/verifikasi")
    no_signal(server)
    page = phone.open("/verifikasi")
    for number in (first, second):
        office = card(page, number).locator("form[action$=verifikasi]").get_by_label("Bertindak")
        office.select_option("sekretaris")
        verify(page, number)
    expect(waits(page)).to_have_count(2)
    # The first one arrives while Sari is sekretaris, the second one after that has ended.
    path = f"/laporan/{second}/verifikasi"
    server.network.heal()
    held_up = server.network.when("POST", path, refuse, times=None)
    phone.open("/kotak-keluar")
    eventually(lambda: states(phone)[0], "sent")
    ended = (today() - timedelta(days=1)).isoformat()
    server.query("UPDATE term SET until = :day WHERE title = 'sekretaris'", day=ended)
    server.network.lift(held_up)
    page = phone.open("/kotak-keluar")
    entry = page.locator("[data-entry]")
    eventually(lambda: send_now(phone) or states(phone), ["sent", "needs_attention"])
    expect(entry).to_contain_text("Sekretaris Kelurahan Petanang Ulu")
    expect(entry).to_contain_text("Anda tidak memegang jabatan itu hari ini.")
    (event,) = decided(server)
    assert json.loads(event.detail)["title"] == "sekretaris"
    # Its card has its forms again: she is still Plt.
    page = phone.open("/verifikasi")
    expect(card(page, second)).to_contain_text("Anda tidak memegang jabatan itu hari ini.")
    assert not card(page, second).get_by_label("Bertindak").count()
    verify(page, second)
    eventually(
        lambda: [json.loads(one.detail).get("kind") for one in decided(server)], [None, "plt"]
    )
