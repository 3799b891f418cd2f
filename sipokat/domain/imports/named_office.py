"""The office that a cell names, however it is written there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sipokat.domain.refusals import WrongContent

_DEPUTY = re.compile(r"(?:plh|plt|pj|pjs|penjabat|pelaksana (?:tugas|harian))\b")
_RT = re.compile(r"(?:ketua )?rt\d*\b|ketua$|$")
# Who sits at a desk without being its head, as `data/terms.toml` knows them.
_TITLES = {
    "sekretaris": re.compile(r"(?:sekretaris|sekcam|seklur|sekkel|sekel)\b"),
    "kasi": re.compile(r"(?:kasi|kepala seksi)\b"),
    "staf": re.compile(r"staff?\b"),
}
_DESKS = {
    "camat": ("camat", "kecamatan", "kec", "sekcam"),
    "lurah": ("lurah", "kelurahan", "kel", "seklur", "sekkel", "sekel"),
}
_DESK = re.compile(rf"\b({'|'.join(word for words in _DESKS.values() for word in words)})\b")
_ELSEWHERE = re.compile(r"\b(?:rt|rw|bag|bagian|setda|dinas|badan|diskominfo|walikota|kota)\b")


@dataclass(frozen=True)
class NamedOffice:
    """`role` is empty where only the place tells it, as for "Sekretaris"; `title` is that of
    somebody beside the desk's head; `place` what is written behind the office ("Camat Utara I")."""

    role: str
    title: str | None = None
    place: str = ""


RT_HEAD = NamedOffice("rt_head")


def read(written: str) -> NamedOffice:
    """The office; an empty cell is a head of an RT. Raises WrongContent for one that comes from no
    file."""
    plain = " ".join(re.sub(r"[\W_]+", " ", written.lower()).split())
    if _DEPUTY.match(plain):
        raise WrongContent(
            "Plh. dan Plt. tidak bisa dari berkas. Tunjuk di halaman Jabatan, dengan surat "
            "perintahnya."
        )
    if _RT.match(plain):
        return RT_HEAD
    title = next((key for key, words in _TITLES.items() if words.match(plain)), None)
    role, place = "", ""
    for found in _DESK.finditer(plain):  # the last one counts: "Kasi Pemerintahan Kec. Utara I"
        role = next(key for key, words in _DESKS.items() if found[1] in words)
        place = plain[found.end() :].strip()
    heads = title is None and plain.startswith(("lurah", "camat"))
    if not (heads or title) or _ELSEWHERE.search(plain):
        raise WrongContent(
            f"Jabatan “{written[:40]}” tidak bisa dari berkas. Yang bisa: ketua RT, lurah, camat, "
            "dan sekretaris, kasi, atau staf di kelurahan atau kecamatan."
        )
    return NamedOffice(role, title, place)
