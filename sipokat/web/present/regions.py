"""Regions by the names that people read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from sipokat.database import db
from sipokat.domain.regions import up_from
from sipokat.models import Region


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """The names of these regions and of those above them."""
    wanted = {above for code in codes for above in up_from(code)}
    query = select(Region.code, Region.name).where(Region.code.in_(wanted))
    return dict(db.session.execute(query).all())


def region_words(code: str, names: dict[str, str]) -> str:
    """`RT 001, Petanang Ulu`."""
    parent = code.rpartition(".")[0]
    name = names.get(code, code)
    return f"{name}, {names[parent]}" if name.startswith("RT ") and parent in names else name
