"""Makes small XLSX files by hand, as a spreadsheet program writes them and as nobody should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from sipokat.delivery.sheets import letters

Cell = str | int | float | None
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
    "</cellXfs></styleSheet>"
)


def xlsx(
    rows: Iterable[Sequence[Cell]],
    merged: Sequence[str] = (),
    extra: str = "",
    parts: dict[str, bytes] | None = None,
) -> bytes:
    """An XLSX file with one sheet. `merged` are ranges such as A1:D1, `extra` is written behind the
    last row, `parts` are further files in it. A text that begins with `=` is a formula, whose value
    stands behind a `|`; one that begins with `@` is a day, by its number."""
    lines = [
        f'<row r="{line}">'
        + "".join(_cell(line, place, cell) for place, cell in enumerate(row, 1))
        + "</row>"
        for line, row in enumerate(rows, 1)
    ]
    joined = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}{extra}</sheetData>'
        + (f"<mergeCells>{joined}</mergeCells>" if joined else "")
        + "</worksheet>"
    )
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Data RT" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _RELS.format(
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        ),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
        for name, data in (parts or {}).items():
            packed.writestr(name, data)
    return out.getvalue()


def _cell(line: int, place: int, cell: Cell) -> str:
    where = f'r="{letters(place)}{line}"'
    if cell is None or cell == "":
        return f'<c {where} s="1"/>'
    if isinstance(cell, int | float):
        return f"<c {where}><v>{cell}</v></c>"
    if cell.startswith("="):
        formula, _, value = cell.removeprefix("=").partition("|")
        return f'<c {where} t="str"><f>{escape(formula)}</f><v>{escape(value)}</v></c>'
    if cell.startswith("@"):
        return f'<c {where} s="1"><v>{cell.removeprefix("@")}</v></c>'
    return f'<c {where} t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
