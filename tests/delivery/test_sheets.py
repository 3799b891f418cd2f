"""Spreadsheets as the city's offices save them, and files that must not fell the server."""

from __future__ import annotations

import io
import zipfile

import pytest

from sipokat.delivery import sheets
from sipokat.domain.refusals import TooLarge, WrongType
from tests.services.sheets import xlsx
from tests.steps import refused

HEAD = ["No", "Nama", "No HP"]


def texts(data: bytes) -> list[list[str]]:
    return [cells for _line, cells in sheets.read(data)]


def test_what_stands_in_cells() -> None:
    rows = [HEAD, [1, "H. Ma'ruf, S.Pd.", 81234567890], [], ["@46000", "=A1|Siti", 0.5]]
    assert sheets.read(xlsx(rows)) == [
        (1, HEAD),
        (2, ["1", "H. Ma'ruf, S.Pd.", "81234567890"]),
        (4, ["2025-12-09", "Siti", "0.5"]),
    ]


def test_what_is_merged_downwards_stands_in_each_of_its_rows() -> None:
    rows = [["Data RT", None], ["Petanang Ulu", 1], [None, 2], [None, 3], ["Taba Baru", 1]]
    assert [row[0] for row in texts(xlsx(rows, ["A1:B1", "A2:A4"]))] == [
        "Data RT",
        *["Petanang Ulu"] * 3,
        "Taba Baru",
    ]


@pytest.mark.parametrize(
    "data",
    [
        "Nama;No HP\r\nJosé Ma’ruf;0812\r\n".encode("cp1252"),
        "Nama,No HP\nJosé Ma’ruf,0812\n".encode(),
        "\ufeffNama\tNo HP\nJosé Ma’ruf\t0812\n".encode(),
        "Nama\tNo HP\nJosé Ma’ruf\t0812\n".encode("utf-16"),
        "sep=|\r\nNama|No HP\r\n\r\nJosé Ma’ruf|0812\r\n".encode("cp1252"),
        b'Nama;No HP\r\n"Jos\xe9 Ma\x92ruf";"0812"\r\n',
    ],
)
def test_csv_as_windows_and_others_write_it(data: bytes) -> None:
    assert texts(data) == [["Nama", "No HP"], ["José Ma’ruf", "0812"]]


def test_commas_in_names_do_not_divide_what_semicolons_divide() -> None:
    assert texts(b"Nama;RT\nSiti, S.Pd., M.M.;1\nRahman, S.H.;2\n")[1] == ["Siti, S.Pd., M.M.", "1"]


def test_as_many_rows_as_are_taken_and_one_more() -> None:
    full = "".join(f"Orang {n};08120000{n:05}\n" for n in range(sheets.ROWS_MAX))
    assert len(sheets.read(f"Nama;No HP\n{full}".encode())) == sheets.ROWS_MAX + 1
    said = refused(TooLarge, sheets.read, b"Nama;No HP\n" * 100_000)
    assert "sampai baris 100.000 dan kolom B. Paling banyak 10.000 baris" in said.message


def test_a_hundred_thousand_rows() -> None:
    said = refused(TooLarge, sheets.read, xlsx([["a"]] * 100_000))
    assert "sampai baris 100.000 dan kolom A" in said.message


@pytest.mark.parametrize("where", ["XFD1048576", "XFD1", "A1048576"])
def test_a_cell_in_a_far_corner(where: str) -> None:
    row = "".join(filter(str.isdigit, where))
    far = f'<row r="{row}"><c r="{where}" t="str"><v>x</v></c></row>'
    assert "lembar baru" in refused(TooLarge, sheets.read, xlsx([HEAD], extra=far)).message


def test_a_far_cell_of_which_the_look_beforehand_knows_nothing() -> None:
    """A cell without an address stands behind the last one, and a row without one below it."""
    far = '<row r="1048575"/><row><c r="ZZZZ1" t="str"><v>x</v></c></row>'
    far += '<row r="1048576"><c r = "XFD1048576" t="str"><v>x</v></c></row>'
    refused(TooLarge, sheets.read, xlsx([HEAD], extra=far))


def test_far_cells_that_only_have_a_format_do_not_count() -> None:
    far = '<row r="50000"><c r="XFD50000" s="1"/></row>'
    assert texts(xlsx([HEAD], extra=far)) == [HEAD]


def test_a_zip_bomb() -> None:
    bomb = xlsx([HEAD], parts={"xl/media/big.bin": bytes(200 * 1024 * 1024)})
    assert len(bomb) < sheets.BYTES_MAX
    assert "terlalu besar" in refused(TooLarge, sheets.read, bomb).message


def test_a_zip_bomb_that_says_it_is_small() -> None:
    sheet = b"<row>" * 24_000_000
    out = io.BytesIO(xlsx([HEAD]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet2.xml", sheet)
    size = len(sheet).to_bytes(4, "little")
    assert out.getvalue().count(size) >= 2, "in its own head and in the directory"
    data = out.getvalue().replace(size, (1000).to_bytes(4, "little"))
    refused(WrongType, sheets.read, data)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(400),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"<html><table><tr><td>Nama</td></tr></table></html>",
        b"PK\x03\x04" + bytes(200),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        xlsx([HEAD])[:-60],
        xlsx([HEAD])[:300],
        b"",
        b"\n\n;;\n",
        xlsx([]),
        b"Nama;No HP\n\x81\x8d\n",
    ],
)
def test_what_is_no_spreadsheet_is_refused_in_words(data: bytes) -> None:
    assert refused(WrongType, sheets.read, data).message


def test_a_large_file_is_not_even_looked_at() -> None:
    assert "5 MB" in refused(TooLarge, sheets.read, bytes(sheets.BYTES_MAX + 1)).message


def test_the_letters_of_columns() -> None:
    assert [sheets.letters(n) for n in (1, 26, 27, 100, 16384)] == ["A", "Z", "AA", "CV", "XFD"]
