"""People of a spreadsheet: what each row would change, what is changed, and how it is undone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.delivery.old_imports import OldImports
from sipokat.domain import (
    activation_use,
    activations,
    administration,
    deputies,
    people,
    term_checks,
    terms,
)
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import cells, columns, kept, places
from sipokat.domain.imports.verdicts import digest
from sipokat.domain.letters import Letter
from sipokat.domain.refusals import NotFound, NotNow, WrongContent
from sipokat.models import AdministrativeEntry, ImportRow, Region, Term, User
from tests import people_file
from tests.cast import AGUS, BEJO, HARTONO, PETANANG_ULU, RAHMAN, SITI
from tests.importing import HEADS, WATI, apply, found, load, undo, verdict
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import refused, user_of

OFFICE = "Ketua RT 009 Petanang Ulu"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def how_many(session: Session) -> list[int]:
    tables = (User, Term, AdministrativeEntry, Region)
    return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


# --- What is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        ("No|NAMA KETUA RT|KELURAHAN|RT|NO. HP", {"name": 1, "kelurahan": 2, "rt": 3, "phone": 4}),
        ("Nama Kelurahan|Nama|Nomor WA|RT/RW", {"kelurahan": 0, "name": 1, "phone": 2, "rt": 3}),
        ("Ketua RT|RT|No HP (aktif)|Kel.", {"name": 0, "rt": 1, "phone": 2, "kelurahan": 3}),
        ("Nama|Jabatan|TMT|Telp", {"name": 0, "role": 1, "since": 2, "phone": 3}),
        ("Alamat|Kecamatan", {"kecamatan": 1}),
        ("Alamat|Ket.", {}),
    ],
)
def test_heads_are_known_as_offices_write_them(heads: str, fields: dict[str, int]) -> None:
    assert columns.known(heads.split("|")) == fields


def test_heads_below_titles_and_merged_over_two_rows() -> None:
    rows = [
        ["DATA KETUA RT", "", "", ""],
        ["Nama", "Wilayah", "", "Kontak"],
        ["", "Kelurahan", "RT", "No HP"],
        ["Wati", "Petanang Ulu", "9", "0813"],
    ]
    table = columns.recognise(list(enumerate(rows, 1)))
    assert table.columns == {"name": 0, "kelurahan": 1, "rt": 2, "phone": 3}
    assert table.rows == [(4, rows[3])]


def test_without_heads_every_row_is_of_people() -> None:
    table = columns.recognise([(1, ["Wati", "0813"]), (2, ["Nama", "0814"])])
    assert table.columns == {}
    assert table.heads == ["Kolom ke-1", "Kolom ke-2"]
    assert len(table.rows) == 2


def test_heads_with_words_that_nobody_knows_below_a_title() -> None:
    table = columns.recognise([(1, ["DATA", ""]), (2, ["Siapa", "Di mana"]), (3, ["Wati", "9"])])
    assert table.heads == ["Siapa", "Di mana"]
    assert table.rows == [(3, ["Wati", "9"])]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("PETANANG ULU", "Petanang Ulu"),
        ("Kelurahan Petanang-Ulu", "Petanang Ulu"),
        ("Kel.Belalau 1", "Belalau I"),
        ("belalau  ii", "Belalau II"),
        ("Lubuk Linggau Ulu", "Lubuklinggau Ulu"),
        ("Rahma", "Rahmah"),
        ("Karya Bhakti", "Karya Bakti"),
        ("Jawa Kanan S.S.", "Jawa Kanan SS"),
        (PETANANG_ULU, "Petanang Ulu"),
        ("Kelurahan Kenanga", "Kenanga"),
    ],
)
def test_kelurahan_in_the_usual_spellings(session: Session, written: str, name: str) -> None:
    city = places.Places(session, day_of(now()))
    assert city.names[city.kelurahan(written)] == name


def test_a_kelurahan_that_is_none(session: Session) -> None:
    city = places.Places(session, day_of(now()))
    assert "Mungkin Petanang Ulu?" in refused(WrongContent, city.kelurahan, "Petanag Ulu").message
    assert refused(WrongContent, city.kelurahan, "Palembang").message.endswith("tidak ada.")


@pytest.mark.parametrize(
    "written", ["3", "03", "003", "RT 3", "rt.03", "RT 003/RW 02", "3/1", "RT 3 RW 1"]
)
def test_an_rt(written: str) -> None:
    assert places.rt_number(written) == "003"


@pytest.mark.parametrize("written", ["", "0", "RW 1", "2026-01-02", "1234", "tiga", "-3"])
def test_what_is_no_rt(written: str) -> None:
    refused(WrongContent, places.rt_number, written)


@pytest.mark.parametrize(
    "written", ["81234567890", "'081234567890", "6281234567890", "0812 3456 7890"]
)
def test_numbers_as_spreadsheets_keep_them(written: str) -> None:
    assert cells.phone_of(written) == "+6281234567890"


@pytest.mark.parametrize(
    "written", ["2024-03-01", "1/3/2024", "01-03-2024", "1 Maret 2024", "45352"]
)
def test_days(written: str) -> None:
    assert cells.day(written, date(2026, 12, 1)) == date(2024, 3, 1)


@pytest.mark.parametrize(
    "written", ["31/2/2024", "besok", "1880-01-01", "99999", "2024", "1 Foo 2024"]
)
def test_what_is_no_day(written: str) -> None:
    refused(WrongContent, cells.day, written, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("H. Ma'ruf, S.Pd.", "Ma’ruf", True),
        ("PAK RAHMAN", "Rahman", True),
        ("Hj. Siti", "Siti Aminah", False),
        ("Hartono", "Artono", False),
    ],
)
def test_who_is_called_so_is_the_same_person(one: str, other: str, same: bool) -> None:
    assert (cells.core(one) == cells.core(other)) is same


# --- Verdicts -------------------------------------------------------------------------------------


def test_a_new_head_of_an_rt_that_is_added(session: Session) -> None:
    row = verdict(session, WATI)
    assert (row.kind, row.name, row.phone, row.office) == ("new", "Wati", "+6281390000001", OFFICE)
    assert "RT 009 belum ada" in row.note
    assert "belum ada" not in verdict(session, ["Wati", "0813 9000 0001", "Petanang Ulu", "3"]).note


def test_what_is_there_already_is_unchanged_however_it_is_written(session: Session) -> None:
    assert verdict(session, ["RAHMAN", "812 0000 0101", "PETANANG ULU", "RT 1"]).kind == "unchanged"


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        (["Rahman Hakim", RAHMAN.phone, "", ""], [("name", "Rahman", "Rahman Hakim")]),
        (["Rahman", "0813 9000 0001", "", ""], [("phone", "+6281200000101", "+6281390000001")]),
        (
            ["H. Rahman", "0813 9000 0001", "", ""],
            [("name", "Rahman", "H. Rahman"), ("phone", "+6281200000101", "+6281390000001")],
        ),
        (["Rahman", RAHMAN.phone, "Petanang Ulu", "9"], [("office", "", OFFICE)]),
    ],
)
def test_what_changes_is_shown_as_it_was_and_as_it_becomes(
    session: Session, row: list[str], changes: list[tuple[str, str, str]]
) -> None:
    found = verdict(session, [*row[:2], row[2] or "Petanang Ulu", row[3] or "1"])
    assert found.kind == "changed"
    assert [(one.field, one.was, one.became) for one in found.changes] == changes


def test_who_has_another_name_altogether_may_be_another_person(session: Session) -> None:
    """So that row is applied only where it is chosen by itself."""
    one = load(
        WATI,
        ["Mustofa", RAHMAN.phone, "Petanang Ulu", "1"],
        ["Siti", SITI.phone, "Petanang Ulu", "2"],
    )
    row = kept.verdicts(session, one)[1]
    assert (row.kind, row.asks) == ("changed", True)
    assert "Pastikan ini orang yang sama" in row.note
    alike = verdict(session, ["Pak Rahman", RAHMAN.phone, "Petanang Ulu", "1"])
    assert (alike.note, alike.asks) == ("", False)
    assert apply(one).count == 2
    assert user_of(RAHMAN).name == "Rahman"
    assert apply(one).count == 0
    assert apply(one, also=[3]).count == 1
    assert user_of(RAHMAN).name == "Mustofa"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["Wati", RAHMAN.phone, "Petanang Ulu", "9"], "sudah dipakai Rahman"),
        (["Wati", BEJO.phone, "Petanang Ulu", "9"], "Akun Bejo dengan nomor ini ditutup"),
        (["Wati", "081390000001", "Petanang Ulu", "1"], "sudah dijabat Rahman"),
        (["", "0812", "Mana", "x"], "Nama belum diisi. Nomor HP"),
        (["=HYPERLINK(1)", "081390000001", "Petanang Ulu", "9"], "bukan nama"),
        (["Wati\x07", "081390000001", "Petanang Ulu", "9"], "huruf yang rusak"),
        (["Wat\ufffd", "081390000001", "Petanang Ulu", "9"], "huruf yang rusak"),
    ],
)
def test_why_a_row_is_refused(session: Session, row: list[str], why: str) -> None:
    found = verdict(session, row)
    assert found.kind == "refused"
    assert why in found.why


def test_rows_that_contradict_each_other_are_all_refused(session: Session) -> None:
    one = load(WATI, ["Budi", WATI[1], "Petanang Ulu", "10"], ["Tono", "081390000003", *WATI[2:]])
    rows = kept.verdicts(session, one)
    assert [row.kind for row in rows] == ["refused"] * 3
    assert rows[0].why == "Nomor ini juga di baris 3 (Budi). Perbaiki berkasnya."
    assert rows[2].why == "RT ini juga di baris 2 (Wati). Perbaiki berkasnya."


def test_of_the_same_row_twice_the_first_counts(session: Session) -> None:
    rows = kept.verdicts(session, load(WATI, WATI))
    assert [(row.kind, row.why) for row in rows] == [
        ("new", ""),
        ("refused", "Sama dengan baris 2."),
    ]


def test_nobody_gives_themselves_an_office_by_a_file(session: Session) -> None:
    one = load(["Agus Salim", AGUS.phone, "Petanang Ulu", "9"])
    done = apply(one)
    assert (done.count, [line for line, _why in done.refused]) == (0, [2])
    assert "bukan diri sendiri" in done.refused[0][1]
    assert [term.role for term in user_of(AGUS).terms] == ["diskominfo"]


def test_other_columns_and_one_kelurahan_for_all_rows(session: Session) -> None:
    one = load(["3", "Wati", "081390000001"], heads=["Kode", "Yang menjabat", "Bisa dihubungi"])
    assert kept.verdicts(session, one)[0].why.startswith("Kolom Nama belum dipilih")
    given = {"rt": 0, "name": 1, "phone": 2}
    kept.remap(session, one, given, None)
    assert kept.verdicts(session, one)[0].why.startswith("Kolom Kelurahan belum dipilih")
    kept.remap(session, one, given, PETANANG_ULU)
    assert kept.verdicts(session, one)[-1].office == "Ketua RT 003 Petanang Ulu"
    refused(WrongContent, kept.remap, session, one, {"rt": 0, "name": 0}, None)
    refused(WrongContent, kept.remap, session, one, {"rt": 99}, None)
    refused(WrongContent, kept.remap, session, one, given, "16.73.04")


def test_a_file_without_people_and_nobodys_file(session: Session) -> None:
    refused(WrongContent, load)
    refused(NotFound, kept.find, session, 99)


def test_the_numbers_of_identity_cards_are_not_kept(session: Session) -> None:
    one = load([*WATI, "1673041009800001"], heads=[*HEADS, "NIK"])
    stored = session.scalars(select(ImportRow.cells).where(ImportRow.import_id == one.id)).one()
    assert json.loads(stored or "") == [*WATI, ""]


# --- Applied and undone ---------------------------------------------------------------------------


@pytest.mark.whole
def test_the_whole_file_with_40_faults(session: Session) -> None:
    """528 rows: 40 are refused, all others are new; once more, all those are unchanged."""
    table = [
        (line, ["" if cell is None else str(cell).lstrip("@") for cell in row])
        for line, row in enumerate(
            [people_file.HEADS, *people_file.rows(session)], people_file.FIRST_LINE - 1
        )
    ]
    with writing() as writes:
        one = kept.keep(writes, user_of(AGUS), "ketua rt.xlsx", table)
    before = how_many(session)
    rows = kept.verdicts(session, one)
    kinds = Counter(row.kind for row in rows)
    assert kinds == {"new": people_file.ROWS - people_file.FAULTS, "refused": people_file.FAULTS}
    assert all(row.why for row in rows if row.kind == "refused")
    assert how_many(session) == before, "a dry run changes nothing"
    done = apply(one, seen=digest(rows), most=1000)
    assert (done.count, done.refused) == (kinds["new"], [])
    after = how_many(session)
    assert after[0] == before[0] + kinds["new"]
    with writing() as writes:
        again = kept.keep(writes, user_of(AGUS), "ketua rt.xlsx", table)
    counted = Counter(row.kind for row in kept.verdicts(session, again))
    assert counted == {"unchanged": kinds["new"], "refused": people_file.FAULTS}
    assert apply(one).count == apply(again).count == 0
    assert how_many(session) == after


def test_chosen_rows_and_the_others_later(session: Session) -> None:
    one = load(WATI, ["Budi", "081390000002", "Petanang Ulu", "10"])
    assert apply(one, lines=[3]).count == 1
    assert people.find_by_phone(session, f"0{WATI[1]}") is None
    assert found(session, "081390000002").terms[0].region_code == f"{PETANANG_ULU}.010"
    refused(WrongContent, apply, one, lines=[])
    assert apply(one).count == 1
    assert found(session, WATI[1]).name == "Wati"
    refused(NotNow, kept.remap, session, one, {}, None)


def test_a_plt_is_not_ended_by_a_file(session: Session) -> None:
    with writing() as inner:
        by, today = administration.operator("budi"), day_of(now())
        term_checks.ensure_region(inner, by, "rt_head", f"{PETANANG_ULU}.009")
        letter = Letter("rt_head", f"{PETANANG_ULU}.009", "plt", today, today, "800/1", today)
        deputies.appoint(inner, by, user_of(RAHMAN), letter)
    row = verdict(session, WATI)
    assert (row.kind, row.why) == (
        "refused",
        f"Rahman menjadi Plt. {OFFICE}. Akhiri dulu jabatan itu.",
    )


def test_what_is_applied_is_what_was_seen(session: Session) -> None:
    one = load(["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", "1"])
    seen = digest(kept.verdicts(session, one))
    other = load(["Rahman Umar", RAHMAN.phone, "Petanang Ulu", "1"])
    apply(other)
    refused(NotNow, apply, one, seen=seen)
    assert user_of(RAHMAN).name == "Rahman Umar"


def test_what_changes_between_two_parts_is_looked_at_again(session: Session) -> None:
    one = load(WATI, ["Rahman Hakim", RAHMAN.phone, "Petanang Ulu", "1"])
    done = apply(one, seen=digest(kept.verdicts(session, one)), most=1)
    assert (done.count, done.left) == (1, [3])
    apply(load(["Rahman Umar", RAHMAN.phone, "Petanang Ulu", "1"]))
    refused(NotNow, apply, one, lines=done.left, seen=done.seen)
    assert user_of(RAHMAN).name == "Rahman Umar"


def test_every_change_has_its_entry_by_whom_it_was_made(session: Session) -> None:
    apply(load(["H. Rahman", "0813 9000 0001", "Petanang Ulu", "1"]))
    rahman = found(session, "081390000001")
    entries = administration.entries_about(session, rahman, 2)
    assert [entry.action for entry in entries] == ["change_phone", "change_name"]
    assert {entry.actor_id for entry in entries} == {user_of(AGUS).id}
    assert entries[0].actor_role == "diskominfo"


def test_who_comes_from_a_file_gets_in_by_an_activation_alone(session: Session) -> None:
    apply(load(WATI))
    wati = found(session, WATI[1])
    assert not people.password_matches(wati, "")
    with writing() as writes:
        made = activations.make(writes, administration.operator("budi"), wati)
    spent = activation_use.spend(made.code, "0001", "385026", "203.0.113.1", None, "Chrome")
    assert spent.user.id == wati.id


def test_both_are_done_a_part_at_a_time(session: Session) -> None:
    """So that whoever sends a report meanwhile does not wait for all of it."""
    more = (["Budi", "081390000002", *WATI[2:3], "10"], ["Tono", "081390000003", *WATI[2:3], "11"])
    one = load(WATI, *more)
    done = apply(one, most=2)
    assert (done.count, done.left) == (2, [4])
    assert apply(one, lines=done.left, seen=done.seen, most=2).left == []
    assert [undo(one, most=2), undo(one, most=2)] == [2, 1]
    refused(NotNow, undo, one)
    assert [row.user_id is not None for row in kept.applied(session, one)] == [True] * 3
    assert not found(session, WATI[1]).active


def test_rows_that_nobody_applied_are_forgotten(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, half = load(WATI), load(WATI, ["Budi", "081390000002", "Petanang Ulu", "10"])
    apply(half, lines=[3])
    later = now() + timedelta(days=8)
    ids = (old.id, half.id)
    OldImports().tidy()
    assert len(kept.verdicts(session, kept.find(session, ids[1]))) == 1
    monkeypatch.setattr(kept, "now", lambda: later)
    OldImports().tidy()
    session.expire_all()
    refused(NotFound, kept.find, session, ids[0])
    assert kept.verdicts(session, kept.find(session, ids[1])) == []
    assert len(kept.applied(session, half)) == 1


def test_a_row_that_is_refused_after_all_leaves_the_others(session: Session) -> None:
    """The rules of a change know more than a verdict."""
    first = [*WATI[:3], "9", "1/1/2024"]
    one = load(first, ["Budi", "081390000002", "Petanang Ulu", "10", ""], heads=[*HEADS, "Mulai"])
    with writing() as writes:
        region = writes.get(Region, f"{PETANANG_ULU}.009")
        assert region is None
        by = administration.operator("budi")
        terms.begin(
            writes,
            by,
            user_of(HARTONO),
            "rt_head",
            f"{PETANANG_ULU}.009",
            date(2023, 1, 1),
            date(2024, 6, 1),
        )
    assert [row.kind for row in kept.verdicts(session, one)] == ["refused", "new"]
    assert apply(one, lines=[2, 3]).count == 1
