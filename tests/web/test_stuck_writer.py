"""Somebody keeps the lock that every write needs. Others get 503 in time, and reading goes on."""

from __future__ import annotations

import fcntl
import http.client
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests import wire
from tests.cast import RAHMAN
from tests.services.caller import Caller
from tests.services.server import Server
from tests.services.speed import patience

WRITERS = 20  # more than the threads of the server


@contextmanager
def another_program(server: Server) -> Iterator[None]:
    """As somebody with sqlite3 on the command line, in the middle of a change."""
    with closing(sqlite3.connect(server.data / "sipokat.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def another_process_of_ours(server: Server) -> Iterator[None]:
    """It had its turn and is stopped in it."""
    with open(server.data / "sipokat.sqlite3.lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Sending:
    """A report on its way, in a thread of its own. `status` is 0 until the answer has come."""

    def __init__(self, caller: Caller, server: Server) -> None:
        self.status, self.retry_after, self.body = 0, "", wire.body()
        self._caller, self._port = caller, server.port
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self) -> None:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": self._caller.cookie,
            "Sec-Fetch-Site": "same-origin",
            "Sipokat-User": str(self._caller.user_id),
        }
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patience(60))
        with closing(link):
            link.request("POST", "/laporan", json.dumps(self.body), headers)
            answer = link.getresponse()
            answer.read()
            self.retry_after, self.status = answer.getheader("Retry-After", ""), answer.status


@pytest.mark.whole
@pytest.mark.only("sqlite", why="PostgreSQL has no such lock")
@pytest.mark.parametrize("holding", [another_program, another_process_of_ours])
def test_writers_are_sent_away_and_readers_are_served(server: Server, holding: Any) -> None:
    rahman = Caller(server, RAHMAN)
    wire.file_report(rahman)
    with holding(server):
        sent = [Sending(rahman, server) for _ in range(WRITERS)]
        assert len(rahman.json("GET", "/laporan")["items"]) == 1
        waiting = [one for one in sent if one.status == 0]
        assert waiting, "the answer came while some still waited for the lock"
        for one in sent:
            one.thread.join(patience(60))
    assert {one.status for one in sent} == {503}
    assert all(0 < int(one.retry_after) <= 60 for one in sent)
    wire.file_report(rahman, client_id=sent[0].body["client_id"])
    assert len(rahman.json("GET", "/laporan")["items"]) == 2
