"""What a connection brings before it is a request that a view could answer: broken chunks, and
bodies that are refused before they have been sent to their end."""

from __future__ import annotations

import json
import socket
from contextlib import closing

import pytest

from tests.cast import PASSWORD, RAHMAN
from tests.page import fresh_id
from tests.services.caller import Caller
from tests.services.server import Server
from tests.services.speed import patience

PHOTO_MAX = 6 * 1024 * 1024


def exchange(server: Server, head: list[str], body: bytes) -> tuple[int, str]:
    """Send all of it and only then read the answer, as proxies do: its status and its text."""
    with closing(socket.create_connection(("127.0.0.1", server.port), patience(60))) as link:
        lines = [*head, "Host: localhost", "Connection: close", "Accept: application/json", "", ""]
        link.sendall("\r\n".join(lines).encode() + body)
        answer = b""
        while part := link.recv(65536):
            answer += part
    text = answer.decode()
    assert "\r\nsipokat: 1\r\n" in text.lower()
    return int(text.split(" ", 2)[1]), text


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"5;\x00\r\n",
    ],
)
def test_chunks_that_break_the_rules_are_400(server: Server, chunks: bytes) -> None:
    server.wait()
    head = [
        "POST /masuk HTTP/1.1",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    ]
    status, text = exchange(server, head, chunks)
    assert status == 400
    assert '"malformed"' in text


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity, chunked", "gzip,Chunked"])
def test_other_codings_than_chunked_are_400(server: Server, coding: str) -> None:
    """gunicorn takes their chunks apart all the same. The first half of this body would do."""
    server.wait()
    head = [
        "POST /masuk HTTP/1.1",
        "Content-Type: application/json",
        f"Transfer-Encoding: {coding}",
        "Sec-Fetch-Site: same-origin",
    ]
    body = json.dumps({"phone": RAHMAN.phone, "password": PASSWORD}).encode() + b" " * 70_000
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    status, text = exchange(server, head, chunks)
    assert status == 400
    assert '"malformed"' in text


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_body_that_is_refused_is_read_to_its_end(server: Server, signed_in: bool) -> None:
    """Else a proxy that still sends it sees a broken connection, and the phone its 502."""
    server.wait()
    rahman = Caller(server, RAHMAN)
    head = [
        f"PUT /laporan/{fresh_id()}/foto/{fresh_id()} HTTP/1.1",
        "Content-Type: image/jpeg",
        f"Content-Length: {2 * PHOTO_MAX}",
        "Sec-Fetch-Site: same-origin",
    ]
    if signed_in:
        head += [f"Cookie: {rahman.cookie}", f"Sipokat-User: {rahman.user_id}"]
    status, text = exchange(server, head, bytes(2 * PHOTO_MAX))
    assert status == (413 if signed_in else 401)
    assert ('"too_large"' if signed_in else '"not_signed_in"') in text
