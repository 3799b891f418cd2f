"""Who holds two offices at one desk chooses as what they decide; nobody else is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from sipokat.database import db, writing
from sipokat.domain import deputies, endings, terms
from sipokat.domain.letters import Letter
from sipokat.models import Event
from tests import steps
from tests.cast import HARTONO, MARLINA, PETANANG_ULU, RAHMAN, SARI, UTARA_I
from tests.page import Visitor
from tests.steps import OPERATOR, act, events_of, report_of, send, user_of

Site = Callable[..., Visitor]
VERIFY = "form[action$='/verifikasi']"
TODAY = steps.today()


@pytest.fixture
def number(app: Flask) -> str:
    """A report at the desk at which Sari, lurah next door, is sekretaris and Plh. too."""
    with app.app_context():
        with writing() as session:
            sari = user_of(SARI)
            terms.begin(session, OPERATOR, sari, "lurah", PETANANG_ULU, TODAY, seat="sekretaris")
            week = TODAY + timedelta(days=6)
            letter = Letter("lurah", PETANANG_ULU, "plh", TODAY, week, "800/12", TODAY)
            deputies.appoint(session, OPERATOR, sari, letter)
        found = send(RAHMAN).number
        db.session.remove()
    return found


def last(app: Flask, number: str) -> Event:
    with app.app_context():
        return events_of(report_of(number))[-1]


@pytest.mark.parametrize("page", ["/verifikasi", "/laporan/{}"])
@pytest.mark.parametrize(("chosen", "detail"), [("", '"kind": "plh"'), ("sekretaris", '"title"')])
def test_the_form_says_as_what_and_lets_choose(
    app: Flask, site: Site, number: str, page: str, chosen: str, detail: str
) -> None:
    shown = site(SARI).get(page.format(number))
    words = "Bertindak sebagai Plh. Lurah Petanang Ulu Sekretaris Kelurahan Petanang Ulu"
    assert words in shown.text(VERIFY)
    assert shown.values(VERIFY)["office"] == "", "as Plh., unless they choose"
    assert not shown.has("[name=office][required]"), "nothing need be chosen"
    shown.submit(VERIFY, office=chosen, **{"class": "kinerja"})
    event = last(app, number)
    assert (event.action, event.actor_role) == ("verify", "lurah")
    assert detail in (event.detail or "")


def test_nobody_else_is_asked(site: Site, number: str) -> None:
    for page in ("/verifikasi", f"/laporan/{number}"):
        assert not site(HARTONO).get(page).has("[name=office]")


def test_on_the_wire(app: Flask, site: Site, number: str) -> None:
    address = f"/laporan/{number}/pengembalian"
    said = {"version": 1, "action_id": str(uuid4()), "reason": "isi_kurang_lengkap", "note": "Apa?"}
    for wrong in ("camat", "definitif", "kasi"):
        refused = site(SARI).json("POST", address, said | {"office": wrong}, status=422)
        assert list(refused["fields"]) == ["office"]
    said |= {"office": "sekretaris"}
    site(SARI).json("POST", address, said)
    assert site(SARI).json("POST", address, said)["version"] == 2, "the same once more"
    other = site(SARI).json("POST", address, said | {"office": "plh"}, status=409)
    assert other["error"] == "action_id_used"
    assert '"title": "sekretaris"' in (last(app, number).detail or "")


def test_an_office_that_has_ended_meanwhile_is_said(app: Flask, site: Site, number: str) -> None:
    page = site(SARI).get(f"/laporan/{number}")
    with app.app_context(), writing() as session:
        sari = user_of(SARI)
        seat = next(term for term in sari.terms if term.title)
        seat.since = TODAY - timedelta(days=5)
        endings.end(session, OPERATOR, sari, seat, TODAY - timedelta(days=1))
    page = page.submit(VERIFY, 422, office="sekretaris", note="Baik.", **{"class": "kinerja"})
    assert "Anda tidak memegang jabatan itu hari ini." in page.text("main")
    assert "Baik." in page.text("main"), "nothing typed is lost"


TOGETHER = "/verifikasi/sekaligus"


def offices(app: Flask, *numbers: str) -> list[tuple[str, str | None, str | None]]:
    """As what the last event of each was done."""
    found = [last(app, one) for one in numbers]
    return [(one.actor_role or "", one.actor_region, one.detail) for one in found]


def test_many_at_once_are_verified_in_the_office_that_has_each_desk(app: Flask, site: Site) -> None:
    """Sari is lurah next door, and for a week Plh. lurah and Plh. camat, too."""
    with app.app_context():
        with writing() as session:
            sari = user_of(SARI)
            week = TODAY + timedelta(days=6)
            for role, region in (("lurah", PETANANG_ULU), ("camat", UTARA_I)):
                letter = Letter(role, region, "plh", TODAY, week, "800/12", TODAY)
                deputies.appoint(session, OPERATOR, sari, letter)
        numbers = [send(MARLINA).number, send(RAHMAN).number, send(RAHMAN).number]
        act(HARTONO, report_of(numbers[2]), "verify")
        db.session.remove()
    page = site(SARI).get(f"{TOGETHER}?semua=1")
    assert "Plh. Lurah Petanang Ulu" in page.text("main")
    assert not page.has("[data-acting]"), "each desk is held once"
    page.submit("form[data-bulk]", typed={"class": "kinerja"})
    done = offices(app, *numbers)
    assert [one[:2] for one in done] == [
        ("lurah", SARI.region),
        ("lurah", PETANANG_ULU),
        ("camat", UTARA_I),
    ]
    assert ['"kind": "plh"' in (one[2] or "") for one in done] == [False, True, True]


@pytest.mark.parametrize(("chosen", "detail"), [("", '"kind": "plh"'), ("sekretaris", '"title"')])
def test_many_at_once_are_asked_as_what_where_a_desk_is_held_twice(
    app: Flask, site: Site, number: str, chosen: str, detail: str
) -> None:
    with app.app_context():
        own = send(MARLINA).number
        db.session.remove()
    page = site(SARI).get(f"{TOGETHER}?semua=1")
    words = "Bertindak sebagai Plh. Lurah Petanang Ulu Sekretaris Kelurahan Petanang Ulu"
    assert words in page.text("[data-acting]")
    said = {f"office.{PETANANG_ULU}": chosen, "class": "kinerja"}
    page.submit("form[data-bulk]", typed=said)
    asked, plain = offices(app, number, own)
    assert detail in (asked[2] or "")
    assert plain[:2] == ("lurah", SARI.region), "its desk is held once, so nothing is asked of it"


def test_an_office_that_is_not_held_is_refused_in_its_row_alone(
    app: Flask, site: Site, number: str
) -> None:
    with app.app_context():
        own = send(MARLINA).number
        db.session.remove()
    rows = [
        {"number": one, "version": 1, "action_id": str(uuid4()), "office": office}
        for one, office in ((number, "camat"), (own, "definitif"))
    ]
    body = {"class": "kinerja", "items": rows}
    said = site(SARI).json("POST", TOGETHER, body)["results"]
    assert [one["status"] for one in said] == [422, 200]
    assert list(said[0]["fields"]) == ["office"]
    rows[0] |= {"action_id": str(uuid4()), "office": "sekretaris"}
    said = site(SARI).json("POST", TOGETHER, body)["results"]
    assert [one["status"] for one in said] == [200, 200]
    assert '"title": "sekretaris"' in (last(app, number).detail or "")
    for wrong in (7, ["plh"], None, "a\u0000b"):
        rows[0]["office"] = wrong
        site(SARI).json("POST", TOGETHER, body, status=400)
