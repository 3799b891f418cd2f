"""Bad input is refused in words and with the right status, and leaves nothing half done behind."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from sipokat.database import db
from sipokat.domain import intake
from sipokat.models import Event, Photo, Report, Revision
from tests import wire
from tests.cast import AGUS, DEWI, HARTONO, PASSWORD, RAHMAN, Person
from tests.page import Page, Visitor, expect_status, fresh_id
from tests.services import pictures
from tests.services.pictures import jpeg

Site = Callable[..., Visitor]
PHOTO = jpeg()
FORM = "form[data-report-form]"


def rows(app: Flask) -> dict[str, int]:
    """How many rows each of these tables has."""
    with app.app_context():
        return {
            model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Report, Event, Revision, Photo)
        }


@pytest.fixture
def nothing_new(app: Flask) -> Iterator[None]:
    """Fails the test if it leaves a row in any of these tables."""
    yield
    assert rows(app) == {"report": 0, "event": 0, "revision": 0, "photo": 0}


def send_raw(visitor: Visitor, path: str, data: bytes, **headers: str) -> Any:
    """Send these bytes, as JSON unless told otherwise."""
    sent = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Sipokat-User": visitor.user_id or fresh_id(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.request("POST", path, data=data, headers=sent)


def refused(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The refusal, after a check that its message is a sentence for a person."""
    expect_status(answer, status)
    body: dict[str, Any] = answer.get_json()
    assert set(body) >= {"error", "message", "fields"}
    assert body["message"].endswith(".")
    assert code is None or body["error"] == code
    return body


# Bodies that cannot be read: 400.

UNREADABLE = {
    "nothing": b"",
    "half": b'{"client_id": "',
    "a list": b"[]",
    "a word": b'"laporan"',
    "null": b"null",
    "a number": b"1",
    "not a number": b'{"lat": NaN}',
    "infinity": b'{"lat": Infinity}',
    "minus infinity": b'{"lat": -Infinity}',
    "too deep": b"[" * 60_000,
    "too deep in keys": b'{"a":' * 10_000,
    "a number of many digits": b'{"version": ' + b"9" * 10_000 + b"}",
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "half a letter": b'{"text": "\xc3"}',
    "an overlong letter": b'{"text": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "UTF-16": '{"text": "ya"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a form": b"text=ya",
    "single quotes": b"{'text': 'ya'}",
    "a comma too many": b'{"text": "ya",}',
    "two of them": b"{}{}",
    "NUL": b"\0",
}
DOORS = [
    "/masuk",
    "/laporan",
    "/laporan/00018/verifikasi",
    "/laporan/00018/penarikan",
    "/laporan/00018/perbaikan",
]


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("path", DOORS)
def test_json_that_cannot_be_read(site: Site, path: str) -> None:
    for name, data in UNREADABLE.items():
        body = refused(send_raw(site(RAHMAN), path, data), 400, "malformed")
        assert body["message"], name
        status = 400 if path == "/masuk" else 401  # nothing of a stranger's is read
        refused(send_raw(site(), path, data), status)


# Bodies that can be read but have the wrong keys or types: 400 too, and the answer names the key.

BAD_TEXT = ["\0", "a\0b", "\x07", "\x0b", "\x1b[31m", "\x7f", "\ud800", "\udfff", "\ufffd"]
WRONG_TYPES: dict[str, list[Any]] = {
    "client_id": [
        1,
        "",
        "x",
        "00000000000000000000000000000000",
        "{00000000-0000-4000-8000-000000000000}",
        "urn:uuid:00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-00000000000",
        "00000000-0000-4000-8000-000000000000\n",
        "0000000g-0000-4000-8000-000000000000",
        ["00000000-0000-4000-8000-000000000000"],
    ],
    "category": [1, ["sampah"], {}, True, *BAD_TEXT],
    "region": [16.73, [], *BAD_TEXT],
    "happened_on": [20261123, [], True],
    "text": [1, [], {}, False, *BAD_TEXT],
    "place_text": [1, {}, *BAD_TEXT],
    "fields": [
        [],
        "x",
        1,
        {"jenis": []},
        {"jenis": {"a": 1}},
        {"jenis": "\0"},
        {"\0": "x"},
        {"\ud800": 1},
        {str(n): 1 for n in range(61)},
    ],
    "lat": ["-3,29", "x", [], True],
    "lon": ["102", {}, False],
    "accuracy_m": ["12", []],
    "written_at": [
        1,
        "",
        "kemarin",
        "2026-11-23",
        "2026-11-23T07:12",
        "2026-11-23T07:12:00",
        "2026-13-23T07:12:00Z",
        "2026-11-23T25:12:00Z",
        "2026-11-23T07:12:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-23T07:12:00." + "1" * 40 + "+07:00",
    ],
    "form_version": [1, [], *BAD_TEXT],
    "photos": [
        {},
        "x",
        [1],
        [[]],
        [{}],
        [{"id": "x", "sha256": "0" * 64}],
        [{"id": "00000000-0000-4000-8000-000000000000"}],
        [{"id": "00000000-0000-4000-8000-000000000000", "sha256": "xyz"}],
        [{"id": "00000000-0000-4000-8000-000000000000", "sha256": "0" * 63}],
        [{"id": "00000000-0000-4000-8000-000000000000", "sha256": "0" * 64, "name": "x"}],
        [{"id": "00000000-0000-4000-8000-000000000000", "sha256": "0" * 64}] * 61,
    ],
}


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("key", WRONG_TYPES)
def test_a_wrong_type_is_said_beside_its_name(site: Site, key: str) -> None:
    for value in WRONG_TYPES[key]:
        data = json.dumps(wire.body() | {key: value}).encode()
        body = refused(send_raw(site(RAHMAN), "/laporan", data), 400, "malformed")
        assert list(body["fields"]) == [key], value


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("key", ["client_id", "category", "happened_on"])
def test_what_cannot_be_left_out(site: Site, key: str) -> None:
    for left in ({}, {key: None}):
        whole = {name: value for name, value in wire.body().items() if name != key} | left
        answer = send_raw(site(RAHMAN), "/laporan", json.dumps(whole).encode())
        assert list(refused(answer, 400)["fields"]) == [key]


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "key", ["nomor", "number", "Text", "client_id ", "__proto__", "reporter_id"]
)
def test_an_unknown_key_is_named(site: Site, key: str) -> None:
    answer = send_raw(site(RAHMAN), "/laporan", json.dumps(wire.body() | {key: 1}).encode())
    assert list(refused(answer, 400)["fields"]) == [key]


