"""Whatever happens between phone and server, there is one report with all its photos in the end."""

from __future__ import annotations

import threading
import time

import pytest

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
)
from tests.cast import RAHMAN
from tests.services.network import cut_upload, lose_answer, somebody_elses


def kill_after(server, seconds: float):
    """The request reaches the server, which is killed so many seconds into its work."""

    def fault(handler, exchange) -> None:
        handler.read_body(exchange)

        def forward() -> None:
            try:
                handler.forward(exchange)
            except Exception:
                return  # nobody was there to answer

        thread = threading.Thread(target=forward)
        thread.start()
        time.sleep(seconds)
        server.kill()
        thread.join()

    return fault


def again(phone, server) -> None:
    """The server is back, and the person wants everything sent now."""
    server.start()
    phone.open("/kotak-keluar")
    phone.page.evaluate("() => { sipokat.replay.drain('tap'); }")


def one_whole_report(phone, server) -> None:
    (entry,) = sent(phone)
    (row,) = reports(server)
    assert row.client_id == entry["id"]
    stored = {photo.client_id: photo.sha256 for photo in photos(server)}
    assert stored == {photo["id"]: photo["sha256"] for photo in entry["photos"]}
    assert server.value("SELECT count(*) FROM event") == 1


def test_the_server_dies_between_commit_and_answer(phone, server):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", lose_answer(then=server.kill))
    report(phone, "sampah", photos=2)
    eventually(lambda: server._web is None)
    again(phone, server)
    one_whole_report(phone, server)


def test_the_server_dies_after_storing_a_photo(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", lose_answer(then=server.kill))
    report(phone, "sampah", photos=2)
    eventually(lambda: server._web is None)
    again(phone, server)
    one_whole_report(phone, server)


@pytest.mark.old_only
@pytest.mark.parametrize("milliseconds", [1, 4, 8, 15])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_server_is_killed_at_any_moment_of_its_work(phone, server, method, milliseconds):
    server.stop_worker()
    ready(phone, RAHMAN)
    path = "/laporan" if method == "POST" else "/laporan/*"
    server.network.when(method, path, kill_after(server, milliseconds / 1000))
    report(phone, "sampah", photos=1)
    eventually(lambda: server._web is None)
    server._worker = None
    again(phone, server)
    one_whole_report(phone, server)


def test_a_photo_cut_in_the_middle_is_sent_again_whole(phone, server):
    server.stop_worker()
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", cut_upload(after=20_000))
    report(phone, "sampah", photos=2)
    phone.open("/kotak-keluar")
    eventually(lambda: outbox(phone)[0]["receipt"])
    phone.page.evaluate("() => { sipokat.replay.drain('tap'); }")
    one_whole_report(phone, server)
    for photo in photos(server):
        assert received(server, photo) == photo.sha256


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<h1>Wi-Fi gratis</h1>"),
        (401, "application/json", '{"error": "not_signed_in"}'),
        (413, "text/html", "<h1>413 Request Entity Too Large</h1>"),
        (422, "application/json", '{"error": "wrong_content", "fields": {}}'),
    ],
)
def test_an_answer_of_somebody_else_means_nothing(phone, server, status, kind, body):
    ready(phone, RAHMAN)
    server.network.when("POST", "/laporan", somebody_elses(status, body, kind), times=None)
    report(phone, "sampah", photos=1)
    eventually(lambda: outbox(phone)[0]["attempts"])
    eventually(lambda: states(phone), ["waiting"])
    assert reports(server) == []
    server.network.heal()
    again(phone, server)
    one_whole_report(phone, server)


def test_a_redirect_is_not_followed(phone, server):
    ready(phone, RAHMAN)
    fault = somebody_elses(302, "", "text/html", Location="/beranda")
    server.network.when("POST", "/laporan", fault, times=None)
    report(phone)
    eventually(lambda: outbox(phone)[0]["attempts"])
    eventually(lambda: states(phone), ["waiting"])
    server.network.heal()
    again(phone, server)
    one_whole_report(phone, server)


def test_a_busy_server_is_given_the_time_it_asks_for(phone, server):
    ready(phone, RAHMAN)
    busy = somebody_elses(
        503,
        '{"error": "busy", "message": "Sedang sibuk", "fields": {}}',
        "application/json",
        Sipokat="1",
        Retry_After="600",
    )
    server.network.when("POST", "/laporan", busy)
    report(phone)
    (entry,) = eventually(lambda: [one for one in outbox(phone) if one["attempts"]])
    eventually(lambda: states(phone), ["waiting"])
    (entry,) = outbox(phone)
    now = phone.page.evaluate("Date.now()")
    assert 500_000 < entry["next_try"] - now <= 600_000
    again(phone, server)  # the person may insist
    one_whole_report(phone, server)
