"""Which office a row of a spreadsheet gives: not only heads of RT come from a file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, deputies, endings, people
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import columns, judging, kept, named_office
from sipokat.domain.imports.verdicts import Verdict
from sipokat.domain.letters import Letter
from sipokat.domain.refusals import WrongContent
from tests.cast import HARTONO, PETANANG_ULU, SITI, UTARA_I, YUSUF
from tests.importing import HEADS, apply, found, load, undo
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import refused, user_of

OF_OFFICES = [*HEADS, "Kecamatan", "Jabatan"]
NUMBER = "81390000001"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def judged(session: Session, *rows: list[str]) -> Verdict:
    """The verdict on the last of these rows, which have an office."""
    return kept.verdicts(session, load(*rows, heads=OF_OFFICES))[-1]


@pytest.mark.parametrize(
    ("written", "role", "title", "place"),
    [
        ("", "rt_head", None, ""),
        ("Ketua RT. 003", "rt_head", None, ""),
        ("RT003", "rt_head", None, ""),
        ("LURAH", "lurah", None, ""),
        ("Lurah Petanang Ulu", "lurah", None, "petanang ulu"),
        ("Camat Lubuklinggau Utara 1", "camat", None, "lubuklinggau utara 1"),
        ("Sekretaris Lurah", "lurah", "sekretaris", ""),
        ("Seklur", "lurah", "sekretaris", ""),
        ("Sekretaris Kelurahan Kenanga", "lurah", "sekretaris", "kenanga"),
        ("SEKCAM", "camat", "sekretaris", ""),
        ("Sekretaris", "", "sekretaris", ""),
        ("Kasi Pemerintahan", "", "kasi", ""),
        ("Kepala Seksi Trantib Kec. Utara I", "camat", "kasi", "utara i"),
        ("Staff Kelurahan", "lurah", "staf", ""),
    ],
)
def test_an_office_however_it_is_written(
    written: str, role: str, title: str | None, place: str
) -> None:
    named = named_office.read(written)
    assert (named.role, named.title, named.place) == (role, title, place)


@pytest.mark.parametrize(
    "written",
    [
        "Walikota",
        "Ketua RW",
        "Sekretaris RT",
        "Staf Bag. Pemerintahan",
        "Diskominfo",
        "Bendahara Kelurahan",
        "Kepala Dinas",
        "x" * 90,
    ],
)
def test_an_office_that_comes_from_no_file(written: str) -> None:
    assert "tidak bisa dari berkas" in refused(WrongContent, named_office.read, written).message


@pytest.mark.parametrize("written", ["Plt. Lurah", "PLH CAMAT", "Pj. Lurah", "Pelaksana Tugas"])
def test_a_deputy_is_named_by_a_letter(written: str) -> None:
    assert "Tunjuk di halaman Jabatan" in refused(WrongContent, named_office.read, written).message


@pytest.mark.parametrize(
    ("places", "office"),
    [
        (["Petanang Ulu", "", "", "Sekretaris"], "Sekretaris Kelurahan Petanang Ulu"),
        (["", "", "Utara I", "Sekretaris"], "Sekretaris Kecamatan Lubuklinggau Utara I"),
        (["", "", "", "Camat Lubuk Linggau Utara I"], "Camat Lubuklinggau Utara I"),
        (["Kec. Utara 1", "", "", "Staf Kecamatan"], "Staf Kecamatan Lubuklinggau Utara I"),
        (["", "", "", "Staf Kelurahan Belalau 1"], "Staf Kelurahan Belalau I"),
        (["Petanang Ulu", "9", "Lubuklinggau Utara I", ""], "Ketua RT 009 Petanang Ulu"),
        (["Petanang Ulu", "9", "tidak tahu", ""], "Ketua RT 009 Petanang Ulu"),
    ],
)
def test_where_the_office_is(session: Session, places: list[str], office: str) -> None:
    row = judged(session, ["Wati", NUMBER, *places])
    assert (row.kind, row.office, row.why) == ("new", office, "")


@pytest.mark.parametrize(
    ("places", "why"),
    [
        (["", "", "", "Camat"], "Kecamatan belum diisi."),
        (["", "", "Utara IX", "Camat"], "Kecamatan “Utara IX” tidak ada. Mungkin Lubuklinggau"),
        (["", "", "", "Lurah"], "Kelurahan belum diisi."),
        (["Petanang Ulu", "9", "Barat I", ""], "ada di Kecamatan Lubuklinggau Utara I, bukan"),
        (["Petanang Ulu", "", "", "Walikota"], "Jabatan “Walikota” tidak bisa dari berkas."),
    ],
)
def test_why_an_office_is_refused(session: Session, places: list[str], why: str) -> None:
    row = judged(session, ["Wati", NUMBER, *places])
    assert row.kind == "refused"
    assert row.why.startswith(why) or why in row.why
    assert "RT belum diisi" not in row.why


def test_several_people_at_a_desk_each_under_their_own_name(session: Session) -> None:
    one = load(
        ["Wati", NUMBER, "Petanang Ulu", "", "", "Sekretaris Lurah"],
        ["Budi", "81390000002", "Petanang Ulu", "", "", "Staf"],
        ["Tono", "81390000003", "Petanang Ulu", "", "", "Staf"],
        ["Yusuf", YUSUF.phone, "", "", "Utara I", "Camat"],
        heads=OF_OFFICES,
    )
    assert [row.kind for row in kept.verdicts(session, one)] == ["new"] * 3 + ["unchanged"]
    assert apply(one).count == 3
    (term,) = found(session, NUMBER).terms
    assert (term.role, term.region_code, term.title) == ("lurah", PETANANG_ULU, "sekretaris")
    again = judged(session, ["Wati", NUMBER, "Petanang Ulu", "", "", "Seklur"])
    assert again.kind == "unchanged"
    other = judged(session, ["Wati", NUMBER, "Petanang Ulu", "", "", "Kasi"])
    assert other.why == "Wati menjadi Sekretaris Kelurahan Petanang Ulu. Akhiri dulu jabatan itu."
    moved = judged(session, ["Wati", "81390000009", "Petanang Ulu", "", "", "Sekretaris"])
    assert [(one.field, one.was) for one in moved.changes] == [("phone", "+6281390000001")]
    assert undo(one) == 3
    assert found(session, NUMBER).terms == []


def test_a_second_lurah_is_applied_only_where_she_is_chosen(session: Session) -> None:
    """Most often she follows the other one, whose term must be ended."""
    one = load(["Wati", NUMBER, "Petanang Ulu", "", "", "Lurah"], heads=OF_OFFICES)
    (row,) = kept.verdicts(session, one)
    assert (row.kind, row.asks) == ("new", True)
    assert row.note.startswith("Lurah Petanang Ulu sekarang dijabat Hartono.")
    assert apply(one).count == 0
    assert apply(one, lines=[2]).count == 1
    assert len(user_of(HARTONO).terms) == 1
    sekcam = judged(session, ["Budi", "81390000002", "", "", "Utara I", "Sekcam"])
    assert not sekcam.asks


def test_two_heads_of_one_desk_in_a_file_contradict_each_other(session: Session) -> None:
    first = ["Wati", NUMBER, "Taba Baru", "", "", "Lurah"]
    row = judged(session, first, ["Budi", "81390000002", *first[2:]])
    assert row.why == "Jabatan ini juga di baris 2 (Wati). Perbaiki berkasnya."


def test_a_head_of_an_rt_becomes_secretary_as_well(session: Session) -> None:
    row = judged(session, ["Siti Aminah", SITI.phone, "Taba Baru", "", "", "Sekretaris"])
    assert [(one.field, one.became) for one in row.changes] == [
        ("office", "Sekretaris Kelurahan Taba Baru")
    ]


def test_a_plt_keeps_the_head_out_and_not_the_secretary(session: Session) -> None:
    first = day_of(now())
    with writing() as inner:
        by = administration.operator("budi")
        endings.end(inner, by, user_of(YUSUF), user_of(YUSUF).terms[0], first - timedelta(days=1))
        letter = Letter("camat", UTARA_I, "plt", first, first, "800/1", first)
        deputies.appoint(inner, by, user_of(HARTONO), letter)
    camat = judged(session, ["Wati", NUMBER, "", "", "Utara I", "Camat"])
    assert camat.why == "Hartono menjadi Plt. Camat Lubuklinggau Utara I. Akhiri dulu jabatan itu."
    assert judged(session, ["Wati", NUMBER, "", "", "Utara I", "Sekcam"]).kind == "new"


def test_a_file_of_officials_needs_no_column_for_rt_and_kelurahan() -> None:
    known = columns.known(["Nama", "No HP", "Jabatan"])
    assert judging.lacking(known, None) == []
    del known["role"]
    assert judging.lacking(known, None) == ["Kelurahan", "RT"]
