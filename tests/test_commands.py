"""The command line: `flask create-user`, `set-password`, `load-regions`, `load-demo`. The other
commands about accounts are in `test_account_commands.py`."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from sipokat.database import db, writing
from sipokat.models import Region, User
from tests.cast import PETANANG_ULU, RAHMAN
from tests.page import Visitor

pytestmark = pytest.mark.once  # the domain is tried on both

PASSWORD = "kata sandi Budi"


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def create_user(app: Flask, **changes: str) -> Result:
    given = {
        "phone": "0813 0000 0001",
        "name": "Budi",
        "role": "rt_head",
        "region": f"{PETANANG_ULU}.009",
        "password": PASSWORD,
    } | changes
    return run(app, "create-user", *[f"--{name}={value}" for name, value in given.items()])


def test_a_new_user_may_sign_in(app: Flask) -> None:
    done = create_user(app)
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    body = {"phone": "+6281300000001", "password": PASSWORD}
    user = Visitor(app).json("POST", "/masuk", body)["user"]
    assert (user["name"], user["region"]) == ("Budi", f"{PETANANG_ULU}.009")


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "021555"},
        {"phone": RAHMAN.phone},
        {"role": "walikota"},
        {"region": PETANANG_ULU},
        {"region": "16"},
        {"region": "x"},
        {"role": "lurah", "region": "16.73.99.1001"},
        {"password": "pendek"},
        {"name": "x" * 81},
    ],
    ids=str,
)
def test_what_cannot_be_is_said_without_a_traceback(app: Flask, wrong: dict[str, str]) -> None:
    done = create_user(app, **wrong)
    assert done.exit_code in (1, 2)
    assert "Error: " in done.output
    assert "Traceback" not in done.output
    with app.app_context():
        assert not db.session.scalars(select(User).where(User.name == "Budi")).all()


def test_who_forgot_the_password_gets_another(app: Flask) -> None:
    phone = Visitor(app, RAHMAN)
    new = "kata sandi baru Rahman"
    done = run(app, "set-password", "--phone=+62 812-0000-0101", f"--password={new}")
    assert (done.exit_code, done.output) == (
        0,
        f"{RAHMAN.name} may sign in with the new password.\n",
    )
    phone.json("GET", "/laporan", status=401)
    user = Visitor(app).json("POST", "/masuk", {"phone": RAHMAN.phone, "password": new})["user"]
    assert user["name"] == RAHMAN.name


@pytest.mark.parametrize(
    "wrong", [("0812 0000 9999", "kata sandi lain"), ("021555", "kata sandi lain"), ("", "pendek")]
)
def test_no_password_is_set_for_nobody(app: Flask, wrong: tuple[str, str]) -> None:
    phone, password = wrong
    done = run(app, "set-password", f"--phone={phone or RAHMAN.phone}", f"--password={password}")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert ("belum lengkap" in done.output) == (phone == "021555")
    Visitor(app, RAHMAN).get("/beranda")


def test_regions_are_loaded_once(app: Flask) -> None:
    assert "0 regions" in run(app, "load-regions").output
    with app.app_context():
        with writing() as session:
            session.delete(session.get_one(Region, "16.73.08.1010"))
        assert "1 regions" in run(app, "load-regions").output
        count = select(func.count()).select_from(Region).where(Region.level != "rt")
        assert db.session.scalar(count) == 81


def test_the_demo_never_comes_over_what_is_there(app: Flask) -> None:
    done = run(app, "load-demo")
    assert done.exit_code == 1
    assert "not empty" in done.output
    app.config["MODE"] = "production"
    assert "production" in run(app, "load-demo").output
