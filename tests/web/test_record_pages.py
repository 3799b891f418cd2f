"""What a report's page says of its record: offices of the day, late photos, erasures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from sipokat.database import db, writing
from sipokat.domain import erasure, photo_intake
from tests import steps
from tests.cast import AGUS, HARTONO, RAHMAN, SARI, UTARA_I, YUSUF, Person
from tests.page import Visitor
from tests.shelf import DATA, Shelf
from tests.steps import act, climb, photo, report_of, revise, send, user_of

Site = Callable[..., Visitor]


def told(site: Site, number: str, person: Person = YUSUF) -> list[str]:
    """The entries of the time line, each as one line."""
    page = site(person).get(f"/laporan/{number}")
    return [" ".join(one.get_text(" ").split()) for one in page.all(".timeline-event")]


@pytest.fixture
def context(app: Flask) -> Flask:
    return app


def test_a_time_line_shows_the_office_of_the_day_and_for_whom(context: Flask, site: Site) -> None:
    with context.app_context():
        steps.add_term(SARI, UTARA_I, role="camat", acts_for=YUSUF)
        number = climb(send(RAHMAN), HARTONO, SARI).number
        with writing():  # today they hold nothing of that any more
            for person in (HARTONO, SARI):
                user = user_of(person)
                user.role = "viewer"
                for term in user.terms:
                    term.until = steps.LONG_AGO
        db.session.remove()
    lines = told(site, number)
    assert "Rahman, Ketua RT ·" in lines[0]
    assert "Hartono, Lurah ·" in lines[1]
    assert "Sari Wulandari, Plh. Camat, mewakili Yusuf ·" in lines[2]


def test_photos_that_came_late_or_were_replaced_are_told(context: Flask, site: Site) -> None:
    with context.app_context():
        old, new = photo(), photo()
        report = climb(send(RAHMAN, "sampah", photos=[old]), HARTONO)
        photo_intake.accept(
            user_of(RAHMAN), report.client_id, new.id, new.sha256, DATA, Shelf(), replaces=old.id
        )
        db.session.remove()
    lines = told(site, report.number)
    assert lines[2].startswith("Foto dikirim Rahman, Ketua RT · ")
    assert lines[3].startswith("Foto yang menyusul sudah sampai Rahman, Ketua RT · ")
    events = site(YUSUF).json("GET", f"/laporan/{report.number}")["events"]
    assert [one["action"] for one in events] == ["submit", "verify"], "the wire knows moves alone"


def test_an_erasure_is_told_and_nothing_of_it_is_left(context: Flask, site: Site) -> None:
    with context.app_context():
        report = act(HARTONO, send(RAHMAN, "tamu", text="Pak Budi sakit."), "return", note="Budi?")
        number = report.number
        erasure.erase(user_of(AGUS), number, "Surat 12/2026", Shelf())
        db.session.remove()
    for person in (RAHMAN, HARTONO, YUSUF):
        page = site(person).get(f"/laporan/{number}")
        assert "Budi" not in page.text("main")
        assert "Keterangan, lokasi dan foto laporan ini sudah dihapus pada" in page.text("main")
    erased = [one for one in told(site, number) if one.startswith("Isi laporan dihapus")]
    assert erased[0].startswith(f"Isi laporan dihapus {AGUS.name}, Diskominfo · ")
    assert erased[0].endswith("Surat 12/2026")
    with context.app_context():
        revise(RAHMAN, report_of(number), text="Ada tiga tamu.")
        db.session.remove()
    assert "sudah dihapus" not in site(YUSUF).get(f"/laporan/{number}").text("main")