@pytest.mark.sql
@pytest.mark.usefixtures("nothing_new")
def test_an_unknown_key_that_cannot_be_shown_is_not_named(site: Site) -> None:
    for key in ("\0", "\ud800"):
        data = json.dumps(wire.body() | {key: 1}).encode()
        assert refused(send_raw(site(RAHMAN), "/laporan", data), 400)["fields"] == {}


ACTION = {"action_id": fresh_id(), "version": 1, "class": "kinerja"}
WRONG_ACTIONS: dict[str, list[Any]] = {
    "action_id": [None, 1, "x", ""],
    "version": [None, "1", 1.0, True, [], 2**40, -(2**40)],
    "class": [1, True, ["kinerja"], "\0"],
    "reason": [1, {}, "\0"],
    "note": [1, [], *BAD_TEXT],
    "report": [1],
    "actor": ["x"],
}


@pytest.mark.parametrize("key", WRONG_ACTIONS)
def test_an_action_of_the_wrong_shape(site: Site, key: str) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    for value in WRONG_ACTIONS[key]:
        data = json.dumps(ACTION | {key: value}).encode()
        path = f"/laporan/{number}/verifikasi"
        body = refused(send_raw(site(HARTONO), path, data), 400, "malformed")
        assert list(body["fields"]) == [key], value
    assert site(HARTONO).json("GET", f"/laporan/{number}")["version"] == 1


def test_an_action_in_json_names_its_owner(site: Site) -> None:
    """A page that another person left open on this phone cannot act in the name of its owner."""
    number = wire.file_report(site(RAHMAN))["number"]
    answer = site(HARTONO).request(
        "POST",
        f"/laporan/{number}/verifikasi",
        json=ACTION,
        headers={"Accept": "application/json"},
    )
    refused(answer, 400)
    answer = site(HARTONO).request(
        "POST",
        f"/laporan/{number}/verifikasi",
        json=ACTION,
        headers={"Accept": "application/json", "Sipokat-User": str(site(DEWI).user_id)},
    )
    refused(answer, 401)


