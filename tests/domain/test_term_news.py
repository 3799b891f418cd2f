"""Whoever begins in an office or whose term ends is told once, and so are those who name the next;
a kelurahan is told what an RT that has ended leaves to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    accounts,
    administration,
    endings,
    handovers,
    people,
    region_changes,
    regions,
    term_warnings,
)
from sipokat.domain.appointments import Whom, name_deputy
from sipokat.domain.clock import WIB
from sipokat.domain.letters import Letter
from sipokat.domain.notices import inbox, names, sentences, term_news
from sipokat.domain.term_warnings import warning_day
from sipokat.models import Notice, Term, User
from tests import steps
from tests.cast import (
    AGUS,
    CAST,
    DEWI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.services.database import statements
from tests.steps import act, add_term, newcomer, send, user_of

FIRST = date(2026, 12, 1)  # a Tuesday
DAY = timedelta(days=1)
DECEMBER_24, DECEMBER_25 = date(2026, 12, 24), date(2026, 12, 25)  # cuti bersama, and Christmas


def at(day: date, hour: int = 7) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=WIB)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2020, 1, 1), date(2026, 12, 31), date(2026, 12, 17)),
        (FIRST, date(2026, 12, 30), date(2026, 12, 16)),  # a Plh. of 30 days
        (date(2026, 12, 7), date(2026, 12, 13), date(2026, 12, 10)),  # of a week
        (date(2026, 12, 10), date(2026, 12, 14), date(2026, 12, 11)),  # the Friday before
        (date(2026, 12, 11), date(2026, 12, 13), date(2026, 12, 12)),  # but never the first day
        (date(2020, 1, 1), date(2027, 1, 8), date(2026, 12, 23)),  # 25 and 24 are free
        (FIRST, FIRST + DAY, None),
        (FIRST, FIRST, None),
    ],
)
def test_when_an_end_is_warned_of(since: date, until: date, expected: date | None) -> None:
    assert warning_day(since, until, {}) == expected


def test_the_citys_own_days_count_for_it() -> None:
    free = {date(2026, 12, 16): False, date(2026, 12, 15): False}
    assert warning_day(FIRST, date(2026, 12, 30), free) == date(2026, 12, 14)


def look(day: date, hour: int = 7) -> int:
    """What a worker does that looks then."""
    moment = at(day, hour)
    with time_machine.travel(moment, tick=False), writing() as session:
        return term_news.tell(session, moment)


def look_daily(first: date, last: date) -> None:
    """Two workers, each looking once a day."""
    for number in range((last - first).days + 1):
        look(first + number * DAY)
        assert look(first + number * DAY, 9) == 0


def told(session: Session, *, by_day: bool = True) -> list[tuple[str, str, str]]:
    """Who was told which kind, on which day."""
    steps.afresh(session)
    query = select(User.name, Notice).join_from(Notice, User, User.id == Notice.user_id)
    return sorted(
        (f"{one.at.astimezone(WIB):%d %b}", one.kind, name) for name, one in session.execute(query)
    )


def says(session: Session, person: Person, day: date) -> list[tuple[str, str]]:
    """The sentence and the address of each that the person reads on that day, oldest first."""
    steps.afresh(session)
    with time_machine.travel(at(day, 12), tick=False):
        found, _ = inbox.page(session, user_of(person))
        known = names.of(session, found)
        return [(sentences.text_of(one, known), sentences.url_of(one)) for one in reversed(found)]


@pytest.fixture
def plh(session: Session) -> None:
    """Sari is Plh. of Hartono for the first 30 days of December."""
    add_term(SARI, PETANANG_ULU, FIRST, FIRST + 29 * DAY, role="lurah", acts_for=HARTONO)


@pytest.mark.usefixtures("plh")
def test_a_deputy_the_desk_above_and_diskominfo_are_told_of_each_turn_once(
    session: Session,
) -> None:
    look_daily(FIRST - 3 * DAY, FIRST + 50 * DAY)
    people = (AGUS.name, SARI.name, YUSUF.name)
    assert told(session) == sorted(
        [("01 Dec", "term_begins", one) for one in people]
        + [("16 Dec", "term_ends", one) for one in people]
        + [("31 Dec", "term_ended", one) for one in people]
    )
    page = "/pengelolaan/jabatan/lurah/16.73.04.1009"
    assert says(session, YUSUF, FIRST) == [
        (
            "Sari Wulandari bertugas sebagai Plh. Lurah Petanang Ulu mulai 1 Des 2026, sampai "
            "30 Des 2026.",
            page,
        ),
        ("Tugas Sari Wulandari sebagai Plh. Lurah Petanang Ulu berakhir 30 Des 2026.", page),
        (
            "Tugas Sari Wulandari sebagai Plh. Lurah Petanang Ulu sudah berakhir pada 30 Des 2026.",
            page,
        ),
    ]
    assert says(session, SARI, FIRST)[1:] == [
        ("Tugas Anda sebagai Plh. Lurah Petanang Ulu berakhir 30 Des 2026.", "/akun"),
        (
            "Tugas Anda sebagai Plh. Lurah Petanang Ulu sudah berakhir pada 30 Des 2026.",
            "/akun",
        ),
    ]
    for other in CAST:
        if other.active and other.name not in people:
            assert says(session, other, FIRST) == [], other


@pytest.mark.usefixtures("plh")
def test_nothing_is_told_at_night(session: Session) -> None:
    assert look(FIRST, 5) == 0
    assert look(FIRST, 6) == 3


@pytest.mark.usefixtures("plh")
def test_who_begins_is_told_what_lies_on_the_desk(session: Session) -> None:
    with time_machine.travel(at(FIRST - DAY), tick=False):
        for text in ("Satu.", "Dua."):
            send(RAHMAN, text=text)
    look(FIRST)
    begins = "Anda bertugas sebagai Plh. Lurah Petanang Ulu mulai 1 Des 2026, sampai 30 Des 2026."
    assert says(session, SARI, FIRST) == [
        (f"{begins} 2 laporan di meja Anda menunggu diperiksa.", "/verifikasi")
    ]
    head = newcomer("Wati", "rt_head", f"{PETANANG_ULU}.009", FIRST)
    look(FIRST, 8)
    assert says(session, head, FIRST)[0][1] == "/akun"


def test_a_new_head_is_told_what_is_to_be_mended_and_the_former_that_it_ends(
    session: Session,
) -> None:
    with time_machine.travel(at(FIRST), tick=False):
        act(HARTONO, send(RAHMAN), "return")
        wati = newcomer("Wati", "viewer", "16.73")
        with writing() as within:
            by = administration.diskominfo(user_of(AGUS))
            user = user_of(wati)
            handovers.hand_over(within, by, user, "rt_head", RAHMAN.region, FIRST + 5 * DAY)
        session.execute(delete(Notice))
        session.commit()
    look_daily(FIRST, FIRST + 20 * DAY)
    assert told(session) == [
        ("01 Dec", "term_ends", "Rahman"),
        ("06 Dec", "term_begins", "Agus Salim"),
        ("06 Dec", "term_begins", "Hartono"),
        ("06 Dec", "term_begins", "Wati"),
        ("06 Dec", "term_ended", "Rahman"),
    ]
    assert says(session, wati, FIRST + 5 * DAY) == [
        (
            "Anda bertugas sebagai Ketua RT 001 Petanang Ulu mulai 6 Des 2026. 1 laporan di meja "
            "Anda menunggu diperbaiki.",
            "/laporan?status=returned",
        )
    ]


def test_an_office_that_nobody_follows_is_open(session: Session) -> None:
    with time_machine.travel(at(FIRST), tick=False), writing() as within:
        user = user_of(SITI)
        by = administration.diskominfo(user_of(AGUS))
        endings.end(within, by, user, user.terms[0], FIRST + 2 * DAY)
    look_daily(FIRST, FIRST + 9 * DAY)
    assert [text for text, _ in says(session, HARTONO, FIRST)] == [
        "Tugas Siti Aminah sebagai Ketua RT 002 Petanang Ulu berakhir 3 Des 2026. Belum ada "
        "penggantinya.",
        "Tugas Siti Aminah sebagai Ketua RT 002 Petanang Ulu sudah berakhir pada 3 Des 2026. "
        "Belum ada penggantinya.",
    ]
    assert [kind for _, kind, name in told(session) if name == "Siti Aminah"] == [
        "term_ends",
        "term_ended",
    ]


@pytest.mark.usefixtures("plh")
def test_an_earlier_end_is_told_anew(session: Session) -> None:
    look_daily(FIRST + 16 * DAY, FIRST + 17 * DAY)
    with time_machine.travel(at(FIRST + 18 * DAY, 9), tick=False), writing() as within:
        user = user_of(SARI)
        by = administration.diskominfo(user_of(AGUS))
        endings.end(within, by, user, user.terms[-1], FIRST + 20 * DAY)
    look_daily(FIRST + 18 * DAY, FIRST + 40 * DAY)
    assert [(day, kind) for day, kind, name in told(session) if name == SARI.name] == [
        ("17 Dec", "term_ends"),
        ("19 Dec", "term_ends"),
        ("22 Dec", "term_ended"),
    ]


def test_who_goes_on_without_a_break_is_not_told_of_an_end(session: Session) -> None:
    add_term(SARI, PETANANG_ULU, FIRST, FIRST + 19 * DAY, role="lurah", acts_for=HARTONO)
    add_term(SARI, PETANANG_ULU, FIRST + 20 * DAY, FIRST + 29 * DAY, role="lurah", acts_for=HARTONO)
    look_daily(FIRST + 8 * DAY, FIRST + 50 * DAY)
    assert [(day, kind) for day, kind, name in told(session) if name == SARI.name] == [
        ("21 Dec", "term_begins"),
        ("23 Dec", "term_ends"),
        ("31 Dec", "term_ended"),
    ]


def test_many_that_begin_together_are_one_notice_and_none_for_who_named_them(
    session: Session,
) -> None:
    with time_machine.travel(at(FIRST, 9), tick=False), writing() as within:
        by = administration.diskominfo(user_of(AGUS))
        for number in range(3):
            accounts.create(
                within, by, f"08139990000{number}", f"Ketua {number}", "rt_head",
                f"{PETANANG_ULU}.05{number}", "x", FIRST,
            )  # fmt: skip
    look(FIRST, 10)
    assert says(session, HARTONO, FIRST) == [
        ("3 orang mulai bertugas di wilayah Anda.", "/pengelolaan/jabatan")
    ]
    assert says(session, AGUS, FIRST) == []
    assert len([one for one in told(session) if one[2].startswith("Ketua")]) == 3


def test_a_deputy_whose_account_is_new_is_told_and_stops_nobody(session: Session) -> None:
    """Their account has an entry of its own in the record, without a day."""
    with time_machine.travel(at(FIRST, 9), tick=False), writing() as within:
        by = administration.diskominfo(user_of(AGUS))
        whom = Whom("", "Wati", "081399900009")
        days = (FIRST, FIRST + 6 * DAY, "800/13", FIRST)
        name_deputy(within, by, whom, Letter("lurah", PETANANG_ULU, "plh", *days))
    add_term(SARI, UTARA_I, FIRST, FIRST + 6 * DAY, role="camat", acts_for=YUSUF)
    look(FIRST, 10)
    begun = {name for _, kind, name in told(session) if kind == "term_begins"}
    assert begun == {"Agus Salim", "Dewi Lestari", "Sari Wulandari", "Wati", "Yusuf"}


LAST = date(2026, 12, 31)


def heads_until(last: date, count: int, first: int = 0) -> None:
    """So many RT of one kelurahan get a head until that day, and those before them."""
    with writing() as within:
        for number in range(first, first + count):
            code, phone = f"{PETANANG_ULU}.{100 + number}", f"0812777{10000 + number}"
            regions.ensure_rt(within, code)
            for name, since, until in (("Dulu", 2016, date(2020, 12, 31)), ("Kini", 2021, last)):
                user = people.account(
                    f"{phone}{since % 10}", f"{name} {number}", "rt_head", code, "x",
                    date(since, 1, 1),
                )  # fmt: skip
                user.terms[0].until = until
                within.add(user)


def test_many_ends_together_cost_one_pass_and_no_more_statements(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heads of the whole city end on one day: each is compared with the terms of its own office
    alone."""
    compared: list[int] = []

    def continued(term: Term, others: list[Term]) -> bool:
        compared.append(len(others))
        return term_warnings.continued(term, others)

    monkeypatch.setattr(term_news, "continued", continued)
    said = {}
    for count in (3, 50):
        heads_until(LAST, count, first=len(said) * 10)
        compared.clear()
        steps.afresh(session)
        with time_machine.travel(at(LAST + DAY), tick=False), statements(app) as sent:
            rows = term_news.to_tell(session, at(LAST + DAY))
        said[count] = len(sent)
        ended = [one for one in rows if one["kind"] == "term_ended"]
        assert len(ended) == sum(said) + len((HARTONO, AGUS))
        assert sum(compared) <= 2 * len(compared)
    assert said[3] == said[50]


