"""Where what people report lies: the places of a region's reports in a month, or of its open
bencana."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, select
from sqlalchemy.orm import Session

from sipokat.domain.periods import any_category, stands_in
from sipokat.domain.regions import at_desk, in_scope, level_of
from sipokat.domain.roles import below
from sipokat.domain.visibility import reports_in
from sipokat.models import Report

MOST = 200  # places that are drawn one by one


@dataclass(frozen=True)
class Box:
    """A part of the world, in degrees."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the place lies in it."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@cache
def city() -> Box:
    """Where places are drawn: the city and a little round it. What is further away was noted
    elsewhere, or read wrongly by the phone."""
    text = files("sipokat.data").joinpath("map.toml").read_text("utf-8")
    said = tomllib.loads(text)
    by = said["margin"]
    return Box(said["south"] - by, said["north"] + by, said["west"] - by, said["east"] + by)


@dataclass(frozen=True)
class Place:
    """A report with coordinates. Not `drawn`, it lies outside the city."""

    number: str
    category: str
    status: str
    desk: str | None
    author_desk: str
    region_code: str
    happened_on: date
    lat: float
    lon: float

    @property
    def drawn(self) -> bool:
        """Whether it is shown on the map."""
        return city().holds(self.lat, self.lon)


@dataclass(frozen=True)
class Area:
    """The places of a region that are drawn: how many, and their mean. `total` counts all of its
    reports."""

    code: str
    total: int
    count: int
    lat: float
    lon: float


@dataclass(frozen=True)
class Places:
    """`total` reports, of which `placed` have coordinates, and of these `outside` lie outside the
    city. `places` has the newest of those that have coordinates, up to MOST. Where there are more,
    `groups` has the kelurahan, and `places` only what lies outside. `named` are the regions one
    level down in which something is drawn."""

    total: int
    placed: int
    outside: int
    places: tuple[Place, ...]
    groups: tuple[Area, ...]
    named: tuple[Area, ...]


def _drawn() -> ColumnElement[bool]:
    """The condition for a report that lies in the city."""
    box = city()
    return and_(Report.lat.between(box.south, box.north), Report.lon.between(box.west, box.east))


def _outside() -> ColumnElement[bool]:
    return and_(Report.lat.is_not(None), not_(_drawn()))


def _without() -> ColumnElement[bool]:
    return Report.lat.is_(None)


# What a list of reports may be narrowed to: what the map counts.
WHICH = {"city": _drawn, "outside": _outside, "none": _without}


def of_month(session: Session, scope: str, month: str) -> Places:
    """The places of what stands for the month at or below this region, in two statements."""
    within = in_scope(Report.region_code, scope)
    return _places(session, scope, [stands_in(month), any_category(), within])


def of_open_bencana(session: Session, scope: str) -> Places:
    """The places of bencana at or below this region that are not final."""
    open_now = and_(Report.urgent, Report.desk.is_not(None))
    return _places(session, scope, [open_now, reports_in(scope, indexed=False)])


def _places(session: Session, scope: str, conditions: Sequence[ColumnElement[bool]]) -> Places:
    sums = (func.sum(case((_drawn(), one))) for one in (1, Report.lat, Report.lon))
    code = Report.region_code.concat("")  # so that no index is walked in the order of regions
    counted = select(code, func.count(), func.count(Report.lat), *sums)
    rows = session.execute(counted.where(*conditions).group_by(code)).all()
    total, placed = (sum(row[place] for row in rows) for place in (1, 2))
    drawn = sum(row[3] or 0 for row in rows)
    grouped = placed > MOST and level_of(scope) in ("kota", "kecamatan")
    shown = [*conditions, _outside()] if grouped else conditions
    one_down = below(level_of(scope)) or "rt"
    return Places(
        total,
        placed,
        placed - drawn,
        _newest(session, shown) if placed else (),
        tuple(_areas(rows, "kelurahan")) if grouped else (),
        tuple(area for area in _areas(rows, one_down) if area.code != scope),
    )


def _areas(rows: Iterable[Any], level: str) -> list[Area]:
    """The regions of this level, or above it where reports are of an office there, in which
    something is drawn."""
    sums: dict[str, list[float]] = {}
    for code, total, _placed, drawn, lat, lon in rows:
        kept = sums.setdefault(at_desk(code, level), [0, 0, 0, 0])
        for place, one in enumerate((total, drawn or 0, lat or 0, lon or 0)):
            kept[place] += one
    return [
        Area(code, int(total), int(count), lat / count, lon / count)
        for code, (total, count, lat, lon) in sorted(sums.items())
        if count
    ]


def _newest(session: Session, conditions: Sequence[ColumnElement[bool]]) -> tuple[Place, ...]:
    columns = (
        *(Report.number, Report.category, Report.status, Report.desk, Report.author_desk),
        *(Report.region_code, Report.happened_on, Report.lat, Report.lon),
    )
    placed = select(*columns).where(*conditions, Report.lat.is_not(None))
    newest = (Report.id + 0).desc()  # so that no table is walked back from its newest row
    rows: Sequence[Any] = session.execute(placed.order_by(newest).limit(MOST)).all()
    return tuple(Place(*row) for row in rows)
