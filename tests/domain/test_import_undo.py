"""An import is taken back, as long as nobody has used what it gave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import activation_use, activations, administration, endings, people
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import kept
from sipokat.domain.refusals import NotNow
from tests.cast import RAHMAN, SITI
from tests.importing import WATI, apply, found, load, undo
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import refused, user_of


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


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


def test_what_somebody_has_used_is_not_undone(session: Session) -> None:
    one = load(WATI, ["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", "1"])
    refused(NotNow, undo, one)
    apply(one)
    wati = found(session, WATI[1])
    with writing() as writes:
        made = activations.make(writes, administration.operator("budi"), wati)
    activation_use.spend(made.code, "0001", "385026", "203.0.113.1", None, "Chrome")
    assert "sudah dipakai Wati." in refused(NotNow, undo, one).message
    assert user_of(RAHMAN).name == "Rahman Hakim", "nothing of it is undone"


def test_what_was_changed_since_is_not_undone(session: Session) -> None:
    one = load(WATI)
    apply(one)
    wati = found(session, WATI[1])
    with writing() as writes:
        by = administration.operator("budi")
        endings.end(writes, by, wati, wati.terms[0], day_of(now()) + timedelta(days=3))
    refused(NotNow, undo, one)
