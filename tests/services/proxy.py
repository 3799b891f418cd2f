"""The real nginx with the configuration of the docs, in front of a program.

with proxied(tmp_path, port_of_the_program) as proxy:
    status, headers, body = proxy.request("GET", "/sehat")
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.matrix import lacking
from tests.services.program import ROOT
from tests.services.server import free_port
from tests.services.speed import patience, tries

HOST = "sipokat.example"
CONFIG = ROOT / "docs" / "nginx.conf"
UNPACKED = ROOT / ".tools" / "nginx" / "usr" / "sbin" / "nginx"
MAIN = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
Answer = tuple[int, Mapping[str, str], bytes]


def nginx() -> str:
    """The program. It comes from Debian, unpacked by tools/nginx.sh; without apt there is none."""
    installed = shutil.which("nginx")
    if installed:
        return installed
    if not UNPACKED.exists():
        done = subprocess.run([ROOT / "tools" / "nginx.sh"], capture_output=True, text=True)
        if done.returncode and shutil.which("apt-get") is None:
            lacking("no nginx, and no apt to fetch it with")
        assert UNPACKED.exists(), done.stderr
    return str(UNPACKED)


@dataclass
class Proxy:
    """nginx on 127.0.0.1, with http on one port and https on another."""

    http: int
    https: int

    def connect(self) -> ssl.SSLSocket:
        """A connection to it by TLS."""
        # Nobody signs a certificate for sipokat.example.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.https), patience(20))
        return context.wrap_socket(plain, server_hostname=HOST)

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a whole request by https. `Content_Type` becomes Content-Type."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPSConnection(HOST)
        connection.sock = self.connect()
        connection.request(method, path, body, {"Accept": "application/json"} | sent)
        return read(connection.sock, method)


def read(sock: socket.socket, method: str = "GET") -> Answer:
    """The answer to a request that was sent on this connection, which is then closed."""
    with sock:
        answer = http.client.HTTPResponse(sock, method=method)
        answer.begin()
        return answer.status, answer.headers, answer.read()


@contextmanager
def proxied(folder: Path, program: int) -> Iterator[Proxy]:
    """nginx with docs/nginx.conf, which only gets other ports and a certificate of its own."""
    proxy = Proxy(free_port(), free_port())
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec"]
    command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={HOST}", "-days", "2"]
    command += ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/chain.pem"]
    subprocess.run(command, check=True, capture_output=True)
    site = CONFIG.read_text()
    for there, here in (
        (r"listen \[::\].*\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{proxy.http};"),
        (r"listen 443 ", f"listen 127.0.0.1:{proxy.https} "),
        (r"/etc/ssl/sipokat/", f"{folder}/"),
        (r"127\.0\.0\.1:5000", f"127.0.0.1:{program}"),
    ):
        site, count = re.subn(there, here, site)
        assert count, f"docs/nginx.conf has no {there}"
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    log = folder / "error.log"
    process = subprocess.Popen(
        [nginx(), "-e", str(log), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    )
    try:
        for _ in tries(20):
            assert process.poll() is None, log.read_text()
            try:
                socket.create_connection(("127.0.0.1", proxy.https), 1).close()
                break
            except OSError:
                continue
        assert not log.exists() or "[warn]" not in log.read_text(), log.read_text()
        yield proxy
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(patience(20))
