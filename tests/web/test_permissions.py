"""Every route declares who may use it, and every person of the cast tries every route."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from sipokat.database import writing
from sipokat.domain import people
from sipokat.domain.clock import now
from sipokat.domain.roles import ROLES
from sipokat.web.access import ANYONE
from tests import steps, wire
from tests.cast import (
    AGUS,
    BEJO,
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Visitor, fresh_id
from tests.services.database import CHEAP
from tests.services.matrix import some
from tests.services.pictures import jpeg

Site = Callable[..., Visitor]
Someone = Person | None
PHOTO = jpeg()
NOBODY: Someone = None
NOUNS = '"verifikasi","pengembalian","penolakan","penarikan","pembukaan-kembali"'
ACTIONS = f"/laporan/<number>/<any({NOUNS}):noun>"


@dataclass(frozen=True)
class Route:
    """A route, a correct request to it, and the status that each person gets.

    `usual` is the status for those who may use it; `others` names the people who get another one.
    `json_usual` stands for `usual` where JSON has another one. Without a session it is 401, for
    Bejo too, unless `open`."""

    method: str
    rule: str
    path: str = ""
    usual: int = 200
    others: dict[Someone, int] = field(default_factory=dict)
    json: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    open: bool = False
    json_usual: int = 0

    def answer_to(self, person: Someone, as_json: bool = False) -> int:
        if person in (NOBODY, BEJO) and not self.open:
            return 401
        usual = self.json_usual if as_json and self.json_usual else self.usual
        return self.others.get(person, usual)


# Who may not see Rahman's report: his neighbours, the offices of other regions, and Diskominfo.
APART = dict.fromkeys((SITI, MARLINA, SARI, EFFENDI), 404) | {AGUS: 403}
NO_REPORTS = {AGUS: 403}
HEADS = {RAHMAN: 404}


def action(noun: str, never: dict[Someone, int], **said: Any) -> Route:
    """An action with an old version: 409 for those who may take it at all."""
    return Route(
        "POST",
        ACTIONS,
        f"/laporan/{{number}}/{noun}",
        409,
        APART | never,
        {"action_id": "{fresh}", "version": 99, **said},
        {"version": "99", **said},
    )


# Who looks after Wati, the head of an RT: her lurah, her camat and Diskominfo.
PERSON = "/pengelolaan/orang/<person_id>"
MANAGING_NOBODY = dict.fromkeys((RAHMAN, SITI, MARLINA, DEWI, ZAINAL, RATNA), 403)
NOT_HERS = MANAGING_NOBODY | {SARI: 404, EFFENDI: 404}
CITY_ALONE = dict.fromkeys((HARTONO, YUSUF, SARI, EFFENDI), 403)

# The head of that RT is right below Hartono alone, and Diskominfo's as every office is.
OFFICE = "/pengelolaan/jabatan/<role>/<region>"
OFFICE_009 = f"/pengelolaan/jabatan/rt_head/{PETANANG_ULU}.009"
APPOINTING_NOBODY = dict.fromkeys((RAHMAN, SITI, MARLINA, ZAINAL, RATNA), 403)
NOT_RIGHT_BELOW = APPOINTING_NOBODY | dict.fromkeys((SARI, YUSUF, EFFENDI, DEWI), 404)
IMPORT, NO_IMPORT = "/pengelolaan/impor/<import_id>", "/pengelolaan/impor/0"


def looking_after(
    noun: str,
    usual: int,
    never: dict[Someone, int] | None = None,
    rule: str = "",
    as_json: int = 0,
    **said: Any,
) -> Route:
    """Something about Wati's account."""
    return Route(
        "POST",
        rule or f"{PERSON}/{noun}",
        f"/pengelolaan/orang/{{person}}/{noun}",
        usual,
        NOT_HERS | (never or {}),
        said,
        said,
        json_usual=as_json,
    )


