"""Who lives in the demo city: regions, offices and the people in them, all made up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.demo.accounts import PASSWORD, accounts
from sipokat.domain import people, regions
from sipokat.domain.regions import level_of
from sipokat.domain.roles import ROLES
from sipokat.models import Region, Setting, User

# Roles by the level of their office, and the first number of their block. Numbers that begin
# with 0812 0000 are not given to anybody, so that none of them rings at a real person's.
OFFICES = {
    "rt": ("rt_head", 1000),
    "kelurahan": ("lurah", 3000),
    "kecamatan": ("camat", 4000),
}
WOMEN = {"rt": 0.16, "kelurahan": 0.4, "kecamatan": 0.25}


@cache
def book(name: str) -> dict[str, Any]:
    """One of the demo's data files."""
    return tomllib.loads(files("sipokat.demo").joinpath(f"{name}.toml").read_text("utf-8"))


def dice(seed: str) -> Random:
    """Chance that falls the same way every time."""
    return Random(seed)  # noqa: S311 -- no secret hangs on it


def rt_codes(kelurahan: list[str]) -> list[str]:
    """The 528 RT: the numbers of each kelurahan are not public, so that every third one in the
    order of codes has eight, the others seven."""
    return [
        f"{code}.{number:03d}"
        for place, code in enumerate(sorted(kelurahan))
        for number in range(1, 9 if place % 3 == 0 else 8)
    ]


def settle(session: Session, today: date) -> dict[str, User]:
    """Add regions, RT and people to an empty database and mark it as the demo's.

    Gives the person of each office by its code; at the city's own code Bagian Pemerintahan.
    """
    regions.ensure_official(session)
    codes = list(session.scalars(select(Region.code).where(Region.level != "kota")))
    rt = [
        regions.ensure_rt(session, code)
        for code in rt_codes([c for c in codes if level_of(c) == "kelurahan"])
    ]
    codes += [region.code for region in rt]
    hashed = people.hash_password(PASSWORD)  # once: every account has the same
    offices: dict[str, User] = {}
    for phone, name, role, code, since in (*_offered(), *_others(sorted(codes), today)):
        user = people.create(session, phone, name, role, code, hashed, since)
        user.created_at = datetime.combine(since, time(3), UTC)
        if ROLES[role].desk:
            offices[code] = user
    session.add(Setting(key="demo", value="1"))
    return offices


def _offered() -> Iterator[tuple[str, str, str, str, date]]:
    since = date(2024, 2, 5)
    for row in accounts():
        yield row["phone"], row["name"], row["role"], row["region"], since


def _others(codes: list[str], today: date) -> Iterator[tuple[str, str, str, str, date]]:
    chance = dice("people")
    taken = {row["region"] for row in accounts()}
    met: set[str] = {row["name"] for row in accounts()}
    numbers = {level: first for level, (_, first) in OFFICES.items()}
    for code in codes:
        level = level_of(code)
        numbers[level] += 1
        name = _name(chance, chance.random() < WOMEN[level], met)
        since = today - timedelta(days=chance.randint(300, 2400))
        if code not in taken:
            yield f"08120000{numbers[level]}", name, OFFICES[level][0], code, since


def _name(chance: Random, woman: bool, met: set[str]) -> str:
    names = book("city")["names"]
    while True:
        first = chance.choice(names["women" if woman else "men"])
        second = chance.choice(names["second_women" if woman else "second"])
        name = f"{'Bu' if woman else 'Pak'} {first} {second}"
        if name not in met:
            met.add(name)
            return name
