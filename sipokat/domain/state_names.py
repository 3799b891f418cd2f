"""Where a report stands and what was done with it, in the words of pages and files."""

from __future__ import annotations

from sipokat.domain.chain import State
from sipokat.domain.listed import Listed
from sipokat.domain.places import Place
from sipokat.models import Report

WAITING = {
    "kelurahan": "Menunggu lurah",
    "kecamatan": "Menunggu camat",
    "kota": "Menunggu Bag. Pemerintahan",
}
RETURNED = {"kelurahan": "Dikembalikan ke lurah", "kecamatan": "Dikembalikan ke camat"}
FINAL = {
    "verified": ("Terverifikasi", "ok"),
    "rejected": ("Ditolak", "late"),
    "withdrawn": ("Dibatalkan", "warn"),
}
DONE = {
    "submit": "Dikirim",
    "revise": "Diperbaiki",
    "reject": "Ditolak",
    "withdraw": "Dibatalkan",
    "reopen": "Dibuka kembali",
    "replace": "Foto diganti",
    "drop": "Foto tidak jadi dikirim",
    "arrive": "Foto yang menyusul sudah sampai",
    "erase": "Isi laporan dihapus",
    "limit": "Batas waktu diubah",
}
BY = {"rt": "RT", "kelurahan": "lurah", "kecamatan": "camat", "kota": "Bag. Pemerintahan"}


def badge(report: Report | Listed | Place | State) -> tuple[str, str]:
    """The badge for the report's status and desk: its words and its tone."""
    if report.status in FINAL:
        return FINAL[report.status]
    assert report.desk is not None
    if report.desk == report.author_desk:
        return "Perlu diperbaiki", "warn"
    if report.status == "returned":
        return RETURNED[report.desk], "warn"
    return WAITING[report.desk], "wait"


def what_happened(action: str, actor_desk: str | None, to_desk: str | None) -> str:
    """An entry of the record as time lines tell it: `Diverifikasi lurah`."""
    if action == "verify" and actor_desk:
        return f"Diverifikasi {BY[actor_desk]}"
    if action == "return":
        return f"Dikembalikan ke {BY[to_desk]}" if to_desk else "Dikembalikan"
    return DONE[action]