NOT_DECIDING = {RAHMAN: 403, ZAINAL: 403, RATNA: 403}
REASON = {"reason": "lainnya", "note": "Begitulah."}
NUMBERS = itertools.count(81_900_000_000)
# What must be another with each request.
FRESH: dict[Any, Callable[[], str]] = {
    "{fresh}": fresh_id,
    "{number}": lambda: f"0{next(NUMBERS)}",
}
ROUTES = [
    Route("GET", "/", usual=303, open=True),
    Route("GET", "/beranda"),
    Route("GET", "/sehat", open=True),
    Route("GET", "/masuk", open=True),
    Route(
        "POST",
        "/masuk",
        usual=401,
        json={"phone": "{number}", "password": "salah"},
        form={"phone": "{number}", "password": "salah"},
        open=True,
    ),
    Route(
        "POST",
        "/masuk/pin",
        usual=401,  # this phone was activated for nobody
        json={"pin": "385026"},
        form={"pin": "385026"},
        open=True,
    ),
    Route("GET", "/aktivasi", open=True),
    Route("GET", "/aktivasi/orang", usual=303, open=True),
    Route(
        "POST",
        "/aktivasi/orang",
        usual=422,
        json={"code": "AAAA-AAAA"},
        form={"code": "AAAA-AAAA"},
        open=True,
    ),
    Route(
        "POST",
        "/aktivasi",
        usual=422,
        json={"code": "AAAA-AAAA", "last4": "0101", "pin": "385026"},
        form={"code": "AAAA-AAAA", "last4": "0101", "pin": "385026"},
        open=True,
    ),
    Route("GET", "/akun"),
    Route("GET", "/akun/pastikan"),
    Route("POST", "/akun/pastikan", usual=422, json={"proof": "salah"}, form={"proof": "salah"}),
    Route("POST", "/akun/kabar", usual=303, form={"last": "1"}),
    Route("GET", "/pemberitahuan"),
    Route(
        "POST", "/pemberitahuan/dibaca", "", 303, {}, {"until": 1}, {"until": "1"}, json_usual=200
    ),
    Route("POST", "/akun/kata-sandi", usual=422, form={"proof": "x", "new": "apa pun juga"}),
    Route("POST", "/akun/pin", usual=422, form={"proof": "x", "pin": "1"}),
    Route("POST", "/akun/nomor", usual=422, form={"proof": "x", "phone": "0812"}),
    Route("POST", "/akun/hp/<phone_id>/hilang", "/akun/hp/0/hilang", 404, form={}),
    Route("POST", "/akun/sesi/<session_id>/akhiri", "/akun/sesi/0/akhiri", 303, form={}),
    Route("GET", "/laporan/baru", open=True),
    Route("GET", "/kotak-keluar", open=True),
    Route("GET", "/luring", open=True),
    Route("GET", "/service-worker.js", open=True),
    Route("GET", "/static/<path:filename>", "/static/tidak-ada.js", 404, open=True),
    Route("GET", "/laporan", others=NO_REPORTS),
    Route("GET", "/pemantauan", usual=303, others=NO_REPORTS),
    Route("GET", "/pemantauan/<code>", f"/pemantauan/{RAHMAN.region}", others=APART),
    Route("GET", "/pemantauan/<code>/rt", f"/pemantauan/{PETANANG_ULU}/rt", others=HEADS | APART),
    Route("GET", "/pemantauan/<code>/isi", f"/pemantauan/{RAHMAN.region}/isi", others=APART),
    Route("GET", "/pemantauan/<code>/peta", f"/pemantauan/{RAHMAN.region}/peta", others=APART),
    Route(
        "GET",
        "/pemantauan/<code>/keputusan",
        f"/pemantauan/{PETANANG_ULU}/keputusan",
        others=HEADS | APART,
    ),
    *(
        Route(
            "GET",
            f"/pemantauan/<code>/{page}",
            f"/pemantauan/{PETANANG_ULU}/{page}",
            others=HEADS | APART,
        )
        for page in ("belum-melapor", "pengingat")
    ),
    Route(
        "POST",
        "/pemantauan/pengingat",
        usual=303,
        others=dict.fromkeys((RAHMAN, SITI, MARLINA, AGUS, ZAINAL, RATNA), 403)
        | dict.fromkeys((SARI, EFFENDI), 404),
        json={"regions": [SITI.region]},
        form={"regions": SITI.region},
        json_usual=200,
    ),
    Route("GET", "/unduhan"),
    Route(
        "POST",
        "/unduhan",
        usual=303,
        others=NO_REPORTS,
        json={"what": "laporan", "format": "csv"},
        form={"what": "laporan", "format": "csv"},
        json_usual=202,
    ),
    Route("GET", "/unduhan/<export_id>", "/unduhan/0", 404),
    Route("GET", "/unduhan/<export_id>/berkas", "/unduhan/0/berkas", 404),
    Route(
        "POST",
        "/laporan",
        usual=422,
        others={AGUS: 403, DEWI: 403, ZAINAL: 403, RATNA: 403},
        json={"client_id": "{fresh}", "category": "gosip", "happened_on": "2026-11-23"},
        form={"category": "gosip"},
    ),
    Route("GET", "/laporan/<number>", "/laporan/{number}", others=APART),
    Route(
        "GET",
        "/laporan/<number>/foto/<photo_id>",
        "/laporan/{number}/foto/{photo}",
        404,  # no photo is ready
        NO_REPORTS,
    ),
    Route(
        "DELETE",
        "/laporan/<client_id>/foto/<photo_id>",
        "/laporan/{client_id}/foto/{photo}",
        404,
        {RAHMAN: 422, AGUS: 403},  # his last photo, and sampah needs one
    ),
    # Rahman sends none, and sampah needs his last one.
    *(
        Route(
            "POST",
            f"/laporan/<number>/foto/<photo_id>/{noun}",
            f"/laporan/{{number}}/foto/{{photo}}/{noun}",
            403,
            APART | {RAHMAN: 422},
            {},
            {},
        )
        for noun in ("susulan", "penarikan")
    ),
    Route(
        "PUT",
        "/laporan/<client_id>/foto/<photo_id>",
        "/laporan/{client_id}/foto/{photo}",
        404,
        {RAHMAN: 200, AGUS: 403},
    ),
    Route(
        "GET",
        "/laporan/<number>/perbaikan",
        "/laporan/{number}/perbaikan",
        403,
        APART | {RAHMAN: 409},
    ),
    Route(
        "POST",
        "/laporan/<number>/perbaikan",
        "/laporan/{number}/perbaikan",
        403,
        APART | {RAHMAN: 409},
        {"action_id": "{fresh}", "version": 1, "happened_on": "2026-11-23"},
        {"version": "1"},
    ),
    Route(
        "GET",
        "/verifikasi",
        others=dict.fromkeys((RAHMAN, SITI, MARLINA, AGUS, ZAINAL, RATNA), 403),
    ),
    Route(
        "GET",
        "/verifikasi/sekaligus",
        others=dict.fromkeys((RAHMAN, SITI, MARLINA, AGUS, ZAINAL, RATNA), 403),
    ),
    Route(
        "POST",
        "/verifikasi/sekaligus",
        usual=422,  # nothing was ticked
        others=dict.fromkeys((RAHMAN, SITI, MARLINA, AGUS, ZAINAL, RATNA), 403),
        json={"class": "kinerja", "items": []},
        form={"class": "kinerja"},
    ),
    action("verifikasi", NOT_DECIDING, **{"class": "kinerja"}),
    action("pengembalian", NOT_DECIDING, **REASON),
    action("penolakan", NOT_DECIDING, **REASON),
    action("penarikan", dict.fromkeys((HARTONO, YUSUF, DEWI, ZAINAL, RATNA), 403)),
    action(
        "pembukaan-kembali",
        dict.fromkeys((RAHMAN, HARTONO, YUSUF, ZAINAL, RATNA), 403),
        reason="lainnya",
    ),
    Route("GET", "/pengelolaan", others=MANAGING_NOBODY),
    Route(
        "POST",
        "/pengelolaan",
        others=MANAGING_NOBODY,
        json={"cari": "wati"},
        form={"cari": "wati"},
    ),
    Route("GET", "/pengelolaan/orang/baru", others=MANAGING_NOBODY | CITY_ALONE),
    Route(
        "POST",
        "/pengelolaan/orang",
        usual=422,
        others=MANAGING_NOBODY | CITY_ALONE,
        json={"name": "Wati", "phone": "0812", "role": "lurah", "region": PETANANG_ULU},
        form={"name": "Wati", "phone": "0812", "role": "lurah", "region": PETANANG_ULU},
    ),
    Route("GET", PERSON, "/pengelolaan/orang/{person}", others=NOT_HERS),
    Route("GET", f"{PERSON}/aktivasi", "/pengelolaan/orang/{person}/aktivasi", 303, NOT_HERS),
    looking_after("aktivasi", 303, as_json=201),
    looking_after("hp/0/hilang", 404, rule=f"{PERSON}/hp/<phone_id>/hilang"),
    looking_after("data", 422, name="", phone=""),
    looking_after("penutupan", 303, CITY_ALONE, as_json=409),
    looking_after("pembukaan", 303, CITY_ALONE, as_json=409),
    Route("GET", "/pengelolaan/hari", others=MANAGING_NOBODY | CITY_ALONE),
    Route(
        "POST",
        "/pengelolaan/hari",
        usual=422,
        others=MANAGING_NOBODY | CITY_ALONE,
        json={"day": "", "kind": "libur"},
        form={"day": "", "kind": "libur"},
    ),
    Route("GET", "/pengelolaan/wilayah", others=MANAGING_NOBODY),
    Route(
        "POST",
        "/pengelolaan/wilayah",
        "",
        422,
        NOT_HERS,
        {"kelurahan": PETANANG_ULU, "change": "?"},
        {"kelurahan": PETANANG_ULU, "change": "?"},
    ),
    Route("GET", "/pengelolaan/jabatan", others=APPOINTING_NOBODY),
    Route("GET", OFFICE, OFFICE_009, others=NOT_RIGHT_BELOW),
    Route("GET", f"{OFFICE}/wakil", f"{OFFICE_009}/wakil", others=NOT_RIGHT_BELOW),
    Route(
        "POST",
        "/pengelolaan/jabatan",
        "",
        422,
        NOT_RIGHT_BELOW,
        {"role": "rt_head", "region": f"{PETANANG_ULU}.009", "kind": "pjs"},
        {"role": "rt_head", "region": f"{PETANANG_ULU}.009", "kind": "pjs"},
    ),
    *(
        Route(
            "POST",
            f"{OFFICE}/<term_id>/{noun}",
            f"{OFFICE_009}/0/{noun}",
            404,
            APPOINTING_NOBODY,
            {},
            {},
        )
        for noun in ("pengakhiran", "surat")
    ),
    Route("GET", "/pengelolaan/impor", others=MANAGING_NOBODY | CITY_ALONE),
    Route("POST", "/pengelolaan/impor", usual=422, others=MANAGING_NOBODY | CITY_ALONE, form={}),
    Route("GET", IMPORT, NO_IMPORT, 404, MANAGING_NOBODY | CITY_ALONE),
    Route("POST", f"{IMPORT}/kolom", f"{NO_IMPORT}/kolom", 404, MANAGING_NOBODY | CITY_ALONE),
    *(
        Route(
            "POST",
            f"{IMPORT}/{noun}",
            f"{NO_IMPORT}/{noun}",
            404,
            MANAGING_NOBODY | CITY_ALONE,
            json={"all": True},
            form={"all": "1"},
        )
        for noun in ("terapkan", "urungkan")
    ),
    Route("GET", "/pengelolaan/lembar", others=MANAGING_NOBODY | CITY_ALONE),
    Route("POST", "/pengelolaan/lembar", usual=422, others=MANAGING_NOBODY | CITY_ALONE, form={}),
    Route("POST", "/keluar", usual=303, json={}, form={}, open=True),
]


