"""A returned report that nobody mends is told again after 3 and 7 working days, once each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, terms
from sipokat.domain.clock import WIB
from sipokat.domain.notices import inbox, reminders, sentences
from sipokat.domain.notices.reminders import morning, step
from sipokat.domain.regions import names_of
from sipokat.models import DayOverride, Notice, Report, User
from tests import steps
from tests.cast import DEWI, HARTONO, PETANANG_ULU, RAHMAN, SARI, SITI, YUSUF, Person
from tests.steps import act, climb, revise, send, user_of

MONDAY = date(2026, 11, 2)  # five weeks without a holiday


def day(number: int) -> date:
    """So many days after that Monday."""
    return MONDAY + timedelta(days=number)


def at(number: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, 2, hour, 0, tzinfo=WIB) + timedelta(days=number)


def remind(number: int) -> bool:
    """What a worker does in the morning of that day."""
    with time_machine.travel(at(number, 8), tick=False), writing() as session:
        return reminders.tell(session, day(number), at(number, 8))


def told(session: Session) -> list[tuple[str, int, int]]:
    """Who was reminded, after how many working days, on which day after that Monday."""
    steps.afresh(session)
    query = (
        select(User.name, Notice)
        .join_from(Notice, User, User.id == Notice.user_id)
        .where(Notice.kind == "reminder")
        .order_by(Notice.at, Notice.id)
    )
    return [
        (name, int(one.key.split()[2]), (one.at.astimezone(WIB).date() - MONDAY).days)
        for name, one in session.execute(query)
    ]


def returned(author: Person = RAHMAN, desk: Person = HARTONO, number: int = 0) -> Report:
    """Has the author's report come back on that day."""
    with time_machine.travel(at(number), tick=False):
        return act(desk, send(author), "return", reason="foto_kurang_jelas", note="Ulang.")


def through(*numbers: int) -> None:
    for number in numbers:
        remind(number)


@pytest.mark.parametrize(
    ("arrived", "on", "due"),
    [(0, 3, 0), (0, 4, 3), (0, 7, 3), (0, 9, 3), (0, 10, 7), (4, 7, 0), (4, 10, 3), (5, 10, 3)],
)
def test_working_days_have_passed_whole(arrived: int, on: int, due: int) -> None:
    """From Monday on: the third working day is over on Friday morning, the seventh on the
    Thursday after next week's begins."""
    assert step(day(arrived), day(on), {}) == due


def test_the_citys_own_days_count() -> None:
    assert step(day(0), day(4), {day(2): False}) == 0
    assert step(day(4), day(9), {day(5): True}) == 3
    assert morning(day(0), 3, {}) == day(4)
    assert morning(day(0), 3, {day(4): False}) == day(7)
    assert morning(day(0), 7, {}) == day(10)


def test_each_reminder_comes_once(session: Session) -> None:
    report = returned()
    through(*range(1, 30))
    assert told(session) == [("Rahman", 3, 4), ("Rahman", 7, 10)]
    assert remind(29) is False, "done already that day"
    (first, *_), _ = inbox.page(session, user_of(RAHMAN))
    names = names_of(session, sentences.regions_in(first))
    assert (
        sentences.sentence_of(first, names)
        == "Laporan Rapat sudah 7 hari kerja menunggu diperbaiki: Foto kurang jelas."
    )
    assert sentences.message_of(first) == "“Ulang.”"
    assert sentences.url_of(first) == f"/laporan/{report.number}/perbaikan"


def test_a_worker_that_was_away_tells_the_latest_alone(session: Session) -> None:
    returned()
    remind(15)
    assert told(session) == [("Rahman", 7, 15)]
    through(16, 17)
    assert len(told(session)) == 1


