"""One phone in several hands: nobody sees or sends what is another's, and nothing of it is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    PATIENCE,
    enter,
    eventually,
    fill,
    is_kept,
    keep,
    kept_pages,
    no_signal,
    open_form,
    outbox,
    owner,
    ready,
    reports,
    sent,
    states,
)
from tests.cast import RAHMAN, SITI
from tests.services.network import hold, refuse
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import patience

SECRET = "Pak Darmo bertengkar dengan tetangganya."


def expire_sessions(server: Server) -> None:
    server.query("DELETE FROM login_session")


def senders(server: Server) -> list[str]:
    """Who sent each report that the server has, oldest first."""
    rows = server.query(
        'SELECT name FROM report JOIN "user" ON "user".id = reporter_id ORDER BY report.id'
    )
    return [row.name for row in rows]


def sign_out(phone: Phone) -> None:
    """By the button on the account page, and yes to the question about unsent reports."""
    page = phone.open("/akun")
    page.get_by_role("button", name="Keluar", exact=True).last.click()
    page.get_by_role("dialog").get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/masuk")


def sign_out_without_signal(phone: Phone, server: Server) -> None:
    """Rahman writes a report and signs out; the server hears of neither."""
    ready(phone, RAHMAN)
    phone.open("/akun")
    eventually(lambda: is_kept(phone, "/akun"))
    no_signal(server)
    keep(phone, "keamanan_ketertiban", SECRET)
    sign_out(phone)


# The phone waits half a second for the server's answer to a sign-out, and not eight.
SHORT_PATIENCE = """(() => {
  const later = self.setTimeout;
  self.setTimeout = (work, ms, ...given) => later(work, ms === 8000 ? 500 : ms, ...given);
})();"""


def shut(phone: Phone, path: str) -> None:
    """The worker shows nothing at this address but the way to sign in, and whom to call."""
    page = phone.open(path)
    expect(page.get_by_text("Anda sudah keluar dari HP ini.")).to_be_visible()
    expect(page.get_by_text("Hubungi Lurah Petanang Ulu")).to_be_visible()
    expect(page.get_by_text(SECRET)).to_have_count(0)


@pytest.mark.promise(on="106")
def test_another_person_neither_sees_nor_sends_what_the_owner_left(phone, server):
    ready(phone, RAHMAN)
    phone.open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))
    no_signal(server)
    keep(phone, "keamanan_ketertiban", SECRET)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Draf Pak Rahman")
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    expire_sessions(server)
    server.network.heal()
    phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_login"])

    page = phone.open("/masuk")
    enter(page, SITI)
    page.wait_for_url("**/beranda")
    expect(page.get_by_text("Siti").first).to_be_visible()
    assert owner(phone) == [SITI.name, False]
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("1 laporan milik orang lain menunggu di HP ini.")).to_be_visible()
    expect(page.locator("[data-entry], [data-outbox-drafts] li")).to_have_count(0)
    expect(page.get_by_text(SECRET)).to_have_count(0)
    keep(phone, text="Rapat Bu Siti")
    eventually(lambda: sorted(states(phone)), ["needs_login", "sent"])
    assert senders(server) == [SITI.name]
    (entry,) = [one for one in outbox(phone) if one["state"] == "needs_login"]
    page = phone.open(f"/laporan/baru?kategori=keamanan_ketertiban#entri={entry['id']}")
    expect(page.get_by_text("tidak ada lagi di HP ini")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("")
    page = phone.open("/laporan/baru")
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator("[data-tile-draft]:visible")).to_have_count(0)

    # His home was kept on this phone; without signal she gets hers.
    eventually(lambda: len(kept_pages(phone)), 1)
    no_signal(server)
    page = phone.open("/beranda")
    expect(page.get_by_text("Rahman")).to_have_count(0)
    server.network.heal()

    expire_sessions(server)
    enter(phone.open("/masuk"), RAHMAN)
    phone.page.wait_for_url("**/beranda")
    sent(phone, 2)
    assert senders(server) == [SITI.name, RAHMAN.name]
    page = phone.open("/laporan/baru")
    expect(page.locator(".tile[data-category=pemerintahan] [data-tile-draft]")).to_be_visible()


def test_words_on_the_screen_go_when_the_phone_changes_hands_in_another_tab(phone, server):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", SECRET)
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    expire_sessions(server)
    other = phone.new_tab()
    other.goto("/masuk")
    enter(other, SITI)
    other.wait_for_url("**/beranda")
    expect(page.locator("#field-text")).to_have_value("")
    expect(page.locator("[data-tile-draft]:visible")).to_have_count(0)
    other.close()
    expire_sessions(server)
    enter(phone.open("/masuk"), RAHMAN)
    phone.page.wait_for_url("**/beranda")
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-text")).to_have_value(SECRET)


def test_signing_out_without_signal_shuts_the_phone_and_keeps_the_reports(phone, server):
    sign_out_without_signal(phone, server)
    page = phone.page
    expect(page.get_by_text("Anda sudah keluar dari HP ini.")).to_be_visible()
    expect(page.locator("[data-outbox-count]")).to_have_text("1 belum terkirim")
    assert owner(phone) == [None, True]
    assert kept_pages(phone) == []
    page = phone.restart()  # the phone was put away in between
    for path in ("/laporan/baru", "/kotak-keluar", "/beranda", "/akun"):
        shut(phone, path)
    assert [one["body"]["text"] for one in outbox(phone)] == [SECRET]

    # A signal that carries pages but not the sign-out: still nothing but signing in.
    server.network.heal()
    server.network.when("POST", "/keluar", refuse, times=None)
    shut(phone, "/laporan/baru")
    assert server.value("SELECT count(*) FROM login_session") == 1
    server.network.heal()
    before = len(server.network.exchanges)
    phone.open("/laporan/baru")
    expect(page.locator(".tile").first).to_be_visible()
    first = server.network.exchanges[before]
    assert (first.method, first.path) == ("POST", "/keluar")
    assert server.value("SELECT count(*) FROM login_session") == 0
    eventually(lambda: owner(phone), [None, False])
    assert reports(server) == []

    phone.sign_in(RAHMAN)
    sent(phone)
    assert senders(server) == [RAHMAN.name]


def test_the_sign_out_of_one_never_ends_the_session_of_the_next(phone, server):
    phone.context.add_init_script(SHORT_PATIENCE)
    sign_out_without_signal(phone, server)
    server.network.heal()
    unheard = server.network.when("POST", "/keluar", refuse, times=None)
    page = phone.open("/masuk")
    # The sign-out reaches the server only after the next person has signed in.
    gate, answered = threading.Event(), threading.Event()

    def late(handler: Any, exchange: Any) -> None:
        try:
            hold(gate, patience(PATIENCE))(handler, exchange)
        finally:
            answered.set()

    server.network.when("POST", "/keluar", late)
    server.network.lift(unheard)
    page.evaluate("() => { sipokat.app.drain('now'); }")
    eventually(lambda: server.network.passed("POST", "/keluar")[-1].body)
    enter(page, SITI)
    page.wait_for_url("**/beranda")
    gate.set()
    assert answered.wait(patience(PATIENCE))
    assert 200 in [one.status for one in server.network.passed("POST", "/keluar")]
    page = phone.open("/akun")
    expect(page.get_by_role("heading", name=SITI.name)).to_be_visible()
    assert owner(phone) == [SITI.name, False]
    # Her reports go as hers, and his waits for him.
    keep(phone, text="Rapat Bu Siti")
    eventually(lambda: sorted(states(phone)), ["sent", "waiting"])
    assert senders(server) == [SITI.name]
    told = [one.headers.get("Sipokat-User") for one in server.network.passed("POST", "/laporan")]
    assert set(told[-1:]) == {
        str(server.value('SELECT id FROM "user" WHERE name = :n', n=SITI.name))
    }
    (kept,) = [one for one in outbox(phone) if one["state"] != "sent"]
    assert kept["body"]["text"] == SECRET


@pytest.mark.promise(on="106")
def test_an_expired_session_keeps_the_owner_and_three_reports_go_after_signing_in(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/kotak-keluar")
    no_signal(server)
    for number in range(3):
        keep(phone, text=f"Rapat {number}")
    eventually(lambda: states(phone), ["waiting"] * 3)
    expire_sessions(server)
    server.network.heal()
    page.evaluate("() => { sipokat.app.drain('tap'); }")
    eventually(lambda: states(phone), ["needs_login"] * 3)
    assert owner(phone) == [RAHMAN.name, False]
    expect(page.locator("[data-entry] [data-state]")).to_have_text(["Perlu masuk lagi"] * 3)
    expect(page.locator("[data-outbox-count]")).to_have_text("3 perlu masuk lagi")
    # One refusal is enough for all of them.
    assert [one.status for one in server.network.passed("POST", "/laporan")].count(401) == 1
    page.locator("[data-login]").first.click()
    enter(page, RAHMAN)
    page.wait_for_url(f"{phone.url}/kotak-keluar")
    sent(phone, 3)
    assert [one.text for one in reports(server)] == ["Rapat 0", "Rapat 1", "Rapat 2"]


def test_a_401_from_before_the_owner_signed_in_again_says_nothing_about_now(phone, server):
    a_late_401(phone, server, by_form=True)


def test_nor_where_they_signed_in_without_script(phone, server):
    a_late_401(phone, server, by_form=False)


def a_late_401(phone, server, by_form):
    ready(phone, RAHMAN).open("/kotak-keluar")
    expire_sessions(server)
    gate = threading.Event()
    server.network.when("POST", "/laporan", hold(gate))
    keep(phone)
    eventually(lambda: server.network.passed("POST", "/laporan"))
    eventually(lambda: states(phone), ["sending"])
    phone.page = other = phone.new_tab()
    if by_form:
        enter(phone.open("/masuk"), RAHMAN)
        other.wait_for_url("**/beranda")
    else:
        phone.sign_in(RAHMAN)
    other.goto("about:blank")  # nothing on this page may send it
    gate.set()
    eventually(lambda: [one.status for one in server.network.passed("POST", "/laporan")][:1], [401])
    phone.page = phone.context.pages[0]
    sent(phone)
    assert [one.status for one in server.network.passed("POST", "/laporan")] == [401, 201]


@pytest.mark.old_only
def test_an_upload_keeps_nobody_from_signing_in_or_out(phone, server):
    ready(phone, RAHMAN)
    gate = threading.Event()
    server.network.when("PUT", "/laporan/*", hold(gate, patience(PATIENCE)), times=None)
    keep(phone, "sampah", photos=1)
    eventually(lambda: server.network.passed("PUT"))
    expire_sessions(server)
    phone.page = phone.new_tab()
    page = phone.open("/masuk")
    enter(page, RAHMAN)
    page.wait_for_url("**/beranda")

    # The page that uploads is loaded again when its owner leaves; the worker would go on with the
    # lock in its hands, as this page does.
    busy = phone.new_tab()
    busy.goto("/static/manifest.json")
    busy.evaluate(
        "() => { navigator.locks.request('sipokat-replay', () => new Promise(() => {})); }"
    )
    sign_out(phone)
    eventually(lambda: 200 in [one.status for one in server.network.passed("POST", "/keluar")])
    enter(page, SITI)
    page.wait_for_url("**/beranda")
    assert owner(phone) == [SITI.name, False]
    gate.set()


@pytest.mark.old_only
def test_a_kept_page_changes_nothing_about_its_owner(phone, server):
    ready(phone, RAHMAN)
    phone.open("/akun")
    eventually(lambda: is_kept(phone, "/akun"))
    server.query('UPDATE "user" SET name = :new WHERE name = :old', new="Haji Rahman", old="Rahman")
    phone.open("/beranda")
    eventually(lambda: owner(phone), ["Haji Rahman", False])
    no_signal(server)
    page = phone.open("/akun")
    expect(page.get_by_role("heading", name="Rahman", exact=True)).to_be_visible()
    page.evaluate("sipokat.owner.ready")
    assert owner(phone) == ["Haji Rahman", False]


@pytest.mark.promise(on="106")
def test_without_an_owner_the_form_opens_says_so_and_stores_nothing(phone, server):
    ready(phone)
    no_signal(server)
    page = open_form(phone, "sampah")
    expect(page.get_by_text("Masuk dulu untuk membuat laporan")).to_be_visible()
    fill(page, "sampah", photos=1)
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-sign-in-first]")).to_be_focused()
    expect(page.locator("[data-saved]")).to_be_hidden()
    assert [phone.stored(store) for store in ("entries", "drafts", "photos")] == [[], [], []]
    # Nor may what was typed be written once somebody else signs in.
    server.network.heal()
    phone.sign_in(RAHMAN)
    assert [phone.stored(store) for store in ("entries", "drafts", "photos")] == [[], [], []]
    assert reports(server) == []
