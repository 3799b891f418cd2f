"""Writes a table into a file, row by row: XLSX for people, CSV for programs and old spreadsheets.

Neither keeps the rows in memory: XlsxWriter with `constant_memory` puts each into a file of its own
until the workbook is packed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from sipokat.domain.clock import WIB
from sipokat.domain.exports.table import Cell, Column

# What a cell of this kind looks like in a spreadsheet. Excel puts the dots and commas of its own
# language; [$-421] makes months Indonesian everywhere.
FORMATS = {
    "text": {"text_wrap": False},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0#"},
    "degrees": {"num_format": "0.00000"},
    "share": {"num_format": "0 %"},
    "rupiah": {"num_format": '"Rp"#,##0'},
    "day": {"num_format": "[$-421]d mmm yyyy"},
    "moment": {"num_format": '[$-421]d mmm yyyy, hh"."mm'},
}
ABOUT = "Keterangan"
_SHEET_NAME_MAX = 31
_CELL_MAX = 32_767
# XML has no place for these (XML 1.0, 2.2), and nobody has typed them.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A spreadsheet takes a text that begins so for a formula, also behind blanks: OWASP, CSV Injection.
_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[ ]*[\t\r\n]")
# So does one that takes another sign for what separates cells, in the middle of a text.
_INNER = re.compile(r"([,;|\t\r\n\"][\s\ufeff\u200b]*)([=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_DAY_ZERO = date(1899, 12, 30)


class Writer(Protocol):
    """A file that is being written. `finish` makes it whole; until then it is nobody's to read."""

    def add(self, row: Sequence[Cell]) -> None:
        """Write one more row."""

    def finish(self, about: Sequence[tuple[str, str]]) -> None:
        """Write the rest, `about` being pairs of what and how."""

    def abandon(self) -> None:
        """Close what is open; the file is worth nothing."""


class Xlsx:
    """An XLSX file with a sheet of rows and one that says what they are."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column], folder: Path) -> None:
        """`folder` is where the rows wait until `finish`."""
        self._book = Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(folder), "in_memory": False}
        )
        self._sheet = self._book.add_worksheet(title[:_SHEET_NAME_MAX])
        self._about = self._book.add_worksheet(ABOUT)
        self._columns, self._line = columns, 0
        self._book.set_properties({"title": title, "author": "SIPOKAT"})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._writes = [self._writer(column) for column in columns]
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.head, self._head)
        self._sheet.freeze_panes(1, 0)

    def _writer(self, column: Column) -> Callable[[int, int, Any], object]:
        """What writes a cell of this column."""
        shape = self._book.add_format(FORMATS[column.kind])
        text, number = self._sheet.write_string, self._sheet.write_number
        if column.kind == "text":
            return lambda line, place, cell: text(line, place, _plain(cell))
        if column.kind == "day":
            return lambda line, place, cell: number(line, place, (cell - _DAY_ZERO).days, shape)
        if column.kind == "moment":
            return lambda line, place, cell: number(line, place, _serial(cell), shape)
        return lambda line, place, cell: number(line, place, cell, shape)

    def add(self, row: Sequence[Cell]) -> None:
        self._line += 1
        for place, cell in enumerate(row):
            if cell is not None and cell != "":
                self._writes[place](self._line, place, cell)

    def finish(self, about: Sequence[tuple[str, str]]) -> None:
        self._sheet.autofilter(0, 0, self._line, len(self._columns) - 1)
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        bold = self._book.add_format({"bold": True, "valign": "top"})
        self._about.set_column(0, 0, 24)
        self._about.set_column(1, 1, 90)
        for line, (what, how) in enumerate(about):
            self._about.write_string(line, 0, what, bold)
            self._about.write_string(line, 1, _plain(how), wrapped)
        try:
            self._book.close()
        except FileCreateError as full:  # it wraps what the disk has said
            raise OSError(str(full)) from full

    def abandon(self) -> None:
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._book.fileclosed = True


def _plain(text: Any) -> str:
    return _NOT_XML.sub("", str(text))[:_CELL_MAX]


def _serial(moment: datetime) -> float:
    """The moment as a spreadsheet counts it, by the city's clock: days since 30 Dec 1899. Whole
    minutes, since no list shows more."""
    local = moment.astimezone(WIB)
    minutes = local.hour * 60 + local.minute
    return (local.date() - _DAY_ZERO).days + minutes / 1440


class Csv:
    """A CSV file with a byte order mark, semicolons and decimal commas, as Excel reads it by a
    double click where the language is Indonesian. Texts are in quotes, numbers are not. Days are
    written 2026-11-23, moments 2026-11-23 07:12 by the city's clock."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = open(path, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115
        self._kinds = [column.kind for column in columns]
        self._write(_quoted(column.head) for column in columns)

    def add(self, row: Sequence[Cell]) -> None:
        self._write(_cell(kind, cell) for kind, cell in zip(self._kinds, row, strict=True))

    def _write(self, cells: Iterable[str]) -> None:
        self._file.write(";".join(cells) + "\r\n")

    def finish(self, about: Sequence[tuple[str, str]]) -> None:
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


def _cell(kind: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(WIB):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if kind == "text":
        return _quoted(_NOT_XML.sub("", str(cell)))
    if kind == "degrees":
        return f"{cell:.5f}".replace(".", ",")
    return str(cell).replace(".", ",")


def _quoted(text: str) -> str:
    """A text as a cell: always in quotes, whatever it holds."""
    return '"' + harmless(text).replace('"', '""') + '"'


def harmless(text: str) -> str:
    """The text, with a `'` before all that a spreadsheet would take for a formula: at its
    beginning, and behind what some program takes for the end of a cell. A number stays one,
    whatever its sign."""
    if _NUMBER.fullmatch(text):
        return text
    inner = _INNER.sub(r"\1'\2", text)
    return f"'{inner}" if _FORMULA.match(text) else inner