@pytest.mark.parametrize("way", ["mended", "withdrawn", "mended and verified"])
def test_it_stops_when_the_report_is_out_of_its_authors_hands(session: Session, way: str) -> None:
    report = returned()
    remind(4)
    with time_machine.travel(at(4), tick=False):
        if way == "withdrawn":
            act(RAHMAN, report, "withdraw")
        else:
            report = revise(RAHMAN, report, happened_on=day(0).isoformat())
        if way == "mended and verified":
            climb(report, HARTONO, YUSUF, DEWI)
    through(10, 20)
    assert told(session) == [("Rahman", 3, 4)]
    reminder = next(
        one for one in inbox.page(session, user_of(RAHMAN))[0] if one.kind == "reminder"
    )
    assert sentences.sentence_of(reminder, {}).endswith("sudah tidak menunggu diperbaiki.")
    assert sentences.url_of(reminder) == f"/laporan/{report.number}"


def test_a_second_return_is_reminded_of_anew(session: Session) -> None:
    report = returned()
    remind(4)
    with time_machine.travel(at(4), tick=False):
        act(HARTONO, revise(RAHMAN, report, happened_on=day(0).isoformat()), "return")
    through(7, 10, 11, 17)
    assert told(session) == [("Rahman", 3, 4), ("Rahman", 3, 10), ("Rahman", 7, 17)]


def test_what_lies_on_a_desk_between_has_its_own_clock(session: Session) -> None:
    with time_machine.travel(at(0), tick=False):
        act(YUSUF, climb(send(RAHMAN), HARTONO), "return")
    through(4, 10, 20)
    assert told(session) == []


def test_an_official_is_reminded_of_their_own(session: Session) -> None:
    with time_machine.travel(at(0), tick=False):
        act(YUSUF, send(HARTONO, "pad_inovasi"), "return")
    remind(4)
    assert told(session) == [("Hartono", 3, 4)]


def test_whoever_may_mend_it_is_told(session: Session) -> None:
    """The RT's present head, and who of the kelurahan has written it for the RT; not a former head,
    not the lurah."""
    operator = administration.operator("budi")
    with writing() as inner:
        terms.begin(
            inner, operator, user_of(SITI), "lurah", PETANANG_ULU, day(-30), seat="sekretaris"
        )
    with time_machine.travel(at(0), tick=False):
        act(HARTONO, send(SITI, region=RAHMAN.region), "return")
        act(HARTONO, send(RAHMAN), "return")
    steps.end_term(RAHMAN, day(1))
    heir = steps.newcomer("Nurjanah", "rt_head", RAHMAN.region, since=day(2))
    remind(4)
    assert sorted(name for name, *_ in told(session)) == [heir.name, heir.name, "Siti Aminah"]
    mine = [one for one in inbox.page(session, user_of(SITI))[0] if one.kind == "reminder"]
    assert sentences.url_of(mine[0]).endswith("/perbaikan")
    assert not [one for one in inbox.page(session, user_of(SARI))[0] if one.kind == "reminder"]


def test_whoever_takes_the_office_later_is_told_what_nobody_was(session: Session) -> None:
    returned()
    steps.end_term(RAHMAN, day(1))
    remind(4)
    assert told(session) == []
    heir = steps.newcomer("Nurjanah", "rt_head", RAHMAN.region, since=day(7))
    through(7, 8, 10, 11)
    assert told(session) == [(heir.name, 3, 7), (heir.name, 7, 10)]


def test_once_an_rt_is_there_no_more_its_kelurahan_is_told(session: Session) -> None:
    report = returned()
    with time_machine.travel(at(1), tick=False):
        steps.change_region("dissolve", RAHMAN.region, day(5))
    through(4, 10)
    assert told(session) == [("Rahman", 3, 4), ("Hartono", 7, 10)]
    (mine,) = [one for one in inbox.page(session, user_of(HARTONO))[0] if one.kind == "reminder"]
    assert sentences.url_of(mine) == f"/laporan/{report.number}/perbaikan"
    names = names_of(session, sentences.regions_in(mine))
    assert sentences.sentence_of(mine, names).startswith(
        "Laporan Rapat, RT 001 Petanang Ulu, sudah 7"
    )


def test_a_free_day_of_the_city_moves_it(session: Session) -> None:
    with writing() as inner:
        inner.add(DayOverride(day=day(2), working=False))
    returned()
    through(4, 7)
    assert told(session) == [("Rahman", 3, 7)]
