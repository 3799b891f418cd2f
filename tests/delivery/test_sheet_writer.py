"""Tables as files: typed cells, nothing that runs, and every text as it was."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sipokat.delivery.sheet_writer import Csv, Xlsx, harmless
from sipokat.domain.exports.table import Cell, Column
from tests import exporting

COLUMNS = (
    Column("Nama"),
    Column("Jumlah", "whole"),
    Column("Lama", "decimal"),
    Column("Lintang", "degrees"),
    Column("Bagian", "share"),
    Column("Nilai", "rupiah"),
    Column("Tanggal", "day"),
    Column("Waktu", "moment"),
)
AT = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
ROW: tuple[Cell, ...] = ("=1+1", -1500, 2.5, -3.2945, 0.25, 12000, date(2026, 11, 23), AT)
NOTHING: tuple[Cell, ...] = (None,) * len(COLUMNS)


def xlsx(tmp_path: Path, *rows: tuple[Cell, ...]) -> bytes:
    path = tmp_path / "table.xlsx"
    writer = Xlsx(path, "Laporan", COLUMNS, tmp_path)
    for row in rows:
        writer.add(row)
    writer.finish([("Isi", "Laporan"), ("Oleh", "=Hartono")])
    return path.read_bytes()


def text_csv(tmp_path: Path, *rows: tuple[Cell, ...]) -> str:
    path = tmp_path / "table.csv"
    writer = Csv(path, COLUMNS)
    for row in rows:
        writer.add(row)
    writer.finish([])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig")


def test_another_program_reads_what_was_written(tmp_path: Path) -> None:
    sheets = exporting.read_xlsx(xlsx(tmp_path, ROW, NOTHING, ROW))
    head, first, nothing, again = sheets["Laporan"]
    assert head == [column.head for column in COLUMNS]
    local = datetime(2026, 11, 23, 7, 12)  # noqa: DTZ001 -- a sheet has no zones
    assert first == ["=1+1", -1500, 2.5, -3.2945, 0.25, 12000, date(2026, 11, 23), local]
    assert nothing == [""] * len(COLUMNS)
    assert again == first
    assert sheets["Keterangan"] == [["Isi", "Laporan"], ["Oleh", "=Hartono"]]


def test_cells_have_types_the_head_stays_and_columns_can_be_narrowed(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(tmp_path, ROW, NOTHING))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
        names = parts.namelist()
    assert "<f>" not in sheet
    assert '<c r="A2" t="inlineStr"><is><t>=1+1</t></is></c>' in sheet
    assert all(re.search(rf'<c r="{one}2" s="\d+"><v>', sheet) for one in "BCDEFGH")
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A1:H3"/>' in sheet
    assert sheet.count("<col ") >= 1
    for shape in ("#,##0", "0.00000", "0 %", "[$-421]d mmm yyyy"):
        assert f'formatCode="{shape}"' in styles or shape == "#,##0"
    assert not [one for one in names if "macro" in one.lower() or "external" in one.lower()]


def test_a_table_of_no_rows_is_a_table(tmp_path: Path) -> None:
    assert exporting.read_xlsx(xlsx(tmp_path))["Laporan"] == [[one.head for one in COLUMNS]]
    heads = ";".join(f'"{column.head}"' for column in COLUMNS)
    assert text_csv(tmp_path) == f"{heads}\r\n"


def test_csv_has_decimal_commas_and_days_that_sort(tmp_path: Path) -> None:
    lines = text_csv(tmp_path, ROW, NOTHING).split("\r\n")
    assert lines[1] == '"\'=1+1";-1500;2,5;-3,29450;0,25;12000;2026-11-23;2026-11-23 07:12'
    assert lines[2] == ";;;;;;;"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+A1",
        "-A1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        "  =1",
        " \t =1",
        "\xa0=1",
        "\ufeff=1",
        "\u200b=1",
        "＝1",
        "+62 812 3456",
        "-1+1",
        "--1",
        "=",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless(text).replace("'", "") == text


@pytest.mark.parametrize(
    "text", ["-5", "+3,5", "-1.500,25", "5", "Pak = Bu", "a@b", "Siti-Aminah", "'=", "", " RT 001"]
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jalan,=1+1", "jalan,'=1+1"),
        ("jalan;\t+A1", "jalan;\t'+A1"),
        ("jalan\n@A1", "jalan\n'@A1"),
        ('kata "=1+1', "kata \"'=1+1"),
        ("a,=b,=c", "a,'=b,'=c"),
        ("=a,=b", "'=a,'=b"),
    ],
)
def test_nor_does_it_run_behind_what_another_program_splits_at(text: str, said: str) -> None:
    assert harmless(text) == said


TYPED = some.text(
    some.one_of(
        some.sampled_from(list("=+-@,;|\t\r\n\"' 1a")),
        some.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=40,
)
RUNS = re.compile(r"[\s\ufeff\u200b]*[=+\-@]|[\t\r]")


@given(text=TYPED)
def test_no_text_is_lost(text: str) -> None:
    assert harmless(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@given(text=TYPED)
def test_no_cell_runs_whatever_a_program_splits_at(
    tmp_path_factory: pytest.TempPathFactory, separator: str, text: str
) -> None:
    whole = text_csv(
        tmp_path_factory.mktemp("csv"), (text, *NOTHING[1:]), ("x", *NOTHING[1:]), NOTHING
    )
    for row in csv.reader(io.StringIO(whole, newline=""), delimiter=separator):
        for cell in row:
            assert not RUNS.match(cell) or re.fullmatch(r"[+-]?\d+([.,]\d+)*;*", cell), row


@given(text=TYPED)
def test_csv_gives_back_every_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    whole = text_csv(tmp_path_factory.mktemp("csv"), (text, *NOTHING[1:]))
    rows = list(csv.reader(io.StringIO(whole, newline=""), delimiter=";"))
    assert len(rows) == 2
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    assert rows[1][0] == harmless(kept)
