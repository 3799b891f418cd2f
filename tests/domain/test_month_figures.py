"""Who reported in a month: against a slow reference, and the cases that people will ask about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from itertools import combinations
from random import Random

import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, intake, region_changes, regions
from sipokat.domain.clock import WIB
from sipokat.domain.participation.card import card
from sipokat.domain.participation.closing import close
from sipokat.domain.participation.figures import NAMES, Figures
from sipokat.domain.participation.month import Month, duties, month_of
from sipokat.domain.refusals import Refused
from sipokat.models import ClosedMonth, Region, RegionSuccessor, Report, Term
from tests import slow_participation
from tests.cast import (
    DEWI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    UTARA_I,
    YUSUF,
)
from tests.services.matrix import examples
from tests.steps import (
    act,
    add_term,
    end_term,
    newcomer,
    revise,
    send,
    submission,
    user_of,
)

SUMS = (*NAMES, "silent")
RTS = [*(f"{PETANANG_ULU}.00{n}" for n in (1, 4, 5)), f"{TABA_BARU}.002"]
LONG_AGO = date(2020, 1, 1)
MONTHS = ("2026-10", "2026-11")


class UndoneError(Exception):
    """Rolls an example back."""


def noon(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), WIB)


def of(found: Month) -> dict[str, int]:
    return {name: getattr(found.own.figures, name) for name in SUMS}


def latest(session: Session) -> Report:
    """The report that was sent last, without ending the transaction."""
    return session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).unique().one()


class City:
    """A made-up city: what people reported, and the RT and terms of that time. The same seed makes
    the same one."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.today = date(2026, 10, 25) + timedelta(days=self.chance.randrange(75))

    def maybe(self, chance: float) -> bool:
        return self.chance.random() < chance

    def day(self) -> date:
        if self.maybe(0.2):
            return self.chance.choice([date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30)])
        return date(2026, 10, 15) + timedelta(days=self.chance.randrange(50))

    def live(self, session: Session) -> None:
        for _ in range(self.chance.randint(4, 10)):
            with suppress(Refused):
                self._report(session)
        self._settle(session)

    def _report(self, session: Session) -> None:
        rt, day = self.chance.choice(RTS), self.day()
        received = day + timedelta(days=self.chance.choice([0, 3, 15, 45]))
        written = noon(min(received, day + timedelta(days=self.chance.choice([0, 15, 45]))))
        sent = noon(received) - timedelta(days=self.chance.choice([0, 0, 0, 365]))
        above = lurah = HARTONO if rt.startswith(PETANANG_ULU) else SARI
        author = self.chance.choice([RAHMAN, RAHMAN, lurah])
        kind = self.chance.choice(["tamu", "nihil", "nihil", "rekap_bulanan"])
        region: str | None = rt
        if kind == "rekap_bulanan":
            author, above = self.chance.choice([(HARTONO, YUSUF), (SARI, YUSUF), (YUSUF, DEWI)])
            region = None
        said = {"on": day, "region": region, "written_at": written, "sent_at": sent}
        receipt, _ = intake.submit(user_of(author), submission(kind, **said), noon(received))
        query = select(Report).where(Report.number == receipt.number)
        report = session.scalars(query).unique().one()
        course = self.chance.choice(
            ["", "", "reject", "withdraw", "reject reopen", "return revise", "return withdraw"]
        )
        for action in course.split():
            if action == "revise":
                revise(author, report, on=self.day())
            else:
                who = {"withdraw": author, "reopen": DEWI}.get(action, above)
                act(who, report, action, at=noon(received, 13))

    def _settle(self, session: Session) -> None:
        """Give every RT and term its days, after all reports are in."""
        for code in RTS:
            region = session.get_one(Region, code)
            region.since = self.day() if self.maybe(0.3) else None
            region.until = self.day() if self.maybe(0.4) else None
        for former, heir in combinations(RTS, 2):
            if self.maybe(0.4):
                session.add(RegionSuccessor(region_code=former, successor_code=heir))
        session.execute(delete(Term).where(Term.region_code.in_(RTS)))
        for code in RTS * 2:
            self._term(session, code)
        for person in (HARTONO, YUSUF):
            user_of(person).terms[0].until = self.day() if self.maybe(0.3) else None
        session.flush()

    def _term(self, session: Session, code: str) -> None:
        since = self.day() if self.maybe(0.4) else LONG_AGO
        until = since + timedelta(days=self.chance.randrange(60)) if self.maybe(0.3) else None
        kind = self.chance.choice(["definitif", "plt", "plh"])
        term = Term(user_id=user_of(SITI).id, role="rt_head", region_code=code)
        term.since, term.until, term.kind = since, until, kind
        if kind != "definitif":
            term.letter_number, term.letter_date = "1", since
            term.until = until or date(2027, 3, 1)
        if kind == "plh":
            term.acts_for_id = user_of(RAHMAN).id
        session.add(term)


