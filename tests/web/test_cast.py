"""The cast can sign in, Bejo cannot, and every test finds the database as new."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sipokat.models import Region, User
from tests.cast import BEJO, CAST, PASSWORD, Person
from tests.page import Visitor

Site = Callable[..., Visitor]


@pytest.mark.parametrize("person", [one for one in CAST if one.active], ids=str)
def test_each_of_the_cast_has_a_home(site: Site, person: Person) -> None:
    assert site(person).get("/beranda").has("h1")


def test_bejo_never_gets_in(site: Site) -> None:
    body = {"phone": BEJO.phone, "password": PASSWORD}
    site().json("POST", "/masuk", body, status=401)
    site(BEJO).json("GET", "/laporan", status=401)


@pytest.mark.sql
@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_does_the_next_never_sees(session: Session, turn: int) -> None:
    assert len(session.scalars(select(User)).all()) == len(CAST)
    assert len(session.scalars(select(Region).where(Region.level != "rt")).all()) == 81
    session.execute(text('DELETE FROM "term"'))
    session.commit()
