"""The form above the list of reports: what it may be narrowed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask import current_app, request
from markupsafe import Markup

from sipokat.database import db
from sipokat.domain import lateness, listing, texts
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import held
from sipokat.domain.periods import months
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.roles import OFFICIAL_REPORTERS
from sipokat.domain.visibility import authors_read
from sipokat.web.access import me
from sipokat.web.kept import kept
from sipokat.web.present import times

SEARCH_MAX = 80  # characters
Options = tuple[tuple[str, str], ...]  # of a field to choose from: each with its words
STATUSES: Options = (
    ("waiting", "Menunggu"),
    ("returned", "Perlu diperbaiki atau dikembalikan"),
    ("open", "Belum selesai"),
    ("verified", "Terverifikasi"),
    ("rejected", "Ditolak"),
    ("withdrawn", "Dibatalkan"),
)
BY: Options = (("own", "Kantor Anda sendiri"),)
LYING = {
    "rt": "perlu diperbaiki",
    "kelurahan": "menunggu lurah",
    "kecamatan": "menunggu camat",
    "kota": "menunggu Bag. Pemerintahan",
}
PLACES = {
    "city": "dengan titik lokasi",
    "outside": "di luar Lubuklinggau",
    "none": "tanpa titik lokasi",
}
# To which parts of the list notices lead, also within a region.
TOLD_OF = {
    "late=below": listing.Filter(late="below"),
    "status=returned": listing.Filter(status="returned"),
}
LATE: Options = (("all", "Terlambat"), ("below", "Terlambat di wilayah Anda"))


class Choices(NamedTuple):
    """What the list may be narrowed to."""

    statuses: Options
    categories: Options
    regions: Options
    months: Options
    late: Options
    by: Options


def wanted() -> listing.Filter:
    """What the request narrows the list to. Raises Malformed for what no form of ours asks."""
    return read(request.args)


def read(args: Mapping[str, str]) -> listing.Filter:
    """The same for these values, by the names of an address."""
    names = (
        "status",
        "category",
        "region",
        "month",
        "late",
        "by",
        "counted",
        "desk",
        "work",
        "place",
    )
    chosen = {name: args.get(name, "").strip() for name in names}
    asked = listing.Filter(**chosen, said=texts.plain(args.get("cari"))[:SEARCH_MAX])
    if (
        (asked.status and asked.status not in dict(STATUSES))
        or (asked.category and asked.category not in categories())
        or (asked.late and asked.late not in dict(LATE))
        or (asked.by and asked.by not in dict(BY))
        or asked.work not in ("", "kinerja")
        or asked.place not in ("", *PLACES)
        or (asked.desk and asked.desk not in LYING)
        or (asked.region and not re.fullmatch(r"[0-9.]{2,20}", asked.region))
        or any(
            month and not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", month)
            for month in (asked.month, asked.counted)
        )
    ):
        raise Malformed(UNKNOWN_CHOICE)
    return asked


def told_of(chosen: listing.Filter) -> str:
    """The address at which notices lead to this part of the list; empty for what none leads to, as
    for one that is narrowed further: it may not show what they told of."""
    region = f"&region={chosen.region}" if chosen.region else ""
    for first, part in TOLD_OF.items():
        if chosen == replace(part, region=chosen.region):
            return f"/laporan?{first}{region}"
    return ""


def choices() -> Choices:
    """What this person may narrow the list to."""
    below = listing.regions_below(db.session(), me())
    regions = tuple((code, _named(name, last)) for code, name, last in below)
    late = LATE if lateness.watches(me()) else LATE[:1]
    official = any(office.role.key in OFFICIAL_REPORTERS for office in held(me()))
    by = BY if official else ()
    return Choices(STATUSES, kinds(), regions, _months(day_of(now())), late, by)


def kinds() -> Options:
    """The categories of the reports that this person may come to read."""
    authors = authors_read(me())
    return tuple(
        (key, one.name) for key, one in categories().items() if authors.intersection(one.roles)
    )


def _named(name: str, last: date | None) -> str:
    """`RT 003 (berakhir 30 Nov)`: also what is no more has reports of its time."""
    return f"{name} (berakhir {times.date_words(last)})" if last else name


def said(wanted: listing.Filter, among: Choices) -> str:
    """What the list was narrowed to, in words: also what the form does not offer this person."""
    names = [
        f"“{wanted.said}”" if wanted.said else "",
        dict(STATUSES).get(wanted.status, ""),
        categories()[wanted.category].name if wanted.category else "",
        dict(among.regions).get(wanted.region, wanted.region),
        times.month(wanted.month) if wanted.month else "",
        f"dihitung untuk {times.month(wanted.counted)}" if wanted.counted else "",
        dict(LATE).get(wanted.late, ""),
        "dari kantor Anda sendiri" if wanted.by else "",
        LYING.get(wanted.desk, ""),
        "kinerja" if wanted.work else "",
        PLACES.get(wanted.place, ""),
    ]
    return " · ".join(name for name in names if name)


@lru_cache(1)
def _months(this: date) -> Options:
    """The last twelve."""
    periods: list[str] = []
    while len(periods) < 12:
        one, last = months(this)
        periods.append(one)
        this = this.replace(year=int(last[:4]), month=int(last[5:]), day=1)
    return tuple((period, times.month(period)) for period in periods)


def html(wanted: listing.Filter, among: Choices) -> Markup:
    """The form, rendered once for as long as it says the same; with words to be searched for it
    hardly comes again."""
    return (
        _render((wanted, among))
        if wanted.said
        else kept("filters").get(lambda: (wanted, among), _render)
    )


def _render(facts: tuple[listing.Filter, Choices]) -> Markup:
    wanted, among = facts
    template = current_app.jinja_env.get_template("reports/_filters.html")
    filled = template.render(wanted=wanted, **among._asdict())
    return Markup(filled)  # noqa: S704 -- rendered by a template, which escapes
