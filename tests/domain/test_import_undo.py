"""An import is taken back, as long as nobody has used what it gave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    activation_use,
    activations,
    administration,
    deputies,
    endings,
    people,
    sessions,
    sign_in,
    terms,
)
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import kept
from sipokat.domain.letters import Letter
from sipokat.domain.refusals import NotNow
from sipokat.domain.region_changes import DAY
from sipokat.domain.sign_in import SignedIn
from sipokat.models import AdministrativeEntry, KnownDevice, LoginSession, Region
from tests.cast import AGUS, HARTONO, PASSWORD, PETANANG_ULU, RAHMAN, SITI
from tests.importing import WATI, apply, found, load, undo
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import change_region, days, refused, send, user_of


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


RT = f"{PETANANG_ULU}.009"


def activate(session: Session) -> SignedIn:
    """Wati activates her phone with a code."""
    wati = found(session, WATI[1])
    with writing() as writes:
        made = activations.make(writes, administration.operator("budi"), wati)
    return activation_use.spend(made.code, "0001", "385026", "203.0.113.1", None, "Chrome")


def test_an_import_is_undone_and_a_corrected_one_takes_its_place(session: Session) -> None:
    names = ["H. Rahman", "0813 9000 0009", "Petanang Ulu", "1"]
    one = load(WATI, names, ["Siti Aminah", SITI.phone, "Petanang Ulu", "11"])
    assert apply(one).count == 3
    wati = found(session, WATI[1])
    with writing() as writes:
        activations.make(writes, administration.operator("budi"), wati, printed=True)
    assert undo(one) == 3
    assert (wati.active, wati.terms) == (False, [])
    assert (user_of(RAHMAN).name, user_of(RAHMAN).phone) == ("Rahman", "+6281200000101")
    assert [term.region_code for term in user_of(SITI).terms] == [SITI.region]
    refused(NotNow, undo, one)
    refused(NotNow, apply, one)
    again = load(["Wati Susanti", *WATI[1:]])
    (row,) = kept.verdicts(session, again)
    assert [one.field for one in row.changes] == ["name", "account", "office"]
    apply(again)
    assert (wati.active, wati.name, len(wati.terms)) == (True, "Wati Susanti", 1)
    undo(again)
    assert (wati.active, wati.name, wati.terms) == (False, "Wati", [])


def test_an_rt_that_it_added_goes_again(session: Session) -> None:
    one = load(WATI)
    apply(one)
    assert session.get(Region, RT) is not None
    undo(one)
    assert session.get(Region, RT) is None
    query = select(AdministrativeEntry).where(AdministrativeEntry.region_code == RT)
    entries = session.scalars(query.order_by(AdministrativeEntry.id)).all()
    assert [entry.action for entry in entries] == ["add_region", "withdraw_region"]
    assert {entry.actor_id for entry in entries} == {user_of(AGUS).id}
    again = load(["Wati", *WATI[1:]])
    assert "RT 009 belum ada" in kept.verdicts(session, again)[0].note
    apply(again)
    undo(again)
    assert session.get(Region, RT) is None


@pytest.mark.parametrize("used_by", ["term", "report", "name", "split", "before"])
def test_an_rt_that_others_use_stays(session: Session, used_by: str) -> None:
    if used_by == "before":
        change_region("add", RT, days(-3))
    one = load(WATI)
    apply(one)
    if used_by == "term":
        with writing() as writes:
            by = administration.operator("budi")
            gone = found(session, WATI[1]).terms[0]
            terms.begin(writes, by, user_of(SITI), "rt_head", RT, days(-30), gone.since - DAY)
    elif used_by == "report":
        send(HARTONO, region=RT)
    elif used_by == "name":
        change_region("rename", RT, "RT 009 Raya", days(1))
    elif used_by == "split":
        change_region("split", RT, [RT, f"{PETANANG_ULU}.099"], days(1))
    assert undo(one) == 1
    assert session.get(Region, RT) is not None
    assert not found(session, WATI[1]).active


def test_what_somebody_has_used_is_not_undone(session: Session) -> None:
    one = load(WATI, ["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", "1"])
    refused(NotNow, undo, one)
    apply(one)
    activate(session)
    assert "sudah dipakai Wati." in refused(NotNow, undo, one).message
    assert user_of(RAHMAN).name == "Rahman Hakim", "nothing of it is undone"


def test_a_session_that_has_ended_counts_too(session: Session) -> None:
    """Siti signs in after the file gave her a second office, and signs out."""
    one = load(["Siti Aminah", SITI.phone, "Petanang Ulu", "11"])
    apply(one)
    signed_in = sign_in.sign_in(SITI.phone, PASSWORD, "203.0.113.1", None, "Chrome")
    sessions.sign_out(signed_in.token)
    assert session.scalars(select(LoginSession)).all() == []
    assert "sudah dipakai Siti Aminah." in refused(NotNow, undo, one).message


def test_a_code_that_was_spent_counts_whatever_is_left_of_it(session: Session) -> None:
    one = load(WATI)
    apply(one)
    phone = activate(session)
    sessions.sign_out(phone.token)
    with writing() as writes:
        writes.execute(delete(KnownDevice))
    refused(NotNow, undo, one)


def test_a_report_in_the_office_counts(session: Session) -> None:
    """Rahman was signed in all the time."""
    one = load(["Rahman", RAHMAN.phone, "Petanang Ulu", "11"])
    apply(one)
    send(RAHMAN, region=f"{PETANANG_ULU}.011")
    refused(NotNow, undo, one)


def test_a_name_is_not_used_by_signing_in(session: Session) -> None:
    one = load(["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", "1"])
    apply(one)
    sign_in.sign_in(RAHMAN.phone, PASSWORD, "203.0.113.1", None, "Chrome")
    assert undo(one) == 1


def test_who_acts_for_somebody_of_the_file_counts(session: Session) -> None:
    one = load(WATI)
    apply(one)
    with writing() as writes:
        by = administration.operator("budi")
        letter = Letter("rt_head", RT, "plh", days(0), days(3), "800/1", days(0))
        deputies.appoint(writes, by, user_of(SITI), letter)
    assert "sudah dipakai Wati." in refused(NotNow, undo, one).message


def test_what_was_changed_since_is_not_undone(session: Session) -> None:
    one = load(WATI)
    apply(one)
    wati = found(session, WATI[1])
    with writing() as writes:
        by = administration.operator("budi")
        endings.end(writes, by, wati, wati.terms[0], day_of(now()) + timedelta(days=3))
    refused(NotNow, undo, one)
