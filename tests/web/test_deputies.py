"""A Plh. is named in one tap where a desk waits for one, and the number of the letter follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from sipokat.database import db, writing
from sipokat.domain import administration, people, terms
from sipokat.models import Term
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.page import Visitor
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import send, user_of

Site = Callable[..., Visitor]
TODAY = steps.today()
OFFICE = f"/pengelolaan/jabatan/lurah/{TABA_BARU}"
ONE_TAP = "form[action='/pengelolaan/jabatan']:not(:has(fieldset))"
FORM, SURAT = "form:has(fieldset)", "form[action$='/surat']"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


@pytest.fixture
def waits(app: Flask) -> None:
    """The desk of Taba Baru: its lurah wrote the report, as head of an RT."""
    with app.app_context():
        with writing() as session:
            by, rt = administration.operator("budi"), f"{TABA_BARU}.004"
            terms.begin(session, by, user_of(SARI), "rt_head", rt, TODAY)
        send(SARI, region=rt)
        send(MARLINA)
        db.session.remove()


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("person", [YUSUF, AGUS], ids=str)
def test_one_tap_on_home_names_who_is_likely(app: Flask, site: Site, person: Person) -> None:
    home = site(person).get("/beranda")
    assert "Lurah Taba Baru: 1 laporan belum bisa diperiksa" in home.text("main")
    assert home.text(f"{ONE_TAP} button") == "Tunjuk Hartono"
    page = home.submit(ONE_TAP)
    said = page.text("#notices")
    assert "Hartono menjadi Plh. Lurah Taba Baru. Isi nomor surat perintahnya paling" in said
    home = site(person).get("/beranda")
    assert not home.has(ONE_TAP)
    assert "Nomor surat perintah belum diisi Hartono, Plh. Lurah Taba Baru" in home.text("main")
    assert "Nomor surat perintah" not in site(HARTONO).get("/beranda").text("main")
    page = page.submit(SURAT, 422, letter_number=" ")
    assert "Isi nomor surat perintah." in page.text("main")
    page = page.submit(SURAT, letter_number="800/12/2026")
    assert "Surat perintah 800/12/2026 tersimpan." in page.text("#notices")
    assert not page.has(SURAT)
    assert "Nomor surat perintah" not in site(person).get("/beranda").text("main")
    told = site(AGUS).get(f"/pengelolaan/orang/{_id(app)}").text("main")
    assert "Nomor surat perintah diisi" in told


def _id(app: Flask) -> str:
    with app.app_context():
        return user_of(HARTONO).id


@pytest.mark.usefixtures("waits")
def test_the_form_is_filled_and_takes_another_person_and_other_days(app: Flask, site: Site) -> None:
    page = site(YUSUF).get(f"{OFFICE}/wakil")
    values = page.values(FORM)
    assert values["person"] == _id(app), "the only lurah next door"
    assert values["since"] == TODAY.isoformat()
    assert values["until"] == (TODAY + timedelta(days=6)).isoformat()
    typed = {"name": "Siti Aminah", "phone": SITI.phone, "letter_number": "800/1"}
    page = page.submit(FORM, 422, **typed)
    assert "Anda juga menulis nama atau nomor lain." in page.text("main")
    assert page.values(FORM)["name"] == "Siti Aminah"
    page = page.submit(FORM, 422, person="", until="kapan")
    assert page.text("#field-until-error") == "Isi tanggalnya."
    page = page.submit(FORM, until=(TODAY + timedelta(days=2)).isoformat())
    assert "Siti Aminah menjadi Plh. Lurah Taba Baru." in page.text("#notices")
    assert "Surat perintah 800/1, " in page.text("main")
    assert "Nomor surat perintah belum diisi" not in site(YUSUF).get("/beranda").text("main")


@pytest.mark.usefixtures("waits")
def test_an_office_without_a_desk_has_no_deputy(site: Site) -> None:
    site(AGUS).get("/pengelolaan/jabatan/diskominfo/16.73/wakil", status=404)
    site(HARTONO).get(f"{OFFICE}/wakil", status=404)
    site(RAHMAN).get(f"{OFFICE}/wakil", status=403)


@pytest.mark.usefixtures("waits")
def test_as_json_the_number_follows_too(app: Flask, site: Site) -> None:
    said = {"role": "lurah", "region": TABA_BARU, "kind": "plh", "person": _id(app)}
    said |= {"since": TODAY.isoformat(), "until": TODAY.isoformat()}
    made = site(YUSUF).json("POST", "/pengelolaan/jabatan", said, status=201)
    address = f"{OFFICE}/{made['term']['id']}/surat"
    wrong = site(YUSUF).json("POST", address, {"letter_number": "1"}, status=422)
    assert list(wrong["fields"]) == ["letter_date"]
    number = {"letter_number": "1", "letter_date": TODAY.isoformat()}
    site(YUSUF).json("POST", address, number)
    site(YUSUF).json("POST", address, number | {"letter_number": "2"}, status=409)
    site(HARTONO).json("POST", address, number, status=404)
    with app.app_context():
        term = db.session.get_one(Term, made["term"]["id"])
        assert (term.letter_number, term.letter_date) == ("1", TODAY)


@pytest.mark.usefixtures("waits")
def test_the_queue_of_the_desk_above_names_one_too(app: Flask, site: Site) -> None:
    queue = site(YUSUF).get("/verifikasi")
    assert queue.text(f"{ONE_TAP} button") == "Tunjuk Hartono"
    assert not site(SARI).get("/verifikasi").has(ONE_TAP)
    queue.submit(ONE_TAP)
    assert not site(YUSUF).get("/verifikasi").has(ONE_TAP)


@pytest.mark.usefixtures("waits")
def test_the_queue_on_the_wire_says_what_one_may_not_decide(site: Site) -> None:
    items = site(SARI).json("GET", "/verifikasi")["items"]
    own, other = sorted(items, key=lambda one: len(one["may"]))
    assert own["may"] == ["withdraw"]
    assert own["barred"] == "Laporan Anda sendiri. Pejabat lain yang memeriksanya."
    assert other["may"] == ["verify", "return", "reject"]
    assert "barred" not in other
    for page in ("/verifikasi", own["url"]):
        assert own["barred"] in site(SARI).get(page).text("main"), "on the screen too"
    site(YUSUF).get("/beranda").submit(ONE_TAP)
    items = site(HARTONO).json("GET", "/verifikasi")["items"]
    assert [one["may"] for one in items] == [["verify", "return", "reject"]] * 2


def naming(whom: Person, role: str, region: str, **changes: str) -> dict[str, str]:
    """The form that names somebody Plh., by name and number."""
    named = {"role": role, "region": region, "kind": "plh", "name": whom.name, "phone": whom.phone}
    days = {"since": TODAY.isoformat(), "until": (TODAY + timedelta(days=6)).isoformat()}
    return named | days | {"letter_number": "1", "letter_date": TODAY.isoformat()} | changes


def test_a_desk_takes_no_deputy_whose_account_it_would_reach_by_it(app: Flask, site: Site) -> None:
    """A former lurah of another kelurahan: with a code for her the lurah would read what she wrote
    there. Whoever holds an office elsewhere still is out of her reach, and may be one."""
    rt, with_code = f"{PETANANG_ULU}.001", "/pengelolaan/orang/{}/aktivasi"
    with app.app_context():
        wati = steps.newcomer("Wati", "lurah", TABA_BARU)
        tuti = steps.newcomer("Tuti", "camat", UTARA_I)
        ends = steps.newcomer("Joko", "rt_head", f"{TABA_BARU}.008")
        steps.end_term(wati, TODAY - timedelta(days=1))
        steps.end_term(ends, TODAY)
        ids = {one: user_of(one).id for one in (wati, tuti)}
    for one in (wati, ends):
        said = site(HARTONO).json(
            "POST", "/pengelolaan/jabatan", naming(one, "rt_head", rt), status=422
        )
        assert "Minta Diskominfo" in said["fields"]["phone"], one.name
    site(HARTONO).json("POST", with_code.format(ids[wati]), {}, status=404)
    site(HARTONO).json("POST", "/pengelolaan/jabatan", naming(tuti, "rt_head", rt), status=201)
    site(HARTONO).json("POST", with_code.format(ids[tuti]), {}, status=404)
    site(AGUS).json(
        "POST",
        "/pengelolaan/jabatan",
        naming(wati, "rt_head", f"{PETANANG_ULU}.002"),
        status=201,
    )


def test_whom_a_desk_looks_after_may_be_deputy_wherever_they_were_before(
    app: Flask, site: Site
) -> None:
    """Lurah come from other kecamatan: their own camat needs nobody's help to name them."""
    with app.app_context(), writing():
        steps.add_term(SARI, "16.73.02.1001", until=TODAY - timedelta(days=90))
    plh = naming(SARI, "lurah", PETANANG_ULU)
    site(YUSUF).json("POST", "/pengelolaan/jabatan", plh, status=201)
    yusuf = naming(YUSUF, "camat", "16.73.02")
    site(DEWI).json("POST", "/pengelolaan/jabatan", yusuf, status=201)


