"""The address of the queue: what it is narrowed to, and which part of it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request

from sipokat.domain import chain, texts
from sipokat.domain.categories import categories
from sipokat.domain.listed import Listed
from sipokat.domain.queue import Cursor
from sipokat.domain.queue_filter import AGE_MAX, LATE, NO_CLASS, TODAY, Wanted
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.web import body

QUEUE, PICKING = "/verifikasi", "/verifikasi/sekaligus"
SEARCH_MAX = 80  # characters
CLASSES = (*chain.CLASSES.items(), (NO_CLASS, "Belum ada kelas"))
AGES = (
    (LATE, "Terlambat"),
    (TODAY, "Batasnya hari ini"),
    ("3", "Menunggu 3 hari atau lebih"),
    ("7", "Menunggu 7 hari atau lebih"),
)
# The names in the address of what the queue is narrowed to.
NAMES = {
    "kelompok": "group",
    "kategori": "category",
    "kelas": "klass",
    "umur": "age",
    "kata": "said",
}


@dataclass(frozen=True)
class Address:
    """`after` is the last report of the page before; `until` the last one to be shown, where more
    than a page was loaded already; `path` that of the queue, or of the page to pick from it."""

    wanted: Wanted
    after: Cursor | None = None
    until: Cursor | None = None
    path: str = QUEUE

    @property
    def narrowed(self) -> bool:
        return self.wanted != Wanted()

    @property
    def searched(self) -> bool:
        """Whether it is narrowed by more than a group."""
        return self.to_group("").narrowed

    def to_group(self, code: str) -> Address:
        """The first page of this group, narrowed as this one is."""
        return Address(replace(self.wanted, group=code), path=self.path)

    def to(self, path: str) -> Address:
        """The same on the other page, from its beginning."""
        return Address(self.wanted, path=path)

    def following(self, last: Listed) -> Address:
        """The page after this report."""
        return replace(self, after=(last.arrived_at, last.id), until=None)

    @property
    def url(self) -> str:
        given: dict[str, Any] = {name: getattr(self.wanted, field) for name, field in NAMES.items()}
        for name, cursor in (("sesudah", self.after), ("sampai", self.until)):
            given[name] = cursor_text(cursor) if cursor else ""
        query = urlencode({name: value for name, value in given.items() if value}, safe="~:")
        return f"{self.path}?{query}" if query else self.path


def cursor_text(cursor: Cursor) -> str:
    """A place in the queue as addresses have it."""
    return f"{cursor[0].isoformat()}~{cursor[1]}"


def asked() -> Address:
    """What the request asks for. Raises Malformed for what no address of ours has."""
    given = {field: request.args.get(name, "").strip() for name, field in NAMES.items()}
    wanted = Wanted(**given | {"said": texts.plain(given["said"])[:SEARCH_MAX]})
    if (
        (wanted.group and not re.fullmatch(r"[0-9.]{2,20}", wanted.group))
        or (wanted.category and wanted.category not in categories())
        or (wanted.klass and wanted.klass not in dict(CLASSES))
        or not _is_age(wanted.age)
    ):
        raise Malformed(UNKNOWN_CHOICE)
    return Address(wanted, _cursor("sesudah"), _cursor("sampai"), request.path)


def _is_age(said: str) -> bool:
    days = re.fullmatch(r"[1-9][0-9]{0,2}", said)
    return said in ("", LATE, TODAY) or bool(days and int(said) <= AGE_MAX)


def _cursor(name: str) -> Cursor | None:
    raw = request.args.get(name)
    if raw is None:
        return None
    at, _, last = raw.partition("~")
    try:
        return body.moment(at), body.row_id(last)
    except (ValueError, OverflowError):
        raise Malformed("Halaman ini tidak dikenal. Buka Verifikasi dari awal.") from None
