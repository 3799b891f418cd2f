"""Limits as in production, where they are on: how often, how much, under which name, and what
whoever watches over the accounts reads of it in the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from limits import RateLimitItemPerMinute

from sipokat import config, create_app
from sipokat.database import db, writing
from sipokat.domain import people
from sipokat.models import SignInFailure
from sipokat.web import too_often
from tests import steps, wire
from tests.cast import AGUS, HARTONO, PASSWORD, RAHMAN, SITI
from tests.page import Visitor, expect_status, fresh_id
from tests.services.database import CHEAP

Site = Callable[..., Visitor]
pytestmark = pytest.mark.sql


@pytest.fixture(autouse=True)
def limits_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three a minute are enough to try it."""
    app.config["RATELIMIT_ENABLED"] = True
    monkeypatch.setattr(too_often, "RATE", RateLimitItemPerMinute(3))
    monkeypatch.setattr(people, "_NOBODY", CHEAP)
    app.extensions["limiter"].storage.reset()
    yield
    app.extensions["limiter"].storage.reset()


@pytest.fixture
def noted() -> Iterator[list[dict[str, Any]]]:
    """The security events of the test, each as it is written: one JSON object."""
    with structlog.testing.capture_logs() as logs:
        yield (found := [])
        found += [json.loads(json.dumps(one)) for one in logs if one.get("security")]


def id_of(app: Flask, person: Any) -> str:
    with app.app_context():
        return steps.user_of(person).id


# How often.


def test_limits_are_on_in_production_and_in_the_demo() -> None:
    for mode in ("production", "demo"):
        env = {
            "SIPOKAT_MODE": mode,
            "SECRET_KEY": "8Zt3pX0vKq5Lw2Yb7Nc9Rf4Hj6Md1GsA",
            "RECORD_KEY": "Qm7sT2xB9vLk4Zr8Wp1Yd6Hc3Nf5Ja0E",
            "SIPOKAT_ORIGIN": "https://sipokat.example",
            "TRUSTED_PROXIES": "1",
        }
        assert config.read(env)["RATELIMIT_ENABLED"] is True


def test_a_session_has_its_rate_and_a_made_up_cookie_none_of_its_own(site: Site) -> None:
    rahman, siti = site(RAHMAN), site(SITI)
    for number in range(4):
        rahman.client.set_cookie("sipokat-lain", f"{number}")
        answer = rahman.json("POST", "/laporan", wire.body(), 429 if number == 3 else 201)
    assert answer["error"] == "too_many"
    wire.file_report(siti)  # in the same network, with a rate of her own
    for number in range(4):  # nobody's session: the network counts
        stranger = Visitor(site().app)
        stranger.client.set_cookie("sipokat-sesi", f"{number}" * 43)
        answer = stranger.request("POST", "/keluar", data={})
    expect_status(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_photos_and_decisions_have_their_own_rate(site: Site) -> None:
    receipt = wire.file_report(site(RAHMAN))
    path = f"/laporan/{receipt['number']}/verifikasi"
    for number in range(4):
        said = {"version": 99, "action_id": fresh_id(), "class": "kinerja"}
        site(HARTONO).json("POST", path, said, 429 if number == 3 else 409)
        photo = f"/laporan/{receipt['client_id']}/foto/{fresh_id()}"
        headers = {"Content-Digest": wire.digest_of(b"x"), "Content-Type": "image/jpeg"}
        status = 429 if number == 3 else 404
        site(RAHMAN).json("PUT", photo, status=status, data=b"x", headers=headers)


def test_reading_has_no_rate(site: Site) -> None:
    for _ in range(6):
        site(RAHMAN).get("/beranda")


def test_wrong_present_passwords_are_few(app: Flask, site: Site, noted: Any) -> None:
    app.config["RATELIMIT_ENABLED"] = False
    rahman, form = site(RAHMAN), "form[action='/akun/kata-sandi']"
    for _ in range(5):
        page = rahman.get("/akun").submit(form, 422, proof="salah sekali", new="kata sandi baru")
        assert "tidak cocok" in page.text(form)
    page = rahman.get("/akun").submit(form, 429, proof=PASSWORD, new="kata sandi baru")
    assert "Tunggu 15 menit" in page.text(form)
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    site(SITI).get("/akun").submit(form, 422, proof="salah sekali", new="kata sandi baru")
    with app.app_context(), writing() as session:
        session.query(SignInFailure).delete()
    assert rahman.get("/akun").submit(form, proof=PASSWORD, new="kata sandi baru").url == "/masuk"


# Under which name.


@pytest.fixture
def production(app: Flask) -> Flask:
    """The application as if it served https://sipokat.example."""
    app.config.update(
        MODE="production",
        ORIGIN="https://sipokat.example",
        HOSTS=frozenset({"sipokat.example"}),
        RATELIMIT_ENABLED=False,
    )
    return app


@pytest.mark.parametrize("host", ["sipokat.example", "SIPOKAT.example", "sipokat.example:443"])
def test_our_own_name_is_answered(production: Flask, site: Site, host: str) -> None:
    answer = site().client.get("/masuk", headers={"Host": host})
    expect_status(answer, 200)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "sipokat.example.evil.example", "localhost", "127.0.0.1", "[::1", "evil:80"],
)
@pytest.mark.parametrize(
    "path", ["/", "/masuk", "/laporan/baru/", "//masuk", "/tidak-ada", "/sehat"]
)
def test_a_foreign_name_is_refused_and_followed_by_no_redirect(
    production: Flask, site: Site, host: str, path: str
) -> None:
    for accept in ("text/html", "application/json"):
        headers = {"Host": host, "Accept": accept}
        answer = site().client.open(path, headers=headers, method="GET")
        assert answer.status_code in (400, 421), "400 is werkzeug's, for what is no host name"
        assert "Location" not in answer.headers
        assert "evil" not in answer.text


