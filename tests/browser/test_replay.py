"""How the outbox is sent: words before photos, what was cut again, and never more than once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import NullPool, create_engine

from tests.browser.steps import (
    eventually,
    file,
    outbox,
    photos,
    picture,
    ready,
    report,
    reports,
    sent,
    states,
)
from tests.cast import RAHMAN
from tests.services.network import hold, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import patience


def ours(status: int, error: str, **headers: str) -> Callable[..., None]:
    """SIPOKAT itself refuses."""
    body = f'{{"error": "{error}", "message": "Begitulah.", "fields": {{}}}}'
    return somebody_elses(status, body, "application/json", Sipokat="1", **headers)


def spoil(handler: Any, exchange: Any) -> None:
    """A byte of the body is another one when it arrives."""
    body = bytearray(handler.read_body(exchange))
    body[len(body) // 2] ^= 1
    exchange.body = bytes(body)
    handler.reply(exchange, *handler.forward(exchange))


@contextmanager
def nobody_writes(server: Server) -> Iterator[None]:
    """The database is read as ever, and whoever writes waits."""
    engine = create_engine(server.database_url, poolclass=NullPool)
    # On SQLite the option makes the transaction a writer's from its first statement.
    with engine.connect().execution_options(sipokat_write=True) as connection:
        lock = "LOCK TABLE report, photo IN EXCLUSIVE MODE"
        connection.exec_driver_sql("SELECT 1" if engine.dialect.name == "sqlite" else lock)
        yield


def stored(server: Server) -> list[Any]:
    """The files that lie whole in the store."""
    files = (server.data / "photos").rglob("*")
    return [one for one in files if one.is_file() and one.suffix != ".part"]


def requests(server: Server) -> list[str]:
    """The methods of what the phone sent, in order."""
    passed = server.network.passed(path="/laporan*")
    return [one.method for one in passed if one.method in ("POST", "PUT", "DELETE")]


def one_whole_report(phone: Phone, server: Server) -> None:
    (entry,) = sent(phone)
    (row,) = reports(server)
    assert row.client_id == entry["id"]
    current = server.query("SELECT client_id, sha256 FROM photo WHERE current ORDER BY id")
    assert [(one.client_id, one.sha256) for one in current] == [
        (photo["id"], photo["sha256"]) for photo in entry["photos"]
    ]
    assert server.value("SELECT count(*) FROM event") == 1


@pytest.mark.promise(on="106")
def test_the_words_of_all_go_before_any_photo(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    for text in ("Satu.", "Dua."):
        report(phone, text=text, photos=1)
    phone.open("about:blank")  # no timer of an open page shall take one of them first
    server.network.exchanges.clear()
    phone.go_online()
    phone.open("/kotak-keluar")
    sent(phone, 2)
    # An answer may be lost to a worker that is put to sleep: then the words go once more.
    passed = requests(server)
    assert passed == sorted(passed)
    assert set(passed) == {"POST", "PUT"}
    assert [row.text for row in reports(server)] == ["Satu.", "Dua."]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_browser_killed_while_it_sends_sends_again_and_there_is_one(phone, server, method):
    ready(phone, RAHMAN)
    gate = threading.Event()
    server.network.when(method, "/laporan*", hold(gate))
    report(phone, "sampah", photos=1)
    eventually(lambda: server.network.passed(method, "/laporan*"))
    phone.kill()
    gate.set()  # what was on its way arrives all the same
    phone.start()
    phone.open("/kotak-keluar")
    one_whole_report(phone, server)


def test_a_server_killed_before_it_commits_has_taken_nothing_and_gets_it_again(phone, server):
    ready(phone, RAHMAN)
    with nobody_writes(server):
        report(phone, "sampah", photos=1)
        eventually(lambda: server.network.passed("POST", "/laporan"))
        server.kill()
    assert reports(server) == []
    server.start()
    one_whole_report(phone, server)


def test_a_server_killed_between_storing_a_photo_and_marking_it_gets_it_again(phone, server):
    ready(phone, RAHMAN)
    server.stop_worker()
    gate = threading.Event()
    server.network.when("PUT", "/laporan/*", hold(gate))
    report(phone, "sampah", photos=1)
    eventually(lambda: server.network.passed("PUT"))
    with nobody_writes(server):
        gate.set()
        eventually(lambda: stored(server))
        server.kill()
    (photo,) = photos(server)
    assert photo.state == "missing"
    server.start()
    one_whole_report(phone, server)
    eventually(lambda: [one.state for one in photos(server)], ["ready"])


def test_a_photo_changed_on_its_way_is_sent_again(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", spoil)
    report(phone, "sampah", photos=1)
    one_whole_report(phone, server)
    assert [one.status for one in server.network.passed("PUT")] == [400, 200]


@pytest.mark.promise(on="106")
def test_a_photo_that_went_bad_on_the_phone_is_said_and_changed(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", photos=1)
    phone.page.evaluate(
        """() => sipokat.store.writing(["photos"], async ({ photos }) => {
            const [row] = await sipokat.store.got(photos.getAll());
            new Uint8Array(row.bytes)[5000] ^= 1;
            photos.put(row);
        })"""
    )
    phone.go_online()
    page = phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_attention"])
    card = page.locator("[data-entry]")
    expect(card).to_contain_text("Foto ini rusak di HP.")
    expect(card).to_contain_text("Sudah diterima dengan nomor")
    with page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    one_whole_report(phone, server)


@pytest.mark.promise(on="106")
def test_a_photo_that_the_server_does_not_know_lets_the_words_go_first(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", ours(404, "not_found"))
    report(phone, "sampah", photos=1)
    one_whole_report(phone, server)
    assert requests(server) == ["POST", "PUT", "POST", "PUT"]


def test_what_must_wait_a_second_goes_by_itself_then(phone, server):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", ours(429, "too_many", Retry_After="1"))
    server.network.when("PUT", "/laporan/*", ours(503, "busy", Retry_After="1"))
    page = report(phone, "sampah", photos=1)
    expect(page.locator("[data-saved-title]")).to_have_text("Terkirim", timeout=patience(20) * 1000)
    one_whole_report(phone, server)
    assert requests(server) == ["POST", "POST", "PUT", "PUT"]


def test_it_goes_by_itself_once_the_server_is_back(phone, server):
    ready(phone, RAHMAN)
    server.kill()
    page = report(phone, "sampah", photos=1)
    eventually(lambda: outbox(phone)[0]["last_error"])
    assert page.evaluate("navigator.onLine")
    server.start()
    one_whole_report(phone, server)
    assert len(photos(server)) == 1
