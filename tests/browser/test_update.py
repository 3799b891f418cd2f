"""A new version comes to a phone with reports in it: nothing is lost, and nobody is interrupted."""

from __future__ import annotations

import hashlib
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import (
    arrives,
    begin_to_send,
    eventually,
    fill,
    keep,
    open_form,
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
)
from tests.cast import PASSWORD, RAHMAN
from tests.services.network import Exchange, Fault, Rule, hold, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server

JSON = "application/json"
NEW = "versi-baru"
SHELLS = ["/laporan/baru", "/kotak-keluar", "/luring"]
PASSWORD_FIELD = "form[action='/akun/kata-sandi'] [name=proof]"

# --- A version that does not exist yet ---------------------------------------------------------


def another_version(version: str) -> Fault:
    """The server as it would answer after a deployment."""

    def fault(handler: Any, exchange: Exchange) -> None:
        handler.read_body(exchange)
        # Whole and unpacked: a 304 would hide what is new, and packed nothing can be replaced.
        for name in ("If-None-Match", "Accept-Encoding"):
            exchange.headers.pop(name, None)
        status, headers, body = handler.forward(exchange)
        old = next((value for name, value in headers if name == "Sipokat-Shell"), None)
        if old:
            headers = [(k, v) for k, v in headers if k not in ("ETag", "Sipokat-Shell")]
            headers.append(("Sipokat-Shell", version))
            body = body.replace(old.encode(), version.encode())
        handler.reply(exchange, status, headers, body)

    return fault


def deploy(server: Server, version: str = NEW) -> list[Rule]:
    """From now on the server answers as this version, until the rules are lifted."""
    paths = ["/service-worker.js", *SHELLS]
    fault = another_version(version)
    return [server.network.when("GET", path, fault, times=None) for path in paths]


def shells(phone: Phone) -> list[str]:
    """The versions of the shell that lie on the phone, in the order of their coming."""
    names = phone.page.evaluate("async () => await caches.keys()")
    return [name.removeprefix("sipokat-shell-") for name in names if "-shell-" in name]


def notice(page: Page) -> Locator:
    return page.locator(".notice").filter(has_text="Versi baru siap.")


def announced(page: Page) -> Locator:
    """The notice, once the browser has looked for a new version by itself."""
    expect(notice(page)).to_be_visible()
    return notice(page)


def look_for_update(page: Page) -> None:
    """What the browser does by itself a little later."""
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")


def bodies(entries: list[Any]) -> list[Any]:
    return [(entry["id"], entry["body"], entry["photos"]) for entry in entries]


