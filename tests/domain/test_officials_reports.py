"""Officials' own reports: a lurah's and a camat's go up the same chain, from the desk above."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, barred, listing, terms
from sipokat.domain.categories import categories
from sipokat.domain.refusals import NeverAllowed
from sipokat.domain.roles import above
from tests import steps
from tests.cast import DEWI, HARTONO, PETANANG_ULU, RAHMAN, SARI, SITI, UTARA_I, YUSUF, Person
from tests.steps import act, refused, revise, send, user_of

OFFICIALS = [key for key, one in categories().items() if "lurah" in one.roles]
DESK = {HARTONO: "kelurahan", YUSUF: "kecamatan"}
UP = {HARTONO: (YUSUF, DEWI), YUSUF: (DEWI,)}


def own(session: Session, person: Person) -> tuple[list[str], list[str]]:
    """The numbers of what the person has to mend, and of the last others of their offices."""
    mending, filed = listing.own_reports(session, user_of(person), 3)
    return [one.number for one in mending], [one.number for one in filed]


def test_officials_file_what_only_they_do() -> None:
    assert {"pad_inovasi", "rekap_bulanan"} <= set(OFFICIALS)
    for key in ("pad_inovasi", "rekap_bulanan"):
        assert categories()[key].roles == ("lurah", "camat")


@pytest.mark.parametrize("category", OFFICIALS)
@pytest.mark.parametrize("person", [HARTONO, YUSUF], ids=str)
def test_each_kind_goes_all_the_way(session: Session, person: Person, category: str) -> None:
    report = send(person, category)
    assert (report.author_desk, report.desk) == (DESK[person], above(DESK[person]))
    first, *rest = UP[person]
    report = act(first, report, "return", reason="lainnya", note="Mohon dilengkapi.")
    assert report.desk == DESK[person]
    assert own(session, person) == ([report.number], [])
    report = revise(person, report, text="Sudah dilengkapi.")
    assert (report.status, report.desk) == ("waiting", above(DESK[person]))
    assert own(session, person) == ([], [report.number])
    klass = "kinerja" if categories()[category].classed else None
    for holder in (first, *rest):
        report = act(holder, report, "verify", klass=klass)
    assert (report.status, report.desk) == ("verified", None)
    assert own(session, person) == ([], [report.number])


@pytest.fixture
def sekretaris(session: Session) -> Person:
    """Siti sits at the desk of the kelurahan, as sekretaris."""
    with writing() as inner:
        operator = administration.operator("budi")
        day = steps.today() - timedelta(days=30)
        terms.begin(inner, operator, user_of(SITI), "lurah", PETANANG_ULU, day, seat="sekretaris")
    return SITI


def test_whoever_sits_at_the_desk_files_for_the_kelurahan(
    session: Session, sekretaris: Person
) -> None:
    """A sekretaris writes it in their own name; it is the kelurahan's, and the lurah may mend it.
    Neither of them decides it."""
    report = send(sekretaris, "pad_inovasi", region=PETANANG_ULU)
    assert (report.region_code, report.author_desk, report.desk) == (
        PETANANG_ULU,
        "kelurahan",
        "kecamatan",
    )
    for person in (sekretaris, HARTONO):
        assert refused(NeverAllowed, act, person, report, "verify").code == "own"
    assert own(session, HARTONO) == ([], [report.number])
    report = act(YUSUF, report, "return")
    assert own(session, HARTONO) == own(session, sekretaris) == ([report.number], [])
    assert revise(HARTONO, report).desk == "kecamatan"


def test_a_deputy_files_for_the_office_in_which_they_act(session: Session) -> None:
    steps.add_term(SARI, PETANANG_ULU, acts_for=HARTONO)
    report = send(SARI, "pad_inovasi", region=PETANANG_ULU)
    assert (report.region_code, report.desk) == (PETANANG_ULU, "kecamatan")
    assert own(session, HARTONO) == ([], [report.number])


def test_nobody_decides_at_the_desk_above_what_came_from_an_office_of_theirs(
    session: Session, sekretaris: Person
) -> None:
    """The lurah acts for the camat, and the sekretaris has written for the kelurahan. Where nobody
    else sits there, Bag. Pemerintahan is told to name a Plh."""
    report = send(sekretaris, "pad_inovasi", region=PETANANG_ULU)
    steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)
    assert refused(NeverAllowed, act, HARTONO, report, "verify").code == "own"
    assert barred.waiting_for_deputy(session, user_of(DEWI)) == {}
    steps.end_term(YUSUF, steps.today() - timedelta(days=1))
    assert barred.waiting_for_deputy(session, user_of(DEWI)) == {UTARA_I: 1}


def test_own_are_those_of_the_office_and_no_rts(session: Session) -> None:
    for person in (RAHMAN, SITI):
        send(person)
    mine = [send(HARTONO, "pad_inovasi", text=f"Nomor {place}.").number for place in range(5)]
    assert own(session, HARTONO) == ([], mine[:1:-1])
    assert own(session, SARI) == ([], [])
    assert own(session, YUSUF) == ([], [])
    found, _ = listing.list_reports(session, user_of(HARTONO), listing.Filter(by="own"))
    assert [one.number for one in found] == mine[::-1]
    by_sari, _ = listing.list_reports(session, user_of(SARI), listing.Filter(by="own"))
    assert by_sari == []
    by_rahman, _ = listing.list_reports(session, user_of(RAHMAN), listing.Filter(by="own"))
    assert {one.region_code for one in by_rahman} == {RAHMAN.region}