# Forms.


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "data",
    [
        b"category=pemerintahan&text=\xff\xfe",
        b"category=pemerintahan&text=%ff",
        b"category=pemerintahan&text=%00",
        b"category=pemerintahan&text=a%0Bb",
        b"category=pemerintahan&text=%ED%A0%80",
        b"category=pemerintahan&%00=x",
        b"category=%1b[31m",
        b"category=pemerintahan&fields.jenis=%07",
    ],
)
def test_a_form_that_cannot_be_read(site: Site, data: bytes) -> None:
    kind = "application/x-www-form-urlencoded"
    page = site(RAHMAN).post("/laporan", data, status=400, content_type=kind)
    assert page.text("main")


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("value", [b"\xff", b"a\x00b", b"\x0b"])
def test_a_form_with_files_that_cannot_be_read(site: Site, value: bytes) -> None:
    data = (
        b'--x\r\nContent-Disposition: form-data; name="category"\r\n\r\npemerintahan\r\n'
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + value + b"\r\n--x--\r\n"
    )
    kind = "multipart/form-data; boundary=x"
    site(RAHMAN).post("/laporan", data, status=400, content_type=kind)


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--x",
        b"--y\r\n\r\n--y--",
        b"\0" * 100,
        b'--x\r\nContent-Disposition: form-data; name="a',
    ],
    ids=["empty", "cut", "another border", "zeros", "cut in a head"],
)
def test_a_broken_form_is_answered(site: Site, data: bytes) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = site(RAHMAN).request("POST", "/laporan", data=data, content_type=kind)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("version", ["", "x", "1.5", "9" * 5000, "\u0661x"])
def test_an_old_page_posts_no_version(site: Site, version: str) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    for noun in ("verifikasi", "perbaikan"):
        page = site(HARTONO).post(f"/laporan/{number}/{noun}", {"version": version}, status=400)
        assert "sudah lama. Muat ulang" in page.text("main")


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "address",
    [
        "/laporan?status=%00",
        "/laporan?region=%ff",
        "/pengelolaan?state=%00",
        "/laporan/baru?kategori=%1b",
    ],
)
def test_an_address_that_cannot_be_read(site: Site, address: str) -> None:
    assert site(DEWI).request("GET", address).status_code == 400


@pytest.mark.sql
@pytest.mark.parametrize(
    "address",
    [
        "/laporan?cursor=2147483648",
        "/laporan?cursor=99999999999999999999",
        "/laporan?cursor=-1",
        "/laporan?cursor=x",
        "/laporan?cursor=",
        "/laporan?month=2026-13",
        "/laporan?month=0000-00",
        "/laporan?status=semua",
        "/laporan?category=gosip",
        "/laporan?region=x",
        "/verifikasi?sesudah=x",
        "/verifikasi?sesudah=",
        "/verifikasi?sesudah=2026-11-23T07:12:00Z~2147483648",
        "/verifikasi?sesudah=2026-11-23T07:12:00Z~x",
        "/verifikasi?sesudah=0001-01-01T00:00:00%2B14:00~1",
        "/verifikasi?sesudah=9999-12-31T23:59:59-14:00~1",
        "/verifikasi?sesudah=2026-11-23T07:12:00~1",
        "/verifikasi?sampai=x",
        "/verifikasi?kelompok=RT",
        "/verifikasi?kelompok=%2516",
        "/verifikasi?kategori=gosip",
        "/verifikasi?kelas=bagus",
        "/verifikasi?umur=0",
        "/verifikasi?umur=367",
        "/verifikasi?umur=lama",
        "/verifikasi?kata=%00",
    ],
)
def test_impossible_values_in_an_address_are_400(site: Site, address: str) -> None:
    for accept in ("text/html", "application/json"):
        assert site(DEWI).request("GET", address, headers={"Accept": accept}).status_code == 400


@pytest.mark.sql
@pytest.mark.parametrize(
    "address",
    [
        "/laporan?month=1000-01",
        "/laporan?month=2999-12",
        "/laporan?cursor=0",
        "/laporan?cursor=2147483647",
        "/laporan?region=99.99.99",
        "/laporan?lain=1",
        "/verifikasi?sesudah=1970-01-01T00:00:00Z~1",
        "/verifikasi?sesudah=9999-01-01T00:00:00Z~2147483647",
        "/verifikasi?sampai=9999-01-01T00:00:00Z~2147483647",
        "/verifikasi?kelompok=99.99.99.9999.999.99",
        f"/verifikasi?kata={'x' * 2000}",
        "/verifikasi?kata=%25_%27%22&umur=366&kelas=belum",
        "/masuk?lanjut=%2F%2Fevil.example",
    ],
)
def test_extreme_values_in_an_address_are_answered(site: Site, address: str) -> None:
    answer = site(DEWI).request("GET", address)
    assert answer.status_code in (200, 303)


