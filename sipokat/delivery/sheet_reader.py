"""The program in which spreadsheets are read, a process for each file. `sheets.py` runs it.

    python -I sheet_reader.py <uncompressed bytes> <rows> <columns> <CPU seconds> <memory>

It reads a file from its input and writes the rows of its first sheet as JSON to its output: each as
its line in the file and the texts of its cells. Formulas give the values that were stored with
them; a file with macros is refused. It ends with one of the codes below for what it does not take,
or with a signal when it exceeds its limits. Like `decoder.py` it holds neither the database nor a
secret, and it imports nothing of ours, so that it starts fast.
"""

from __future__ import annotations

import csv
import ctypes
import datetime
import io
import json
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Iterable
from typing import IO, Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

UNREADABLE, OUT_OF_MEMORY, TOO_LARGE, TOO_FAR, LOCKED, EMPTY, MACROS = 3, 4, 5, 6, 7, 8, 9
# What a file with macros holds: the name of a part of a zip, or of a stream of an older file.
_MACROS = re.compile(r"(?:.*/)?vbaProject\.bin|Basic/.*", re.IGNORECASE)
_OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_PR_SET_PDEATHSIG = 1
_PARTS_MAX = 2000
_CELL_MAX = 300
# A cell with something in it; cells that only have a format end with "/>".
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*\s)?r=["\']([A-Z]{1,3})([0-9]{1,7})["\'][^>]*(?<!/)>"""
)
_PIECE = 1024 * 1024
Rows = list[tuple[int, list[str]]]
Range = tuple[tuple[int, int], tuple[int, int]]  # from which row and column to which, from 0


