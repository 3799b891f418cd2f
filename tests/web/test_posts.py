"""The pages of offices: who holds which, who acts, and how that is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from sipokat.database import db, writing
from sipokat.domain import accounts, endings, offices, people, regions, terms
from sipokat.domain.clock import now
from sipokat.models import AdministrativeEntry, LoginSession, Term
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Page, Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import OPERATOR, act, days, send, user_of

Site = Callable[..., Visitor]
LURAH = f"/pengelolaan/jabatan/lurah/{PETANANG_ULU}"
HEAD = f"/pengelolaan/jabatan/rt_head/{RAHMAN.region}"
NAMING, DEPUTY = "section[aria-labelledby=tunjuk] a", "form:has([name=letter_number])"
NEW = "section[aria-labelledby=ganti] form"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def id_of(app: Flask, person: Person) -> str:
    with app.app_context():
        return user_of(person).id


def vacate(app: Flask, person: Person) -> None:
    with app.app_context(), writing() as session:
        user = user_of(person)
        endings.end(session, OPERATOR, user, user.terms[0], days(-1))


def letter(app: Flask, who: Person, kind: str = "plh", **changes: Any) -> dict[str, str]:
    given = {
        "role": "lurah",
        "region": PETANANG_ULU,
        "kind": kind,
        "person": id_of(app, who),
        "since": days(0).isoformat(),
        "until": days(6).isoformat(),
        "letter_number": "800/12/2026",
        "letter_date": days(0).isoformat(),
    }
    return given | changes


def named(app: Flask, person: Person, page: Page) -> Page:
    page = page.visitor.get(page.one(NAMING)["href"])
    return page.submit(DEPUTY, person=id_of(app, person), letter_number="800/12/2026")


def test_a_camat_names_a_plh_of_a_lurah(app: Flask, site: Site) -> None:
    above = site(YUSUF).get("/pengelolaan/jabatan")
    assert "Lurah Petanang Ulu Hartono sejak " in above.text("main")
    page = site(YUSUF).get(LURAH)
    assert "Tunjuk Plh." in page.text("main")
    assert not page.has(NEW), "the city names lurahs"
    page = named(app, SARI, page)
    assert "Sari Wulandari menjadi Plh. Lurah Petanang Ulu." in page.text("#notices")
    assert "Surat perintah 800/12/2026" in page.text("main")
    assert "Plh. Lurah Petanang Ulu berakhir " in page.text("main")
    home = site(SARI).get("/beranda").text("main")
    assert "Lurah Taba Baru, Plh. Lurah Petanang Ulu" in home
    assert ", 6 hari lagi." in home
    assert "Jabatan segera berakhir" in site(YUSUF).get("/beranda").text("main")
    page = page.submit("form[action$='/pengakhiran']")
    assert "Plh. Lurah Petanang Ulu sampai" in page.text("#notices")


def test_a_vacant_office_says_since_when_and_gets_a_plt(app: Flask, site: Site) -> None:
    vacate(app, HARTONO)
    home = site(YUSUF).get("/beranda")
    assert "Petanang Ulu › kosong sejak " in home.text("main")
    assert home.has(f"a[href='{LURAH}/wakil']"), "one tap from home opens the form"
    page = site(YUSUF).get(LURAH)
    assert "Kosong sejak" in page.text("main")
    page = named(app, SARI, page)
    assert "menjadi Plt. Lurah Petanang Ulu." in page.text("#notices")
    assert "Petanang Ulu › kosong" not in site(YUSUF).get("/beranda").text("main")


def test_a_new_head_takes_over_an_rt(app: Flask, site: Site) -> None:
    page = site(HARTONO).get(HEAD)
    page = page.submit(NEW, name="Pak Jaya", phone="0812 7777 0001", since=days(0).isoformat())
    assert "Pak Jaya menjadi Ketua RT 001 Petanang Ulu." in page.text("#notices")
    with app.app_context():
        former = user_of(RAHMAN).terms[0]
        assert former.until == days(-1)
        jaya = people.find_by_phone(db.session(), "081277770001")
        assert jaya is not None
        assert [one.region for one in offices.held(jaya)] == [RAHMAN.region]
    home = site(RAHMAN).get("/beranda").text("main")
    assert "Jabatan Anda berakhir " in home
    page = site(HARTONO).get(HEAD)
    page = page.submit(NEW, 422, name="Siti", phone=SITI.phone, since=days(1).isoformat())
    assert "akun dengan nama lain" in page.text("main")
    assert page.values(NEW)["name"] == "Siti", "nothing typed is lost"
    page = page.submit(NEW, name="siti aminah", phone=SITI.phone, since=days(1).isoformat())
    assert "Siti Aminah menjadi Ketua RT 001 Petanang Ulu." in page.text("#notices")
    page = page.submit("form[action$='/pengakhiran']:not(:has(input[name=last]))")
    assert "tidak jadi menjadi" in page.text("#notices")


def test_a_desk_ends_no_term_so_long_ago_that_waiting_reports_would_be_refused(site: Site) -> None:
    """What Rahman wrote and could not send yet is taken until 60 days after his office. A lurah who
    writes a decree down late has a month; Diskominfo may set right what is older."""
    ending, month_ago, longer = "form[action$='/pengakhiran']", days(-31), days(-32)
    page = site(HARTONO).get(HEAD).submit(ending, 422, last=longer.isoformat())
    assert "Paling lama 31 hari yang lalu." in page.text(ending)
    new = {"name": "Pak Jaya", "phone": "0812 7777 0001"}
    page = page.submit(NEW, 422, **new, since=longer.isoformat())
    assert "Paling lama 31 hari yang lalu." in page.text(NEW)
    page = page.submit(NEW, **new, since=month_ago.isoformat())
    assert "Pak Jaya menjadi Ketua RT 001" in page.text("#notices")
    page = site(AGUS).get(f"/pengelolaan/jabatan/rt_head/{SITI.region}")
    page = page.submit(ending, last=longer.isoformat())
    assert "Siti Aminah menjadi Ketua RT 002 Petanang Ulu sampai" in page.text("#notices")


def test_a_head_of_long_ago_is_entered_where_nobody_is_in_the_way(app: Flask, site: Site) -> None:
    with app.app_context(), writing() as session:
        rt = regions.ensure_rt(session, f"{PETANANG_ULU}.009").code
    new = {"name": "Pak Jaya", "phone": "0812 7777 0001", "since": days(-900).isoformat()}
    body = new | {"role": "rt_head", "region": rt, "kind": "definitif"}
    site(HARTONO).json("POST", "/pengelolaan/jabatan", body, status=201)


def test_diskominfo_goes_down_and_seats_a_sekretaris(app: Flask, site: Site) -> None:
    page = site(AGUS).get("/pengelolaan/jabatan")
    assert "Bagian Pemerintahan" in page.text("main")
    assert "Camat Lubuklinggau Utara I" in page.text("main")
    page = site(AGUS).get(f"/pengelolaan/jabatan?di={UTARA_I}")
    assert "Lurah Petanang Ulu" in page.text("main")
    assert "Ketua RT 001 Petanang Ulu" in (
        site(AGUS).get(f"/pengelolaan/jabatan?di={PETANANG_ULU}").text("main")
    )
    page = site(AGUS).get(LURAH)
    new = {"name": "Bu Nila", "phone": "0812 7777 0002", "since": days(0).isoformat()}
    page = page.submit(NEW, title="sekretaris", **new)
    assert "Bu Nila menjadi Sekretaris Kelurahan Petanang Ulu." in page.text("#notices")
    assert "Hartono" in page.text("main"), "beside the lurah, not in her place"
    page = site(AGUS).get("/pengelolaan/jabatan/diskominfo/16.73")
    assert not page.has(NAMING)
    new = {"name": "Bu Rina", "phone": "0812 7777 0003", "since": days(0).isoformat()}
    page = page.submit(NEW, **new)
    assert "Agus Salim" in page.text("main")
    assert "Bu Rina" in page.text("main")


def test_a_desk_whose_holder_may_not_decide_waits_for_a_plh(app: Flask, site: Site) -> None:
    with app.app_context():
        with writing() as session:
            lurah = user_of(SARI)
            terms.begin(session, OPERATOR, lurah, "camat", UTARA_I, days(0), seat="sekretaris")
            camat = user_of(YUSUF)
            endings.end(session, OPERATOR, camat, camat.terms[0], days(-1))
        report = act(SARI, send(MARLINA), "verify")
        assert report.desk == "kecamatan"
        send(RAHMAN)
        db.session.remove()
    assert "Menunggu Plh. camat" in site(AGUS).get("/pengelolaan/jabatan").text("main")
    home = site(DEWI).get("/beranda").text("main")
    assert "Menunggu Plh. camat" in home
    assert "Camat Lubuklinggau Utara I: 1 laporan" in home
    assert "Menunggu Plh." not in site(HARTONO).get("/beranda").text("main")
    letter_for = {"role": "camat", "region": UTARA_I}
    body = letter(app, HARTONO, "plt", **letter_for)
    site(DEWI).json("POST", "/pengelolaan/jabatan", body, status=201)
    assert "Menunggu Plh." not in site(DEWI).get("/beranda").text("main")


def test_as_json_and_what_is_wrong(app: Flask, site: Site) -> None:
    made = site(YUSUF).json("POST", "/pengelolaan/jabatan", letter(app, SARI), status=201)
    assert made["term"]["kind"] == "plh"
    assert made["term"]["acting_for"] == id_of(app, HARTONO)
    for changes, status, field in (
        ({"person": id_of(app, SITI)}, 409, None),
        ({"until": "kapan-kapan"}, 422, "until"),
        ({"kind": "pjs"}, 422, "kind"),
        ({"person": "", "name": "Pak Anu", "phone": "081277770009"}, 422, "phone"),
        ({"person": "", "name": "", "phone": ""}, 422, "name"),
        ({"region": "16.73.99.1001"}, 404, None),
        ({"role": "walikota"}, 404, None),
        ({"kind": "definitif", "person": id_of(app, SITI)}, 403, None),
    ):
        body = letter(app, SARI, **changes)
        before = entries(app)
        said = site(YUSUF).json("POST", "/pengelolaan/jabatan", body, status=status)
        assert field is None or list(said["fields"]) == [field], changes
        assert entries(app) == before
    with app.app_context():
        assert len(db.session.scalars(select(Term).where(Term.kind == "plh")).all()) == 1


def test_nobody_names_themselves_nor_a_closed_account(app: Flask, site: Site) -> None:
    with app.app_context(), writing() as session:
        accounts.disable(session, OPERATOR, user_of(SITI))
    for who, office, field, said in (
        (AGUS, {"role": "camat", "region": UTARA_I}, "person", "bukan diri sendiri"),
        (HARTONO, {"role": "rt_head", "region": RAHMAN.region}, "person", "bukan diri sendiri"),
        (HARTONO, {"role": "rt_head", "region": RAHMAN.region}, "phone", "bukan diri sendiri"),
        (AGUS, {"role": "lurah", "region": PETANANG_ULU, "title": "kasi"}, "person", "bukan diri"),
        (SITI, {"role": "rt_head", "region": RAHMAN.region}, "person", "Akun Siti Aminah ditutup."),
    ):
        body = office | {"kind": "definitif", "since": days(0).isoformat()}
        if field == "person":
            body["person"] = id_of(app, who)
        else:
            body |= {"name": who.name, "phone": who.phone}
        before = entries(app)
        maker = HARTONO if who is SITI else who
        wrong = site(maker).json("POST", "/pengelolaan/jabatan", body, status=422)["fields"]
        assert said in wrong[field], body
        assert entries(app) == before


def test_a_region_that_is_none_is_not_found(site: Site) -> None:
    for code in ("16.73.99", "16.73.04.1009.001.7", "16.73.x"):
        site(AGUS).get(f"/pengelolaan/jabatan?di={code}", status=404)
    site(HARTONO).get(f"/pengelolaan/jabatan?di={UTARA_I}", status=404)


def test_a_lurah_takes_nobody_from_elsewhere(app: Flask, site: Site) -> None:
    """A lurah makes codes for her RT heads: whoever holds or held an office elsewhere must not
    become one by her hand alone."""
    vacate(app, EFFENDI)
    for by, role, region, who in (
        (HARTONO, "rt_head", RAHMAN.region, YUSUF),
        (HARTONO, "rt_head", RAHMAN.region, MARLINA),
        (HARTONO, "rt_head", RAHMAN.region, EFFENDI),
    ):
        before = entries(app)
        body = letter(app, who, kind="definitif", role=role, region=region)
        said = site(by).json("POST", "/pengelolaan/jabatan", body, status=422)
        assert list(said["fields"]) == ["person"], (by, who)
        assert entries(app) == before
    typed = {"name": "Marlina", "phone": MARLINA.phone, "since": days(0).isoformat()}
    page = site(HARTONO).get(HEAD).submit(NEW, 422, **typed)
    assert "Minta Diskominfo" in page.text(NEW), "beside the number that was typed"
    body = letter(app, MARLINA, kind="definitif", role="rt_head", region=RAHMAN.region)
    site(AGUS).json("POST", "/pengelolaan/jabatan", body, status=201)


def test_days_and_codes_that_there_are_not(app: Flask, site: Site) -> None:
    with app.app_context():
        term = user_of(RAHMAN).terms[0].id
    for last in ("9999-12-31", "0001-01-01"):
        end = f"{HEAD}/{term}/pengakhiran"
        said = site(HARTONO).json("POST", end, {"last": last}, status=422)
        assert list(said["fields"]) == ["until"], last
        body = letter(app, SITI, kind="definitif", role="rt_head", region=RAHMAN.region, since=last)
        said = site(HARTONO).json("POST", "/pengelolaan/jabatan", body, status=422)
        assert list(said["fields"]) == ["since"], last


def entries(app: Flask) -> int:
    """How many changes the record has, but for who signed in on a new phone."""
    with app.app_context():
        changes = select(func.count()).where(AdministrativeEntry.action != "new_phone")
        return db.session.scalar(changes) or 0


def test_whoever_proved_who_they_are_long_ago_is_asked_anew(app: Flask, site: Site) -> None:
    visitor = site(YUSUF)
    with app.app_context(), writing() as session:
        session.execute(update(LoginSession).values(proved_at=now() - timedelta(days=1)))
    assert visitor.json("POST", "/pengelolaan/jabatan", letter(app, SARI), status=401)


def test_the_screen_says_as_what_somebody_acts(app: Flask, site: Site) -> None:
    with app.app_context():
        hers, report = send(MARLINA), send(RAHMAN)
        numbers = hers.number, report.number
        db.session.remove()
    assert "Anda bertindak sebagai" not in site(SARI).get("/verifikasi").text("main")
    site(YUSUF).json("POST", "/pengelolaan/jabatan", letter(app, SARI), status=201)
    queue = site(SARI).get("/verifikasi").text("main")
    assert "Anda bertindak sebagai Lurah Taba Baru dan Plh. Lurah Petanang Ulu." in queue
    own, other = (site(SARI).get(f"/laporan/{one}").text(".report-actions") for one in numbers)
    assert "Anda bertindak sebagai Lurah Taba Baru." in own
    assert "Anda bertindak sebagai Plh. Lurah Petanang Ulu." in other


def test_an_office_leads_to_the_phone_of_whom_one_looks_after(app: Flask, site: Site) -> None:
    link = f"a[href='/pengelolaan/orang/{id_of(app, RAHMAN)}']"
    assert site(HARTONO).get(HEAD).has(link)
    lurah = f"a[href='/pengelolaan/orang/{id_of(app, HARTONO)}']"
    assert site(YUSUF).get(LURAH).has(lurah)
    camat = f"/pengelolaan/jabatan/camat/{UTARA_I}"
    assert not site(DEWI).get(camat).has("a[href^='/pengelolaan/orang/']"), "she makes no codes"


def test_a_vacant_rt_first_gets_a_new_head(app: Flask, site: Site) -> None:
    vacate(app, RAHMAN)
    page = site(HARTONO).get(HEAD)
    assert page.has("details[open] [name=name]")
    heads = page.text("main")
    assert heads.index("Isi jabatan ini") < heads.index("Tunjuk Plt.")
    assert not site(HARTONO).get(HEAD.replace(".001", ".002")).has("details[open]")