@pytest.mark.sql
@pytest.mark.parametrize("address", ["http://[", "http://]/", "\x80", "x" * 5000])
def test_a_current_url_that_is_no_url_does_no_harm(site: Site, address: str) -> None:
    """HX-Current-URL is meant for the address of the page, but anybody can send anything in it."""
    visitor = site()
    answer = visitor.fragment("GET", "/beranda", 401, headers={"HX-Current-URL": address})
    assert str(answer.select("a")[0]["href"]).startswith("/masuk?lanjut=")


TURNED = "\u202e\u2066\u200b\u3164sampah"  # what follows would be read backwards, or is not seen


@pytest.mark.parametrize(
    ("person", "address"),
    [
        (None, "/masuk?lanjut=/laporan/{}"),
        (None, "/laporan/{}"),
        (None, "/laporan?cari={}"),
        (DEWI, "/laporan?cari={}"),
        (DEWI, "/laporan?cari=a&lain={}"),
        (DEWI, "/laporan?status={}"),
        (DEWI, "/laporan/{}"),
        (DEWI, "/{}"),
        (AGUS, "/pengelolaan?region={}"),
        (RAHMAN, "/laporan/baru?kategori={}"),
    ],
)
@pytest.mark.parametrize("fragment", [False, True])
def test_signs_that_are_not_seen_do_not_come_back_from_an_address_or_a_header(
    site: Site, person: Person | None, address: str, fragment: bool
) -> None:
    headers = {"HX-Current-URL": f"http://localhost/{TURNED}", "HX-Request": "true"}
    answer = site(person).request(
        "GET",
        address.format(quote(TURNED)),
        headers={k: v.encode().decode("latin-1") for k, v in headers.items()} if fragment else {},
    )
    assert answer.status_code < 500
    text = answer.text + answer.text.encode("latin-1", "ignore").decode(errors="ignore")
    assert not set(TURNED[:4]) & set(text)


@pytest.mark.sql
@pytest.mark.parametrize("wanted", ["%", "_", "\\", "'", '"', "%' OR 1=1 --", "x" * 500, "🦆"])
def test_wildcards_and_quotes_in_a_search_mean_themselves(site: Site, wanted: str) -> None:
    page = site(AGUS).post("/pengelolaan", {"cari": wanted})
    assert "Rahman" not in page.text("main")


# Bodies that are too large: 413, by their Content-Length or by the bytes that arrive.


def chunked(visitor: Visitor, method: str, path: str, data: bytes, **headers: str) -> Any:
    """A body that is sent in chunks, without a Content-Length."""
    sent = {"Accept": "application/json", "Sipokat-User": visitor.user_id or fresh_id()}
    return visitor.request(
        method,
        path,
        headers=sent | {name.replace("_", "-"): value for name, value in headers.items()},
        input_stream=io.BytesIO(data),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


SMALL, PHOTO_MAX, FORM_MAX = 64 * 1024, 6 * 1024 * 1024, 20 * 1024 * 1024
PUT_PATH = f"/laporan/{fresh_id()}/foto/{fresh_id()}"


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("path", [*DOORS, "/keluar"])
def test_json_has_64_kilobytes(site: Site, path: str) -> None:
    for visitor in (site(RAHMAN), site()):
        asked = visitor.person is None and path not in ("/masuk", "/keluar")
        status, code = (401, "not_signed_in") if asked else (413, "too_large")
        data = b" " * (SMALL + 1)
        refused(send_raw(visitor, path, data), status, code)
        answer = chunked(visitor, "POST", path, data, Content_Type="application/json")
        refused(answer, status, code)
        fits = send_raw(visitor, path, b" " * (SMALL - 2) + b"{}")
        assert fits.status_code != 413


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "path", ["/masuk", "/akun/kata-sandi", "/laporan", "/laporan/1/verifikasi"]
)
def test_a_form_without_files_has_64_kilobytes(site: Site, path: str) -> None:
    kind = "application/x-www-form-urlencoded"
    data = b"text=" + b"x" * SMALL
    page = site(RAHMAN).post(path, data, status=413, content_type=kind)
    assert page.text("main")
    answer = chunked(site(RAHMAN), "POST", path, data, Content_Type=kind)
    refused(answer, 413)


