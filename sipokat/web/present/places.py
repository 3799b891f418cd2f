"""Where what people report lies, in words: what its map and its list show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sipokat.domain.categories import categories
from sipokat.domain.places import MOST, Area, Place, Places
from sipokat.domain.regions import level_of
from sipokat.web.present import states, times
from sipokat.web.present.regions import region_words


def codes(found: Places) -> set[str]:
    """The regions whose names are needed."""
    areas = (*found.groups, *found.named)
    return {one.code for one in areas} | {one.region_code for one in found.places}


def page(
    code: str, found: Places, names: dict[str, str], month: str, bencana: bool
) -> dict[str, Any]:
    """The page of a region's places."""
    drawn = found.placed - found.outside
    return {
        "bencana": bencana,
        "months_url": address(code, month),
        "bencana_url": address(code, month, bencana=True),
        "total": found.total,
        "all_url": _list(code, month, bencana),
        "drawn_url": _list(code, month, bencana, "city"),
        "without_url": _list(code, month, bencana, "none"),
        "outside_url": _list(code, month, bencana, "outside"),
        "drawn": drawn,
        "without": found.total - found.placed,
        "outside": found.outside,
        "places": [_place(one, names) for one in found.places],
        "groups": [_group(one, names, month) for one in found.groups],
        "labels": [
            # On the map of Lubuklinggau its own name says nothing: `Utara I`.
            {"name": names[one.code].removeprefix("Lubuklinggau "), "lat": one.lat, "lon": one.lon}
            for one in found.named
        ]
        if level_of(code) != "rt"
        else [],
        "left_out": 0 if found.groups else found.placed - len(found.places),
        "most": MOST,
    }


def address(code: str, month: str, bencana: bool = False) -> str:
    """The map of this region."""
    asked = {"periode": month} | ({"bencana": "terbuka"} if bencana else {})
    return f"/pemantauan/{code}/peta?{urlencode(asked)}"


def _list(code: str, month: str, bencana: bool, place: str = "") -> str:
    """The list behind a figure, as long as it says."""
    if bencana:
        asked = {"region": code, "category": "bencana", "status": "open"}
    else:
        asked = {"region": code, "counted": month}
    return f"/laporan?{urlencode(asked | ({'place': place} if place else {}))}"


def _place(one: Place, names: dict[str, str]) -> dict[str, Any]:
    category = categories()[one.category]
    words, tone = states.badge(one)
    return {
        "url": f"/laporan/{one.number}",
        "number": one.number,
        "category": category.name,
        "icon": category.icon,
        "state": (words, tone),
        "region": region_words(one.region_code, names),
        "day": times.date_words(one.happened_on),
        "lat": one.lat,
        "lon": one.lon,
        "drawn": one.drawn,
    }


def _group(one: Area, names: dict[str, str], month: str) -> dict[str, Any]:
    return {
        "url": address(one.code, month),
        "name": names.get(one.code, one.code),
        "count": times.figure(one.count),
        "lat": one.lat,
        "lon": one.lon,
    }


def as_json(found: Places, names: dict[str, str]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "total": found.total,
        "placed": found.placed,
        "outside": found.outside,
        "places": [
            {
                "number": one.number,
                "category": one.category,
                "status": one.status,
                "desk": one.desk,
                "region": one.region_code,
                "happened_on": one.happened_on.isoformat(),
                "lat": one.lat,
                "lon": one.lon,
                "outside": not one.drawn,
            }
            for one in found.places
        ],
        "groups": [
            {"region": one.code, "name": names.get(one.code, one.code), "count": one.count}
            | {"lat": one.lat, "lon": one.lon}
            for one in found.groups
        ],
    }