def test_closed_accounts_and_what_is_long_ago_are_no_news(session: Session) -> None:
    add_term(SARI, PETANANG_ULU, FIRST - 30 * DAY, FIRST - 8 * DAY, role="lurah", acts_for=HARTONO)
    closed = newcomer("Tutup", "rt_head", f"{PETANANG_ULU}.009", FIRST)
    with writing():
        user_of(closed).active = False
    assert look(FIRST) == 0


def test_who_names_the_next_in_two_offices_is_told_once(session: Session) -> None:
    """Yusuf is camat, and Diskominfo too."""
    add_term(YUSUF, "16.73", role="diskominfo")
    add_term(SARI, PETANANG_ULU, FIRST, FIRST + 29 * DAY, role="lurah", acts_for=HARTONO)
    look(FIRST)
    assert [one for one in told(session) if one[2] == "Yusuf"] == [
        ("01 Dec", "term_begins", "Yusuf")
    ]


def test_two_workers_at_once_tell_it_once(app: Flask, session: Session) -> None:
    add_term(SARI, PETANANG_ULU, FIRST, FIRST + 29 * DAY, role="lurah", acts_for=HARTONO)

    def work() -> int:
        with writing() as inner:
            return term_news.tell(inner, at(FIRST))

    assert sorted(steps.at_once(app, work, work)) == [0, 3]


