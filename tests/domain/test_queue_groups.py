"""The queue by the regions below the desk, and what it can be narrowed to: the counts are those of
the reports that are found."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from sipokat.domain import queue, queue_groups
from sipokat.domain.queue_filter import LATE, NO_CLASS, TODAY, Wanted, group_of
from sipokat.models import Report
from tests import steps
from tests.cast import (
    AGUS,
    BARAT_I,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.steps import act, climb, send, user_of

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09.00 in Lubuklinggau
Counted = tuple[str, int, int, datetime]


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def sent(
    person: Person, hours: float, category: str = "pemerintahan", text: str | None = None
) -> Report:
    return send(
        person,
        category,
        at=at(hours),
        on=MONDAY.date(),
        text=f"Jam {hours}." if text is None else text,
    )


def groups(
    session: Session, person: Person, when: datetime = MONDAY, **wanted: str
) -> list[Counted]:
    with time_machine.travel(when, tick=False):
        found = queue_groups.groups(session, user_of(person), Wanted(**wanted))
    return [(one.region, one.waiting, one.late, one.oldest) for one in found]


def texts(session: Session, person: Person, when: datetime = MONDAY, **wanted: str) -> list[str]:
    with time_machine.travel(when, tick=False):
        found = queue.desk_queue(session, user_of(person), wanted=Wanted(**wanted))
    return [report.text for report in found]


def test_each_desk_by_the_regions_right_below_it(session: Session) -> None:
    sent(SITI, 1)
    sent(RAHMAN, 2)
    sent(SITI, 3, "bencana")
    wednesday = at(24 * 2.5)
    assert groups(session, HARTONO, wednesday) == [
        (SITI.region, 2, 2, at(1)),
        (RAHMAN.region, 1, 1, at(2)),
    ]
    for person in (SARI, YUSUF, EFFENDI, DEWI, RATNA, AGUS):
        assert groups(session, person, wednesday) == []
    for author, hours, holders in (
        (RAHMAN, 4, (HARTONO,)),
        (MARLINA, 5, (SARI,)),
        (SITI, 6, (HARTONO, YUSUF)),
    ):
        report = sent(author, hours)
        for holder in holders:
            act(holder, report, "verify", at=at(hours + 1))
    climb(sent(HARTONO, 8), YUSUF)
    assert groups(session, YUSUF) == [(PETANANG_ULU, 1, 0, at(5)), (TABA_BARU, 1, 0, at(6))]
    assert [one[:2] for one in groups(session, DEWI)] == [(UTARA_I, 2)]


def test_what_came_back_to_its_own_desk_is_in_the_group_of_that_desk(session: Session) -> None:
    act(YUSUF, sent(HARTONO, 0), "return", at=at(1))
    sent(RAHMAN, 2)
    assert groups(session, HARTONO) == [(PETANANG_ULU, 1, 0, at(1)), (RAHMAN.region, 1, 0, at(2))]
    assert len(texts(session, HARTONO, group=PETANANG_ULU)) == 1, "and none of the RT"


def test_two_desks_have_their_groups_beside_each_other(session: Session) -> None:
    steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)
    sent(RAHMAN, 0)
    act(SARI, sent(MARLINA, 1), "verify", at=at(2))
    assert [one[:2] for one in groups(session, HARTONO)] == [(RAHMAN.region, 1), (TABA_BARU, 1)]
    assert texts(session, HARTONO, group=TABA_BARU) == ["Jam 1."]


@pytest.mark.parametrize(
    "code", [TABA_BARU, BARAT_I, "16.73", "16", "16.73.04.10", f"{PETANANG_ULU}.001.1", "99"]
)
def test_a_region_that_is_no_group_of_the_desk_finds_nothing(session: Session, code: str) -> None:
    sent(RAHMAN, 0)
    assert texts(session, HARTONO, group=code) == []
    assert groups(session, HARTONO, group=code), "one can go on to the groups that there are"


def several(session: Session) -> None:
    """Reports of several kinds on Hartono's and Yusuf's desks, one every three hours."""
    sent(RAHMAN, 0, "sampah", "Sampah di selokan.")
    sent(SITI, 3, "bencana", "Air sampai ke lutut.")
    sent(SITI, 6, text="Rapat tentang selokan.")
    act(HARTONO, sent(RAHMAN, 9, text="Kerja bakti."), "verify", at=at(10), klass="kinerja")
    act(HARTONO, sent(SITI, 12, text="Pengajian."), "verify", at=at(13), klass="kegiatan")
    act(HARTONO, sent(SITI, 15, "nihil", text=""), "verify", at=at(16), klass=None)


@pytest.mark.parametrize(
    ("person", "wanted", "found"),
    [
        (HARTONO, {"category": "sampah"}, ["Sampah di selokan."]),
        (HARTONO, {"category": "bencana"}, ["Air sampai ke lutut."]),
        (HARTONO, {"category": "tamu"}, []),
        (HARTONO, {"said": "SELOKAN"}, ["Sampah di selokan.", "Rapat tentang selokan."]),
        (HARTONO, {"said": "selokan", "group": SITI.region}, ["Rapat tentang selokan."]),
        (HARTONO, {"said": "selokan tentang"}, ["Rapat tentang selokan."]),
        (HARTONO, {"said": "100%"}, []),
        (HARTONO, {"group": SITI.region}, ["Air sampai ke lutut.", "Rapat tentang selokan."]),
        (HARTONO, {"klass": "kinerja"}, []),
        (YUSUF, {"klass": "kinerja"}, ["Kerja bakti."]),
        (YUSUF, {"klass": "kegiatan"}, ["Pengajian."]),
        (YUSUF, {"klass": NO_CLASS}, [""]),
        (YUSUF, {"klass": "kegiatan", "group": PETANANG_ULU}, ["Pengajian."]),
        (YUSUF, {"group": SITI.region}, []),
    ],
    ids=str,
)
def test_what_is_found(
    session: Session, person: Person, wanted: dict[str, str], found: list[str]
) -> None:
    several(session)
    assert texts(session, person, **wanted) == found
    counts = {region: waiting for region, waiting, *_ in groups(session, person, **wanted)}
    group = wanted.get("group", "")
    assert (counts.get(group, 0) if group else sum(counts.values())) == len(found)


@pytest.mark.parametrize(
    ("age", "when", "found"),
    [
        ("1", at(24), ["Jam 0."]),
        ("1", at(23), []),
        ("3", at(24 * 4), ["Jam 0.", "Jam 20."]),
        (TODAY, at(24 * 2), ["Jam 0."]),  # Wednesday, two working days after Monday
        (TODAY, at(24), []),
        (LATE, at(24 * 2), []),
        (LATE, at(24 * 2 + 7.5), ["Jam 0."]),
        (TODAY, at(24 * 2 + 7.5), []),
        (LATE, at(24 * 9), ["Jam 0.", "Jam 20."]),
    ],
    ids=str,
)
def test_by_age(session: Session, age: str, when: datetime, found: list[str]) -> None:
    sent(RAHMAN, 0)
    sent(SITI, 20)
    assert texts(session, HARTONO, when, age=age) == found
    assert sum(one[1] for one in groups(session, HARTONO, when, age=age)) == len(found)


def test_a_report_is_found_by_its_number_on_ones_own_desk_alone(session: Session) -> None:
    report = sent(RAHMAN, 0)
    assert texts(session, HARTONO, said=f"Laporan {report.number}") == ["Jam 0."]
    for person in (SARI, YUSUF, EFFENDI, DEWI):
        assert texts(session, person, said=report.number) == []


def test_narrowed_page_by_page_nothing_twice_and_nothing_left_out(session: Session) -> None:
    for number in range(11):
        sent((RAHMAN, SITI)[number % 2], number // 3, ("pemerintahan", "bencana")[number % 5 == 0])
    user, wanted = user_of(HARTONO), Wanted(group=SITI.region)
    seen: list[int] = []
    after = None
    while page := queue.desk_queue(session, user, after, wanted, most=2)[:2]:
        seen += [one.id for one in page]
        after = page[-1].arrived_at, page[-1].id
    assert len(seen) == len(set(seen)) == 5
    assert groups(session, HARTONO)[1][1] == 5


def test_reports_by_group_count_as_the_groups_of_the_desk_do(session: Session) -> None:
    for number in range(7):
        sent((RAHMAN, SITI, RAHMAN)[number % 3], number)
    with time_machine.travel(at(24 * 3), tick=False):
        found = queue.desk_queue(session, user_of(HARTONO))
        parts = queue_groups.by_group(found)
        counted = queue_groups.counted(parts)
        assert counted == queue_groups.groups(session, user_of(HARTONO))
    assert list(parts) == [RAHMAN.region, SITI.region], "that of the oldest first"
    assert [one.id for one in found] == sorted(one.id for those in parts.values() for one in those)
    assert Counter(map(len, parts.values())) == Counter([5, 2])


def test_the_group_of_a_report() -> None:
    rt = RAHMAN.region
    desks = {"rt": rt, "kelurahan": rt, "kecamatan": PETANANG_ULU, "kota": UTARA_I}
    assert {desk: group_of(rt, desk) for desk in desks} == desks
    assert group_of(UTARA_I, "kota") == group_of(UTARA_I, "kecamatan") == UTARA_I
