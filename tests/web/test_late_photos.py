"""A photo that never arrived or is broken: sent from any phone on the report's page, or left."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from sipokat.database import writing
from sipokat.domain.clock import WIB
from sipokat.models import Report
from tests import wire
from tests.cast import HARTONO, RAHMAN, RATNA, SARI
from tests.page import Page, Visitor
from tests.services.pictures import jpeg

Site = Callable[..., Visitor]
PHOTO, OTHER = jpeg(), jpeg((80, 60))
ONE = "[data-late-photo]"


def file(site: Site, count: int = 2) -> tuple[Any, list[dict[str, str]]]:
    photos = [wire.declared(jpeg((64 + place, 48))) for place in range(count)]
    return wire.file_report(site(RAHMAN), "sampah", photos=photos), photos


def send(page: Page, photo: str, data: bytes | None, status: int | None = None) -> Page:
    given = (io.BytesIO(data), "foto.jpg") if data else (io.BytesIO(), "")
    form = f"form[action$='/{photo}/susulan']"
    return page.submit(form, status, photos=given)


def states(visitor: Visitor, number: str) -> dict[str, str]:
    shown = visitor.json("GET", f"/laporan/{number}")["photos"]
    return {one["sha256"]: one["state"] for one in shown}


def break_photos(app: Flask, number: str) -> None:
    """The worker has found that these bytes are no picture."""
    with app.app_context(), writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).unique().one()
        for photo in report.photos:
            photo.state = "broken"


def test_the_office_sends_a_missing_photo_from_another_phone_with_a_plain_form(site: Site) -> None:
    receipt, (one, two) = file(site)
    number = receipt["number"]
    rahman = site(RAHMAN)
    page = rahman.get(f"/laporan/{number}")
    assert [card.select_one("h3").get_text() for card in page.all(ONE)] == [
        "Foto 1 belum sampai",
        "Foto 2 belum sampai",
    ]
    page = send(page, one["id"], OTHER)
    assert "Foto terkirim." in page.text("#notices")
    assert len(page.all(ONE)) == 1
    sha256 = hashlib.sha256(OTHER).hexdigest()
    assert states(rahman, number) == {two["sha256"]: "missing", sha256: "received"}
    assert "Foto dikirim" in page.text(".timeline")
    # The other one keeps its number.
    assert page.text(f"{ONE} h3") == "Foto 2 belum sampai"

    # The very photo that the lost phone had: it is that photo, and replaces nothing.
    send(page, two["id"], jpeg((65, 48)))
    assert states(rahman, number) == {two["sha256"]: "received", sha256: "received"}
    page = rahman.get(f"/laporan/{number}")
    assert not page.has(ONE)
    assert "menyusul" not in page.text("main")
    assert page.text(".timeline").count("Foto dikirim") == 1
    assert "Foto diganti" not in page.text(".timeline")


def test_the_same_photo_posted_twice_is_there_once(site: Site) -> None:
    receipt, (one, _) = file(site)
    page = site(RAHMAN).get(f"/laporan/{receipt['number']}")
    for _again in range(2):
        send(page, one["id"], OTHER)
    assert len(states(site(RAHMAN), receipt["number"])) == 2


def test_what_is_wrong_with_the_photo_stands_beside_it(site: Site) -> None:
    receipt, (one, two) = file(site)
    page = site(RAHMAN).get(f"/laporan/{receipt['number']}")
    for data, status, words in (
        (None, 422, "Pilih fotonya dulu."),
        (b"%PDF-1.7 no picture", 415, "bukan foto"),
        (PHOTO[:-40], 415, "terpotong"),
    ):
        answer = send(page, two["id"], data, status)
        assert words in answer.text("#foto-2-error")
        assert not answer.has("#foto-1-error")
    assert set(states(site(RAHMAN), receipt["number"]).values()) == {"missing"}
    wire.put(site(RAHMAN), receipt["client_id"], one["id"], jpeg((64, 48)))
    answer = send(page, one["id"], OTHER, 409)
    assert "sudah sampai" in answer.text("#jawaban")


def test_a_report_goes_on_without_a_photo_unless_it_needs_it(site: Site) -> None:
    receipt, (one, two) = file(site)
    rahman = site(RAHMAN)
    page = rahman.get(f"/laporan/{receipt['number']}")
    left = page.submit(f"form[action$='/{one['id']}/penarikan']")
    assert "tanpa foto itu" in left.text("#notices")
    assert states(rahman, receipt["number"]) == {two["sha256"]: "missing"}
    assert not left.has(f"form[action$='/{two['id']}/penarikan']")
    assert "perlu foto" in left.text(ONE)
    answer = rahman.post(f"/laporan/{receipt['number']}/foto/{two['id']}/penarikan", {}, 422)
    assert "perlu foto" in answer.text("#foto-1-error")
    assert states(rahman, receipt["number"]) == {two["sha256"]: "missing"}


def test_the_desk_reads_since_when_a_photo_is_awaited_and_offers_nothing(
    site: Site, app: Flask
) -> None:
    receipt, (one, two) = file(site)
    number = receipt["number"]
    filed = datetime.fromisoformat(receipt["received_at"]).astimezone(WIB)
    since = f"2 foto menyusul sejak {filed.day} "
    hartono = site(HARTONO)
    for page in (hartono.get(f"/laporan/{number}"), hartono.get("/verifikasi")):
        assert since in page.text("main")
        assert f"{filed:%H.%M}" in page.text("main")
        assert not page.has("form[action$=susulan]")
    for person, status in ((HARTONO, 403), (RATNA, 403), (SARI, 404)):
        for noun in ("susulan", "penarikan"):
            data = {"photos": (io.BytesIO(OTHER), "foto.jpg")}
            site(person).post(f"/laporan/{number}/foto/{one['id']}/{noun}", data, status)
    assert set(states(hartono, number)) == {one["sha256"], two["sha256"]}


@pytest.mark.parametrize("where", ["/laporan/{}", "/verifikasi", "/laporan/{}/perbaikan"])
def test_a_broken_photo_is_never_said_to_follow(site: Site, app: Flask, where: str) -> None:
    receipt, _ = file(site)
    number = receipt["number"]
    break_photos(app, number)
    reader = HARTONO
    if "perbaikan" in where:
        wire.decide(site(HARTONO), number, "pengembalian")
        reader = RAHMAN
    words = site(reader).get(where.format(number)).text("main")
    assert "Foto rusak" in words
    assert "menyusul" not in words
    if reader == HARTONO:
        assert "2 foto rusak, menunggu gantinya" in words


def test_the_office_sends_another_photo_for_a_broken_one(site: Site, app: Flask) -> None:
    receipt, (one, _) = file(site, 2)
    break_photos(app, receipt["number"])
    page = site(RAHMAN).get(f"/laporan/{receipt['number']}")
    assert "Foto 1 rusak" in page.all(ONE)[0].get_text()
    page = send(page, one["id"], OTHER)
    assert hashlib.sha256(OTHER).hexdigest() in states(site(RAHMAN), receipt["number"])
    assert "Foto rusak, menunggu gantinya" in page.text("main")


def test_a_photo_that_a_revision_left_out_is_no_longer_awaited(site: Site) -> None:
    receipt, (one, two) = file(site)
    number = receipt["number"]
    wire.decide(site(HARTONO), number, "pengembalian")
    page = site(RAHMAN).get(f"/laporan/{number}/perbaikan")
    page.submit("form[data-report-form]", keep=[f"{two['id']}:{two['sha256']}"], text="Lain.")
    first = site(HARTONO).get(f"/laporan/{number}").all(".compare article")[-1]
    assert "Tidak terkirim" in first.get_text()
    assert first.get_text().count("Foto menyusul") == 1
    # Nor is it sent later from the page.
    data = {"photos": (io.BytesIO(OTHER), "foto.jpg")}
    answer = site(RAHMAN).post(f"/laporan/{number}/foto/{one['id']}/susulan", data, 409)
    assert "tidak dipakai" in answer.text("#jawaban")