def end_rt(code: str, last: date) -> None:
    with time_machine.travel(at(FIRST), tick=False), writing() as within:
        region_changes.dissolve(within, administration.diskominfo(user_of(AGUS)), code, last)


def test_a_kelurahan_is_told_what_an_rt_leaves_to_it(session: Session) -> None:
    newcomer("Sekretaris", "lurah", PETANANG_ULU)
    with time_machine.travel(at(FIRST), tick=False):
        report = act(HARTONO, send(RAHMAN), "return")
    end_rt(RAHMAN.region, FIRST + 2 * DAY)
    end_rt(SITI.region, FIRST + 2 * DAY)
    look_daily(FIRST, FIRST + 20 * DAY)
    assert [one for one in told(session) if one[1] == "rt_ended"] == [
        ("04 Dec", "rt_ended", "Hartono"),
        ("04 Dec", "rt_ended", "Sekretaris"),
    ]
    sentence = (
        "RT 001 Petanang Ulu berakhir 3 Des 2026. Satu laporannya sekarang di meja Anda, untuk "
        "diperbaiki atau dibatalkan."
    )
    found = says(session, HARTONO, FIRST + 4 * DAY)
    assert (sentence, f"/laporan/{report.number}") in found
    assert not any("Belum ada penggantinya" in text for text, _ in found)
    assert says(session, DEWI, FIRST) == []
