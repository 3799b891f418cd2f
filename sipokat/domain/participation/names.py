"""How RT stand, and what lists of them are called, in the words of pages and files."""

from __future__ import annotations

from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.lists import LONG

TITLES = {
    "semua": "RT yang punya ketua",
    "aktif": "RT yang aktif",
    "melapor": "RT yang melapor sendiri",
    "tepat": "RT yang melapor tepat waktu",
    "terlambat": "RT yang terlambat",
    "nihil": "RT yang hanya nihil",
    "dicatat": "RT yang dicatat kelurahan",
    "belum": "RT yang belum melapor",
    "lama": f"RT yang {LONG} bulan atau lebih tidak melapor",
    "berubah": "RT yang berubah sesudah ditutup",
}
STATES = {
    "on_time": ("Tepat waktu", "ok"),
    "late": ("Terlambat", "warn"),
    "recorded": ("Dicatat kelurahan", "wait"),
    "silent": ("Belum melapor", "late"),
    "vacant": ("Ketua RT kosong", "warn"),
}
REKAP = {
    "on_time": ("Tepat waktu", "ok"),
    "late": ("Terlambat", "warn"),
    "silent": ("Belum ada", "late"),
}


def state_words(figures: Figures) -> tuple[str, str]:
    """How an RT stands, and the tone of its badge: `Nihil, tepat waktu`."""
    words, tone = STATES[figures.state]
    return (f"Nihil, {words.lower()}" if figures.nihil else words), tone