def test_figures_are_those_that_one_counts_by_hand(session: Session) -> None:
    """Of every region and month, while it runs, later, and as it is closed."""
    for rt in RTS:
        regions.ensure_rt(session, rt)
    session.commit()
    for rt in RTS:
        if rt != RAHMAN.region:
            add_term(RAHMAN, rt)

    @settings(max_examples=examples(40), phases=[Phase.generate])
    @given(st.integers(0, 2**32))
    def agree(seed: int) -> None:
        city = City(seed)
        with suppress(UndoneError), writing() as within:
            city.live(within)
            compare(within, city.today)
            raise UndoneError
        session.expire_all()

    agree()


def compare(session: Session, today: date) -> None:
    scopes = (KOTA, UTARA_I, PETANANG_ULU, TABA_BARU, *RTS)
    slow = slow_participation.Slow(session, today)
    for month in MONTHS:
        for scope in scopes:
            found = month_of(session, scope, month, today)
            assert of(found) == slow.figures(scope, month), (scope, month)
            parts = sum((one.figures for one in found.below), Figures())
            if found.below:
                assert parts == found.own.figures
            for figures in (found.own.figures, *(one.figures for one in found.below)):
                assert 0 <= figures.on_time <= figures.sent <= figures.active <= figures.expected
                assert 0 <= figures.nihil <= figures.sent
        rekap = {code: slow.rekap(code, month) for code in (UTARA_I, PETANANG_ULU, TABA_BARU)}
        assert rekap.items() <= duties(session, KOTA, month, today).items()
        assert month_of(session, UTARA_I, month, today).own.rekap == rekap[UTARA_I]
        assert close(session, month, noon(today))
        for scope in scopes:
            kept = session.get(ClosedMonth, (month, scope))
            counts = {name: getattr(kept, name) if kept else 0 for name in NAMES}
            assert counts == asdict(month_of(session, scope, month, today).own.figures)
            assert kept is None or kept.rekap == rekap.get(scope)


BY = administration.operator("tests")
DECEMBER = date(2026, 12, 15)


def counted(session: Session, scope: str, month: str = "2026-11") -> tuple[int, int]:
    """How many RT are expected, and how many of them sent something."""
    session.rollback()
    own = month_of(session, scope, month, DECEMBER).own.figures
    return own.expected, own.sent


def report(month: int = 11) -> None:
    day = date(2026, month, 5)
    send(RAHMAN, at=noon(day), on=day)


def change(do: Callable[[Session], object]) -> None:
    """Change regions on the 20th of November, with effect from that day."""
    with time_machine.travel(noon(CHANGED), tick=False), writing() as session:
        do(session)


CHANGED = date(2026, 11, 20)