@pytest.mark.usefixtures("nothing_new")
def test_a_form_with_files_has_20_megabytes(site: Site) -> None:
    kind = "multipart/form-data; boundary=x"
    head = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
    data = head + b"\0" * FORM_MAX + b"\r\n--x--\r\n"
    page = site(RAHMAN).post("/laporan", data, status=413, content_type=kind)
    assert page.text("main")
    refused(chunked(site(RAHMAN), "POST", "/laporan", data, Content_Type=kind), 413)
    # 20 MB hold only where photos may come; elsewhere a form with files has the same limit as any.
    site(RAHMAN).post("/masuk", data[: SMALL + 1], status=413, content_type=kind)


@pytest.mark.usefixtures("nothing_new")
def test_a_photo_has_6_megabytes(site: Site) -> None:
    data = b"\xff\xd8" + b"\0" * PHOTO_MAX
    refused_put = wire.put(site(RAHMAN), fresh_id(), fresh_id(), data, status=413)
    assert refused_put["error"] == "too_large"
    answer = chunked(
        site(RAHMAN),
        "PUT",
        PUT_PATH,
        data,
        Content_Type="image/jpeg",
        Content_Digest=wire.digest_of(data),
    )
    refused(answer, 413, "too_large")


def test_a_photo_in_chunks_is_taken(site: Site) -> None:
    photo = wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    answer = chunked(
        site(RAHMAN),
        "PUT",
        f"/laporan/{receipt['client_id']}/foto/{photo['id']}",
        PHOTO,
        Content_Type="image/jpeg",
        Content_Digest=wire.digest_of(PHOTO),
    )
    expect_status(answer, 200)
    assert answer.get_json()["photos"][0]["state"] == "received"


@pytest.mark.usefixtures("nothing_new")
def test_a_form_of_many_parts_is_refused(site: Site) -> None:
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n' % n for n in range(500)
    )
    kind = "multipart/form-data; boundary=x"
    site(RAHMAN).post("/laporan", parts + b"--x--\r\n", status=413, content_type=kind)


# Bodies of the wrong media type: 415.


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "text/json", "image/jpeg", "application/octet-stream"]
)
def test_what_is_neither_json_nor_a_form(site: Site, kind: str) -> None:
    for path in (*DOORS, "/akun/kata-sandi"):
        refused(send_raw(site(RAHMAN), path, b"{}", Content_Type=kind), 415, "wrong_type")
        refused(send_raw(site(), path, b"{}", Content_Type=kind), 415 if path == "/masuk" else 401)


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("kind", ["text/html", "application/json", "image", "video/mp4"])
def test_what_says_that_it_is_no_photo(site: Site, kind: str) -> None:
    wire.put(site(RAHMAN), fresh_id(), fresh_id(), PHOTO, status=415, Content_Type=kind)


# Files that are no photos: the report stays, and so does the wait for its photo.


def test_files_that_are_no_photos_are_refused(site: Site) -> None:
    bombs = {"png": pictures.png_bomb(), "jpeg": pictures.jpeg_bomb(), "webp": pictures.webp_bomb()}
    bad = [(data, 415) for data in pictures.pretenders().values()]
    bad += [(pictures.animated("WEBP"), 415), (pictures.animated("PNG"), 415), (PHOTO[:300], 415)]
    bad += [(data, 413) for data in bombs.values()]
    for data, status in bad:
        photo = wire.declared(data)
        receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo], text=fresh_id())
        body = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], data, status)
        assert body["message"].endswith(".")
        report = site(HARTONO).json("GET", f"/laporan/{receipt['number']}")
        assert (report["status"], report["photos"][0]["state"]) == ("waiting", "missing")
    page = site(HARTONO).get(f"/laporan/{receipt['number']}")
    assert "1 foto menyusul" in page.text("main")


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("", "no_digest"),
        ("sha-256=::", "no_digest"),
        ("sha-256=:x:", "no_digest"),
        ("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:", "no_digest"),
        (wire.digest_of(PHOTO).replace(":", ""), "no_digest"),
        (wire.digest_of(b"other"), "digest_mismatch"),
        (f"sha-512=:x:, {wire.digest_of(b'other')}", "digest_mismatch"),
    ],
)
def test_a_photo_and_its_digest(site: Site, digest: str, code: str) -> None:
    photo = wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    sent = {"status": 400, "Content_Digest": digest}
    body = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO, **sent)
    assert body["error"] == code
    again = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO)
    assert again["photos"][0]["state"] == "received"