def ident(route: Route) -> str:
    return f"{route.method} {route.path or route.rule}"


@pytest.fixture
def places(app: Flask, site: Site) -> dict[str, str]:
    """Rahman's report, waiting at Hartono's desk with its photo on the way, and the head of another
    RT there, who is in no test's way when her account is closed."""
    with app.app_context():
        wati = steps.newcomer("Wati", "rt_head", f"{PETANANG_ULU}.009")
        person = steps.user_of(wati).id
    photo = wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    return {
        "number": receipt["number"],
        "client_id": receipt["client_id"],
        "photo": photo["id"],
        "person": person,
    }


def knock(visitor: Visitor, route: Route, places: dict[str, str], as_json: bool) -> Any:
    path = (route.path or route.rule).format(**places)
    headers = {"Accept": "application/json" if as_json else "text/html"}
    if route.method == "PUT":
        return wire_put(visitor, path, headers)
    if route.method != "POST":
        return visitor.request(route.method, path, headers=headers)
    given = route.json if as_json else route.form
    sent = {
        key: FRESH[str(value)]() if str(value) in FRESH else value
        for key, value in (given or {}).items()
    }
    if not as_json:
        return visitor.request("POST", path, headers=headers, data=sent)
    headers["Sipokat-User"] = visitor.user_id or fresh_id()
    return visitor.request("POST", path, headers=headers, json=sent)