@pytest.mark.promise(on="106")
def test_an_update_waits_for_the_person_and_neither_loses_nor_doubles_an_entry(phone, server):
    ready(phone, RAHMAN).open("/kotak-keluar")
    (old,) = shells(phone)
    no_way = server.network.when("POST", "/laporan", refuse, times=None)
    keep(phone, text="Rapat pertama")
    keep(phone, "sampah", "Tumpukan sampah", photos=1)
    keep(phone, text="Rapat ketiga")
    kept = outbox(phone)
    deploy(server)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Sedang mengetik")
    page.evaluate("self.stays = true")
    announced(page)
    assert page.evaluate("self.stays"), "the page was loaded again"
    expect(page.locator("#field-text")).to_have_value("Sedang mengetik")
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    assert shells(phone) == [old, NEW]

    # Asked first, since something has been typed; a No changes nothing.
    notice(page).get_by_role("button", name="Muat ulang").click()
    expect(page.get_by_role("dialog")).to_contain_text("tersimpan sebagai draf")
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    assert page.evaluate("self.stays")

    # The new version takes over while the old one sends.
    gate = threading.Event()
    server.network.when("POST", "/laporan", hold(gate))
    server.network.lift(no_way)
    begin_to_send(phone)
    eventually(lambda: "sending" in states(phone))
    notice(page).get_by_role("button", name="Muat ulang").click()
    page.get_by_role("dialog").get_by_role("button", name="Muat ulang").click()
    expect(page.locator(f"[data-form-version={NEW}]")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value("Sedang mengetik")
    expect(notice(page)).to_have_count(0)
    assert bodies(outbox(phone)) == bodies(kept)
    gate.set()
    sent(phone, 3)
    assert sorted(row.client_id for row in reports(server)) == sorted(one["id"] for one in kept)
    assert len(photos(server)) == 1


def test_what_is_typed_while_the_new_version_comes_is_not_reloaded_away(phone, server):
    page = ready(phone, RAHMAN).open("/akun")
    deploy(server)
    look_for_update(page)
    page.evaluate("self.stays = true")
    # The old worker cannot go before it has answered this.
    gate = threading.Event()
    server.network.when("GET", "/static/gen/lama.js", hold(gate))
    page.evaluate("() => { fetch('/static/gen/lama.js').catch(() => {}); }")
    eventually(lambda: server.network.passed("GET", "/static/gen/lama.js"))
    announced(page).get_by_role("button", name="Muat ulang").click()
    expect(page.locator("#notices")).to_contain_text("Versi baru sedang dipasang…")
    page.get_by_text("Ganti kata sandi").click()
    page.fill(PASSWORD_FIELD, "rahasia")
    gate.set()
    announced(page).get_by_role("button", name="Muat ulang").click()
    expect(page.get_by_role("dialog")).to_contain_text("akan hilang")
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    expect(page.locator(PASSWORD_FIELD)).to_have_value("rahasia")
    assert page.evaluate("self.stays"), "the page was loaded again"


def test_a_page_of_the_old_version_still_works_after_another_let_the_new_one_in(phone, server):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Ditulis dengan versi lama")
    page.evaluate("self.stays = true")
    deploy(server)
    other = phone.new_tab()
    other.goto("/beranda")
    look_for_update(other)
    announced(other).get_by_role("button", name="Muat ulang").click()
    expect(notice(other)).to_have_count(0)
    announced(page)
    assert page.evaluate("self.stays"), "the page was loaded again"
    save(page)
    sent(phone)
    assert [row.text for row in reports(server)] == ["Ditulis dengan versi lama"]
    other.close()


def test_only_the_last_version_stays_and_what_no_draft_keeps_is_not_promised_to(phone, server):
    page = ready(phone, RAHMAN).open("/akun")
    page.evaluate("async () => { await caches.open('sipokat-shell-0') }")
    page.evaluate("async () => { await caches.open('milik-orang-lain') }")
    first = deploy(server, "satu")
    page.get_by_text("Ganti kata sandi").click()
    page.fill(PASSWORD_FIELD, "rahasia")
    look_for_update(page)
    announced(page).get_by_role("button", name="Muat ulang").click()
    expect(page.get_by_role("dialog")).to_contain_text("akan hilang")
    page.get_by_role("dialog").get_by_role("button", name="Muat ulang").click()
    expect(notice(page)).to_have_count(0)
    eventually(lambda: shells(phone)[-1], "satu")

    deploy(server, "dua")
    for rule in first:
        server.network.lift(rule)
    page = phone.open("/beranda")
    look_for_update(page)
    announced(page).get_by_role("button", name="Muat ulang").click()
    expect(notice(page)).to_have_count(0)
    eventually(lambda: shells(phone), ["satu", "dua"])
    assert "milik-orang-lain" in page.evaluate("async () => await caches.keys()")


# --- Somebody's Wi-Fi page ---------------------------------------------------------------------


def cached(phone: Phone) -> str:
    """Everything that the worker keeps, as one text."""
    text: str = phone.page.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const one of await cache.matchAll()) texts.push(await one.text());
            }
            return texts.join();
        }"""
    )
    return text


WIFI = "Masuk ke hotspot kampung"
PORTAL = somebody_elses(200, f"<h1>{WIFI}</h1>")
# In the place of the worker itself, of a page, as a redirect, and of a script.
PORTALS = [
    ("/service-worker.js", PORTAL),
    ("/luring", PORTAL),
    ("/kotak-keluar", somebody_elses(302, Location="/wifi")),
    ("/static/gen/form.*.js", PORTAL),
]
REGISTERED = """async () => Boolean(
    (await navigator.serviceWorker.getRegistrations()).length)"""


def meet_at_the_first_visit(phone: Phone, server: Server, path: str, portal: Fault) -> None:
    """Signed in behind somebody's Wi-Fi page, which stands here: no worker is installed."""
    # What an earlier visit has loaded would not be asked for again.
    phone.context.new_cdp_session(phone.page).send("Network.clearBrowserCache")
    server.network.exchanges.clear()
    server.network.when("GET", path, portal, times=None)
    server.network.when("GET", "/wifi", PORTAL, times=None)
    phone.sign_in(RAHMAN)
    eventually(lambda: any(one.status for one in server.network.passed("GET", path)))
    eventually(lambda: phone.page.evaluate(REGISTERED), False)
    server.network.heal()