def test_somebody_without_an_account_becomes_deputy(app: Flask, site: Site) -> None:
    """By the lurah for an RT, by Diskominfo for every office: both may name its holder too."""
    new = Person("081355550001", "Wati", "rt_head", f"{PETANANG_ULU}.001")
    page = site(HARTONO).get(f"/pengelolaan/jabatan/rt_head/{new.region}/wakil")
    assert "Yang belum punya akun dibuatkan akun." in page.text(FORM)
    page = page.submit(FORM, person="", name="Wati", phone=new.phone, letter_number="7")
    assert "Wati menjadi Plh. Ketua RT 001 Petanang Ulu" in page.text("#notices")
    with app.app_context():
        wati = user_of(new).id
    page = site(HARTONO).get(f"/pengelolaan/orang/{wati}")
    assert "Plh. Ketua RT 001" in page.text("main")
    assert "Akun dibuat hari ini" in page.text("main")
    site(HARTONO).json("POST", f"/pengelolaan/orang/{wati}/aktivasi", {}, status=201)
    other = Person("081355550002", "Budi", "lurah", PETANANG_ULU)
    plh = naming(other, "lurah", PETANANG_ULU)
    said = site(YUSUF).json("POST", "/pengelolaan/jabatan", plh, status=422)
    assert "minta Diskominfo menunjuknya" in said["fields"]["phone"]
    page = site(YUSUF).get(f"/pengelolaan/jabatan/lurah/{PETANANG_ULU}/wakil")
    assert "dibuatkan akun" not in page.text(FORM)
    site(AGUS).json("POST", "/pengelolaan/jabatan", plh, status=201)


def test_a_deputy_who_is_refused_leaves_no_account(app: Flask, site: Site) -> None:
    new = Person("081355550001", "Wati", "rt_head", f"{PETANANG_ULU}.001")
    late = (TODAY + timedelta(days=40)).isoformat()
    plh = naming(new, "rt_head", new.region, until=late)
    site(HARTONO).json("POST", "/pengelolaan/jabatan", plh, status=422)
    with app.app_context():
        assert people.find_by_phone(db.session(), new.phone) is None
