"""Spreadsheets as programs write them, from `tests/files`.

LibreOffice 7.4 has written all but `macros.xlsm` and `far.xlsx` (XlsxWriter, whose example gave the
macros) and `far.xls` (xlwt).
"""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.delivery import sheets
from sipokat.domain.imports import kept
from sipokat.domain.refusals import TooLarge, WrongType
from tests.cast import AGUS
from tests.steps import refused, user_of

FILES = Path(__file__).parents[1] / "files"
PEOPLE = [
    ("H. Ma'ruf, S.Pd.", "+6281390000051", "Ketua RT 051 Petanang Ulu"),
    ("Hj. Nur’aini", "+6281390000052", "Ketua RT 052 Petanang Ulu"),
    ("José Ñunez", "+6281390000053", "Ketua RT 053 Petanang Ulu"),
    ("Dra. Rohani", "+6281390000054", "Ketua RT 054 Taba Baru"),
]
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)
CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def ods(rows: str, before: str = "") -> bytes:
    """An ODS file with these rows, as no program writes them."""
    content = (
        f"{before}<office:document-content {SPACES}><office:body><office:spreadsheet>"
        f'<table:table table:name="A">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    entry = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    manifest = f"<manifest:manifest {SPACES}>{entry}</manifest:manifest>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls", "csv"])
def test_each_kind_of_file_brings_the_same_people(session: Session, kind: str) -> None:
    """Heads over two rows, a kelurahan merged over its RT, numbers and days as numbers, an empty
    line, and a name that a formula gives."""
    rows = sheets.read((FILES / f"ketua_rt.{kind}").read_bytes())
    with writing() as writes:
        one = kept.keep(writes, user_of(AGUS), f"ketua_rt.{kind}", rows)
    found = kept.verdicts(session, one)
    assert [row.line for row in found] == [5, 6, 7, 9]
    people = [(row.name, row.phone, row.office) for row in found if row.kind == "new"]
    why = [row.why for row in found if row.kind == "refused"]
    if kind == "csv":  # nothing tells that the cells below were merged
        assert why == ["Kelurahan belum diisi. Isi di setiap baris."] * 2
        assert people == [PEOPLE[0], PEOPLE[3]]
    elif kind == "xls":  # LibreOffice writes no text that a formula gives
        assert why == ["“0” bukan nama."]
        assert people == PEOPLE[:3]
    else:
        assert (people, why) == (PEOPLE, [])
    days = {row.wanted.since.isoformat() for row in found if row.wanted and row.wanted.since}
    assert days == {"2024-03-01"}


@pytest.mark.parametrize("kind", ["xlsm", "xls", "ods"])
def test_a_file_with_macros(kind: str) -> None:
    said = refused(WrongType, sheets.read, (FILES / f"macros.{kind}").read_bytes()).message
    assert said == "Berkas ini berisi makro. Simpan sebagai .xlsx, lalu pilih lagi."


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("xlsx", "sampai baris 1.048.576 dan kolom XFD."),
        ("ods", "sampai baris 1.048.576 dan kolom XFD."),
        ("xls", "terlalu besar untuk dibaca. Salin baris"),
    ],
)
def test_a_cell_in_a_far_corner(kind: str, said: str) -> None:
    assert said in refused(TooLarge, sheets.read, (FILES / f"far.{kind}").read_bytes()).message


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            '<table:table-row table:number-rows-repeated="100000">'
            + CELL.format("")
            + "</table:table-row>",
            "sampai baris 100.000 dan kolom A.",
        ),
        (
            '<table:table-row table:number-rows-repeated="1048576">'
            + CELL.format(' table:number-columns-repeated="16384"')
            + "</table:table-row>",
            "sampai baris 1.048.576 dan kolom XFD.",
        ),
    ],
)
def test_a_row_that_stands_for_a_hundred_thousand(rows: str, said: str) -> None:
    assert said in refused(TooLarge, sheets.read, ods(rows)).message


def test_empty_rows_below_do_not_count() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    below = f'<table:table-row table:number-rows-repeated="1048570">{empty}</table:table-row>'
    row = f"<table:table-row>{CELL.format('')}{empty}</table:table-row>"
    assert sheets.read(ods(row + below)) == [(1, ["x"])]


@pytest.mark.parametrize(
    ("rows", "before"),
    [
        ('<table:table-row table:number-rows-repeated="viele"/>', ""),
        ("<table:table-row>", ""),
        (
            f"<table:table-row>{CELL.format('').replace('x</', '&j;</')}</table:table-row>",
            '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">'
            + "".join(f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in pairwise("abcdefghij"))
            + "]>",
        ),
    ],
)
def test_what_no_program_writes(rows: str, before: str) -> None:
    assert "tidak terbaca" in refused(WrongType, sheets.read, ods(rows, before)).message
