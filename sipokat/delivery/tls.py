"""Looks at the certificates that a server offers, as a phone of today and as an old one."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANDROID_6 = Path(__file__).resolve().parent.parent / "data" / "android6_roots.pem"
SECONDS = 10
# What OpenSSL's verify codes say of the end of a chain: nobody is found who signed its last
# certificate, or the last one is signed by itself and is no root that we know.
NO_ISSUER, UNKNOWN_ROOT = {2, 20, 21}, {18, 19}


@dataclass(frozen=True)
class Certificate:
    subject: str
    issuer: str
    until: str


@dataclass(frozen=True)
class Verdict:
    """What a phone with certain roots says. `root` is where the chain ends for it, None when it
    refuses; then `why` and `code` are OpenSSL's reason."""

    root: str | None
    why: str = ""
    code: int = 0


@dataclass(frozen=True)
class Finding:
    chain: list[Certificate]
    today: Verdict
    old: Verdict

    def warnings(self) -> list[str]:
        """What must be mended before phones can use the server, in English, for its keeper."""
        if self.today.code in NO_ISSUER:
            return [
                f"incomplete: the certificate of {self._sought()} is neither offered nor a root "
                "that phones know. Let the server send the full chain."
            ]
        if self.today.root is None:
            return [f"no phone accepts this: {self.today.why}"]
        if self.old.code in NO_ISSUER | UNKNOWN_ROOT:
            return [
                f"phones with Android 6 refuse this: the chain ends only in {self.today.root}, "
                "which they lack. See docs/operations.md, Old phones."
            ]
        return [] if self.old.root else [f"phones with Android 6 refuse this: {self.old.why}"]

    def _sought(self) -> str:
        """The issuer of the last certificate, as far as one of the chain leads to the next."""
        offered = {one.subject: one for one in self.chain}
        last = self.chain[0]
        for _ in self.chain:
            last = offered.get(last.issuer, last)
        return last.issuer


def look(host: str, port: int, today: Path | None = None, old: Path | None = None) -> Finding:
    """Connect to the server and judge the chain that it offers.

    `today` and `old` are files with root certificates in PEM, or folders of such files. Without
    them these are the roots of this machine and those that Android 6 holds. Raises OSError when
    there is no connection, ssl.SSLError when it is not TLS, ValueError for files without roots.
    """
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    with _connect(host, port, unchecked) as connection:
        # Python 3.13 has a public get_unverified_chain, but bytes alone; this one is there since
        # 3.10 and can be read without a library of our own.
        offered = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
    chain = [_certificate(one.get_info()) for one in offered]
    return Finding(
        chain, _judge(host, port, _trusting(today)), _judge(host, port, _trusting(old or ANDROID_6))
    )


def _connect(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    return context.wrap_socket(
        socket.create_connection((host, port), SECONDS), server_hostname=host
    )


def _trusting(roots: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots is None:
        context.load_default_certs()
        return context
    for file in sorted(roots.iterdir()) if roots.is_dir() else [roots]:
        try:
            context.load_verify_locations(file)
        except ssl.SSLError:
            raise ValueError(f"{file} holds no certificate in PEM") from None
    return context


def _judge(host: str, port: int, context: ssl.SSLContext) -> Verdict:
    try:
        with _connect(host, port, context) as connection:
            verified: Sequence[Any] = connection._sslobj.get_verified_chain()  # type: ignore[attr-defined]
            return Verdict(_certificate(verified[-1].get_info()).subject)
    except ssl.SSLCertVerificationError as error:
        return Verdict(None, error.verify_message, error.verify_code)


def _certificate(info: dict[str, Any]) -> Certificate:
    return Certificate(_name(info["subject"]), _name(info["issuer"]), info["notAfter"])


def _name(parts: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Common name, unit and organization, as far as they are there and say something new."""
    told = {key: value for part in parts for key, value in part}
    keys = ("commonName", "organizationalUnitName", "organizationName")
    return ", ".join(dict.fromkeys(told[key] for key in keys if key in told)) or str(told)