class Refused(Exception):
    """Why the file is not taken: one of the codes, and for TOO_FAR the row and column."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(said)
        self.code = code


def limit(seconds: int, memory: int) -> None:
    """Limit this process, and let it die with the one that started it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def look_into(data: bytes, most: int, rows: int, columns: int) -> dict[str, list[Range]]:
    """Refuse a zip file that would unpack to more than `most` bytes, that has macros, or that has
    something in a cell beyond so many rows and columns: for calamine makes a place for each cell up
    to there. What is merged downwards in the sheets of an ODS file, by their names: calamine does
    not tell."""
    merged: dict[str, list[Range]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > _PARTS_MAX or sum(part.file_size for part in parts) > most:
            raise Refused(TOO_LARGE)
        if any(_MACROS.fullmatch(part.filename) for part in parts):
            raise Refused(MACROS)
        for part in parts:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
                with packed.open(part) as sheet:
                    require_near(_furthest(sheet), rows, columns)
            elif part.filename == "content.xml":
                with packed.open(part) as content:
                    merged = _look_into_ods(content, rows, columns)
    return merged


def _look_into_ods(content: IO[bytes], rows: int, columns: int) -> dict[str, list[Range]]:
    """The same for the content of an ODS file. A row or cell there may stand for many."""
    merged: dict[str, list[Range]] = {}
    ranges: list[Range] = []
    row = column = high = far_row = far_column = 0
    # Entities that would grow without end are refused by expat, and the process has its limits.
    for event, node in ElementTree.iterparse(content, ("start", "end")):  # noqa: S314
        kind = node.tag.rpartition("}")[2]
        if event == "start" and kind == "table":
            ranges, row = merged.setdefault(_said(node, "name") or "", []), 0
        elif event == "start" and kind == "table-row":
            column, high = 0, int(_said(node, "number-rows-repeated") or 1)
        elif event == "end" and kind == "table-row":
            row += high
            node.clear()
        elif event == "end" and kind in ("table-cell", "covered-table-cell"):
            wide = int(_said(node, "number-columns-repeated") or 1)
            if len(node):
                far_row, far_column = max(far_row, row + high), max(far_column, column + wide)
            down = int(_said(node, "number-rows-spanned") or 1)
            if down > 1:
                right = column + int(_said(node, "number-columns-spanned") or 1) - 1
                ranges.append(((row, column), (row + down - 1, right)))
            column += wide
    require_near((far_row, far_column), rows, columns)
    return merged


def _said(node: ElementTree.Element, name: str) -> str | None:
    return node.get(f"{{urn:oasis:names:tc:opendocument:xmlns:table:1.0}}{name}")


def _furthest(sheet: IO[bytes]) -> tuple[int, int]:
    """The last row and the last column in which a cell has something."""
    row = column = 0
    rest = b""
    while piece := sheet.read(_PIECE):
        text = rest + piece
        for found in _CELL.finditer(text):
            row, column = max(row, int(found[2])), max(column, _number_of(found[1]))
        rest = text[-_CELL_MAX:]  # a cell may lie across two pieces
    return row, column


def _number_of(letters: bytes) -> int:
    """The column with these letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def require_near(furthest: tuple[int, int], rows: int, columns: int) -> None:
    """Raise Refused when there is something beyond so many rows or columns."""
    if furthest[0] > rows or furthest[1] > columns:
        raise Refused(TOO_FAR, f"{furthest[0]} {furthest[1]}")


def of_book(data: bytes, rows: int, columns: int, merged: dict[str, list[Range]]) -> Rows:
    """The rows of the first sheet that is shown and has something in it."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for number, about in enumerate(book.sheets_metadata):
            if about.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_index(number)
            if sheet.start is None or sheet.end is None:
                continue
            require_near((sheet.end[0] + 1, sheet.end[1] + 1), rows, columns)
            table = sheet.to_python(skip_empty_area=False)
            _fill_down(sheet.merged_cell_ranges or merged.get(sheet.name) or (), table)
            return [(line, [text_of(cell) for cell in row]) for line, row in enumerate(table, 1)]
    raise Refused(EMPTY)


def _fill_down(ranges: Iterable[Range], table: list[list[Any]]) -> None:
    """Write what stands in cells that were merged downwards into each of their rows: a kelurahan
    that is written once for all its RT."""
    for (top, left), (bottom, right) in ranges:
        if left != right or top >= len(table) or left >= len(table[top]):
            continue
        for row in table[top + 1 : bottom + 1]:
            row[left] = table[top][left]


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a decimal point, days as 2026-11-23."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()[:_CELL_MAX]


def of_text(data: bytes, rows: int, columns: int) -> Rows:
    """The rows of a CSV file, in UTF-8, UTF-16 or Windows-1252, divided by the sign that divides it
    into most columns."""
    text = _decoded(data)
    if "\0" in text or text.lstrip()[:1] in ("<", "%", "{") or not text.strip():
        raise Refused(UNREADABLE if text.strip() else EMPTY)
    if said := re.match(r"sep=(.)\r?\n", text):
        text, divider = text[said.end() :], said[1]
    else:
        head = text[:4000]
        divider = max(";,\t|", key=lambda sign: (head.count(sign) > 0, _regular(head, sign)))
    csv.field_size_limit(_PIECE)
    found: Rows = []
    line = wide = 0
    for line, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=divider), 1):
        wide = max(wide, len(row))
        if line <= rows and wide <= columns:
            found.append((line, [cell.strip()[:_CELL_MAX] for cell in row]))
    require_near((line, wide), rows, columns)
    return found


def _regular(head: str, sign: str) -> int:
    """In how many places the sign divides at least half of the lines."""
    counts = sorted(line.count(sign) for line in head.splitlines()[:20] if line.strip())
    return counts[len(counts) // 2] if counts else 0


def _decoded(data: bytes) -> str:
    for mark, coding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(coding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def main() -> int:
    """Read the file as the arguments say. The code to end with."""
    most, rows, columns, seconds, memory = map(int, sys.argv[1:])
    limit(seconds, memory)
    try:
        data = sys.stdin.buffer.read()
        if data.startswith(OLE) and _OLD_MACROS in data:
            raise Refused(MACROS)
        merged = look_into(data, most, rows, columns) if data.startswith(ZIP) else {}
        if data.startswith((ZIP, OLE)):
            found = of_book(data, rows, columns, merged)
        else:
            found = of_text(data, rows, columns)
        full = [(line, row) for line, row in found if any(row)]
        if not full:
            raise Refused(EMPTY)
        answer = json.dumps(full, ensure_ascii=False).encode()
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    except PasswordError:
        return LOCKED
    except MemoryError:
        return OUT_OF_MEMORY
    except BaseException as error:  # damaged files make calamine raise, and even panic
        print(repr(error)[:200], file=sys.stderr)
        return UNREADABLE
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
