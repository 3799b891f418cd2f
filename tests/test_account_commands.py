"""The command line of accounts and offices: what it does, who it says did it, what it refuses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from sipokat import operating
from sipokat.database import db
from sipokat.domain import offices
from sipokat.models import AdministrativeEntry
from tests import steps
from tests.cast import AGUS, BEJO, HARTONO, PETANANG_ULU, RAHMAN, SARI, SITI, Person
from tests.page import Visitor
from tests.steps import user_of

pytestmark = pytest.mark.once  # the domain is tried on both

LURAH = ("--role=lurah", f"--region={PETANANG_ULU}")


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating.getpass, "getuser", lambda: "budi")


def run(app: Flask, command: str, person: Person, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=[command, f"--phone={person.phone}", *words])


def newest(app: Flask) -> tuple[Any, ...]:
    """(action, operator, name of the actor) of the newest entry."""
    with app.app_context():
        query = select(AdministrativeEntry).order_by(AdministrativeEntry.id.desc()).limit(1)
        one = db.session.scalars(query).one()
        return one.action, one.operator, one.actor.name if one.actor else None


def test_a_lost_right_ends_on_the_next_request(app: Flask) -> None:
    phone, other = Visitor(app, RAHMAN), Visitor(app, SITI)
    done = run(app, "end-sessions", RAHMAN)
    assert (done.exit_code, done.output) == (0, "1 sessions of Rahman were ended.\n")
    phone.json("GET", "/laporan", status=401)
    phone = Visitor(app, RAHMAN)
    done = run(app, "disable-user", RAHMAN)
    assert (done.exit_code, done.output) == (0, "The account of Rahman is closed.\n")
    phone.json("GET", "/laporan", status=401)
    assert Visitor(app, RAHMAN).user_id is None
    other.json("GET", "/laporan")
    assert newest(app) == ("disable", "budi", None)
    assert run(app, "enable-user", RAHMAN).exit_code == 0
    Visitor(app, RAHMAN).json("GET", "/laporan")


def test_an_office_ends_and_begins(app: Flask) -> None:
    yesterday = steps.today() - timedelta(days=1)
    done = run(app, "end-term", HARTONO, *LURAH, f"--on={yesterday}")
    assert done.output == f"Hartono: Lurah Petanang Ulu until {yesterday}.\n"
    Visitor(app, HARTONO).json("GET", "/laporan")
    assert Visitor(app, HARTONO).json("GET", "/verifikasi")["items"] == []
    done = run(app, "begin-term", SITI, *LURAH)
    assert done.output == f"Siti Aminah: Lurah Petanang Ulu from {steps.today()} on.\n"
    Visitor(app, SITI).get("/verifikasi")
    with app.app_context():
        assert offices.desks_over(user_of(SITI), RAHMAN.region) == {"kelurahan"}


def test_an_office_with_a_wrong_day_is_taken_back(app: Flask) -> None:
    where = ("--role=rt_head", f"--region={PETANANG_ULU}.009", "--since=2062-12-01")
    assert run(app, "begin-term", SITI, *where).exit_code == 0
    done = run(app, "withdraw-term", SITI, *where)
    assert done.output == "Siti Aminah: Ketua RT 009 Petanang Ulu does not begin on 2062-12-01.\n"
    assert newest(app) == ("withdraw_term", "budi", None)
    said = Visitor(app, SITI).get("/akun").text("section[aria-labelledby='perubahan']")
    assert "Jabatan dibatalkan : Ketua RT 009 Petanang Ulu, sejak 1 Des 2062" in said


def test_who_does_it_may_be_named(app: Flask) -> None:
    assert run(app, "disable-user", RAHMAN, f"--by={AGUS.phone}").exit_code == 0
    assert newest(app) == ("disable", "budi", "Agus Salim")
    shown = run(app, "show-user", RAHMAN).output
    assert "disable by operator budi for Agus Salim (diskominfo)" in shown
    run(app, "enable-user", RAHMAN, f"--by={AGUS.phone}")
    assert newest(app) == ("enable", "budi", "Agus Salim")
    said = Visitor(app, RAHMAN).get("/akun").text("section[aria-labelledby='perubahan']")
    assert "pengelola SIPOKAT untuk Agus Salim, Diskominfo" in said
    for nobody in (HARTONO.phone, "081200009999", "0812"):
        done = run(app, "enable-user", RAHMAN, f"--by={nobody}")
        assert done.exit_code == 1
        assert done.output.startswith("Error: ")
    assert newest(app) == ("new_phone", None, "Rahman")


def test_a_new_name_and_number_and_password(app: Flask) -> None:
    done = run(app, "change-user", RAHMAN, "--name=Rahman Hakim", "--new-phone=0813 0000 0001")
    assert done.output == "Rahman Hakim signs in with +6281300000001.\n"
    moved = Person("081300000001", "Rahman Hakim", "rt_head", RAHMAN.region)
    Visitor(app, moved).json("GET", "/laporan")
    assert run(app, "set-password", moved, "--password=kata sandi baru").exit_code == 0
    assert newest(app) == ("set_password", "budi", None)
    shown = run(app, "show-user", moved).output
    for line in (
        "Rahman Hakim, +6281300000001, open",
        "  Ketua RT 001 Petanang Ulu, 2020-01-01 to now",
        'change_name by operator budi: {"name": "Rahman"} → {"name": "Rahman Hakim"}',
        "set_password by operator budi",
        "create by operator tests",
    ):
        assert line in shown


def code_in(done: Result) -> str:
    found = re.search(r"code   (\S+)", done.output)
    assert found is not None, done.output
    return found[1]


def get_in(app: Flask, person: Person, code: str) -> Visitor:
    phone = Visitor(app)
    given = {"code": code, "last4": person.phone[-4:], "pin": "385026"}
    phone.user_id = phone.json("POST", "/aktivasi", given)["user"]["id"]
    return phone


def test_a_code_is_printed_with_the_link_that_carries_it(app: Flask) -> None:
    done = run(app, "new-activation", RAHMAN)
    code = code_in(done)
    assert f"/aktivasi#{code}\n" in done.output
    assert newest(app) == ("make_activation", "budi", None)
    assert "no longer good" not in done.output
    printed = run(app, "new-activation", RAHMAN, "--printed", f"--by={HARTONO.phone}")
    assert "The code made before is no longer good" in printed.output
    assert newest(app) == ("make_activation", "budi", "Hartono")
    Visitor(app).json("POST", "/aktivasi/orang", {"code": code}, status=422)
    get_in(app, RAHMAN, code_in(printed)).json("GET", "/laporan")
    assert newest(app) == ("activate", None, "Rahman")


def test_the_first_account_of_diskominfo_gets_a_code_and_no_password(app: Flask) -> None:
    wati = Person("081300000002", "Wati", "diskominfo", "16.73")
    words = ("--name=Wati", "--role=diskominfo", "--region=16.73")
    done = run(app, "create-user", wati, *words)
    assert done.exit_code == 0, done.output
    assert "Wati has an account with +6281300000002, and gets in by this code:" in done.output
    assert "may sign in" not in done.output
    get_in(app, wati, code_in(done)).get("/beranda")
    budi = Person("081300000003", "Budi", "rt_head", f"{PETANANG_ULU}.009")
    words = ("--name=Budi", "--role=rt_head", f"--region={budi.region}", "--activation")
    get_in(app, budi, code_in(run(app, "create-user", budi, *words))).json("GET", "/laporan")


def test_a_password_is_asked_for_where_there_is_neither(app: Flask) -> None:
    budi = Person("081300000003", "Budi", "rt_head", f"{PETANANG_ULU}.009")
    words = ["create-user", f"--phone={budi.phone}", "--name=Budi", "--role=rt_head"]
    typed = "kata sandi Budi\nkata sandi Budi\n"
    runner = app.test_cli_runner()
    done = runner.invoke(args=[*words, f"--region={budi.region}"], input=typed)
    assert done.exit_code == 0, done.output
    body = {"phone": budi.phone, "password": "kata sandi Budi"}
    Visitor(app).json("POST", "/masuk", body)


def test_an_operator_without_a_name_is_a_number(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(operating.getpass, "getuser", unknown)
    monkeypatch.setattr(operating.os, "getuid", lambda: 4711)
    assert run(app, "end-sessions", RAHMAN).exit_code == 0
    assert newest(app) == ("end_sessions", "4711", None)


@pytest.mark.parametrize(
    ("command", "person", "words", "says"),
    [
        ("disable-user", AGUS, (), "satu-satunya akun Diskominfo"),
        ("disable-user", BEJO, (), "sudah ditutup"),
        ("enable-user", RAHMAN, (), "tidak ditutup"),
        ("end-term", AGUS, ("--role=diskominfo", "--region=16.73"), "satu-satunya"),
        ("end-term", RAHMAN, LURAH, "tidak memegang jabatan itu"),
        ("end-term", HARTONO, (*LURAH, "--on=2019-12-31"), "baru mulai pada 1 Jan 2020"),
        ("end-term", HARTONO, (*LURAH, "--on=31-12-2026"), "is not a day"),
        ("begin-term", SITI, ("--role=rt_head", f"--region={RAHMAN.region}"), "Rahman memegang"),
        ("begin-term", SITI, ("--role=lurah", "--region=16.73.99.1001"), "tidak ada"),
        ("begin-term", SITI, ("--role=lurah", "--region=16.73.04"), "tidak cocok"),
        ("change-user", SITI, (f"--new-phone={RAHMAN.phone}",), "sudah dipakai"),
        ("change-user", SITI, ("--name=",), "Isi nama"),
        ("new-activation", BEJO, (), "ditutup"),
        ("new-activation", SARI, (f"--by={HARTONO.phone}",), "tidak ditemukan di wilayah Anda"),
        ("new-activation", SITI, (f"--by={RAHMAN.phone}",), "dibuat oleh lurah"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_is_said_in_a_sentence_and_changes_nothing(
    app: Flask, command: str, person: Person, words: tuple[str, ...], says: str
) -> None:
    before = newest(app)
    done = run(app, command, person, *words)
    assert done.exit_code in (1, 2)
    assert says in done.output
    assert "Traceback" not in done.output
    assert newest(app) == before
    for phone in ("081200009999", "021555"):
        stranger = Person(phone, "", "", "")
        assert run(app, command, stranger, *words).exit_code in (1, 2)


def test_deputies_and_regions_from_the_command_line(app: Flask) -> None:
    today = steps.today()
    letter = ("--kind=plh", "--letter=800/12", f"--dated={today}")
    done = run(app, "appoint-deputy", SARI, *LURAH, *letter, f"--until={today}")
    assert done.output == f"Sari Wulandari: Plh. Lurah Petanang Ulu from {today} to {today}.\n"
    assert "Plh. Lurah Petanang Ulu, " in run(app, "show-user", SARI).output
    done = run(app, "appoint-deputy", SITI, *LURAH, *letter, f"--until={today}")
    assert (done.exit_code, "sudah menjadi Plh. Lurah" in done.output) == (1, True)
    done = run(app, "begin-term", SITI, *LURAH, "--title=sekretaris")
    assert "Siti Aminah: Sekretaris Kelurahan Petanang Ulu from" in done.output

    def change(*words: str) -> str:
        return app.test_cli_runner().invoke(args=words).output.strip()

    new = [f"{PETANANG_ULU}.{number}" for number in ("014", "015", "016")]
    assert change("split-rt", RAHMAN.region, RAHMAN.region, new[0]).endswith(f"new are {new[0]}.")
    assert change("add-rt", new[1]) == f"{new[1]} is there from {today} on."
    assert change("move-rt", SITI.region, new[2]) == f"{SITI.region} goes on as {new[2]}."
    assert change("merge-rt", RAHMAN.region, BEJO.region, f"--into={RAHMAN.region}").endswith(".")
    assert change("rename-region", PETANANG_ULU, "Petanang").endswith("is called Petanang.")
    assert "baru ada mulai" in change("end-rt", new[1], f"--on={today - timedelta(days=1)}")
    assert change("end-rt", new[1]) == f"{new[1]} is there until {today}."
    assert newest(app)[:2] == ("end_region", "budi")
