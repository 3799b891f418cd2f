"""What can be taken out, and who may have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from sipokat.domain import appointers
from sipokat.domain.exports import (
    monitoring_rows,
    people_rows,
    report_rows,
    reported_rows,
    silent_rows,
)
from sipokat.domain.exports.table import Asked, Table
from sipokat.domain.visibility import require_reader, require_region, scopes_of
from sipokat.models import User

Filters = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of table. `title` heads it, `name` begins its file's name. `scopes` gives the
    regions that this person may be told of in it today, and raises NeverAllowed or NotFound where
    they may not have it. `path` is that of the page that shows the same; `names` says what the
    filters are called in its address, where that differs."""

    title: str
    name: str
    scopes: Callable[[User, Filters], list[str]]
    table: Callable[[Session, Asked], Table]
    path: str
    names: Mapping[str, str] = field(default_factory=dict)

    def typed(self, filters: Filters) -> dict[str, str]:
        """The filters as the page's address and its forms call them."""
        return {self.names.get(name, name): value for name, value in filters.items()}

    def page(self, filters: Filters) -> str:
        """The address of the page that shows the same."""
        asked = self.typed(filters)
        path = self.path.format(code=asked.pop("code", ""))
        return f"{path}?{urlencode(asked)}" if asked else path


def _reading(user: User, _filters: Filters) -> list[str]:
    require_reader(user)
    return list(scopes_of(user))


def _region(user: User, filters: Filters) -> list[str]:
    """One region, of which they read all."""
    require_reader(user)
    require_region(user, filters["code"])
    return [filters["code"]]


def _appointing(user: User, filters: Filters) -> list[str]:
    """The offices right below one region, or below each of their own."""
    if "di" not in filters:
        return appointers.scopes(user)
    appointers.require_scope(user, filters["di"])
    return [filters["di"]]


_MONTH = {"month": "periode"}
KINDS = {
    "laporan": Kind(
        *("Laporan", "laporan", _reading, report_rows.table_of, "/laporan"), {"said": "cari"}
    ),
    "pemantauan": Kind(
        *("Pemantauan", "pemantauan", _region, monitoring_rows.regions_of, "/pemantauan/{code}"),
        _MONTH,
    ),
    "rt": Kind(
        *("Daftar RT", "daftar-rt", _region, monitoring_rows.rt_of, "/pemantauan/{code}/rt"),
        _MONTH | {"which": "keadaan"},
    ),
    "belum-melapor": Kind(
        *("RT yang belum melapor", "belum-melapor", _region, silent_rows.table_of),
        "/pemantauan/{code}/belum-melapor",
        _MONTH | {"which": "keadaan"},
    ),
    "isi": Kind(
        *("Isi laporan", "isi-laporan", _region, reported_rows.table_of),
        "/pemantauan/{code}/isi",
        _MONTH,
    ),
    "orang": Kind(
        *("Orang", "orang", people_rows.people_scopes, people_rows.people_of), "/pengelolaan"
    ),
    "jabatan": Kind(
        *("Jabatan", "jabatan", _appointing, people_rows.posts_of), "/pengelolaan/jabatan"
    ),
    "keputusan": Kind(
        *("Keputusan", "keputusan", _region, monitoring_rows.decisions_of),
        "/pemantauan/{code}/keputusan",
        _MONTH | {"desk": "meja", "which": "pilihan", "reason": "alasan", "span": "bulan"},
    ),
}
