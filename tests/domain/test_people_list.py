"""The list of people: who is on it, in which state, and how it is narrowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import people_list
from sipokat.domain.clock import now
from sipokat.domain.people_list import Filter, list_people
from sipokat.domain.refusals import NeverAllowed
from sipokat.models import KnownDevice, LoginSession
from tests import steps
from tests.cast import (
    AGUS,
    BARAT_I,
    BEJO,
    CAST,
    DEWI,
    EFFENDI,
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
from tests.steps import refused, user_of


def names(session: Session, person: Person, **wanted: Any) -> list[str]:
    found = list_people(session, user_of(person), Filter(**wanted))
    assert found.total == len(found.people)
    return [one.person.name for one in found.people]


def state_of(session: Session, person: Person) -> str:
    found = list_people(session, user_of(AGUS), Filter(said=person.phone))
    return found.people[0].state


def contact(person: Person, at: datetime, pin: bool = False, session: bool = True) -> None:
    """Have the person get in on a phone at this moment."""
    user_id = user_of(person).id
    with writing() as to_change:
        phone = KnownDevice(user_id=user_id, token_hash=f"{user_id}{at}"[:64], last_used_at=at)
        phone.pin_hash = "x" if pin else None
        to_change.add(phone)
        to_change.flush()
        if session:
            to_change.add(
                LoginSession(
                    user_id=user_id,
                    device_id=phone.id,
                    token_hash=f"s{user_id}{at}"[:64],
                    device="Chrome di Android",
                    created_at=at,
                    last_used_at=at,
                )
            )


def test_who_looks_after_whom_by_region_and_name(session: Session) -> None:
    assert names(session, HARTONO) == ["Rahman", "Siti Aminah", "Bejo"]
    assert names(session, SARI) == ["Marlina"]
    assert names(session, YUSUF) == [
        "Sari Wulandari",
        "Marlina",
        "Hartono",
        "Rahman",
        "Siti Aminah",
        "Bejo",
    ]
    assert len(names(session, AGUS)) == len(CAST)
    for person in (RAHMAN, DEWI):
        refused(NeverAllowed, list_people, session, user_of(person), Filter())


def test_narrowed_by_region_and_office(session: Session) -> None:
    assert names(session, AGUS, region=TABA_BARU) == ["Sari Wulandari", "Marlina"]
    assert names(session, AGUS, region=UTARA_I, role="lurah") == ["Sari Wulandari", "Hartono"]
    assert names(session, AGUS, role="camat") == [EFFENDI.name, YUSUF.name]
    assert names(session, YUSUF, region=BARAT_I) == [], "a filter never widens what one sees"
    # Both are of one and the same office: a lurah there, and not also an RT head somewhere.
    steps.add_term(SARI, f"{PETANANG_ULU}.001", role="rt_head")
    assert "Sari Wulandari" not in names(session, AGUS, region=PETANANG_ULU, role="lurah")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("rahm", [RAHMAN.name]),
        ("RAHMAN", [RAHMAN.name]),
        (RAHMAN.phone, [RAHMAN.name]),
        ("+62 812-0000-0101", [RAHMAN.name]),
        ("0062 812/0000.0101", [RAHMAN.name]),
        ("0101", []),  # a part of a number would tell whose it is
        ("marlina", []),  # not hers to see
        ("%", []),
        ("_", []),
    ],
)
def test_searched_by_a_part_of_the_name_or_the_whole_number(
    session: Session, said: str, found: list[str]
) -> None:
    assert names(session, HARTONO, said=said) == found


def test_states(session: Session) -> None:
    at = now()
    assert state_of(session, RAHMAN) == "never"
    contact(RAHMAN, at)
    assert state_of(session, RAHMAN) == "", "who signed in by password has a phone"
    assert state_of(session, BEJO) == "closed"
    contact(SITI, at - people_list.SILENT - timedelta(minutes=1), pin=True)
    assert state_of(session, SITI) == "silent"
    contact(SITI, at, pin=True, session=False)
    assert state_of(session, SITI) == ""
    contact(MARLINA, at, session=False)
    assert state_of(session, MARLINA) == "no_phone", "nothing opens her account now"
    with writing() as to_change:
        to_change.execute(update(KnownDevice).values(pin_failures=5))
    assert state_of(session, SITI) == "", "her older session still stands"


def test_counted_and_narrowed_alike(session: Session) -> None:
    contact(RAHMAN, now())
    contact(SITI, now() - timedelta(days=40), session=False)
    for person in (HARTONO, YUSUF, AGUS):
        counts = people_list.count_states(session, user_of(person))
        for state in people_list.STATES:
            assert counts[state] == len(names(session, person, state=state)), (person.name, state)
    assert people_list.count_states(session, user_of(HARTONO)) == {
        "closed": 1,
        "never": 0,
        "silent": 1,
        "no_phone": 1,
    }


def test_last_contact_is_the_latest_of_phones_and_sessions(session: Session) -> None:
    at = now().replace(microsecond=0)
    contact(RAHMAN, at - timedelta(days=3))
    contact(RAHMAN, at - timedelta(days=2), session=False)
    (one,) = list_people(session, user_of(AGUS), Filter(said="rahman")).people
    assert one.last_contact == at - timedelta(days=2)


def test_page_by_page_everybody_once(session: Session) -> None:
    for place in range(2 * people_list.PAGE):
        steps.newcomer(f"Orang {place}", "rt_head", f"{TABA_BARU}.{place % 5 + 100:03d}")
    seen: list[str] = []
    for page in range(1, 9):
        found = list_people(session, user_of(SARI), Filter(), page)
        seen += [one.person.id for one in found.people]
        assert found.total == 2 * people_list.PAGE + 1
        if not found.more:
            break
    assert len(seen) == len(set(seen)) == 2 * people_list.PAGE + 1


def test_regions_to_choose_from(session: Session) -> None:
    assert people_list.regions_of(session, user_of(HARTONO)) == []
    names_there = [name for _, name in people_list.regions_of(session, user_of(YUSUF))]
    assert names_there[0] == "Lubuklinggau Utara I"
    assert "– Petanang Ulu" in names_there
    assert len(people_list.regions_of(session, user_of(AGUS))) == 80
