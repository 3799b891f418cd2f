"""/sehat, for the program that monitors SIPOKAT, and every other page when the database is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from sipokat.database import db
from tests import wire
from tests.cast import HARTONO, RAHMAN
from tests.page import Visitor, expect_status, fresh_id

Site = Callable[..., Visitor]
pytestmark = pytest.mark.sql


@pytest.fixture
def gone(app: Flask) -> Iterator[Callable[[], None]]:
    """Once it is called, the database takes no connection until the test ends."""
    with app.app_context():
        engine = db.engine

    def refuse(dialect: Any, *_rest: Any) -> None:
        raise dialect.loaded_dbapi.OperationalError("gone")

    def go() -> None:
        engine.dispose()
        event.listen(engine, "do_connect", refuse)

    yield go
    if event.contains(engine, "do_connect", refuse):
        event.remove(engine, "do_connect", refuse)


def test_all_is_well_while_the_database_answers(site: Site) -> None:
    for headers in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        response = site().request("GET", "/sehat", headers=headers)
        expect_status(response, 200)
        assert response.get_json() == {"sehat": True}
        assert response.headers["Cache-Control"] == "no-store"


def test_the_health_check_makes_no_session(site: Site) -> None:
    assert not site().request("GET", "/sehat").headers.getlist("Set-Cookie")


def test_a_database_without_its_tables_is_503(site: Site, house: Any) -> None:
    house.database.remove(house.data)
    for accept in ("application/json", "text/html", "*/*"):
        answer = site().request("GET", "/sehat", headers={"Accept": accept})
        expect_status(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0


def test_without_the_database_it_is_503_with_retry_after(
    site: Site, gone: Callable[[], None]
) -> None:
    gone()
    for headers in ({}, {"Accept": "application/json"}):
        response = site().request("GET", "/sehat", headers=headers)
        expect_status(response, 503)
        assert int(response.headers["Retry-After"]) > 0
        assert "gone" not in response.text


def test_without_the_database_a_signed_in_person_reads_that_nothing_is_lost(
    site: Site, gone: Callable[[], None]
) -> None:
    visitor = site(RAHMAN)
    gone()
    page = visitor.get("/beranda", status=503)
    assert "tersimpan di HP tetap aman" in page.text("main")
    assert page.response.headers["Retry-After"]
    assert visitor.json("GET", "/laporan", status=503)["error"] == "busy"


def test_without_the_database_every_address_is_503(site: Site, gone: Callable[[], None]) -> None:
    """Also if a request is refused before its session is read: the refusal's page reads it."""
    visitor = site(RAHMAN)
    gone()
    for method, path, kind in (
        ("GET", "/tidak-ada", None),
        ("GET", "/masuk", None),
        ("POST", "/beranda", None),
        ("POST", "/laporan", "text/plain"),
        ("POST", "/laporan", "application/x-www-form-urlencoded"),
    ):
        answer = visitor.request(method, path, data="x" if kind else None, content_type=kind)
        expect_status(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    root = visitor.request("GET", "/")
    expect_status(root, 303)
    assert root.headers["Location"] == "/beranda", "which says so in its turn"


def test_without_the_database_nothing_that_is_sent_counts_as_received(
    site: Site, gone: Callable[[], None]
) -> None:
    """So the phone keeps the report, the photo and the decision, and sends them again later."""
    photo = wire.declared(b"foto")
    rahman, hartono = site(RAHMAN), site(HARTONO)
    receipt = wire.file_report(rahman, "sampah", photos=[photo])
    decision = {"version": 1, "action_id": fresh_id(), "class": "kinerja"}
    path = f"/laporan/{receipt['number']}/verifikasi"
    gone()
    answers = [
        wire.file_report(rahman, status=503),
        wire.put(rahman, receipt["client_id"], photo["id"], b"foto", 503),
        hartono.json("POST", path, decision, 503),
    ]
    assert [answer["error"] for answer in answers] == ["busy"] * 3
    for visitor, where, data in ((rahman, "/laporan", wire.form()), (hartono, path, decision)):
        page = visitor.post(where, data, 503)
        assert int(page.response.headers["Retry-After"]) > 0