def test_a_wifi_page_never_becomes_part_of_the_app_and_hides_nothing_of_it(phones, server):
    phone = phones(new=True)
    with phone.expecting("unsupported MIME type"):
        for path, portal in PORTALS:
            meet_at_the_first_visit(phone, server, path, portal)
            assert WIFI not in cached(phone)
    phone.open("/beranda")
    phone.worker_ready()
    assert WIFI not in cached(phone)

    # One that stands in the way later.
    before = shells(phone)
    server.network.when("*", "*", PORTAL, times=None)
    assert not phone.page.evaluate(
        """async () => (await navigator.serviceWorker.ready).update()
            .then(() => true, () => false)"""
    )
    page = phone.open("/beranda")
    expect(page.locator(".header-title")).to_be_visible()
    expect(page.get_by_text(WIFI)).to_have_count(0)
    report(phone, "pemerintahan")
    assert shells(phone) == before
    assert WIFI not in cached(phone)
    server.network.heal()
    arrives(phone, server)


# --- What older versions left on the phone -----------------------------------------------------

# How the stores of each released version were made: copied from it, and never edited after.
SCHEMAS = [
    """
    db.createObjectStore("meta");
    db.createObjectStore("drafts", { keyPath: "key" });
    db.createObjectStore("entries", { keyPath: "id" });
    db.createObjectStore("photos", { keyPath: "id" }).createIndex("holder", "holder");
    """,
]
LEAVE = """async ([version, rows, photo]) => {
    const open = indexedDB.open("sipokat", version);
    open.onupgradeneeded = () => {
        const db = open.result;
        %s
    };
    const db = await new Promise((done, failed) => {
        open.onsuccess = () => done(open.result);
        open.onerror = () => failed(open.error);
    });
    const stores = ["meta", "drafts", "entries", "photos"];
    const tx = db.transaction(stores, "readwrite");
    tx.objectStore("meta").put(rows.owner, "owner");
    for (const store of ["drafts", "entries", "photos"]) {
        for (const row of rows[store]) {
            if (store === "photos") row.bytes = Uint8Array.from(photo).buffer;
            tx.objectStore(store).put(row);
        }
    }
    await new Promise((done, failed) => {
        tx.oncomplete = done;
        tx.onabort = () => failed(tx.error);
    });
    db.close();
}"""


