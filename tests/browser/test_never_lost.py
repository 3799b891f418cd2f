"""Whatever happens between phone and server, there is one report with all its photos in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine

from tests.browser.steps import (
    arrives,
    begin_to_send,
    eventually,
    keep,
    ours,
    outbox,
    photos,
    ready,
    received,
    reports,
    send_now,
    states,
)
from tests.cast import RAHMAN
from tests.services.network import (
    Exchange,
    Fault,
    cut_upload,
    hold,
    lose_answer,
    refuse,
    somebody_elses,
)
from tests.services.server import Server


@contextmanager
def nobody_writes(server: Server) -> Iterator[None]:
    """The database can be read, and whoever wants to write to it waits."""
    engine = create_engine(server.database_url, poolclass=NullPool)
    # On SQLite the option makes the transaction a writer's from its first statement.
    with engine.connect().execution_options(sipokat_until=time.monotonic() + 5) as connection:
        lock = "LOCK TABLE report, photo IN EXCLUSIVE MODE"
        connection.exec_driver_sql("SELECT 1" if engine.dialect.name == "sqlite" else lock)
        yield


def stored(server: Server) -> list[Any]:
    """The files that lie whole in the store."""
    files = (server.data / "photos").rglob("*")
    return [one for one in files if one.is_file() and one.suffix != ".part"]


def kill_after(server: Server, seconds: float) -> Fault:
    """The request reaches the server, which is killed so many seconds into its work."""

    def fault(handler: Any, exchange: Exchange) -> None:
        handler.read_body(exchange)

        def forward() -> None:
            with suppress(Exception):  # nobody is there to answer
                handler.forward(exchange)

        thread = threading.Thread(target=forward)
        death = threading.Timer(seconds, server.kill)
        thread.start()
        death.start()
        death.join()
        thread.join()

    return fault


def restart(server: Server, method: str, path: str, fault: Fault) -> None:
    """The server is back, and the next such request that finds it running meets `fault`."""
    silence = server.network.when("*", "*", refuse, times=None)
    server.network.when(method, path, fault)
    server.start()
    server.network.lift(silence)


def spoil(handler: Any, exchange: Exchange) -> None:
    """One byte of the body is changed on its way."""
    body = bytearray(handler.read_body(exchange))
    body[len(body) // 2] ^= 1
    exchange.body = bytes(body)
    handler.reply(exchange, *handler.forward(exchange))


@pytest.mark.promise(on="106")
def test_a_server_killed_at_any_step_of_taking_in_a_report_has_it_once(phone, server):
    ready(phone, RAHMAN)
    server.stop_worker()
    # Before it commits the words.
    with nobody_writes(server):
        keep(phone, "sampah", photos=1)
        eventually(lambda: server.network.passed("POST", "/laporan"))
        server.kill()
    assert reports(server) == []

    # Between that commit and the answer.
    restart(server, "POST", "/laporan", lose_answer(then=server.kill))
    begin_to_send(phone)
    eventually(lambda: server.running, False)
    assert len(reports(server)) == 1

    # Between storing the photo and marking it as received.
    gate = threading.Event()
    restart(server, "PUT", "/laporan/*", hold(gate))
    begin_to_send(phone)
    eventually(lambda: server.network.passed("PUT"))
    with nobody_writes(server):
        gate.set()
        eventually(lambda: stored(server))
        server.kill()
    assert [one.state for one in photos(server)] == ["missing"]

    # Between marking it and the answer.
    restart(server, "PUT", "/laporan/*", lose_answer(then=server.kill))
    begin_to_send(phone)
    eventually(lambda: server.running, False)
    assert [one.state for one in photos(server)] != ["missing"]

    server.start()
    arrives(phone, server)
    eventually(lambda: [one.state for one in photos(server)], ["ready"])


@pytest.mark.old_only
def test_a_server_killed_at_any_millisecond_of_its_work_has_each_report_once(phone, server):
    ready(phone, RAHMAN)
    for method, path in (("POST", "/laporan"), ("PUT", "/laporan/*")):
        for milliseconds in (2, 10, 30, 90):
            server.network.when(method, path, kill_after(server, milliseconds / 1000))
            keep(phone, "sampah", photos=1)
            eventually(lambda: server.running, False)
            server.start()
            eventually(lambda: send_now(phone) or set(states(phone)), {"sent"})
    entries = outbox(phone)
    assert [row.client_id for row in reports(server)] == [entry["id"] for entry in entries]
    assert [(one.client_id, one.sha256) for one in photos(server)] == [
        (photo["id"], photo["sha256"]) for entry in entries for photo in entry["photos"]
    ]
    assert server.value("SELECT count(*) FROM event") == len(entries)


@pytest.mark.promise(on="current")
def test_a_browser_killed_while_it_sends_sends_again_and_there_is_one_report(phone, server):
    ready(phone, RAHMAN)
    words, photo = threading.Event(), threading.Event()
    server.network.when("POST", "/laporan", hold(words))
    keep(phone, "sampah", photos=1)
    eventually(lambda: server.network.passed("POST", "/laporan"))
    phone.kill()
    words.set()  # what was on its way arrives all the same

    server.network.when("PUT", "/laporan/*", hold(photo))
    phone.start()
    phone.open("/kotak-keluar")
    eventually(lambda: server.network.passed("PUT"))
    phone.kill()
    photo.set()

    phone.start()
    phone.open("/kotak-keluar")
    arrives(phone, server)


@pytest.mark.promise(on="106")
def test_a_photo_that_does_not_arrive_whole_goes_again_and_the_others_do_not(phone, server):
    server.stop_worker()  # so that the received bytes stay in the store
    ready(phone, RAHMAN)
    phone.go_offline()
    keep(phone, "sampah", photos=2)
    (entry,) = outbox(phone)
    first, second = [f"/laporan/{entry['id']}/foto/{one['id']}" for one in entry["photos"]]
    # Cut in the middle, then changed, then not known: the words go once more before it.
    for fault in (cut_upload(after=20_000), spoil, ours(404, "not_found")):
        server.network.when("PUT", second, fault)
    phone.go_online()
    arrives(phone, server)
    for photo in photos(server):
        assert received(server, photo) == photo.sha256
    assert [one.status for one in server.network.passed("PUT", first)] == [200]
    assert [one.status for one in server.network.passed("PUT", second)] == [None, 400, 404, 200]
    sending = [one for one in server.network.passed(path="/laporan*") if one.method != "GET"]
    assert [one.method for one in sending if one.path != first][-3:] == ["PUT", "POST", "PUT"]


@pytest.mark.promise(on="106")
def test_only_an_answer_of_sipokat_counts_and_its_word_to_wait_is_kept(phone, server):
    ready(phone, RAHMAN)
    json = "application/json"
    for somebody in (
        somebody_elses(200, "<h1>Wi-Fi gratis</h1>"),
        somebody_elses(401, '{"error": "not_signed_in"}', json),
        somebody_elses(413, "<h1>413 Request Entity Too Large</h1>"),
        somebody_elses(422, '{"error": "wrong_content", "fields": {}}', json),
        somebody_elses(302, "", Location="/beranda"),  # not followed
    ):
        rule = server.network.when("POST", "/laporan", somebody, times=None)
        if not outbox(phone):
            keep(phone, "sampah", photos=1)
        send_now(phone)
        # The worker may be trying once more, woken by the browser.
        eventually(lambda: [one["state"] for one in outbox(phone)], ["waiting"])
        assert [one["last_error"] for one in outbox(phone)] == [{"code": "foreign"}]
        server.network.lift(rule)
    assert reports(server) == []

    server.network.when("POST", "/laporan", ours(503, "busy", Retry_After="600"))
    send_now(phone)
    (entry,) = outbox(phone)
    now = phone.page.evaluate("Date.now()")
    assert 500_000 < entry["next_try"] - now <= 600_000
    arrives(phone, server)  # the person may insist