def test_an_rt_that_moves_takes_along_what_it_reported_that_month(session: Session) -> None:
    report(10)
    report()
    there = f"{TABA_BARU}.011"
    change(lambda s: region_changes.move(s, BY, RAHMAN.region, there, CHANGED))
    assert (counted(session, PETANANG_ULU), counted(session, TABA_BARU)) == ((2, 0), (2, 1))
    assert counted(session, there) == (1, 1)
    assert counted(session, PETANANG_ULU, "2026-10") == (3, 1), "before that it was there"
    assert counted(session, UTARA_I) == (4, 1)


def test_an_rts_card_has_the_reports_of_its_months(session: Session) -> None:
    report(10)
    day = date(2026, 11, 5)
    send(RAHMAN, "nihil", at=noon(day), on=day, fields={"periode": "2026-10"})
    report()

    def reports(*months: str) -> list[int]:
        trend = [(month, Figures()) for month in months]
        return [one.reports for one in card(session, RAHMAN.region, trend)]

    assert reports("2026-10", "2026-11") == [2, 1]
    assert reports("2026-11", "2026-12") == [1, 0]


def test_what_came_under_the_old_number_until_the_change_was_entered_counts(
    session: Session,
) -> None:
    report(12)
    there = f"{TABA_BARU}.011"
    with time_machine.travel(noon(DECEMBER), tick=False), writing() as within:
        region_changes.move(within, BY, RAHMAN.region, there, CHANGED)
    assert counted(session, there, "2026-12") == (1, 1)
    assert counted(session, UTARA_I, "2026-12") == (4, 1)


def test_the_parts_of_a_split_rt_have_what_it_reported_that_month(session: Session) -> None:
    report()
    parts = [f"{PETANANG_ULU}.01{n}" for n in (1, 2)]
    change(lambda s: region_changes.split(s, BY, RAHMAN.region, parts, CHANGED))
    assert counted(session, PETANANG_ULU) == (2, 0), "nobody heads the new ones yet"
    for name, part in zip(("Karto", "Joko"), parts, strict=True):
        newcomer(name, "rt_head", part, since=CHANGED)
    assert [counted(session, part) for part in parts] == [(1, 1), (1, 1)]
    assert counted(session, PETANANG_ULU) == (4, 2)


def test_merged_rt_are_one(session: Session) -> None:
    report()
    both = [RAHMAN.region, SITI.region]
    change(lambda s: region_changes.merge(s, BY, both, SITI.region, CHANGED))
    assert counted(session, PETANANG_ULU) == (2, 1)
    assert counted(session, SITI.region) == (1, 1)


def test_a_vacant_rt_is_in_no_figure_and_a_new_head_has_what_the_former_sent(
    session: Session,
) -> None:
    report()
    end_term(RAHMAN, date(2026, 11, 15))
    assert counted(session, PETANANG_ULU) == (2, 0)
    newcomer("Karto", "rt_head", RAHMAN.region, since=date(2026, 11, 30))
    assert counted(session, PETANANG_ULU) == (3, 1)


def test_a_nihil_in_time_keeps_the_month_when_a_real_report_comes_late(session: Session) -> None:
    day, later = date(2026, 11, 28), noon(date(2026, 12, 12))
    send(RAHMAN, "nihil", at=noon(day), on=day)
    send(RAHMAN, at=later, on=day)
    own = month_of(session, RAHMAN.region, "2026-11", DECEMBER).own.figures
    assert asdict(own) == {"expected": 1, "sent": 1, "on_time": 1, "nihil": 0, "recorded": 0}


def test_a_report_that_arrives_three_months_late_is_on_time_if_it_was_written_then(
    session: Session,
) -> None:
    day, arrived = date(2026, 11, 28), noon(date(2027, 2, 28))
    send(RAHMAN, at=arrived, on=day, written_at=noon(day), sent_at=arrived)
    own = month_of(session, RAHMAN.region, "2026-11", date(2027, 3, 1)).own.figures
    assert (own.sent, own.on_time) == (1, 1)