def rows_of_1(owner: dict[str, str], data: bytes) -> dict[str, Any]:
    """What version 1 wrote: a report with a photo, tried once without signal, and a draft."""
    entry, photo = str(uuid.uuid4()), str(uuid.uuid4())
    sha256 = hashlib.sha256(data).hexdigest()
    written_at = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    facts = {"id": photo, "type": "image/jpeg", "sha256": sha256, "size": len(data)}
    today = written_at[:10]
    return {
        "owner": owner,
        "photos": [{**facts, "holder": entry}],
        "drafts": [
            {
                "key": f"{owner['id']}/pemerintahan",
                "owner": owner["id"],
                "slot": "pemerintahan",
                "id": str(uuid.uuid4()),
                "category": "pemerintahan",
                "title": "Pemerintahan",
                "values": {"text": "Draf lama", "happened_on": today, "fields.jenis": "rapat"},
                "kept": [],
                "photos": [],
                "updated_at": 1,
            }
        ],
        "entries": [
            {
                "id": entry,
                "client_id": entry,
                "owner": owner["id"],
                "kind": "report",
                "report": None,
                "region": owner["region"],
                "form_version": "lama",
                "category": "sampah",
                "title": "Sampah",
                "body": {
                    "client_id": entry,
                    "category": "sampah",
                    "region": owner["region"],
                    "written_at": written_at,
                    "form_version": "lama",
                    "happened_on": today,
                    "text": "Dari versi lama",
                    "fields": {"jenis": "tumpukan"},
                    "lat": None,
                    "lon": None,
                    "accuracy_m": None,
                    "place_text": "Gang 3",
                    "photos": [{"id": photo, "sha256": sha256}],
                },
                "photos": [facts],
                "written_at": written_at,
                "order": 1,
                "state": "sending",  # it was killed in the middle
                "attempts": 1,
                "last_try": 1,
                "next_try": 0,
                "last_error": None,
                "receipt": None,
            }
        ],
    }


ROWS = [rows_of_1]
VERSION = (
    """async () => (await indexedDB.databases()).find((one) => one.name === "sipokat").version"""
)


@pytest.mark.promise(on="106")
@pytest.mark.parametrize("version", range(1, len(SCHEMAS) + 1))
def test_what_a_former_schema_kept_is_still_sent(phones, server, version):
    phone = phones(new=True)
    server.stop_worker()  # the received bytes stay for us to look at
    # A session as the former version would have it, and none of our scripts run yet.
    answer = phone.context.request.post(
        "/masuk", data={"phone": RAHMAN.phone, "password": PASSWORD}, headers={"Accept": JSON}
    )
    owner = answer.json()["user"]
    page = phone.open("/static/manifest.json")
    data = picture()
    rows = ROWS[version - 1](owner, data)
    page.evaluate(LEAVE % SCHEMAS[version - 1], [version, rows, list(data)])
    phone.open("/kotak-keluar")
    (entry,) = sent(phone)
    (row,) = reports(server)
    (photo,) = photos(server)
    assert (row.client_id, row.text) == (entry["id"], "Dari versi lama")
    assert received(server, photo) == hashlib.sha256(data).hexdigest()
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-text")).to_have_value("Draf lama")
    newest = page.evaluate(VERSION)
    assert newest == len(SCHEMAS), "there is a new schema: put the former one among these tests"


def test_the_old_shell_goes_on_working_on_a_newer_schema(phone, server):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    page.evaluate(
        """(version) => new Promise((done, failed) => {
            const open = indexedDB.open("sipokat", version);
            open.onupgradeneeded = () => open.result.createObjectStore("later");
            open.onblocked = () => failed(new Error("blocked"));
            open.onerror = () => failed(open.error);
            open.onsuccess = () => { open.result.close(); done(); };
        })""",
        len(SCHEMAS) + 1,
    )
    fill(page, "pemerintahan", "Sedang mengetik")
    expect(page.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    phone.go_offline()
    phone.restart()
    page = open_form(phone, "pemerintahan")
    expect(page.locator("#field-text")).to_have_value("Sedang mengetik")
    save(page)
    phone.go_online()
    sent(phone)
    assert [row.text for row in reports(server)] == ["Sedang mengetik"]
