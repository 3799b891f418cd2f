"""Accounts: telephone numbers as people type them, passwords, and accounts that are refused."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import accounts, administration, people
from sipokat.domain.refusals import WrongContent
from sipokat.models import Region, Term, User
from sipokat.turns import Busy
from tests.cast import BEJO, KOTA, PETANANG_ULU, RAHMAN
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.services.matrix import CHARACTERS
from tests.steps import refused, user_of

NEW = "0813-0000-0001"


@pytest.mark.parametrize(
    "typed",
    [
        "081200000101",
        "+6281200000101",
        "6281200000101",
        "0812 0000 0101",
        "0812-0000-0101",
        "+62 812-0000-0101",
        "(0812) 0000.0101",
        " 081200000101 ",
        "0812\u00a00000\u20130101",
        "\u202a+62 812\u20110000\u20110101\u202c",
        "\ufeff081200000101",
        "+62 0812 0000 0101",
        "0062 812 0000 0101",
        "0062 0812 0000 0101",
        "tel:+6281200000101",
        "TEL: 0812 0000 0101",
        "0812/0000/0101",
        "0812·0000·0101",
        "0812,0000,0101",
        "０８１２０００００１０１",
        "0812\u200b0000\u2060 0101",
    ],
)
def test_every_way_to_type_a_number_is_the_same_number(typed: str) -> None:
    assert people.normal_phone(typed) == "+6281200000101"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "812",
        "0812",
        "0812000001012345",
        "021 555 0101",
        "+1 812 0000 0101",
        "081200000101x",
        "0812+0000+0101",
        "008120000010",
        "+081200000101",
        "tel:rahman",
        "\u200b",
        "08120000010a",
        "rahman@example.org",
        "٠٨١٢٠٠٠٠٠١٠١",
    ],
)
def test_what_is_no_mobile_number(typed: str) -> None:
    assert people.normal_phone(typed) is None


@given(st.from_regex(r"8[0-9]{7,12}", fullmatch=True), st.sampled_from(["0", "62", "+62"]))
def test_every_beginning_is_the_same_number(rest: str, start: str) -> None:
    assert people.normal_phone(start + rest) == f"+62{rest}"


@given(st.text(CHARACTERS, max_size=30))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    number = people.normal_phone(typed)
    assert number is None or (number.startswith("+628") and len(number) <= 20)


def make(session: Session, **changes: Any) -> User:
    values: dict[str, Any] = {
        "phone": NEW,
        "name": "Budi",
        "role": "rt_head",
        "region_code": f"{PETANANG_ULU}.009",
        "password_hash": CHEAP,
    }
    with writing():
        by = administration.operator("tests")
        return accounts.create(session, by, **(values | changes))


def test_a_new_head_has_a_term_and_his_rt_a_place(session: Session) -> None:
    user = make(session, since=date(2026, 11, 1))
    (term,) = user.terms
    assert (term.region_code, term.since, term.until) == (
        f"{PETANANG_ULU}.009",
        date(2026, 11, 1),
        None,
    )
    rt = session.get_one(Region, f"{PETANANG_ULU}.009")
    assert (rt.name, rt.level, rt.parent_code) == ("RT 009", "rt", PETANANG_ULU)
    assert people.find_by_phone(session, "+62 813 0000 0001") is user
    assert user.phone == "+6281300000001"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"phone": "021555"}, ("phone", "belum lengkap")),
        ({"phone": RAHMAN.phone}, ("phone", "sudah dipakai")),
        ({"role": "walikota"}, ("role", "Pilih jabatan")),
        ({"region_code": PETANANG_ULU}, ("region", f"{PETANANG_ULU} tidak cocok")),
        ({"region_code": "16.73.99.1001.001"}, ("region", "16.73.99.1001.001 tidak ada")),
        ({"region_code": f"{PETANANG_ULU}.1"}, ("region", "tidak ada")),
        ({"region_code": f"{PETANANG_ULU}.abc"}, ("region", "tidak ada")),
        ({"region_code": "16"}, ("region", "16 tidak ada")),
        ({"region_code": ""}, ("region", "Isi wilayah")),
        ({"region_code": f"{PETANANG_ULU}.001.01"}, ("region", "tidak ada")),
        ({"role": "lurah", "region_code": "16.73.99.1001"}, ("region", "tidak ada")),
        ({"role": "camat", "region_code": "16.74.01"}, ("region", "16.74.01 tidak ada")),
        ({"role": "viewer", "region_code": "16.73.01"}, ("region", "tidak cocok")),
        ({"name": ""}, ("name", "80 huruf")),
        ({"name": "  "}, ("name", "80 huruf")),
        ({"name": "x" * 81}, ("name", "80 huruf")),
    ],
    ids=str,
)
def test_what_cannot_be_an_account_is_said_in_words(
    session: Session, change: dict[str, Any], says: tuple[str, str]
) -> None:
    field, words = says
    assert words in refused(WrongContent, make, session, **change).fields[field]
    assert people.find_by_phone(session, NEW) is None
    assert session.scalars(select(Term).where(Term.region_code.endswith(".009"))).all() == []


def test_a_name_is_one_line() -> None:
    assert people.require_name(" Siti\n\tAminah ") == "Siti Aminah"


def test_every_role_can_be_given(session: Session) -> None:
    places = {
        "rt_head": f"{PETANANG_ULU}.009",
        "lurah": PETANANG_ULU,
        "camat": "16.73.04",
        "pemerintahan": KOTA,
        "diskominfo": KOTA,
        "viewer": KOTA,
    }
    for number, (role, place) in enumerate(places.items()):
        user = make(session, phone=f"08130000000{number}", role=role, region_code=place)
        assert (user.role, user.terms[0].region_code) == (role, place)


def test_ids_are_opaque_and_never_used_twice(session: Session) -> None:
    ids = set(session.scalars(select(User.id)))
    assert all(len(one) == 36 and one.count("-") == 4 for one in ids)
    assert make(session).id not in ids


def test_a_password_matches_itself_only(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    with writing():
        user_of(RAHMAN).password_hash = people.hash_password("kata sandi é")
    rahman = user_of(RAHMAN)
    assert people.password_matches(rahman, "kata sandi é")
    for typed in ("kata sandi e", "", "Kata sandi é", "kata sandi é "):
        assert not people.password_matches(rahman, typed)
    assert not people.password_matches(None, "no account has this password")


def test_an_invalid_hash_matches_no_password() -> None:
    assert not people.password_matches(User(password_hash=""), "")
    assert not people.password_matches(User(password_hash="sipokat-demo"), "sipokat-demo")


@pytest.mark.parametrize("short", ["", "1234567"])
def test_a_short_password_is_refused(short: str) -> None:
    with pytest.raises(ValueError, match="8 huruf"):
        people.hash_password(short)


def test_bejos_account_is_closed(session: Session) -> None:
    bejo = user_of(BEJO)
    assert (bejo.active, bejo.is_active, bejo.is_authenticated) == (False, False, False)


@pytest.mark.parametrize(
    ("processes", "each"), [(1, 4), (2, 2), (3, 1), (4, 1), (5, 1), (64, 1)], ids=str
)
def test_processes_share_the_hashes_and_each_has_one(
    monkeypatch: pytest.MonkeyPatch, processes: int, each: int
) -> None:
    monkeypatch.setattr(people, "_hashing", None)
    people.share_hashes(processes)
    monkeypatch.setattr(people._hashing, "_most_waiting", 0)
    with ExitStack() as turns:
        for _ in range(each):
            turns.enter_context(people.turn_to_hash())
        with pytest.raises(Busy), people.turn_to_hash():
            pass
