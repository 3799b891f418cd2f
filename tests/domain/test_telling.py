"""Whom a desk tells of its return or rejection, and whose number it may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, offices, telling, terms
from sipokat.domain.telling import Addressee
from sipokat.models import Report
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.steps import (
    act,
    add_term,
    climb,
    end_term,
    events_of,
    newcomer,
    send,
    today,
    user_of,
)


def told(session: Session, person: Person, report: Report) -> list[Addressee]:
    """Whom this person tells of what the report was last given."""
    user = user_of(person)
    desks = offices.desks_over(user, report.region_code)
    decided = telling.decision(events_of(report), user, desks)
    return telling.addressees(session, user, report, decided) if decided else []


def names(addressees: list[Addressee]) -> list[tuple[str, str | None, bool]]:
    return [(one.desk, one.person and one.person.name, one.may_call) for one in addressees]


@pytest.mark.parametrize("action", ["return", "reject"])
def test_the_lurah_tells_the_head_of_the_rt(session: Session, action: str) -> None:
    report = act(HARTONO, send(RAHMAN), action)
    assert names(told(session, HARTONO, report)) == [("rt", "Rahman", True)]


def test_the_camat_tells_the_lurah_to_whom_it_went_and_the_author(session: Session) -> None:
    report = act(YUSUF, climb(send(RAHMAN), HARTONO), "return")
    assert names(told(session, YUSUF, report)) == [
        ("kelurahan", "Hartono", True),
        ("rt", "Rahman", True),
    ]
    rejected = act(YUSUF, climb(send(RAHMAN), HARTONO), "reject")
    assert names(told(session, YUSUF, rejected)) == [("rt", "Rahman", True)]


def test_an_officials_own_report(session: Session) -> None:
    report = act(YUSUF, send(HARTONO, "pad_inovasi"), "return")
    assert names(told(session, YUSUF, report)) == [("kelurahan", "Hartono", True)]


def test_the_last_desk_sees_no_numbers_and_is_told_who_does(session: Session) -> None:
    report = act(DEWI, climb(send(RAHMAN), HARTONO, YUSUF), "reject")
    (one,) = told(session, DEWI, report)
    assert (one.may_call, one.through) == (False, "Lurah Petanang Ulu")


def test_the_present_head_is_told_and_not_the_former(session: Session) -> None:
    report = send(RAHMAN)
    end_term(RAHMAN, today() - timedelta(days=1))
    heir = newcomer("Nurjanah", "rt_head", RAHMAN.region)
    act(HARTONO, report, "return")
    assert names(told(session, HARTONO, report)) == [("rt", heir.name, True)]


def test_nobody_is_told_where_the_office_is_vacant(session: Session) -> None:
    report = send(RAHMAN)
    end_term(RAHMAN, today() - timedelta(days=1))
    act(HARTONO, report, "return")
    (one,) = told(session, HARTONO, report)
    assert (one.person, one.office) == (None, "Ketua RT 001 Petanang Ulu")


def test_a_deputy_comes_before_the_holder_who_is_away(session: Session) -> None:
    report = climb(send(RAHMAN), HARTONO)
    add_term(SARI, PETANANG_ULU, acts_for=HARTONO, since=today())
    act(YUSUF, report, "return")
    assert names(told(session, YUSUF, report))[0] == ("kelurahan", "Sari Wulandari", True)


def test_whoever_holds_a_higher_office_too_has_a_number_that_is_not_for_the_lurah(
    session: Session,
) -> None:
    report = act(HARTONO, send(SITI), "return")
    add_term(SITI, UTARA_I, role="camat")
    (one,) = told(session, HARTONO, report)
    assert (one.may_call, one.through) == (False, "Diskominfo")


def test_only_the_desk_that_decided_tells(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN), "return")
    for person in (RAHMAN, SITI, SARI, YUSUF, EFFENDI, DEWI, AGUS, RATNA):
        assert told(session, person, report) == [], person
    verified = climb(send(RAHMAN), HARTONO)
    assert told(session, HARTONO, verified) == []


def test_what_the_kelurahan_wrote_down_is_told_to_who_did(session: Session) -> None:
    """The RT has no phone to be called on. The number is for those who look after the writer."""
    day = today() - timedelta(days=30)
    with writing() as inner:
        operator = administration.operator("budi")
        terms.begin(inner, operator, user_of(SITI), "lurah", PETANANG_ULU, day, seat="sekretaris")
    report = act(HARTONO, send(SITI, region=RAHMAN.region), "return")
    assert names(told(session, HARTONO, report)) == [("rt", "Siti Aminah", False)]
    rejected = act(YUSUF, climb(send(SITI, region=RAHMAN.region), HARTONO), "reject")
    assert names(told(session, YUSUF, rejected)) == [("rt", "Siti Aminah", True)]
    with writing():
        user_of(SITI).terms[-1].until = today() - timedelta(days=1)
    assert names(told(session, HARTONO, report)) == [("rt", "Rahman", True)]
