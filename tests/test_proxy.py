"""The program in production behind the real nginx with docs/nginx.conf."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import wire
from tests.cast import PASSWORD, RAHMAN
from tests.page import fresh_id
from tests.services import program
from tests.services.pictures import encoded as picture
from tests.services.pictures import scene
from tests.services.program import ROOT
from tests.services.proxy import HOST, Proxy, proxied, read
from tests.services.server import free_port

ORIGIN = f"https://{HOST}"


@dataclass
class Behind:
    """The program and nginx in front of it. The program may be stopped and started again."""

    proxy: Proxy
    port: int
    settings: dict[str, str]
    process: subprocess.Popen[str] | None = None
    session: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        self.process, _ = program.begin(ROOT, self.port, **self.settings)

    def stop(self) -> None:
        if self.process is not None:
            program.end(self.process)
        self.process = None

    def sign_in(self) -> None:
        """As Rahman."""
        words = json.dumps({"phone": RAHMAN.phone, "password": PASSWORD}).encode()
        status, headers, body = self.send("POST", "/masuk", words)
        assert status == 200, body
        self.session = {
            "Cookie": headers["Set-Cookie"].partition(";")[0],
            "Sipokat-User": json.loads(body)["user"]["id"],
        }

    def send(self, method: str, path: str, body: bytes | None = None, **more: str) -> Any:
        kind = {"Content-Type": "application/json", "Origin": ORIGIN}
        return self.proxy.request(method, path, body, **kind | self.session | more)

    def report(self, data: bytes) -> tuple[str, dict[str, str]]:
        """Send a report with this photo. Returns the photo's address, and its headers."""
        photo = wire.declared(data)
        body = wire.body("sampah", photos=[photo], text=fresh_id())
        status, _, said = self.send("POST", "/laporan", json.dumps(body).encode())
        assert status == 201, said
        path = f"/laporan/{body['client_id']}/foto/{photo['id']}"
        return path, {"Content-Type": "image/jpeg", "Content-Digest": wire.digest_of(data)}

    def begin_photo(self, data: bytes, **session: str) -> tuple[ssl.SSLSocket, bytes]:
        """Send the head of a photo's request and its first bytes. Returns the connection and the
        bytes that are left."""
        path, headers = self.report(data)
        lines = headers | self.session | {"Host": HOST, "Origin": ORIGIN} | session
        lines |= {"Content-Length": str(len(data)), "Accept": "application/json"}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        sock = self.proxy.connect()
        sock.sendall(f"PUT {path} HTTP/1.1\r\n{head}\r\n".encode() + data[:100])
        return sock, data[100:]


