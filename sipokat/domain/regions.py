"""The tree of regions: which code lies in which scope, and names as the city writes them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.clock import day_of, now
from sipokat.domain.roles import DESKS
from sipokat.models import Region, RegionName
from sipokat.prepared import Among

PARTS: dict[str, int] = tomllib.loads(
    files("sipokat.data").joinpath("levels.toml").read_text("utf-8")
)


def in_scope(column: Any, scope: str) -> ColumnElement[bool]:
    """At or below `scope`: one range on an indexed, bytewise column.

    The root scope is the empty code and no condition. Codes are digits and dots, and of these only
    the dot comes before '/'. So between `scope` and `scope/` lies what begins with `scope.` and
    nothing of a sibling such as 16.73.010.
    """
    if scope == "":
        return true()
    return and_(column >= scope, column < scope + "/")


def parts_of(column: Any) -> ColumnElement[int]:
    """How many parts its codes have, but for one: what tells levels apart."""
    return func.length(column) - func.length(func.replace(column, ".", ""))


def lies_in(code: str, scope: str) -> bool:
    """The same rule for two codes in hand."""
    return scope == "" or code == scope or code.startswith(scope + ".")


@lru_cache(10_000)
def level_of(code: str) -> str:
    """The level that a dotted code names. Raises ValueError for a code of no level."""
    for level, parts in PARTS.items():
        if code.count(".") + 1 == parts:
            return level
    raise ValueError(f"{code!r} is not the code of a region")


def at_desk(code: str, desk: str) -> str:
    """The region of `desk` that `code` lies in: its own first parts, never a computed number."""
    return ".".join(code.split(".")[: PARTS[desk]])


def above_it(code: str) -> dict[str, str | None]:
    """The kelurahan, kecamatan and kota that the region lies in or is, as a report keeps them; None
    for what would lie below it."""
    return {
        f"{level}_code": at_desk(code, level) if code.count(".") + 1 >= PARTS[level] else None
        for level in ("kelurahan", "kecamatan", "kota")
    }


@lru_cache(10_000)
def up_from(code: str) -> tuple[str, ...]:
    """The code itself and every region above it, lowest first."""
    parts = code.split(".")
    return tuple(".".join(parts[:count]) for count in range(len(parts), 1, -1))


def names_of(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The names of these regions and of those above them today, by code. The session remembers the
    names that it has read, so a request asks for each only once."""
    return {code: name for code, (name, _last) in _known(session, codes).items()}


def last_days(session: Session, codes: Iterable[str]) -> dict[str, date | None]:
    """The last days of these regions, None of one whose end is not known. They are read and
    remembered along with the names, which every page needs anyway."""
    return {code: last for code, (_name, last) in _known(session, codes).items()}


def _known(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, date | None]]:
    known: dict[str, tuple[str, date | None]] = session.info.setdefault("regions", {})
    wanted = {above for code in codes for above in up_from(code)}
    if missing := wanted - known.keys():
        known.update(_facts_on(session, missing, day_of(now())))
    return {code: known[code] for code in wanted & known.keys()}


def forget(session: Session) -> None:
    """Forget what the session remembers of regions: one has changed."""
    session.info.pop("regions", None)


def names_on(session: Session, codes: Iterable[str], day: date) -> dict[str, str]:
    """The names that these regions have on a day, by code."""
    return {code: name for code, (name, _last) in _facts_on(session, codes, day).items()}


def _facts_on(
    session: Session, codes: Iterable[str], day: date
) -> dict[str, tuple[str, date | None]]:
    found = _FACTS.rows(session, tuple(codes), {"day": day})
    return {code: (name, last) for code, name, last in found}


def named(day: Any) -> ColumnElement[str]:
    """The name that a region has on a day: the last one that it was given, else its first."""
    later = (
        select(_LATER.name)
        .where(_LATER.region_code == _REGION.code, _LATER.since <= day)
        .order_by(_LATER.since.desc())
        .limit(1)
    )
    return func.coalesce(later.scalar_subquery(), _REGION.name)


def exists_on(region: Region, day: date) -> bool:
    """Whether the region is there on that day."""
    return (region.since or day) <= day and (region.until is None or day <= region.until)


def there_on(day: date) -> ColumnElement[bool]:
    """The condition for a region that is there on that day."""
    return and_(
        or_(Region.since.is_(None), Region.since <= day),
        or_(Region.until.is_(None), Region.until >= day),
    )


_REGION, _LATER = table(Region).c, table(RegionName).c
_DAY = bindparam("day", type_=Date)
_FACTS = Among(select(_REGION.code, named(_DAY), _REGION.until), _REGION.code)


def ensure_official(session: Session) -> int:
    """Add the 81 official regions that are missing; how many were added.

    Source: Kepmendagri 300.2.2-2430/2025.
    """
    there = set(session.scalars(select(Region.code)))
    text = files("sipokat.data").joinpath("regions.csv").read_text("utf-8")
    added = 0
    for row in csv.DictReader(text.splitlines()):
        if row["code"] in there:
            continue
        session.add(
            Region(
                code=row["code"],
                parent_code=row["parent"] or None,
                level=row["level"],
                name=row["name"],
                official_name=row["official_name"],
                also=row["also"],
            )
        )
        added += 1
    session.flush()
    return added


def ensure_rt(session: Session, code: str) -> Region:
    """The RT with this code, added when its kelurahan is known. Raises ValueError otherwise."""
    region = session.get(Region, code)
    if region is not None:
        return region
    region = rt_of(code)
    parent = region.parent_code
    if session.get(Region, parent) is None:
        raise ValueError(f"there is no kelurahan {parent}")
    session.add(region)
    session.flush()
    return region


def rt_of(code: str) -> Region:
    """The RT with this code, not added yet. Raises ValueError for another code."""
    parent, _, last = code.rpartition(".")
    if level_of(code) != "rt" or not re.fullmatch("[0-9]{3}", last) or last == "000":
        raise ValueError(f"{code} is not the code of an RT")
    return Region(
        code=code, parent_code=parent, level="rt", name=f"RT {last}", official_name=f"RT {last}"
    )


assert tuple(PARTS) == tuple(reversed(DESKS))
