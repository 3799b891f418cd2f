"""Requests from other sites are refused by the headers that the browser itself sets."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from sipokat import config
from tests import wire
from tests.cast import PASSWORD, RAHMAN
from tests.page import Visitor

Site = Callable[..., Visitor]
HTTPS = {
    "SIPOKAT_MODE": "production",
    "SIPOKAT_ORIGIN": "https://sipokat.example",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "x",
}
PHOTO = f"/laporan/{uuid.UUID(int=1)}/foto/{uuid.UUID(int=2)}"
UNSAFE = [
    ("POST", "/masuk"),
    ("POST", "/keluar"),
    ("POST", "/laporan"),
    ("PUT", PHOTO),
    ("DELETE", PHOTO),
    ("POST", "/laporan/00018/verifikasi"),
    ("POST", "/laporan/00018/perbaikan"),
    ("POST", "/akun/kata-sandi"),
    ("POST", "/akun/sesi/1/akhiri"),
]


def ask(visitor: Visitor, method: str, path: str, **options: Any) -> Any:
    """Send the request with these headers alone."""
    return visitor.client.open(path, method=method, **options)


def refused(answer: Any) -> bool:
    body = answer.get_json(silent=True) or {}
    return answer.status_code == 403 and body.get("error") == "cross_site"


JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "whatever"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        # Sec-Fetch-Site decides before Origin.
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
        # Older browsers send Origin alone.
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://localhost:8080"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        # Neither of them: a program, which has no session cookie.
        ({}, False),
    ],
    ids=str,
)
def test_who_may_change_anything_in_a_session(
    site: Site, headers: dict[str, str], passes: bool
) -> None:
    visitor = site(RAHMAN)
    sent = JSON | headers | {"Sipokat-User": str(visitor.user_id)}
    answer = ask(visitor, "POST", "/laporan", json=wire.body(), headers=sent)
    assert answer.status_code == (201 if passes else 403)
    assert refused(answer) is not passes


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_route_that_writes_refuses_other_sites(site: Site, method: str, path: str) -> None:
    foreign = JSON | {"Sec-Fetch-Site": "cross-site"}
    for visitor in (site(RAHMAN), site()):
        assert refused(ask(visitor, method, path, headers=foreign))
        assert refused(
            ask(visitor, method, path, headers=JSON | {"Origin": "https://evil.example"})
        )
    assert refused(ask(site(RAHMAN), method, path, headers=JSON))
    assert not refused(ask(site(), method, path, headers=JSON))


def test_the_refusal_comes_before_the_body_is_read(site: Site) -> None:
    foreign = JSON | {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}
    assert refused(ask(site(RAHMAN), "POST", "/laporan", data=b"\xff{", headers=foreign))
    assert refused(ask(site(RAHMAN), "POST", "/laporan", data=b"x" * 99_999, headers=foreign))


def test_the_refusal_is_a_page_in_words(site: Site) -> None:
    page = site(RAHMAN).post("/keluar", {}, status=403, headers={"Sec-Fetch-Site": "cross-site"})
    assert "situs lain" in page.text("main")
    site(RAHMAN).json("GET", "/laporan")


@pytest.mark.parametrize("path", ["/beranda", "/laporan", "/akun", "/verifikasi"])
def test_a_get_from_another_site_is_answered_but_not_shared(site: Site, path: str) -> None:
    answer = ask(site(RAHMAN), "GET", path, headers={"Sec-Fetch-Site": "cross-site"})
    assert not refused(answer)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("[::1]:5000", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_without_a_configured_origin_the_host_must_be_known(
    site: Site, host: str, passes: bool
) -> None:
    """Otherwise a foreign host name that points to this server would pass as its own origin."""
    headers = JSON | {"Origin": f"http://{host}", "Host": host}
    answer = ask(site(), "POST", "/keluar", headers=headers, json={})
    assert refused(answer) is not passes


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("https://sipokat.example", True),
        ("http://sipokat.example", False),
        ("https://sipokat.example:8443", False),
        ("https://sipokat.example.evil.example", False),
        ("http://localhost", False),
    ],
)
def test_with_a_configured_origin_it_is_that(
    app: Flask, site: Site, origin: str, passes: bool
) -> None:
    app.config["ORIGIN"] = "https://sipokat.example"
    answer = ask(site(), "POST", "/keluar", headers=JSON | {"Origin": origin}, json={})
    assert refused(answer) is not passes


def test_sign_in_from_elsewhere_is_refused_too(site: Site) -> None:
    """Otherwise another site could secretly sign a person in to somebody else's account."""
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = ask(site(), "POST", "/masuk", data=body, headers=JSON | headers)
        assert refused(answer)
        assert not answer.headers.getlist("Set-Cookie")


def test_the_origin_of_production_is_https() -> None:
    with pytest.raises(config.Unsafe, match="https"):
        config.read(HTTPS | {"SIPOKAT_ORIGIN": "http://sipokat.example"})
