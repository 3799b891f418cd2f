"""Somebody of the kelurahan writes a report for an RT: it is the RT's, and another decides it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    deputies,
    listing,
    participation,
    region_changes,
    terms,
    visibility,
)
from sipokat.domain.clock import now
from sipokat.domain.letters import Letter
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import NeverAllowed, WrongContent
from tests import steps
from tests.cast import BEJO, HARTONO, PETANANG_ULU, RAHMAN, SARI, SITI, TABA_BARU, YUSUF
from tests.services.tampering import by_hand, checkpoints, faults
from tests.steps import OPERATOR, act, climb, days, refused, revise, send, user_of

RT = BEJO.region  # its head's account is closed


@pytest.fixture
def sekretaris(session: Session) -> None:
    """Siti sits at the lurah's desk too, as sekretaris."""
    with writing() as inner:
        user = user_of(SITI)
        terms.begin(inner, OPERATOR, user, "lurah", PETANANG_ULU, days(-30), seat="sekretaris")


def test_it_is_the_rts_and_says_who_wrote_it(session: Session, sekretaris: None) -> None:
    report = send(SITI, "sampah", region=RT, photos=[steps.photo()])
    assert (report.region_code, report.author_desk, report.desk) == (RT, "rt", "kelurahan")
    assert report.recorded_as == "Sekretaris Kelurahan"
    (event,) = steps.events_of(report)
    assert (event.actor_desk, event.actor_role) == ("kelurahan", "lurah")
    detail = json.loads(event.detail or "")
    assert detail["recorded"] == {"region": RT, "as": "Sekretaris Kelurahan"}
    assert detail["title"] == "sekretaris"
    assert visibility.may_see(session, user_of(HARTONO), report)
    assert not visibility.may_see(session, user_of(RAHMAN), report)
    month = f"{steps.today():%Y-%m}"
    assert session.scalar(participation.stands(RT, month).select()), "counted as the RT's"


def test_whoever_wrote_it_never_decides_it(session: Session, sekretaris: None) -> None:
    report = send(SITI, region=RT)
    assert refused(NeverAllowed, act, SITI, report, "verify").code == "own"
    assert climb(report, HARTONO).desk == "kecamatan"
    own = send(HARTONO, region=RT)
    assert own.recorded_as == "Lurah"
    assert refused(NeverAllowed, act, HARTONO, own, "verify").code == "own"
    assert climb(own, SITI).desk == "kecamatan"


def test_where_the_lurah_is_alone_a_plh_decides_it(session: Session) -> None:
    report = send(HARTONO, region=RT)
    with writing() as inner:
        letter = Letter("lurah", PETANANG_ULU, "plh", days(0), days(3), "800/1", days(0))
        deputies.appoint(inner, OPERATOR, user_of(SARI), letter)
    assert climb(report, SARI).desk == "kecamatan"


def test_what_came_back_is_mended_from_the_kelurahan_or_by_the_head(
    session: Session, sekretaris: None
) -> None:
    report = act(HARTONO, send(SITI, region=RAHMAN.region), "return")
    assert report.desk == "rt"
    assert [one.id for one in listing.own_desk(session, user_of(SITI))] == [report.id]
    refused(NeverAllowed, revise, HARTONO, report)
    report = revise(SITI, report, text="Lebih jelas.")
    event = steps.events_of(report)[-1]
    assert (event.actor_desk, event.actor_role) == ("kelurahan", "lurah")
    report = act(HARTONO, report, "return")
    report = revise(RAHMAN, report, text="Lebih jelas lagi.")
    assert steps.events_of(report)[-1].actor_desk == "rt"
    report = act(HARTONO, report, "return")
    steps.end_term(SITI, days(-1))
    with writing():
        for term in user_of(SITI).terms:
            term.until = days(-1)
    refused(NeverAllowed, revise, SITI, report)


def test_what_was_written_before_the_office_ended_is_taken_after_it(
    session: Session, sekretaris: None
) -> None:
    with writing():
        (term,) = (one for one in user_of(SITI).terms if one.title)
        term.until = days(-1)
    report = send(SITI, region=RT, on=days(-2), written_at=now() - timedelta(days=2))
    assert report.recorded_as == "Sekretaris Kelurahan"
    assert steps.events_of(report)[0].actor_role == "lurah"
    assert climb(report, HARTONO).desk == "kecamatan"
    refused(NeverAllowed, send, SITI, region=RT)
    with writing():
        term.until = days(-LIMITS.former_days - 1)
    before = LIMITS.former_days + 2
    written = now() - timedelta(days=before)
    refused(NeverAllowed, send, SITI, region=RT, on=days(-before), written_at=written)


def test_who_may_not(session: Session) -> None:
    for person, region in ((SARI, RT), (YUSUF, RT), (RAHMAN, RT), (HARTONO, f"{TABA_BARU}.001")):
        refused(NeverAllowed, send, person, region=region)
    refused(WrongContent, send, HARTONO, category="pad_inovasi", region=RT)
    unknown = refused(WrongContent, send, HARTONO, region=f"{PETANANG_ULU}.099").fields
    assert list(unknown) == ["region"]
    with writing() as inner:
        region_changes.dissolve(inner, OPERATOR, RT, days(-1))
    assert (
        "tidak ada pada tanggal itu"
        in (refused(WrongContent, send, HARTONO, region=RT).fields["region"])
    )
    assert send(HARTONO, category="pad_inovasi").recorded_as is None, "his own"


def test_a_head_who_is_also_at_the_desk_writes_as_head(session: Session, sekretaris: None) -> None:
    report = send(SITI, region=SITI.region)
    assert report.recorded_as is None
    assert steps.events_of(report)[0].actor_role == "rt_head"


def test_the_audit_finds_it_sound_and_sees_a_mark_taken_off(
    session: Session, sekretaris: None
) -> None:
    send(SITI, region=RT)
    assert checkpoints().write(now())
    session.rollback()
    assert faults() == []
    by_hand("UPDATE report SET recorded_as = NULL")
    (fault,) = faults()
    assert "recorded_as" in fault
