"""`flask check-tls`, against a TLS server on loopback whose chains are made here by openssl."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sipokat.commands import without_settings
from sipokat.delivery.tls import ANDROID_6
from tests.services.server import free_port
from tests.services.speed import patience

ROOT = Path(__file__).parents[2]
CA = "basicConstraints=critical,CA:TRUE"
HOST = "subjectAltName=DNS:localhost"


class Authority:
    """Keys and certificates in a folder. A name's file is the certificate of `<name>`; `<name>-by-
    <signer>` is another certificate of the same key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root("old")
        self.root("new")
        self.sign("middle", "new", CA)
        self.sign("new", "old", CA, file="new-by-old")
        self.sign("leaf", "middle", HOST)
        self.sign("elsewhere", "middle", "subjectAltName=DNS:sipokat.example")
        self.sign("expired", "middle", HOST, days=-1)

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def key(self, name: str) -> str:
        if not (self.folder / f"{name}.key").exists():
            curve = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
            self.openssl("genpkey", *curve, "-out", f"{name}.key")
        return f"{name}.key"

    def root(self, name: str) -> None:
        whose = ("-subj", f"/CN={name} root", "-addext", CA)
        self.openssl("req", "-x509", "-key", self.key(name), "-out", f"{name}.pem", *whose)

    def sign(self, name: str, signer: str, extension: str, days: int = 30, file: str = "") -> None:
        kind = "root" if name == "new" else "certificate"
        asked = ("-key", self.key(name), "-subj", f"/CN={name} {kind}", "-out", "request")
        self.openssl("req", "-new", *asked)
        (self.folder / "extension").write_text(extension)
        by = ("-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial")
        out = ("-extfile", "extension", "-out", f"{file or name}.pem")
        self.openssl("x509", "-req", "-in", "request", "-days", str(days), *by, *out)

    @contextmanager
    def offer(self, *chain: str) -> Iterator[str]:
        """A server whose certificate is the first of these, with the others behind it."""
        bundle = self.folder / "bundle.pem"
        bundle.write_text("".join((self.folder / f"{one}.pem").read_text() for one in chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(bundle, self.folder / f"{chain[0]}.key")
        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=self._answer, args=(listening, context), daemon=True).start()
            yield f"https://localhost:{listening.getsockname()[1]}"
            # Closing alone would not wake the thread that waits for the next caller.
            listening.shutdown(socket.SHUT_RDWR)

    def _answer(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            with caller:
                try:
                    context.wrap_socket(caller, server_side=True).close()
                except OSError:
                    continue  # the caller refused us, as some are meant to

    def check(self, address: str, **changes: Path) -> tuple[int, str]:
        roots = {"today": self.folder / "new.pem", "android": self.folder / "old.pem"} | changes
        return flask("check-tls", address, *[f"--{who}-roots={pem}" for who, pem in roots.items()])


def flask(*words: str) -> tuple[int, str]:
    done = without_settings().test_cli_runner().invoke(args=list(words))
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_chain_that_ends_in_a_root_of_both_is_accepted(authority: Authority) -> None:
    """The new root is signed by the old one too, as an authority does for old phones."""
    with authority.offer("leaf", "middle", "new-by-old") as address:
        code, said = authority.check(address)
    assert code == 0, said
    assert "1  leaf certificate\n   signed by middle certificate, until " in said
    assert "3  new root\n   signed by old root, until " in said
    assert "today: accepted, ends in new root" in said
    assert "Android 6: accepted, ends in old root" in said
    assert "WARNING" not in said


@pytest.mark.parametrize("chain", [("leaf", "middle"), ("leaf", "middle", "new")], ids=len)
def test_a_root_that_android_6_lacks_is_named(authority: Authority, chain: tuple[str, ...]) -> None:
    with authority.offer(*chain) as address:
        code, said = authority.check(address)
    assert code == 1
    assert "today: accepted" in said
    assert "Android 6: REFUSED" in said
    assert "ends only in new root" in said


def test_a_missing_link_is_named(authority: Authority) -> None:
    with authority.offer("leaf") as address:
        code, said = authority.check(address)
    assert code == 1
    assert "incomplete: the certificate of middle certificate is neither offered" in said


@pytest.mark.parametrize(
    ("leaf", "why"), [("elsewhere", "Hostname mismatch"), ("expired", "certificate has expired")]
)
def test_what_no_phone_accepts_is_told_apart(authority: Authority, leaf: str, why: str) -> None:
    with authority.offer(leaf, "middle", "new-by-old") as address:
        code, said = authority.check(address)
    assert code == 1
    assert f"no phone accepts this: {why}" in said


def test_roots_may_be_a_folder_as_pulled_from_a_phone(authority: Authority, tmp_path: Path) -> None:
    """Android keeps one file a root, with its text behind the PEM."""
    for name, file in (("old", "5ed36f99.0"), ("new", "00673b5b.0")):
        pem = (authority.folder / f"{name}.pem").read_text()
        (tmp_path / file).write_text(pem + "Certificate:\n    Data:\n        Version: 3 (0x2)\n")
    with authority.offer("leaf", "middle") as address:
        assert authority.check(address)[0] == 1
        code, said = authority.check(address, android=tmp_path)
        assert code == 0, said
        (tmp_path / "readme.txt").write_text("no certificate")
        code, said = authority.check(address, android=tmp_path)
    assert (code, said.count("\n")) == (1, 1)
    assert "readme.txt holds no certificate" in said


def test_it_runs_where_no_settings_are_known(authority: Authority) -> None:
    """As on an office computer: neither the server's secrets nor its database are there."""
    roots = [f"--{who}-roots={authority.folder / 'old.pem'}" for who in ("today", "android")]
    with authority.offer("leaf", "middle", "new-by-old") as address:
        done = subprocess.run(
            [sys.executable, "-m", "flask", "check-tls", address, *roots],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=patience(30),
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Android 6: accepted, ends in old root" in done.stdout


def test_what_is_no_server_is_told_in_one_line() -> None:
    for address in (
        "http://localhost",
        "localhost",
        "https://",
        "https://localhost:99999",
        f"https://localhost:{free_port()}",
    ):
        code, said = flask("check-tls", address)
        assert (code, said.count("\n")) == (1, 1), said
        assert said.startswith("Error: ")


def test_the_list_holds_what_it_says() -> None:
    """Each certificate is the one whose digest was looked up, and none is here by mistake."""
    told = re.findall(
        r"# sha256 ([0-9a-f]{64})\n(-----BEGIN.*?-----END CERTIFICATE-----\n)",
        ANDROID_6.read_text(),
        re.DOTALL,
    )
    assert len(told) == ANDROID_6.read_text().count("BEGIN CERTIFICATE") >= 15
    for digest, pem in told:
        assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest() == digest
    assert "ISRG" not in ANDROID_6.read_text()
