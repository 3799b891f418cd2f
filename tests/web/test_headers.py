"""The headers of every answer, the cookies, and the shells, which are the same for everybody."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from sipokat import config
from sipokat.delivery import worker
from sipokat.delivery.photo_job import PhotoJob
from sipokat.web import shell
from tests import wire
from tests.cast import AGUS, DEWI, HARTONO, PASSWORD, RAHMAN, RATNA, YUSUF, Person
from tests.page import Visitor, fresh_id
from tests.services.pictures import jpeg

Site = Callable[..., Visitor]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
SHELLS = ("/laporan/baru", "/kotak-keluar", "/luring")
HTML, AS_JSON, HTMX = (
    {"Accept": "text/html"},
    {"Accept": "application/json"},
    {"HX-Request": "true"},
)
SEEN = [
    (RAHMAN, "GET", "/beranda", 200),
    (RAHMAN, "GET", "/laporan", 200),
    (HARTONO, "GET", "/verifikasi", 200),
    (RAHMAN, "GET", "/akun", 200),
    (RAHMAN, "GET", "/", 303),
    (RAHMAN, "GET", "/laporan/99994", 404),
    (RAHMAN, "GET", "/tidak-ada", 404),
    (RAHMAN, "GET", "/static/tidak-ada.js", 404),
    (RAHMAN, "GET", "/verifikasi", 403),
    (RAHMAN, "POST", "/beranda", 405),
    (RAHMAN, "POST", "/laporan", 422),
    (AGUS, "GET", "/laporan", 403),
    (None, "GET", "/masuk", 200),
    (None, "GET", "/beranda", 401),
    (None, "GET", "/sehat", 200),
    (None, "GET", "/laporan/baru?kategori=sampah", 200),
]


@pytest.mark.parametrize("headers", [HTML, AS_JSON, HTMX], ids=["page", "json", "htmx"])
def test_every_answer_bears_them(site: Site, headers: dict[str, str]) -> None:
    for person, method, path, status in SEEN:
        answer = site(person).request(method, path, headers=headers)  # checks most of them
        assert answer.status_code == status, path
        assert policy_of(answer.headers["Content-Security-Policy"]) == POLICY
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store", path
        varied = {word.strip() for word in answer.headers["Vary"].split(",")}
        assert {"Accept", "HX-Request", "Cookie"} <= varied, path
        assert "Clear-Site-Data" not in answer.headers
        assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


def policy_of(header: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in header.split(";"))  # type: ignore[misc]


def test_nothing_ever_clears_the_phone(site: Site) -> None:
    """Clear-Site-Data for storage would delete the outbox."""
    visitor = site(RAHMAN)
    for method, path in (("POST", "/keluar"), ("POST", "/masuk"), ("GET", "/masuk")):
        assert "Clear-Site-Data" not in visitor.request(method, path).headers


def test_a_page_names_its_owner_and_an_open_one_nobody(site: Site) -> None:
    assert site(RAHMAN).get("/beranda").response.headers["Sipokat-User"] == site(RAHMAN).user_id
    assert "Sipokat-User" not in site().get("/masuk").response.headers
    for path in SHELLS:
        assert "Sipokat-User" not in site(RAHMAN).get(path).response.headers


# The shells.


@pytest.mark.parametrize("path", SHELLS)
def test_a_shell_is_the_same_bytes_for_everybody(app: Flask, site: Site, path: str) -> None:
    first = site().get(path).response
    wire.file_report(site(RAHMAN))
    site(RAHMAN).post("/laporan", wire.form(text="Lain."), status=303)  # leaves a message behind
    for person in (RAHMAN, HARTONO, AGUS):
        for headers in (HTML, AS_JSON, HTMX, {"Sipokat-User": fresh_id()}, {"Accept": "*/*"}):
            again = site(person).request("GET", path, headers=headers)
            assert again.status_code == 200
            assert again.data == first.data
            assert again.headers["Sipokat-Shell"] == first.headers["Sipokat-Shell"]
            assert not again.headers.getlist("Set-Cookie")
    for word in ("Rahman", str(site(RAHMAN).user_id), "csrf"):
        assert word not in first.text


def test_no_message_is_lost_on_a_shell(site: Site) -> None:
    site(RAHMAN).post("/laporan", wire.form(), status=303)
    site(RAHMAN).get("/laporan/baru")
    assert "terkirim" in site(RAHMAN).get("/laporan").text("body")


@pytest.mark.parametrize("path", SHELLS)
def test_a_shell_is_asked_for_again_and_found_the_same(site: Site, path: str) -> None:
    first = site().get(path).response
    assert first.headers["Cache-Control"] == "no-cache"
    again = site(RAHMAN).request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert policy_of(first.headers["Content-Security-Policy"]) == POLICY


def test_a_form_with_something_in_it_is_no_shell(site: Site) -> None:
    for answer in (
        site(RAHMAN).get("/laporan/baru?kategori=sampah").response,
        site(RAHMAN).post("/laporan", wire.form(text=""), status=422).response,
    ):
        assert "Sipokat-Shell" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_worker_knows_the_shells(site: Site) -> None:
    answer = site().request("GET", "/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    first_line = answer.text.splitlines()[0]
    for path in SHELLS:
        assert f'"{path}"' in first_line
    version = site().get("/luring").response.headers["Sipokat-Shell"]
    assert f'"version": "{version}"' in first_line


@pytest.mark.parametrize(
    "name",
    [
        "sipokat/web/menu.py",
        "sipokat/domain/categories.py",
        "sipokat/domain/roles.py",
        "sipokat/data/categories.toml",
        "templates/base.html",
        "service-worker.js",
    ],
)
def test_the_version_changes_with_all_that_the_shells_are_made_of(
    tmp_path: Path, name: str
) -> None:
    version = shell._version.__wrapped__  # without its cache
    (tmp_path / "service-worker.js").touch()
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    before = version(tmp_path, "{}")
    assert version(tmp_path, "{}") == before
    path.write_text("# another one")
    assert version(tmp_path, "{}") != before


# Static files.


def assets(site: Site) -> list[str]:
    listed = re.search(r'"precache": \[(.*?)\]', site().request("GET", "/service-worker.js").text)
    assert listed
    return [path for path in re.findall(r'"([^"]+)"', listed[1]) if path.startswith("/static/")]


def test_assets_are_ours_for_ever_and_compressed(site: Site) -> None:
    found = assets(site)
    assert len(found) >= 5
    for path in found:
        plain = site().client.get(path)
        assert plain.status_code == 200, path
        assert "immutable" in plain.headers["Cache-Control"]
        assert plain.headers["Sipokat"] == "1"
        assert plain.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in plain.headers
        for encoding, decode in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            small = site().client.get(path, headers={"Accept-Encoding": encoding})
            assert small.headers["Content-Encoding"] == encoding
            assert decode(small.data) == plain.data
            assert len(small.data) < len(plain.data)
            small.close()
        plain.close()


def test_a_static_file_without_a_hash_is_not_immutable(site: Site) -> None:
    answer = site().client.get("/static/manifest.json")
    assert "immutable" not in answer.headers["Cache-Control"]
    assert answer.mimetype == "application/manifest+json"
    answer.close()


@pytest.mark.parametrize(
    "path", ["/static/../wsgi.py", "/static/..%2fwsgi.py", "/static//etc/passwd"]
)
def test_nothing_above_the_folder_is_served(site: Site, path: str) -> None:
    answer = site().client.get(path)
    assert answer.status_code in (404, 308), answer.status
    assert b"create_app" not in answer.data


def test_pages_are_compressed(site: Site) -> None:
    for encoding in ("br", "gzip"):
        answer = site(RAHMAN).request("GET", "/akun", headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]


# Photos.


def test_a_photo_is_shown_with_care(app: Flask, site: Site) -> None:
    data = jpeg()
    photo = wire.declared(data)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], data)
    with app.app_context():
        worker.work_once(PhotoJob(app.extensions["photo_store"]), "worker")
    path = f"/laporan/{receipt['number']}/foto/{photo['id']}"
    answer = site(HARTONO).request("GET", path)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert site(HARTONO).request("GET", path, headers=tag).status_code == 304
    small = site(HARTONO).request("GET", f"{path}?ukuran=kecil", headers=tag)
    assert small.status_code == 200, "a thumbnail is another picture"
    # Access is checked each time, also when the browser has the photo.
    assert site(AGUS).request("GET", path, headers=tag).status_code == 403
    assert site().request("GET", path, headers=tag).status_code == 401


def test_a_photo_whose_file_is_gone_is_404_in_words(
    app: Flask, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    data = jpeg()
    photo = wire.declared(data)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], data)
    store = app.extensions["photo_store"]
    with app.app_context():
        worker.work_once(PhotoJob(store), "worker")
    for path in store.folder.rglob("*.jpg"):
        path.unlink()
    page = site(HARTONO).get(f"/laporan/{receipt['number']}/foto/{photo['id']}", status=404)
    assert "Foto ini belum dapat dibuka" in page.text("main")
    assert "photo_missing" in "".join(capsys.readouterr())


# Cookies.

HTTPS = {
    "SIPOKAT_MODE": "production",
    "SIPOKAT_ORIGIN": "https://sipokat.example",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "8Zt3pX0vKq5Lw2Yb7Nc9Rf4Hj6Md1GsA",
    "RECORD_KEY": "Qw7Er2Ty9Ui4Op6As1Df8Gh3Jk5LzXcVb",
}


def cookies(app: Flask, person: Person = RAHMAN) -> dict[str, str]:
    body = {"phone": person.phone, "password": PASSWORD}
    answer = Visitor(app).request("POST", "/masuk", data=body)
    return {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}


def test_over_https_cookies_are_bound_to_this_very_host(app: Flask) -> None:
    secure = config.read(HTTPS)
    names = ("COOKIE_PREFIX", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE")
    app.config.update({name: secure[name] for name in names})
    given = cookies(app)
    assert set(given) == {"__Host-sipokat-sesi", "__Host-sipokat-hp"}
    for cookie in given.values():
        for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert word in cookie
        assert "Domain" not in cookie
    answer = Visitor(app).request("GET", "/sehat")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_over_plain_http_the_demos_cookies_have_no_prefix_and_are_not_secure(app: Flask) -> None:
    given = cookies(app)
    assert set(given) == {"sipokat-sesi", "sipokat-hp"}
    assert "Secure" not in "".join(given.values())
    assert "Strict-Transport-Security" not in Visitor(app).request("GET", "/sehat").headers


def test_the_cookie_of_messages_is_httponly_and_lax(app: Flask, site: Site) -> None:
    answer = site(RAHMAN).request("POST", "/laporan", data=wire.form())
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("sipokat-pesan=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_visitors_get_no_cookie(site: Site) -> None:
    for path in (*SHELLS, "/masuk", "/beranda", "/sehat", "/service-worker.js"):
        assert not site().request("GET", path).headers.getlist("Set-Cookie"), path


def test_a_page_that_is_not_on_the_phone_leads_whoever_decides_to_their_queue(site: Site) -> None:
    page = site().get("/luring")
    for_deciders = page.one("main [data-for*=lurah]:has(a[href='/verifikasi'])")
    assert "rt_head" not in str(for_deciders["data-for"]).split()
    others = page.one("main [data-not-for*=lurah]:has(a[href='/laporan/baru'])")
    assert "rt_head" in str(others["data-for"]).split()


@pytest.mark.parametrize("person", [HARTONO, YUSUF, DEWI, RAHMAN, RATNA], ids=str)
def test_the_outbox_is_in_the_menu_or_on_the_page_of_the_account(
    site: Site, person: Person
) -> None:
    """Whoever neither writes nor decides has none."""
    page = site(person).get("/akun")
    assert len(page.all(":is(.nav, main) a[href='/kotak-keluar']")) == (person is not RATNA)
