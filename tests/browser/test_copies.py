"""A kept page is shown as a copy where there is no answer or a slow one, never from before what the
person has done, and for no longer than they may read it."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import (
    enter,
    eventually,
    is_kept,
    keep,
    kept_pages,
    no_signal,
    owner,
    ready,
    sent,
)
from tests.cast import HARTONO, RAHMAN, SITI, YUSUF
from tests.services.caller import Caller
from tests.services.network import hold, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server


def strip(page: Page) -> Locator:
    """The strip on top of a copy."""
    return page.locator("[data-copy]")


def visit(phone: Phone, *paths: str) -> Page:
    """Open these pages and see that each is kept."""
    for path in paths:
        phone.open(path)
        eventually(lambda path=path: is_kept(phone, path))
    return phone.page


def slow(server: Server, path: str, method: str = "GET") -> threading.Event:
    """The next answer to this comes when the event is set."""
    gate = threading.Event()
    server.network.when(method, path, hold(gate, 120))
    return gate


def is_shut(phone: Phone, path: str) -> None:
    """Without signal nothing is shown at this address."""
    page = phone.open(path)
    expect(page.locator("[data-offline]")).to_be_visible()


def test_on_a_slow_line_a_copy_says_so_and_offers_the_newer_page_without_swapping(phone, server):
    number = wire.file_report(Caller(server, RAHMAN), text="Rapat di balai.")["number"]
    path = f"/laporan/{number}"
    page = visit(ready(phone, HARTONO), path)
    expect(page.get_by_role("button", name="Verifikasi: Kinerja")).to_be_visible()
    expect(strip(page)).to_have_count(0)

    gate = slow(server, path)
    page.evaluate("location.hash = 'isi-laporan'")  # the same page, wherever the address points
    page.reload()
    expect(strip(page)).to_contain_text("Salinan ")
    expect(strip(page)).to_contain_text("sinyal lemah.")
    expect(page.locator(".quote")).to_have_text("Rapat di balai.")
    # A decision goes through the outbox from there; no word is true only today.
    expect(page.locator("main form[method=post]:not([data-decision])")).to_have_count(0)
    expect(page.get_by_role("button", name="Verifikasi: Kinerja")).to_be_visible()
    expect(page.get_by_text("Keputusan Anda disimpan di HP")).to_be_visible()
    for word in ("hari ini", "hari kerja"):
        expect(page.locator("main")).not_to_contain_text(word)
    expect(page.locator("main")).to_contain_text("Batas ")
    page.evaluate("self.stays = true")
    wire.decide(Caller(server, HARTONO), number, "pengembalian")  # on another phone
    gate.set()
    offer = page.locator("#notices").get_by_role("button", name="Tampilkan")
    expect(page.locator("#notices")).to_contain_text("Versi terbaru sudah ada.")
    assert page.evaluate("self.stays"), "the page was loaded again"
    expect(page.get_by_text("Dikembalikan ke RT")).to_have_count(0)

    # It is shown as it came: a line that is still slow would only give a copy again.
    before = len(server.network.passed("GET", path))
    gate = slow(server, path)
    offer.click()
    expect(page.get_by_text("Dikembalikan ke RT").first).to_be_visible()
    expect(strip(page)).to_have_count(0)
    assert len(server.network.passed("GET", path)) == before
    gate.set()

    # Without any signal, and behind somebody's Wi-Fi page.
    server.network.heal()
    no_signal(server)
    page = phone.open(path)
    expect(strip(page)).to_contain_text("belum ada sinyal.")
    server.network.heal()
    server.network.when("*", "*", somebody_elses(200), times=None)
    page = phone.open(path)
    expect(strip(page)).to_contain_text("belum tersambung ke SIPOKAT")


# Waits longer than the worker does before it shows a copy; both timers are stretched alike.
LONGER = """async () => {
    for (const ms of [4000, 500]) await new Promise((done) => setTimeout(done, ms));
}"""


@pytest.mark.parametrize("way", ["form", "receipt"])
def test_with_any_signal_nobody_sees_the_state_from_before_their_own_action(phone, server, way):
    nobody_sees_the_state_before(phone, server, way)


def test_nor_the_state_from_before_a_decision_in_the_queue(phone, server):
    nobody_sees_the_state_before(phone, server, "htmx")


def nobody_sees_the_state_before(phone, server, way):
    """Every page that is slow from then on is awaited, as long as there may be an answer."""
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    person = RAHMAN if way == "receipt" else HARTONO
    path = f"/laporan/{number}"
    visit(ready(phone, person), "/beranda", "/laporan", path)
    if way == "receipt":
        keep(phone, text="Rapat kedua.")
        sent(phone)
    elif way == "htmx":
        page = phone.open("/verifikasi")
        page.get_by_role("button", name="Verifikasi: Kinerja").click()
        expect(page.locator("[data-done]")).to_be_visible()
    else:
        # The next page is slow, and another one is asked for while the form is on its way.
        page = phone.page
        sending = slow(server, f"{path}/verifikasi", "POST")
        page.get_by_role("button", name="Verifikasi: Kinerja").click(no_wait_after=True)
        eventually(lambda: server.network.passed("POST", f"{path}/verifikasi"))
        other = phone.new_tab()
        other.goto("/laporan")
        eventually(lambda: len(server.network.passed("GET", "/laporan")) > 1)
        sending.set()
        expect(page.get_by_text("Diverifikasi lurah").first).to_be_visible()
        other.close()
        phone.page = page
    # Asked for while the form was on its way, or read before the action.
    asked = "/laporan" if way == "form" else path
    gate = slow(server, asked)
    clock = phone.new_tab()
    seen = len(server.network.passed("GET", asked))
    shown: list[str] = []
    phone.page.on("framenavigated", lambda frame: shown.append(frame.url))
    phone.page.evaluate("(path) => { location.assign(path); }", asked)
    eventually(lambda: len(server.network.passed("GET", asked)) > seen)
    clock.evaluate(LONGER)
    assert shown == [], "something was shown before the answer"
    gate.set()
    phone.page.wait_for_url(f"**{asked}")
    expect(strip(phone.page)).to_have_count(0)
    if way != "receipt":
        return
    # Without any signal what was read before is shown, with a word about what it lacks.
    no_signal(server)
    expect(strip(phone.open("/laporan"))).to_contain_text("Perubahan Anda sesudah itu belum")
    # Fetched anew it is as good as before.
    page = phone.open(asked)
    expect(strip(page)).to_be_visible()
    expect(strip(page)).not_to_contain_text("Perubahan Anda")


AS_HTMX = "async () => { await fetch('/verifikasi', { headers: { 'HX-Request': 'true' } }); }"


def test_a_session_that_ended_elsewhere_takes_the_copies_with_it(phone, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    report = f"/laporan/{number}"

    def end() -> None:
        server.query("DELETE FROM login_session")

    # A page is asked for; it is slow, so that first its copy is shown.
    ready(phone, YUSUF)
    visit(phone, "/beranda", report)
    end()
    gate = slow(server, report)
    page = phone.open(report)
    expect(strip(page)).to_be_visible()
    gate.set()
    expect(page.locator("[name=password]")).to_be_visible()
    no_signal(server)
    for path in ("/beranda", report):
        is_shut(phone, path)
    server.network.heal()

    # By the outbox, in the background, and by htmx.
    for way in ("htmx", "outbox"):
        phone.sign_in(YUSUF)
        visit(phone, "/verifikasi", report, "/verifikasi")
        end()
        if way == "outbox":
            keep(phone)
        else:
            phone.page.evaluate(AS_HTMX)
        eventually(lambda: kept_pages(phone), [])
        no_signal(server)
        is_shut(phone, report)
        server.network.heal()
    assert owner(phone) == [YUSUF.name, False]

    # And when its time is over, without anybody telling the phone.
    phone.sign_in(YUSUF)
    sent(phone)
    visit(phone, "/beranda", report)
    phone.page.evaluate(
        """async (hours) => {
            for (const name of await caches.keys()) {
                if (!name.startsWith("sipokat-pages-")) continue;
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    const one = await cache.match(request, { ignoreVary: true });
                    const headers = new Headers(one.headers);
                    const at = Number(headers.get("Sipokat-Kept-At")) - hours * 3600000;
                    headers.set("Sipokat-Kept-At", at);
                    await cache.put(request, new Response(await one.text(), { headers }));
                }
            }
        }""",
        12.1,
    )
    no_signal(server)
    is_shut(phone, report)
    assert not is_kept(phone, "/beranda")


WITHOUT_SCRIPTS = """async () => {
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) {
            if (/gen.(app|pages).*js/.test(one.url)) await cache.delete(one);
        }
    }
}"""


@pytest.mark.parametrize("session", ["alive", "over"])
def test_signing_out_works_before_its_script_has_loaded(phone, server, session):
    """Also where the session has ended elsewhere: the copy on the screen must not load itself again
    then, which would cut off the way to the page to sign in."""
    ready(phone, RAHMAN)
    visit(phone, "/beranda", "/akun")
    keep(phone, text="Rapat warga.")
    sent(phone)
    visit(phone, "/akun")
    never = threading.Event()
    server.network.when("GET", "/static/gen/pages.*.js", hold(never, 600), times=None)
    phone.page.evaluate(WITHOUT_SCRIPTS)
    phone.context.new_cdp_session(phone.page).send("Network.clearBrowserCache")
    newer = slow(server, "/akun") if session == "over" else threading.Event()
    phone.page.goto("/akun", wait_until="commit")
    if session == "over":
        server.query("DELETE FROM login_session")
    again: list[str] = []
    phone.page.on("request", lambda one: again.append(one.url))
    leaving = slow(server, "/keluar", "POST")
    button = phone.page.get_by_role("button", name="Keluar", exact=True).last
    button.click(no_wait_after=True)
    eventually(lambda: server.network.passed("POST", "/keluar"))
    server.network.heal()
    never.set()
    newer.set()
    if session == "over":
        eventually(lambda: server.network.passed("GET", "/akun")[-1].status, 401)
    leaving.set()
    phone.page.wait_for_url("**/masuk", wait_until="commit")
    assert not [url for url in again if url.endswith("/akun")]
    assert server.value("SELECT count(*) FROM login_session") == 0
    eventually(lambda: owner(phone), [None, False])
    assert kept_pages(phone) == []
    no_signal(server)
    for path in ("/beranda", "/akun"):
        is_shut(phone, path)
    server.network.heal()
    # The next person has a phone of their own.
    enter(phone.open("/masuk"), SITI)
    phone.page.wait_for_url("**/beranda")
    assert owner(phone) == [SITI.name, False]


@pytest.mark.old_only
def test_another_sites_form_signs_nobody_out(phone, server):
    """It leads to our refusal; at the most the copies are gone until the pages are read again."""
    page = visit(ready(phone, RAHMAN), "/beranda")
    server.network.when("GET", "/jebakan", somebody_elses(200, TRAP % phone.url))
    page.goto(phone.url.replace("localhost", "127.0.0.1") + "/jebakan")
    page.wait_for_url("**/keluar")
    phone.open("/beranda")
    assert owner(phone) == [RAHMAN.name, False]
    assert server.value("SELECT count(*) FROM login_session") == 1


TRAP = """<form method=post action="%s/keluar"></form><script>document.forms[0].submit()</script>"""


def test_a_copy_whose_styles_are_gone_is_not_shown(phone, server):
    visit(ready(phone, RAHMAN), "/akun")
    no_signal(server)
    expect(strip(phone.open("/akun"))).to_be_visible()
    phone.page.evaluate(
        """async () => {
            const at = "/static/gen/lama.css";
            for (const name of await caches.keys()) {
                if (!name.startsWith("sipokat-pages-")) continue;
                const cache = await caches.open(name);
                const one = await cache.match("/akun", { ignoreVary: true });
                const headers = new Headers(one.headers);
                headers.set("Sipokat-Kept-Styles", at);
                await cache.put("/akun", new Response(await one.text(), { headers }));
            }
        }"""
    )
    is_shut(phone, "/akun")


@pytest.mark.current_only
def test_a_page_from_the_browsers_memory_is_not_from_before_an_action(phone, server):
    page = visit(ready(phone, RAHMAN), "/beranda")
    page.evaluate("self.stays = true")
    again = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    page.evaluate(again)
    page.evaluate("sipokat.copies.count()")
    assert page.evaluate("self.stays")
    page.evaluate("sipokat.copies.changed()")
    page.evaluate(again)
    eventually(lambda: page.evaluate("self.stays === undefined"))


@pytest.mark.old_only
def test_what_may_not_be_seen_any_more_takes_the_copies_with_it(phone, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    visit(ready(phone, HARTONO), "/beranda", f"/laporan/{number}")
    server.query("DELETE FROM term WHERE role = 'lurah'")
    phone.open(f"/laporan/{number}")
    expect(phone.page.get_by_text("Tidak ditemukan").first).to_be_visible()
    server.network.when("*", "*", refuse, times=None)
    is_shut(phone, "/beranda")


@pytest.mark.promise(on="106")
def test_copies_go_once_an_office_has_ended_whatever_page_says_so(phone, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    visit(ready(phone, HARTONO), f"/laporan/{number}", "/akun")
    server.query("UPDATE term SET until = '2026-01-02', since = '2026-01-01' WHERE role = 'lurah'")
    phone.open("/akun")  # which stays theirs
    eventually(lambda: kept_pages(phone), [])
    visit(phone, "/akun")  # and is kept again
    no_signal(server)
    is_shut(phone, f"/laporan/{number}")
    expect(strip(phone.open("/akun"))).to_be_visible()
