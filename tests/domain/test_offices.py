"""Offices: a term has a role of its own, and a deputy holds the desk of the one they act for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import listing, offices, posts, queue, visibility
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from tests import steps
from tests.cast import (
    BARAT_I,
    HARTONO,
    KOTA,
    MARLINA,
    PASSWORD,
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
from tests.page import Visitor
from tests.steps import act, climb, refused, send, user_of


@pytest.fixture
def hartono_acts_for_yusuf(session: Session) -> None:
    steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)


def held(person: Person) -> list[tuple[str | None, str, str | None]]:
    return [(one.desk, one.region, one.acts_for) for one in offices.held(user_of(person))]


def queued(session: Session, person: Person) -> set[str]:
    return {report.number for report in queue.desk_queue(session, user_of(person))}


def test_an_office_says_desk_region_and_for_whom(hartono_acts_for_yusuf: None) -> None:
    assert held(HARTONO) == [
        ("kelurahan", PETANANG_ULU, None),
        ("kecamatan", UTARA_I, user_of(YUSUF).id),
    ]
    assert offices.roles_of(user_of(HARTONO)) == {"lurah", "camat"}


def test_an_office_is_held_from_its_first_day_to_its_last(session: Session) -> None:
    today = steps.today()
    last = today + timedelta(days=5)
    steps.add_term(HARTONO, UTARA_I, since=today, until=last, role="camat")
    user = user_of(HARTONO)

    def regions(days: int) -> list[str]:
        return [one.region for one in offices.held(user, today + timedelta(days=days))]

    assert regions(-1) == [PETANANG_ULU]
    assert regions(0) == regions(5) == [PETANANG_ULU, UTARA_I]
    assert regions(6) == [PETANANG_ULU]
    days = (today - timedelta(days=1), last)
    assert len(offices.held_on_any(user, days)) == 2


def test_a_lurah_who_acts_for_the_camat_gets_no_desk_of_another_kelurahan(
    session: Session, hartono_acts_for_yusuf: None
) -> None:
    hartono = user_of(HARTONO)
    assert offices.desks_over(hartono, RAHMAN.region) == {"kelurahan", "kecamatan"}
    assert offices.desks_over(hartono, MARLINA.region) == {"kecamatan"}
    assert offices.desks_over(hartono, TABA_BARU) == {"kecamatan"}
    assert offices.desks_over(hartono, f"{BARAT_I}.1001") == frozenset()
    own, next_door = send(RAHMAN), send(MARLINA)
    assert queued(session, HARTONO) == {own.number}
    assert queue.summary(session, hartono).waiting == 1
    refused(NotNow, act, HARTONO, next_door, "verify")
    climb(next_door, SARI)
    assert queued(session, HARTONO) == {own.number, next_door.number}


def test_what_is_late_on_a_deputys_own_desk_is_not_counted_below_it_too(
    session: Session, hartono_acts_for_yusuf: None
) -> None:
    long_ago = steps.now() - timedelta(days=30)
    send(RAHMAN, at=long_ago, on=steps.today() - timedelta(days=30))
    send(MARLINA, at=long_ago, on=steps.today() - timedelta(days=30))
    figures = queue.summary(session, user_of(HARTONO))
    assert (figures.waiting, figures.late, figures.late_below) == (1, 1, 1)
    late, _ = listing.list_reports(session, user_of(HARTONO), listing.Filter(late="below"))
    assert [one.region_code for one in late] == [MARLINA.region]


def test_a_deputy_decides_at_the_higher_desk_but_not_twice(
    session: Session, hartono_acts_for_yusuf: None
) -> None:
    next_door = climb(send(MARLINA), SARI)
    assert act(HARTONO, next_door, "verify").desk == "kota"
    own = climb(send(RAHMAN), HARTONO)
    assert refused(NeverAllowed, act, HARTONO, own, "verify").code == "own"
    assert climb(own, YUSUF).desk == "kota"


def test_a_deputy_does_not_decide_what_the_own_office_filed(
    session: Session, hartono_acts_for_yusuf: None
) -> None:
    report = send(HARTONO, region=PETANANG_ULU)
    assert report.desk == "kecamatan"
    assert refused(NeverAllowed, act, HARTONO, report, "verify").code == "own"


def test_a_report_is_filed_in_the_role_of_its_office(
    session: Session, hartono_acts_for_yusuf: None
) -> None:
    assert send(HARTONO, "pad_inovasi", region=UTARA_I).author_desk == "kecamatan"
    steps.add_term(SITI, TABA_BARU, role="lurah", acts_for=SARI)
    assert send(SITI, "pad_inovasi", region=TABA_BARU).author_desk == "kelurahan"
    error = refused(WrongContent, send, SITI, "pad_inovasi", region=SITI.region)
    assert "category" in error.fields


def test_an_ended_deputyship_leaves_nothing(session: Session) -> None:
    yesterday = steps.today() - timedelta(days=1)
    steps.add_term(HARTONO, UTARA_I, until=yesterday, role="camat", acts_for=YUSUF)
    report = climb(send(MARLINA), SARI)
    assert queued(session, HARTONO) == set()
    with pytest.raises(NotFound):
        visibility.find_report(session, user_of(HARTONO), report.number)


def test_the_vacancy_of_a_desk_is_that_of_its_role(session: Session) -> None:
    """Somebody who holds the region in another role does not fill its desk."""
    vacant = [one.region for one in posts.right_below(session, user_of(YUSUF)) if one.empty]
    assert PETANANG_ULU not in vacant
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    steps.add_term(SITI, PETANANG_ULU, role="viewer")
    assert PETANANG_ULU in [
        one.region for one in posts.right_below(session, user_of(YUSUF)) if one.empty
    ]
    steps.add_term(SITI, PETANANG_ULU, role="lurah")
    assert PETANANG_ULU not in [
        one.region for one in posts.right_below(session, user_of(YUSUF)) if one.empty
    ]


def test_an_office_of_another_role_opens_its_pages(
    site: Callable[..., Visitor], session: Session
) -> None:
    number = send(MARLINA).number
    site(SITI).get("/verifikasi", status=403)
    steps.add_term(SITI, TABA_BARU, role="lurah", acts_for=SARI)
    page = site(SITI).get("/verifikasi")
    assert page.has(f'[href="/laporan/{number}"]')
    assert page.has('.nav [href="/verifikasi"]')
    assert "Ketua RT 002, Petanang Ulu, Plh. Lurah Taba Baru" in site(SITI).get("/beranda").text(
        "main"
    )


def test_who_is_diskominfo_and_bag_pemerintahan_reads_reports(session: Session) -> None:
    both = steps.newcomer("Wati", "diskominfo", KOTA)
    report = send(RAHMAN)
    with pytest.raises(NeverAllowed):
        visibility.find_report(session, user_of(both), report.number)
    steps.add_term(both, KOTA, role="pemerintahan")
    assert visibility.find_report(session, user_of(both), report.number).id == report.id


def test_a_term_over_a_region_of_another_level_is_no_desk(session: Session) -> None:
    """Nobody can make such a term today; one that came about all the same opens nothing."""
    steps.add_term(HARTONO, UTARA_I, role="lurah")
    next_door = send(MARLINA)
    assert queued(session, HARTONO) == set()
    assert offices.desks_over(user_of(HARTONO), MARLINA.region) == frozenset()
    refused(NeverAllowed, send, HARTONO, region=UTARA_I)
    refused(NotNow, act, HARTONO, next_door, "verify")


def test_an_office_that_has_ended_may_file_whatever_the_account_is_now(session: Session) -> None:
    today = steps.today()
    steps.end_term(RAHMAN, today - timedelta(days=1))
    with writing():
        user_of(RAHMAN).role = "viewer"
    assert send(RAHMAN, on=today - timedelta(days=2)).author_desk == "rt"
    refused(NeverAllowed, send, RATNA)


def test_a_desk_below_does_not_decide_although_the_person_decides_elsewhere(
    session: Session,
) -> None:
    """A second head of the RT holds a desk over the report, but none that decides."""
    second = steps.newcomer("Budi", "rt_head", RAHMAN.region)
    steps.add_term(second, TABA_BARU, role="lurah", acts_for=SARI)
    refused(NeverAllowed, act, second, send(RAHMAN), "verify")


def test_pages_say_as_what_a_deputy_acted_and_which_kelurahan_it_is(
    site: Callable[..., Visitor], session: Session, hartono_acts_for_yusuf: None
) -> None:
    report = climb(send(MARLINA), SARI)
    queue_page = site(HARTONO).get("/verifikasi").text("main")
    assert "RT 001, Taba Baru" in queue_page
    act(HARTONO, report, "verify")
    assert "Hartono, Plh. Camat, mewakili Yusuf" in site(HARTONO).get(
        f"/laporan/{report.number}"
    ).text("main")
    events = site(HARTONO).json("GET", f"/laporan/{report.number}")["events"]
    assert events[-1]["actor"] == {"name": "Hartono", "role": "camat", "desk": "kecamatan"}


def test_the_phone_of_a_person_with_two_roles_knows_both_and_offers_what_they_file_for(
    site: Callable[..., Visitor], session: Session
) -> None:
    def owner(person: Person) -> Any:
        typed = {"phone": person.phone, "password": PASSWORD}
        return site().json("POST", "/masuk", typed, status=200)["user"]

    assert set(owner(SITI)) == {"id", "name", "role", "region", "call", "offices"}
    steps.add_term(SITI, KOTA, role="viewer")
    assert owner(SITI)["region"] == SITI.region
    assert "regions" not in owner(SITI)
    assert owner(SITI)["roles"] == ["rt_head", "viewer"]
    page = site(SITI).get("/beranda")
    assert "Kota" not in page.text("main")
    assert page.has("[data-nihil-open]")
