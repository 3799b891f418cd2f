"""A Plh. acts while the holder is away, a Plt. while the office is vacant; both by a letter and for
a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    administration,
    appointers,
    deputies,
    endings,
    offices,
    posts,
    terms,
    titles,
)
from sipokat.domain.administration import By
from sipokat.domain.letters import Letter, months_after
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.models import Term
from tests import steps
from tests.cast import (
    AGUS,
    BARAT_I,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
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
from tests.steps import OPERATOR, act, days, refused, send, user_of


def letter(kind: str = "plh", since: int = 0, until: int = 6, **changes: object) -> Letter:
    given = Letter("lurah", PETANANG_ULU, kind, days(since), days(until), "800/12/2026", days(0))
    return replace(given, **changes)


def appoint(person: Person, given: Letter, by: By = OPERATOR) -> Term:
    with writing() as session:
        return deputies.appoint(session, by, user_of(person), given)


def vacate(person: Person, last: int = -1) -> None:
    with writing() as session:
        user = user_of(person)
        endings.end(session, OPERATOR, user, user.terms[0], days(last))


def test_a_plh_acts_for_the_holder_and_events_say_so(session: Session) -> None:
    appoint(SARI, letter())
    report = act(SARI, send(RAHMAN), "verify")
    event = steps.events_of(report)[-1]
    assert (event.actor_role, event.actor_region) == ("lurah", PETANANG_ULU)
    assert event.acted_for is not None
    assert event.acted_for.name == HARTONO.name
    assert json.loads(event.detail or "")["kind"] == "plh"
    (office,) = (one for one in offices.held(user_of(SARI)) if one.kind == "plh")
    assert office.label == "Plh. Lurah"
    entry = administration.entries_about(session, user_of(SARI))[0]
    facts = administration.facts(entry.became)
    assert (facts["kind"], facts["letter"]) == ("plh", "800/12/2026")
    assert facts["until"] == days(6).isoformat()


def test_a_plt_acts_in_a_vacant_office_and_gives_way_to_its_head(session: Session) -> None:
    vacate(HARTONO)
    appoint(SARI, letter("plt", until=40))
    report = act(SARI, send(RAHMAN), "verify")
    event = steps.events_of(report)[-1]
    assert event.actor_for is None
    assert json.loads(event.detail or "")["kind"] == "plt"
    with writing() as inner:
        terms.begin(inner, OPERATOR, user_of(SITI), "lurah", PETANANG_ULU, days(3))
    plt = user_of(SARI).terms[-1]
    assert plt.until == days(2)
    assert administration.entries_about(session, user_of(SARI))[0].action == "end_term"


def test_a_plh_acts_no_longer_than_the_holder_holds_the_office(session: Session) -> None:
    appoint(SARI, letter(until=20))
    vacate(HARTONO, last=4)
    assert user_of(SARI).terms[-1].until == days(4)


def test_a_vacant_office_has_a_plt_and_one_that_is_held_a_plh(session: Session) -> None:
    said = refused(NotNow, appoint, SARI, letter("plt")).message
    assert said.startswith("Hartono memegang jabatan Lurah Petanang Ulu sejak ")
    assert said.endswith("Kalau berhalangan, tunjuk Plh.")
    vacate(HARTONO, last=3)
    assert "sampai" in refused(NotNow, appoint, SARI, letter(until=6)).message
    appoint(SARI, letter(until=3))
    assert "kosong" in refused(NotNow, appoint, SARI, letter(since=4, until=9)).message
    appoint(SARI, letter("plt", since=4, until=60))


def test_an_office_has_one_deputy_on_a_day(session: Session) -> None:
    appoint(SARI, letter(since=2, until=6))
    said = refused(NotNow, appoint, YUSUF, letter(since=6, until=9)).message
    assert said.startswith("Sari Wulandari sudah menjadi Plh. Lurah Petanang Ulu ")
    appoint(YUSUF, letter(since=7, until=9))


def test_a_plh_has_thirty_days_in_a_row(session: Session) -> None:
    assert refused(WrongContent, appoint, SARI, letter(until=30)).fields == {
        "until": "Plh. paling lama 30 hari."
    }
    appoint(SARI, letter(until=19))
    assert "until" in refused(WrongContent, appoint, SARI, letter(since=20, until=30)).fields
    appoint(SARI, letter(since=20, until=29))
    assert "until" in refused(WrongContent, appoint, SARI, letter(since=30, until=30)).fields
    appoint(YUSUF, letter(since=30, until=59))


@pytest.mark.parametrize(
    ("since", "over"),
    [
        (date(2026, 1, 15), date(2026, 4, 15)),
        (date(2026, 11, 30), date(2027, 3, 1)),
        (date(2026, 12, 1), date(2027, 3, 1)),
        (date(2026, 10, 31), date(2027, 1, 31)),
    ],
)
def test_three_months_end_on_the_same_day_of_the_month(since: date, over: date) -> None:
    assert months_after(since) == over


def test_a_plt_is_renewed_once(session: Session) -> None:
    vacate(HARTONO)
    first = letter("plt")
    whole = months_after(first.since) - timedelta(days=1)
    fields = refused(
        WrongContent, appoint, SARI, replace(first, until=whole + timedelta(days=1))
    ).fields
    assert fields["until"].startswith("Plt. paling lama 3 bulan, jadi sampai ")
    appoint(SARI, letter("plt", until=9))
    appoint(SARI, letter("plt", since=10, until=19))
    said = refused(NotNow, appoint, SARI, letter("plt", since=20, until=29)).message
    assert "sudah 2 kali menjadi Plt." in said
    appoint(YUSUF, letter("plt", since=20, until=29))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": " ", "dated": -8}, "letter_number"),
        ({"number": "8" * 61}, "letter_number"),
        ({"dated": 1}, "letter_date"),
        ({"since": 5, "until": 4}, "until"),
        ({"since": -9, "until": -1}, "until"),
        ({"since": 61, "until": 70}, "since"),
        ({"kind": "pjs"}, "kind"),
        ({"role": "diskominfo", "region": KOTA}, "role"),
        ({"role": "walikota"}, "role"),
        ({"region": RAHMAN.region}, "region"),
        ({"region": "16.73.99.1001"}, "region"),
    ],
)
def test_what_a_letter_says_wrongly_is_said_beside_it(
    session: Session, changes: dict[str, object], field: str
) -> None:
    as_days = {k: days(v) if isinstance(v, int) else v for k, v in changes.items()}
    error = refused(WrongContent, appoint, SARI, replace(letter(), **as_days))
    assert list(error.fields) == [field]
    assert error.fields[field].endswith(".")


def test_who_cannot_be_a_deputy(session: Session) -> None:
    assert "ditutup" in refused(WrongContent, appoint, BEJO, letter()).message
    assert "sendiri memegang" in refused(NotNow, appoint, HARTONO, letter()).message
    yusuf = appointers.appointer(user_of(YUSUF), "lurah", PETANANG_ULU)
    assert "bukan diri sendiri" in refused(WrongContent, appoint, YUSUF, letter(), yusuf).message


@pytest.mark.parametrize(
    ("person", "role", "region", "refusal"),
    [
        (YUSUF, "lurah", PETANANG_ULU, None),
        (AGUS, "lurah", PETANANG_ULU, None),
        (AGUS, "pemerintahan", KOTA, None),
        (HARTONO, "rt_head", RAHMAN.region, None),
        (DEWI, "camat", UTARA_I, None),
        (EFFENDI, "lurah", PETANANG_ULU, NotFound),
        (SARI, "rt_head", RAHMAN.region, NotFound),
        (YUSUF, "rt_head", RAHMAN.region, NotFound),  # the lurah does that
        (YUSUF, "camat", UTARA_I, NotFound),
        (HARTONO, "camat", UTARA_I, NotFound),
        (RAHMAN, "rt_head", RAHMAN.region, NeverAllowed),
        (RATNA, "lurah", PETANANG_ULU, NeverAllowed),
        (BEJO, "rt_head", RAHMAN.region, NeverAllowed),
    ],
)
def test_who_appoints(
    session: Session, person: Person, role: str, region: str, refusal: type | None
) -> None:
    given = (user_of(person), role, region)
    if refusal is None:
        assert appointers.appointer(*given).user == given[0]
    else:
        refused(refusal, appointers.appointer, *given)


def test_the_deputy_and_the_desk_above_are_warned_before_the_end(session: Session) -> None:
    def warned(person: Person) -> list[str]:
        user = user_of(person)
        soon = posts.ending(user, posts.right_below(session, user))
        return [titles.title_of(session, one) for one in soon]

    appoint(SARI, letter(until=20))
    assert warned(SARI) == []
    with writing():
        user_of(SARI).terms[-1].until = days(14)
    for person in (SARI, YUSUF):
        assert warned(person) == ["Plh. Lurah Petanang Ulu"]
    for person in (HARTONO, EFFENDI, DEWI, RAHMAN, AGUS):
        assert warned(person) == []


def test_a_deputy_decides_no_report_of_their_own_nor_one_from_below(session: Session) -> None:
    appoint(HARTONO, replace(letter(), role="camat", region=UTARA_I))
    report = act(HARTONO, send(RAHMAN), "verify")
    assert refused(NeverAllowed, act, HARTONO, report, "verify").code == "own"
    own = send(HARTONO, category="pad_inovasi", region=PETANANG_ULU)
    assert refused(NeverAllowed, act, HARTONO, own, "verify").code == "own"
    appoint(RAHMAN, letter())
    assert refused(NeverAllowed, act, RAHMAN, send(RAHMAN, region=RAHMAN.region), "verify")


def test_a_sekretaris_sits_at_the_desk_under_their_own_name(session: Session) -> None:
    with writing() as inner:
        user = user_of(SITI)
        terms.begin(inner, OPERATOR, user, "lurah", PETANANG_ULU, days(0), seat="sekretaris")
    report = act(SITI, send(RAHMAN), "verify")
    event = steps.events_of(report)[-1]
    assert json.loads(event.detail or "")["title"] == "sekretaris"
    assert user_of(SITI).terms[-1].kind == "definitif"
    assert titles.title_of(session, user_of(SITI).terms[-1]) == "Sekretaris Kelurahan Petanang Ulu"
    vacate(HARTONO)
    appoint(SITI, letter("plt"))
    taba = terms.begin, session, OPERATOR, user_of(RAHMAN), "lurah", TABA_BARU, days(0)
    refused(WrongContent, *taba, seat="bendahara")
    acting = offices.acting_at(user_of(SITI), "kelurahan", RAHMAN.region)
    assert acting.label == "Plt. Lurah", "as a deputy before as a sekretaris"


def test_a_deputy_of_a_former_time_is_told_as_before(session: Session) -> None:
    """Entries from before kinds were kept say only for whom."""
    steps.add_term(SARI, BARAT_I, role="camat", acts_for=EFFENDI)
    assert offices.held(user_of(SARI))[-1].label == "Plh. Camat"