@pytest.fixture(scope="module")
def behind(database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("nginx")
    database.copy(data)
    port = free_port()
    settings = {
        "SIPOKAT_MODE": "production",
        "SIPOKAT_ORIGIN": ORIGIN,
        "TRUSTED_PROXIES": "1",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "RECORD_KEY": secrets.token_urlsafe(32),
        "SIPOKAT_DATA": str(data),
        "DATABASE_URL": database.url(data),
    }
    with proxied(folder, port) as proxy:
        made = Behind(proxy, port, settings)
        made.start()
        try:
            made.sign_in()
            yield made
        finally:
            made.stop()
            database.remove(data)
            shutil.rmtree(data)


def test_http_leads_to_https_whatever_host_is_named(behind: Behind) -> None:
    sock = socket.create_connection(("127.0.0.1", behind.proxy.http))
    sock.sendall(b"GET /laporan/baru?a=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    status, headers, _ = read(sock)
    assert (status, headers["Location"]) == (301, f"{ORIGIN}/laporan/baru?a=1")


def test_the_program_knows_the_address_that_asks(behind: Behind) -> None:
    """A made-up X-Forwarded-For does not count: the limits of sign-in are by address."""
    cookie = behind.session["Cookie"]
    assert cookie.startswith("__Host-"), "and knows that this is https"
    status, headers, _ = behind.send("GET", "/sehat", **{"X-Forwarded-For": "203.0.113.9"})
    assert (status, headers["Sipokat"]) == (200, "1")
    assert "max-age" in headers["Strict-Transport-Security"]


def test_a_photo_arrives(behind: Behind) -> None:
    data = picture(scene((800, 600)))
    path, headers = behind.report(data)
    status, _, body = behind.send("PUT", path, data, **headers)
    assert status == 200
    assert json.loads(body)["photos"][0]["state"] in ("received", "ready")


# Every answer of ours bears `Sipokat: 1`, and nothing else does.

LARGE = b"x" * 6_291_457
REFUSED = {
    "401 before the body": (401, "PUT", LARGE[:-1], {"Cookie": ""}),
    "413 of a photo": (413, "PUT", LARGE, {}),
    "413 of a form": (413, "POST", b"x" * 20_971_521, {"Content-Type": "multipart/form-data"}),
    "413 of nginx": (413, "POST", b"x" * 23_000_000, {"Content-Type": "multipart/form-data"}),
    "413 of a text": (413, "POST", b"x" * 65_537, {}),
    "403 of another site": (403, "POST", b"{}", {"Origin": "https://evil.example"}),
    "404": (404, "GET", None, {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_answer_of_ours_is_known_as_ours(behind: Behind, name: str) -> None:
    status, method, body, headers = REFUSED[name]
    photo = f"/laporan/{fresh_id()}/foto/{fresh_id()}"
    path = {"PUT": photo, "POST": "/laporan"}.get(method, "/laporan/999999")
    digest = wire.digest_of(body or b"")
    kind = {"Content-Type": "image/jpeg", "Content-Digest": digest} if method == "PUT" else {}
    said = behind.send(method, path, body, **kind | headers)
    assert (said[0], said[1]["Sipokat"]) == (status, "1")
    assert json.loads(said[2])["error"]


def test_a_form_that_nginx_finds_too_large_is_told_so_in_a_page(behind: Behind) -> None:
    kind = {"Content-Type": "multipart/form-data", "Accept": "text/html"}
    status, headers, body = behind.send("POST", "/laporan", b"x" * 23_000_000, **kind)
    assert (status, headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "terlalu besar" in body.decode()


# Phones on a weak signal.


@pytest.mark.whole
def test_fifty_slow_phones_shut_nobody_out(behind: Behind) -> None:
    """They send a photo a byte at a time. Without nginx eight of them hold all eight threads of
    this program; see docs/operations.md for what it bears alone."""
    data = picture(scene((320, 240)))
    slow = [behind.begin_photo(data) for _ in range(50)]
    for place in range(5):
        for sock, rest in slow:
            sock.sendall(rest[place : place + 1])
        assert behind.send("GET", "/beranda")[0] == 200
    path, headers = behind.report(data)
    assert behind.send("PUT", path, data, **headers)[0] == 200
    for sock, rest in slow:
        sock.sendall(rest[5:])
    assert {read(sock)[0] for sock, _ in slow} == {200}


@pytest.mark.whole
def test_a_photo_outlives_a_restart_in_its_middle(behind: Behind) -> None:
    data = picture(scene((800, 600)))
    sock, rest = behind.begin_photo(data)
    behind.stop()
    behind.start()
    sock.sendall(rest)
    status, headers, body = read(sock)
    assert (status, headers["Sipokat"]) == (200, "1")
    assert json.loads(body)["photos"][0]["state"] in ("received", "ready")


@pytest.mark.whole
def test_what_nginx_says_while_the_program_is_down_is_not_taken_for_ours(behind: Behind) -> None:
    """Phones wait then, and send again."""
    data = picture(scene((800, 600)))
    sock, rest = behind.begin_photo(data)
    behind.stop()
    try:
        sock.sendall(rest)
        for status, headers, _ in (read(sock), behind.send("GET", "/laporan")):
            assert status == 502
            assert "Sipokat" not in headers
    finally:
        behind.start()