# Wrong values in fields: 422, with a sentence beside each and everything typed kept.

WRONG = {
    "text": ("x" * 1001, "text"),
    "happened_on": ("2099-01-01", "happened_on"),
    "place_text": ("x" * 201, "place_text"),
    "fields.jenis": ("gosip", "fields-jenis"),  # an unknown choice cannot be shown again
    "fields.volume_m3": ("banyak", "fields-volume_m3"),
}


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_field_is_named_in_json(site: Site, name: str) -> None:
    value = WRONG[name][0]
    if name.startswith("fields."):
        key = name.removeprefix("fields.")
        changes: dict[str, Any] = {"fields": {"jenis": "tumpukan"} | {key: value}}
    else:
        changes = {name: value}
    body = wire.file_report(site(RAHMAN), "sampah", 422, **changes)
    assert body["error"] == "wrong_content"
    assert list(body["fields"]) == [name]


@pytest.mark.parametrize("key", ["peserta", "durasi_jam"])
@pytest.mark.parametrize("value", [10**309, -(10**309), 10**4000], ids=["309", "-309", "4000"])
def test_a_number_that_no_float_holds_is_a_wrong_field(site: Site, key: str, value: int) -> None:
    category, fields = "kesehatan_lingkungan", {"jenis": "phbs", key: value}
    body = wire.file_report(site(RAHMAN), category, 422, fields=fields)
    assert list(body["fields"]) == [f"fields.{key}"]
    number = wire.file_report(site(RAHMAN), category, fields={"jenis": "phbs"})["number"]
    wire.decide(site(HARTONO), number, "pengembalian")
    again = wire.body(fields=fields, client_id=None) | {"action_id": fresh_id(), "version": 2}
    del again["category"]
    body = site(RAHMAN).json("POST", f"/laporan/{number}/perbaikan", again, 422)
    assert list(body["fields"]) == [f"fields.{key}"]


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("name", ["lat", "lon", "accuracy_m"])
def test_a_place_that_no_float_holds_is_refused(site: Site, name: str) -> None:
    place = {"lat": -3.29, "lon": 102.86} | {name: 10**309}
    body = wire.file_report(site(RAHMAN), "sampah", 400, **place)
    assert body["error"] == "malformed"


@pytest.mark.usefixtures("nothing_new")
def test_a_fourth_photo_and_an_unknown_category(site: Site) -> None:
    four = [wire.declared(fresh_id().encode()) for _ in range(4)]
    assert list(wire.file_report(site(RAHMAN), "sampah", 422, photos=four)["fields"]) == ["photos"]
    whole = wire.body() | {"category": "gosip"}
    assert list(site(RAHMAN).json("POST", "/laporan", whole, 422)["fields"]) == ["category"]


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("name", WRONG)
def test_a_form_comes_back_with_everything_typed(site: Site, name: str) -> None:
    value, field = WRONG[name]
    typed = wire.form("sampah", text="Ditulis lama sekali.", place_text="Depan <musala> & pos")
    typed |= {"fields.volume_m3": "2,5", "lat": "-3.29", "lon": "102.86", "accuracy_m": "12"}
    typed |= {name: value}
    page = site(RAHMAN).post("/laporan", typed | {"photos": photo_file()}, status=422)
    kept = page.values(FORM)
    for key, sent in typed.items():
        if key != "form_version" and sent != "gosip":
            assert kept.get(key) == sent, key
    assert page.one(f"#field-{field}").get("aria-invalid") == "true" or page.has(
        f"#field-{field}-error"
    )
    assert page.text(f"#field-{field}-error").endswith(".")
    others = [other for _, other in WRONG.values() if other != field]
    assert not [other for other in others if page.has(f"#field-{other}-error")]


