"""Of each report that is late everybody who must be is told once a stage, and nobody else."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import lateness, visibility
from sipokat.domain.clock import WIB
from sipokat.domain.notices import inbox, late, sentences
from sipokat.domain.regions import names_of
from sipokat.models import Notice, Report, User
from tests import steps
from tests.cast import (
    AGUS,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.services.matrix import examples
from tests.steps import act, newcomer, send, user_of

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=WIB)
CLOSED = datetime(2026, 11, 18, 16, 0, tzinfo=WIB)  # two working days after Monday
TWICE = datetime(2026, 11, 20, 16, 30, tzinfo=WIB)  # and twice two, on a Friday
# By desk: who is told when a report is late there, and who as well when it is twice late.
TOLD: dict[str, tuple[tuple[Person, ...], tuple[Person, ...]]] = {
    "kelurahan": ((HARTONO, YUSUF), (DEWI,)),
    "kecamatan": ((YUSUF, DEWI), ()),
    "kota": ((DEWI, ZAINAL), ()),
}


def put(desk: str) -> Report:
    """A report that lies on this desk since Monday."""
    with time_machine.travel(MONDAY, tick=False):
        climbing = {"kelurahan": (), "kecamatan": (HARTONO,), "kota": (HARTONO, YUSUF)}[desk]
        return steps.climb(send(RAHMAN), *climbing)


def tell(at: datetime) -> int:
    with time_machine.travel(at, tick=False), writing() as session:
        return late.tell(session, at)


def told(session: Session, person: Person) -> list[tuple[str, str, str]]:
    """The kind, the sentence and the address of each, oldest first."""
    found, _ = inbox.page(session, user_of(person))
    late_ones = [one for one in reversed(found) if one.kind.startswith("late")]
    return [
        (
            one.kind,
            sentences.text_of(one, names_of(session, sentences.regions_in(one))),
            sentences.url_of(one),
        )
        for one in late_ones
    ]


@settings(max_examples=examples(18), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(list(TOLD)), min_size=1, max_size=5),
    st.lists(st.integers(0, 14 * 24), min_size=1, max_size=5),
    st.integers(0, 4),
)
def test_each_stage_of_each_report_is_told_once_to_whom_it_must(
    session: Session, desks: list[str], hours: list[int], decided: int
) -> None:
    """Workers look at any moments; one of the reports may be decided after the first of them."""
    with writing() as session:
        session.execute(delete(Notice))
        session.execute(update(Report).values(desk_code=None, desk=None, status="withdrawn"))
    reports = [put(desk) for desk in desks]
    moments = sorted(MONDAY + timedelta(hours=one) for one in hours)
    for place, at in enumerate(moments):
        tell(at)
        if place == 0 and decided < len(reports):
            with time_machine.travel(at, tick=False):
                act({"kelurahan": HARTONO, "kecamatan": YUSUF}.get(desks[decided], DEWI),
                    reports[decided], "reject")  # fmt: skip
    expected: Counter[tuple[str, int, int]] = Counter()
    for number, (desk, report) in enumerate(zip(desks, reports, strict=True)):
        last = moments[0] if number == decided else moments[-1]
        for stage, people in enumerate(TOLD[desk], 1):
            if people and last > (once(desk) if stage == 1 else TWICE):
                expected.update((user_of(one).id, report.id, stage) for one in people)
    found: Counter[tuple[str, int, int]] = Counter()
    steps.afresh(session)
    for row in session.scalars(select(Notice).where(Notice.kind.startswith("late"))):
        facts = json.loads(row.facts or "{}")
        found.update((row.user_id, one, facts["stage"]) for one in facts["reports"])
        user = session.get_one(User, row.user_id)
        for one in facts["reports"]:
            assert visibility.may_see(session, user, session.get_one(Report, one))
    assert found == expected


def once(desk: str) -> datetime:
    """When the limit of this desk is over for what came on that Monday."""
    return CLOSED + timedelta(days=0 if desk == "kelurahan" else 1)


def test_one_report_is_named_and_several_are_counted(session: Session) -> None:
    first = put("kelurahan")
    assert tell(CLOSED) == 0
    assert tell(CLOSED + timedelta(minutes=1)) == 1
    where = "Laporan Rapat, RT 001 Petanang Ulu,"
    assert told(session, HARTONO) == [
        ("late", f"{where} terlambat di meja Anda.", f"/laporan/{first.number}")
    ]
    assert told(session, YUSUF) == [
        (
            "late_below",
            f"{where} terlambat di meja lurah Petanang Ulu.",
            f"/laporan/{first.number}",
        )
    ]
    for other in (RAHMAN, SITI, SARI, MARLINA, EFFENDI, DEWI, ZAINAL, RATNA, AGUS):
        assert told(session, other) == [], other
    put("kelurahan")
    put("kelurahan")
    assert tell(CLOSED + timedelta(hours=1)) == 2
    assert told(session, HARTONO)[-1] == (
        "late",
        "2 laporan terlambat di meja Anda.",
        "/verifikasi?umur=terlambat",
    )
    assert tell(TWICE + timedelta(hours=1)) == 3
    assert told(session, DEWI) == [
        (
            "late_below",
            "3 laporan sudah lewat dua kali batas waktunya di meja lurah Petanang Ulu.",
            f"/laporan?late=below&region={PETANANG_ULU}",
        )
    ]


def test_at_the_last_desk_the_asisten_is_told(session: Session) -> None:
    report = put("kota")
    tell(once("kota") + timedelta(hours=1))
    where = "Laporan Rapat, RT 001 Petanang Ulu,"
    assert told(session, DEWI) == [
        ("late", f"{where} terlambat di meja Anda.", f"/laporan/{report.number}")
    ]
    assert told(session, ZAINAL) == [
        (
            "late_below",
            f"{where} terlambat di meja Bag. Pemerintahan.",
            f"/laporan/{report.number}",
        )
    ]


def test_everybody_at_the_desk_is_told_and_a_second_stay_is_told_anew(session: Session) -> None:
    clerk = newcomer("Sekretaris", "lurah", PETANANG_ULU)
    report = put("kelurahan")
    tell(CLOSED + timedelta(hours=1))
    assert len(told(session, clerk)) == len(told(session, HARTONO)) == 1
    with time_machine.travel(CLOSED + timedelta(hours=2), tick=False):
        act(YUSUF, act(HARTONO, report, "verify"), "return")
    tell(CLOSED + timedelta(days=9))
    assert len(told(session, clerk)) == len(told(session, HARTONO)) == 2


def test_two_workers_at_once_tell_it_once(app: Flask, session: Session) -> None:
    reports = [put("kelurahan") for _ in range(3)]
    at = CLOSED + timedelta(hours=1)

    def work() -> int:
        with writing() as inner:
            return late.tell(inner, at)

    assert sum(steps.at_once(app, work, work)) == len(reports)
    (row,) = session.scalars(select(Notice).where(Notice.user_id == user_of(HARTONO).id))
    assert sorted(json.loads(row.facts or "")["reports"]) == sorted(one.id for one in reports)
    assert not lateness.is_untold(session, at)


def test_very_many_are_told_in_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        put("kelurahan")
    at = CLOSED + timedelta(hours=1)
    take = lateness.take_late
    monkeypatch.setattr(lateness, "take_late", lambda session, at: take(session, at, most=2))
    assert [tell(at) for _ in range(4)] == [2, 2, 1, 0]
    counts = [len(json.loads(row.facts or "")["reports"]) for row in session.scalars(
        select(Notice).where(Notice.user_id == user_of(HARTONO).id).order_by(Notice.id)
    )]  # fmt: skip
    assert counts == [2, 2, 1]


def test_who_is_lurah_and_acts_for_the_camat_is_told_once(session: Session) -> None:
    steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)
    report = put("kelurahan")
    assert tell(CLOSED + timedelta(hours=1)) == 1
    assert [(kind, url) for kind, _, url in told(session, HARTONO)] == [
        ("late", f"/laporan/{report.number}")
    ]
    assert len(told(session, YUSUF)) == 1
