"""Reads the spreadsheets that Diskominfo loads: XLSX, XLS, ODS and CSV.

No file is taken apart in this process: `sheet_reader.py` does it in one of its own, with limits on
time and memory. Nothing of the file is kept on a disk.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import structlog

from sipokat.delivery import sheet_reader
from sipokat.domain.refusals import TooLarge, TooMany, WrongType
from sipokat.domain.texts import dots

BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 10_000
COLUMNS_MAX = 100
HEAD_ROWS = 20  # what may stand above the rows: titles and heads
UNPACKED_MAX = 100 * 1024 * 1024
# An XLSX of 10,000 rows and 60 columns needs a tenth of the time and a third of the memory.
CPU_SECONDS = 15
MEMORY_BYTES = 768 * 1024 * 1024
WALL_SECONDS = 60
TURN_SECONDS = 10

READER = Path(sheet_reader.__file__)
_FAULTS = tuple(
    -getattr(signal, f"SIG{name}") for name in ("XCPU", "SEGV", "BUS", "ABRT", "FPE", "ILL")
)
_BUSY = "SIPOKAT sedang membaca berkas lain. Coba beberapa menit lagi."
_TOO_MUCH = (
    "Berkas ini terlalu besar untuk dibaca. Salin baris yang berisi ke lembar baru, lalu simpan."
)
log = structlog.get_logger()
_turn = threading.Lock()

Rows = list[tuple[int, list[str]]]


def read(data: bytes) -> Rows:
    """The rows of the first sheet that have something in them, each as its line in the file and the
    texts of its cells.

    Raises WrongType (415) for what is no spreadsheet or cannot be read, TooLarge (413) for more
    than BYTES_MAX bytes, ROWS_MAX rows or COLUMNS_MAX columns, and for what would take too much to
    read; TooMany (429) while others are being read.
    """
    if len(data) > BYTES_MAX:
        raise TooLarge("Berkas paling besar 5 MB. Bagi menjadi beberapa berkas.")
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise TooMany(_BUSY, TURN_SECONDS)
    try:
        return _read(data)
    finally:
        _turn.release()


def _read(data: bytes) -> Rows:
    numbers = (UNPACKED_MAX, ROWS_MAX + HEAD_ROWS, COLUMNS_MAX, CPU_SECONDS, MEMORY_BYTES)
    try:
        done = subprocess.run(  # noqa: S603, this very Python and our own file
            [sys.executable, "-I", str(READER), *map(str, numbers)],
            input=data,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},
        )
    except (subprocess.TimeoutExpired, OSError) as trouble:
        log.warning("sheet_not_read", why=repr(trouble))
        raise TooMany(_BUSY, TURN_SECONDS) from None
    why = done.stderr.decode(errors="replace").strip()[-200:]
    if done.returncode != 0:
        _refuse(done.returncode, why)
    return [(line, cells) for line, cells in json.loads(done.stdout)]


def _refuse(code: int, why: str) -> None:
    """Raise the refusal that the reader's exit code stands for."""
    if code == sheet_reader.TOO_FAR:
        row, column = map(int, why.split())
        raise TooLarge(
            f"Berkas ini berisi sampai baris {dots(row)} dan kolom {letters(column)}. Paling "
            f"banyak {dots(ROWS_MAX)} baris dan {COLUMNS_MAX} kolom. Salin baris yang perlu ke "
            "lembar baru, lalu simpan."
        )
    if code in (sheet_reader.TOO_LARGE, sheet_reader.OUT_OF_MEMORY, *_FAULTS):
        raise TooLarge(_TOO_MUCH)
    if code == sheet_reader.LOCKED:
        raise WrongType("Berkas ini dikunci kata sandi. Simpan tanpa kata sandi, lalu pilih lagi.")
    if code == sheet_reader.MACROS:
        raise WrongType("Berkas ini berisi makro. Simpan sebagai .xlsx, lalu pilih lagi.")
    if code == sheet_reader.EMPTY:
        raise WrongType("Berkas ini kosong. Pilih berkas yang berisi nama dan nomor HP.")
    if code == sheet_reader.UNREADABLE:
        raise WrongType(
            "Berkas ini tidak terbaca. Simpan ulang dari Excel sebagai .xlsx atau .csv, lalu pilih "
            "lagi."
        )
    log.warning("sheet_not_read", code=code, why=why)
    raise TooMany(_BUSY, TURN_SECONDS)


def letters(column: int) -> str:
    """The letters of a column: A for 1, AA for 27."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
