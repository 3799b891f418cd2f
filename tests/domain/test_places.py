"""Where what people report lies: what is drawn, what is only counted, and who is too many."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from sipokat.domain import places
from sipokat.domain.clock import WIB
from sipokat.models import Report
from tests import steps
from tests.cast import (
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)

DAY = date(2026, 12, 10)
MONTH = "2026-12"
HERE, THERE, PALEMBANG = (-3.20, 102.88), (-3.24, 102.90), (-2.99, 104.76)


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=WIB), tick=True):
        yield


def at(person: Person, point: tuple[float, float] | None, category: str = "tamu") -> Report:
    placed = {"lat": point[0], "lon": point[1], "accuracy_m": 9.0} if point else {}
    return steps.send(person, category, on=DAY, **placed)


def test_only_places_within_the_city_are_drawn_and_all_others_are_counted(
    session: Session,
) -> None:
    drawn = at(RAHMAN, HERE)
    outside = at(SITI, PALEMBANG)
    at(SITI, None)
    rejected = steps.act(HARTONO, at(RAHMAN, HERE), "reject")
    found = places.of_month(session, PETANANG_ULU, MONTH)
    assert (found.total, found.placed, found.outside) == (3, 2, 1)
    assert {(one.number, one.drawn) for one in found.places} == {
        (drawn.number, True),
        (outside.number, False),
    }
    assert rejected.number not in {one.number for one in found.places}
    assert [(one.code, one.count) for one in found.named] == [(RAHMAN.region, 1)]


def test_the_name_of_a_region_stands_in_the_middle_of_its_places(session: Session) -> None:
    at(RAHMAN, HERE)
    at(SITI, THERE)
    at(SITI, PALEMBANG)
    at(MARLINA, THERE)
    (petanang, taba) = sorted(
        places.of_month(session, UTARA_I, MONTH).named, key=lambda one: one.code != PETANANG_ULU
    )
    assert (petanang.code, petanang.count) == (PETANANG_ULU, 2)
    assert (petanang.lat, petanang.lon) == (pytest.approx(-3.22), pytest.approx(102.89))
    assert (taba.code, taba.lat) == (TABA_BARU, pytest.approx(-3.24))


def test_too_many_are_counted_by_kelurahan_and_one_kelurahan_shows_its_newest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", 2)
    for person in (RAHMAN, SITI, RAHMAN, MARLINA):
        at(person, HERE)
    outside = at(MARLINA, PALEMBANG)
    whole = places.of_month(session, KOTA, MONTH)
    assert [one.number for one in whole.places] == [outside.number]
    assert {one.code: one.count for one in whole.groups} == {PETANANG_ULU: 3, TABA_BARU: 1}
    part = places.of_month(session, PETANANG_ULU, MONTH)
    assert part.groups == ()
    assert [one.region_code for one in part.places] == [RAHMAN.region, SITI.region]


def test_another_month_and_another_region_have_other_places(session: Session) -> None:
    at(RAHMAN, HERE)
    for scope, month in ((KOTA, "2026-11"), (EFFENDI.region, MONTH), (SITI.region, MONTH)):
        assert places.of_month(session, scope, month).total == 0
    found = places.of_month(session, RAHMAN.region, MONTH)
    assert (found.total, found.named) == (1, ())


def test_bencana_is_shown_until_it_is_final(session: Session) -> None:
    flood = at(RAHMAN, HERE, "bencana")
    at(SITI, None, "bencana")
    at(SITI, HERE)
    found = places.of_open_bencana(session, UTARA_I)
    assert (found.total, [one.number for one in found.places]) == (2, [flood.number])
    assert places.of_open_bencana(session, EFFENDI.region).total == 0
    steps.act(YUSUF, steps.climb(flood, HARTONO), "reject")
    assert places.of_open_bencana(session, UTARA_I).placed == 0


def test_the_city_holds_itself_and_not_its_neighbours() -> None:
    box = places.city()
    assert box.holds(-3.2967, 102.8617)  # the town hall
    assert not box.holds(-2.99, 104.76)  # Palembang
    assert not box.holds(-3.2967, -102.8617)
    assert not box.holds(0, 0)