@pytest.mark.usefixtures("nothing_new")
@pytest.mark.parametrize("sign", ["\u202e", "\u2066"])
def test_signs_that_turn_the_direction_do_not_come_back(site: Site, sign: str) -> None:
    typed = wire.form("sampah", text=f"Sampah {sign}di gang", place_text=f"Gang {sign}3")
    typed |= {"fields.volume_m3": f"ba{sign}nyak"}
    for visitor, status in ((site(RAHMAN), 422), (site(DEWI), 403), (site(), 401)):
        page = visitor.post("/laporan", typed, status=status)
        assert page.values(FORM)["text"] == "Sampah di gang"
        assert page.values(FORM)["place_text"] == "Gang 3"
        assert sign not in page.response.text
    entered = {"phone": f"08{sign}x", "password": "bukan"}
    page = site().post("/masuk", entered, status=422)
    assert sign not in page.response.text


def test_a_password_may_have_any_sign(site: Site) -> None:
    new = "rahasia \u202eRT 001"
    site(RAHMAN).post("/akun/kata-sandi", {"proof": PASSWORD, "new": new})
    entered = {"phone": RAHMAN.phone, "password": new.replace("\u202e", "")}
    assert site().post("/masuk", entered, status=401).url == "/masuk"
    assert site().post("/masuk", entered | {"password": new}).url == "/beranda"


def photo_file(data: bytes = PHOTO) -> tuple[io.BytesIO, str, str]:
    return io.BytesIO(data), "foto.jpg", "image/jpeg"


def post_sampah(visitor: Visitor, status: int, **changes: Any) -> Page:
    whole = wire.form("sampah") | {"photos": [photo_file()]} | changes
    return visitor.post("/laporan", whole, status=status, content_type="multipart/form-data")


@pytest.mark.usefixtures("nothing_new")
def test_a_fourth_photo_is_one_fault_among_others(site: Site) -> None:
    """All faults are told at once, but a role that never files a report is told that first."""
    page = post_sampah(site(RAHMAN), 422, photos=[photo_file() for _ in range(4)], text="")
    assert page.has("#field-photos-error")
    assert page.has("#field-text-error")
    post_sampah(site(DEWI), 403, photos=[photo_file() for _ in range(4)], text="")


# The database is locked, the disk is full: 503 with Retry-After, and nothing says "received".