def test_a_phone_waits_when_the_proxy_passes_on_a_wrong_name(production: Flask, site: Site) -> None:
    """421 is none of the answers after which a person must mend the report."""
    headers = {"Host": "10.0.0.5", "Accept": "application/json"}
    answer = site().client.post("/laporan", json=wire.body(), headers=headers)
    expect_status(answer, 421)
    assert answer.get_json()["error"] == "foreign_host"


# What is read in the log.


def test_signing_in_and_out_are_noted_by_the_id_alone(app: Flask, site: Site) -> None:
    app.config["RATELIMIT_ENABLED"] = False
    rahman = id_of(app, RAHMAN)
    with structlog.testing.capture_logs() as logs:
        visitor = Visitor(app, RAHMAN)
        visitor.json("POST", "/keluar", {})
        wrong = {"password": "salah", "next": "/"}
        site().request("POST", "/masuk", data=wrong | {"phone": "0819 0000 0000"})
        for _ in range(6):
            Visitor(app).request("POST", "/masuk", data=wrong | {"phone": RAHMAN.phone})
        body = {"phone": RAHMAN.phone, "password": PASSWORD}
        Visitor(app).json("POST", "/masuk", body, 429)
    noted = [(one["event"], one["user"]) for one in logs if one.get("security")]
    assert noted == [
        ("signed_in", rahman),
        ("signed_out", rahman),
        ("sign_in_failed", None),
        *[("sign_in_failed", rahman)] * 5,
        ("limited", rahman),
        ("limited", rahman),
    ]
    for secret in ("salah", PASSWORD, "0819", "81200000101", "Rahman", "127.0.0.1"):
        assert secret not in json.dumps(logs)


def test_what_happens_to_an_account_is_noted(app: Flask, site: Site) -> None:
    app.config["RATELIMIT_ENABLED"] = False
    rahman, agus = id_of(app, RAHMAN), id_of(app, AGUS)
    visitor, other = Visitor(app, RAHMAN), Visitor(app, RAHMAN)
    with structlog.testing.capture_logs() as logs:
        visitor.get("/akun").submit("form[action$='/hilang']")
        other.json("GET", "/laporan", status=401)
        form = "form[action='/akun/kata-sandi']"
        visitor.get("/akun").submit(form, proof=PASSWORD, new="kata sandi baru")
        diskominfo = Visitor(app, AGUS)
        diskominfo.get("/laporan", status=403)
        diskominfo.request("POST", "/keluar", headers={"Sec-Fetch-Site": "cross-site"})
        app.config.update(MODE="production", HOSTS=frozenset({"sipokat.example"}))
        site().client.get("/masuk", headers={"Host": "evil.example"})
    noted = [(one["event"], one["user"]) for one in logs if one.get("security")]
    assert noted == [
        ("phone_lost", rahman),
        ("password_changed", rahman),
        ("signed_in", agus),
        ("forbidden", agus),
        ("cross_site", None),
        ("foreign_host", None),
    ]


def test_a_request_from_another_site_is_no_loss_of_rights(site: Site) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    page = site(RAHMAN).post("/keluar", {}, status=403, headers=foreign)
    assert "Bukan untuk" not in page.text("main")
    assert "Buka dari SIPOKAT" in page.text("main")
    assert page.response.headers["Sipokat-Refusal"] == "cross_site"
    assert "Sipokat-Refusal" not in site(AGUS).request("GET", "/laporan").headers


def test_in_production_each_event_is_one_line_of_json(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    data, url = app.config["DATA"], app.config["SQLALCHEMY_DATABASE_URI"]
    made = create_app({"MODE": "production", "DATA": data, "SQLALCHEMY_DATABASE_URI": url})
    try:
        made.test_client().get("/masuk", headers={"Host": "evil.example"})
        (line,) = [one for one in capsys.readouterr().out.splitlines() if "foreign_host" in one]
        assert json.loads(line)["event"] == "foreign_host"
        assert json.loads(line)["host"] == "evil.example"
    finally:
        structlog.reset_defaults()
        with made.app_context():
            db.engine.dispose()