def wire_put(visitor: Visitor, path: str, headers: dict[str, str]) -> Any:
    headers |= {"Content-Digest": wire.digest_of(PHOTO), "Content-Type": "image/jpeg"}
    return visitor.request("PUT", path, headers=headers, data=PHOTO)


def test_every_person_gets_the_declared_status_at_every_route(
    site: Site, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a page and as JSON."""
    monkeypatch.setattr(people, "_NOBODY", CHEAP)
    wrong = []
    for route in ROUTES:
        for as_json in (False, True):
            if as_json and (route.method, route.open) == ("GET", True):
                continue  # a shell, the same for everybody also as JSON
            if as_json and route.method == "POST" and route.json is None:
                continue  # takes a form only
            for person in (*CAST, NOBODY):
                answer = knock(site(person), route, places, as_json)
                expected = route.answer_to(person, as_json)
                if as_json and route.rule == "/keluar":
                    expected = 200
                if answer.status_code != expected:
                    wrong.append((ident(route), str(person), as_json, answer.status, expected))
                elif expected >= 400 and (as_json or route.method in ("PUT", "DELETE")):
                    assert set(answer.get_json()) >= {"error", "message", "fields"}
    assert wrong == []


def test_a_deputy_a_sekretaris_and_a_former_head_get_what_their_office_gets(
    app: Flask, site: Site, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Plh. and the sekretaris of Petanang Ulu get at every route what its lurah gets; who headed
    an RT there until last month gets what another RT's head gets, and files nothing."""
    monkeypatch.setattr(people, "_NOBODY", CHEAP)
    with app.app_context():
        tuti = steps.newcomer("Tuti", "lurah", PETANANG_ULU)
        joko = steps.newcomer("Joko", "lurah", PETANANG_ULU)
        karto = steps.newcomer("Karto", "rt_head", f"{PETANANG_ULU}.008")
        with writing():
            principal = steps.user_of(HARTONO).id
            (term,) = steps.user_of(tuti).terms
            term.kind, term.letter_number = "plh", "800/12/2026"
            term.letter_date = term.since = steps.today()
            term.until, term.acts_for_id = steps.today(), principal
            (term,) = steps.user_of(joko).terms
            term.title = "sekretaris"
        steps.end_term(karto, steps.today() - timedelta(days=30))
    wrong = []
    for route in ROUTES:
        for person, like in ((tuti, HARTONO), (joko, HARTONO), (karto, SITI)):
            answer = knock(site(person), route, places, as_json=bool(route.json))
            expected = route.answer_to(like, as_json=bool(route.json))
            if person is karto and ident(route) == "POST /laporan":
                expected = 403
            if answer.status_code != expected:
                wrong.append((ident(route), person.name, answer.status, expected))
    assert wrong == []


@pytest.mark.parametrize("method", some(["HEAD", "OPTIONS"], 1))
def test_every_route_answers_also_without_a_body(
    site: Site, places: dict[str, str], method: str
) -> None:
    """HEAD where GET is no route is 405; nothing is 500."""
    for route in ROUTES:
        path = (route.path or route.rule).format(**places)
        for person in (RAHMAN, HARTONO, AGUS, NOBODY):
            for accept in ("text/html", "application/json"):
                answer = site(person).request(method, path, headers={"Accept": accept})
                assert answer.status_code < 500, f"{method} {path} for {person}"
                if method == "HEAD":
                    assert answer.data == b""


def test_no_route_is_left_out(app: Flask) -> None:
    tried = {(route.method, route.rule) for route in ROUTES}
    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == tried


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        access = getattr(view, "access", ())
        assert access, f"{endpoint} does not say who may use it"
        assert access == (ANYONE,) or set(access) <= set(ROLES), endpoint


def test_what_takes_a_body_declares_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            view = app.view_functions[rule.endpoint]
            assert getattr(view, "parser", None), f"{rule.rule} reads its body unchecked"


# Posts that change no account: a search, and the dry run of an import.
LOOKING = {"/pengelolaan", "/pengelolaan/impor", "/pengelolaan/impor/<import_id>/kolom"}


def test_whatever_changes_accounts_asks_anew(app: Flask) -> None:
    changing = {
        rule.rule: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/pengelolaan") and "POST" in (rule.methods or set())
    }
    unasked = {rule for rule, view in changing.items() if not getattr(view, "asks_anew", False)}
    assert unasked <= LOOKING


def test_diskominfo_reads_no_reports(site: Site) -> None:
    for path in ("/laporan", "/laporan/12345", "/laporan/12345/perbaikan", "/verifikasi"):
        for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
            assert site(AGUS).request("GET", path, headers=headers).status_code == 403, path


def test_out_of_region_and_no_such_thing_are_one_answer(site: Site, places: dict[str, str]) -> None:
    """So the answer does not tell whether the number exists."""
    for method, path, data in (
        ("GET", "/laporan/{number}", None),
        ("GET", "/laporan/{number}/perbaikan", None),
        ("GET", f"/laporan/{{number}}/foto/{places['photo']}", None),
        ("POST", "/laporan/{number}/verifikasi", {"version": "1", "class": "kinerja"}),
        ("POST", "/laporan/{number}/perbaikan", {"version": "1"}),
    ):
        for accept in ("text/html", "application/json"):
            with time_machine.travel(now(), tick=False):  # pages say what time it is
                there, nowhere = (
                    site(SARI).request(
                        method, path.format(number=number), data=data, headers={"Accept": accept}
                    )
                    for number in (places["number"], "99994")
                )
            assert there.status_code == nowhere.status_code == 404, path
            assert there.data == nowhere.data, path
            assert dict(there.headers) == dict(nowhere.headers), path


def test_invalid_numbers(site: Site) -> None:
    for number in ("0", "x", "~", "00018.", "1" * 300, "..%2f..", "%00", "%ff"):
        for person in (RAHMAN, DEWI):
            answer = site(person).request("GET", f"/laporan/{number}")
            assert answer.status_code == 404, number


def test_without_a_session_json_and_htmx_are_never_redirected(
    site: Site, places: dict[str, str]
) -> None:
    for route in [one for one in ROUTES if not one.open]:
        path = (route.path or route.rule).format(**places)
        if route.method == "GET" or route.json is not None:
            as_json = knock(site(), route, places, as_json=True)
            assert (as_json.status_code, as_json.get_json()["error"]) == (401, "not_signed_in")
        if route.method in ("GET", "POST"):
            headers = {"HX-Request": "true"}
            answer = site().request(route.method, path, headers=headers, data=route.form)
            assert answer.status_code == 401, path
            assert "Location" not in answer.headers
            assert "HX-Redirect" not in answer.headers


def test_a_page_without_a_session_is_the_sign_in_page_in_its_place(site: Site) -> None:
    page = site().get("/laporan?status=waiting", status=401)
    assert (
        page.values("form[action='/masuk']:has(#field-phone)")["next"] == "/laporan?status=waiting"
    )