@contextmanager
def impatient(app: Flask) -> Iterator[None]:
    """Within the block the database gives up waiting for a lock after 20 ms."""
    with app.app_context():
        engine = db.engine

    def hurry(connection: Any, _record: Any) -> None:
        sqlite = engine.dialect.name == "sqlite"
        connection.execute("PRAGMA busy_timeout = 20" if sqlite else "SET lock_timeout = '20ms'")
        connection.commit()

    event.listen(engine, "connect", hurry)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", hurry)
        engine.dispose()


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Within the block another connection holds the lock that every write needs."""
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    connection = engine.connect()
    try:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE report, photo, event, counter IN EXCLUSIVE MODE"))
        with impatient(app):
            yield
    finally:
        connection.close()
        engine.dispose()


def busy(answer: Any) -> None:
    expect_status(answer, 503)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    if answer.mimetype == "application/json":
        assert answer.get_json()["error"] == "busy"


@pytest.mark.sql
def test_while_the_database_is_locked_everything_is_503_and_comes_again(
    app: Flask, site: Site
) -> None:
    photo = wire.declared(PHOTO)
    rahman, hartono = site(RAHMAN), site(HARTONO)
    receipt = wire.file_report(rahman, "sampah", photos=[photo])
    before = rows(app)
    new, decision = wire.body(), ACTION | {"action_id": fresh_id()}
    path = f"/laporan/{receipt['number']}/verifikasi"
    photo_path = f"/laporan/{receipt['client_id']}/foto/{photo['id']}"
    as_json = {"Accept": "application/json"}
    with locked(app):
        mine = as_json | {"Sipokat-User": str(rahman.user_id)}
        busy(rahman.request("POST", "/laporan", json=new, headers=mine))
        busy(rahman.request("POST", "/laporan", data=wire.form()))
        theirs = as_json | {"Sipokat-User": str(hartono.user_id)}
        busy(hartono.request("POST", path, json=decision, headers=theirs))
        busy(hartono.request("POST", path, data={"version": "1", "class": "kinerja"}))
        photo_headers = mine | {
            "Content-Digest": wire.digest_of(PHOTO),
            "Content-Type": "image/jpeg",
        }
        busy(rahman.request("PUT", photo_path, data=PHOTO, headers=photo_headers))
    assert rows(app) == before
    assert rahman.json("POST", "/laporan", new, 201)["client_id"] == new["client_id"]
    assert hartono.json("POST", path, decision)["desk"] == "kecamatan"
    again = wire.put(rahman, receipt["client_id"], photo["id"], PHOTO)
    assert again["photos"][0]["state"] == "received"


@pytest.mark.sql
def test_reading_goes_on_while_the_database_is_locked(app: Flask, site: Site) -> None:
    number = wire.file_report(site(RAHMAN))["number"]
    with locked(app):
        assert site(RAHMAN).json("GET", f"/laporan/{number}")["number"] == number
        site(RAHMAN).get("/beranda")


@pytest.mark.sql
def test_a_commit_that_fails_is_no_receipt(app: Flask, site: Site) -> None:
    """The database's disk is full. A report that was not committed gets no receipt."""
    site(RAHMAN)
    full = OperationalError("COMMIT", {}, Exception("database or disk is full"))

    def fail(_connection: Any) -> None:
        raise full

    with app.app_context():
        engine = db.engine
    body = wire.body("sampah")
    event.listen(engine, "commit", fail)
    try:
        headers = {"Accept": "application/json", "Sipokat-User": str(site(RAHMAN).user_id)}
        busy(site(RAHMAN).request("POST", "/laporan", json=body, headers=headers))
    finally:
        event.remove(engine, "commit", fail)
    assert set(rows(app).values()) == {0}
    receipt = site(RAHMAN).json("POST", "/laporan", body, 201)
    assert receipt["number"] == intake.number_of(1), "the number of the lost one was not spent"


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Use it as a context manager: within the block no file can be synced to the disk."""

    @contextmanager
    def full() -> Iterator[None]:
        def fail(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            yield

    return full


def test_a_photo_that_does_not_fit_is_not_received(
    app: Flask, site: Site, full_disk: Callable[[], Any]
) -> None:
    photo = wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    with full_disk():
        body = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO, status=503)
        assert body["error"] == "busy"
    report = site(RAHMAN).json("GET", f"/laporan/{receipt['number']}")
    assert report["photos"][0]["state"] == "missing"
    kept = [path for path in app.config["DATA"].rglob("*") if path.is_file()]
    assert not [path for path in kept if "photos" in path.parts]
    again = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO)
    assert again["photos"][0]["state"] == "received"


def test_a_plain_form_whose_photo_does_not_fit_may_be_sent_again(
    site: Site, full_disk: Callable[[], Any]
) -> None:
    with full_disk():
        page = post_sampah(site(RAHMAN), 503)
        assert int(page.response.headers["Retry-After"]) > 0
    end = post_sampah(site(RAHMAN), 200)
    items = site(RAHMAN).json("GET", "/laporan")["items"]
    assert [item["url"] for item in items] == [end.url], "it is one report"
    report = site(RAHMAN).json("GET", end.url)
    assert [one["state"] for one in report["photos"]] == ["received"]


# Errors of ours show nothing of the program, and nothing of a report reaches the logs.

SECRET = "Ibu Sumarni sakit keras"


def test_an_error_of_ours_is_500_and_shows_nothing_of_the_program(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["RAISE_UNFORESEEN"] = False

    def fail(*_args: Any) -> None:
        raise RuntimeError("the insides")

    monkeypatch.setattr(intake, "submit", fail)
    body = wire.file_report(site(RAHMAN), status=500)
    assert body["error"] == "broken"
    page = site(RAHMAN).post("/laporan", wire.form(text=SECRET), status=500)
    for said in (json.dumps(body), page.response.text):
        assert "insides" not in said
        assert "Traceback" not in said


def test_nothing_that_a_report_says_is_logged(
    app: Flask, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even by an error of the database, whose message usually quotes the values."""
    app.config["RAISE_UNFORESEEN"] = False
    site(RAHMAN)
    with app.app_context():
        engine = db.engine

    def misspell(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> Any:
        return statement.replace("INTO report ", "INTO nowhere "), given

    event.listen(engine, "before_cursor_execute", misspell, retval=True)
    headers = {"Accept": "application/json", "Sipokat-User": str(site(RAHMAN).user_id)}
    body = wire.body(text=SECRET, place_text=SECRET)
    answer = site(RAHMAN).request("POST", "/laporan", json=body, headers=headers)
    event.remove(engine, "before_cursor_execute", misspell)
    assert answer.status_code in (500, 503)
    logged = "".join(capsys.readouterr())
    assert "nowhere" in logged, "it was logged"
    assert SECRET not in logged
    assert "Sumarni" not in answer.text
