"""The people of the demo city, one for each office. The regions are real, the people made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.demo.accounts import PASSWORD, accounts
from sipokat.demo.sources import data, dice
from sipokat.domain import people, regions
from sipokat.domain.regions import level_of
from sipokat.domain.roles import ROLES
from sipokat.models import Region, Setting, User

# By level of region: the role of its office, and the last digits that its phone numbers count up
# from. Nobody is given a number that begins with 0812 0000, so none of them is a real phone.
OFFICES = {
    "rt": ("rt_head", 1000),
    "kelurahan": ("lurah", 3000),
    "kecamatan": ("camat", 4000),
}
WOMEN = {"rt": 0.16, "kelurahan": 0.4, "kecamatan": 0.25}  # share of offices held by women


def rt_codes(kelurahan: list[str]) -> list[str]:
    """The codes of the 528 RT. How many each kelurahan has is not public: here every third one, in
    the order of codes, has eight and the others have seven."""
    return [
        f"{code}.{number:03d}"
        for place, code in enumerate(sorted(kelurahan))
        for number in range(1, 9 if place % 3 == 0 else 8)
    ]


def settle(session: Session, today: date) -> dict[str, User]:
    """Add regions, RT and people to an empty database and mark it as the demo's.

    Returns who holds the desk of each region, by its code; at the city's code that is Bagian
    Pemerintahan.
    """
    regions.ensure_official(session)
    codes = list(session.scalars(select(Region.code).where(Region.level != "kota")))
    rt = [
        regions.rt_of(code)
        for code in rt_codes([c for c in codes if level_of(c) == "kelurahan"])
        if code not in codes
    ]
    session.add_all(rt)
    session.flush()
    codes += [region.code for region in rt]
    hashed = people.hash_password(PASSWORD)  # hashed once, since every account has this password
    offices: dict[str, User] = {}
    for phone, name, role, code, since in (*_offered(), *_others(sorted(codes), today)):
        user = people.account(phone, name, role, code, hashed, since)
        session.add(user)
        user.created_at = datetime.combine(since, time(3), UTC)
        if ROLES[role].desk:
            offices[code] = user
    session.add(Setting(key="demo", value="1"))
    session.flush()
    return offices


def _offered() -> Iterator[tuple[str, str, str, str, date]]:
    """The accounts of the sign-in page as (phone, name, role, region code, first day in office)."""
    since = date(2024, 2, 5)
    for row in accounts():
        yield row["phone"], row["name"], row["role"], row["region"], since


def _others(codes: list[str], today: date) -> Iterator[tuple[str, str, str, str, date]]:
    """The holders of all other offices, in the same form."""
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
    """A name that is not in `met` yet; adds it."""
    names = data("city")["names"]
    while True:
        first = chance.choice(names["women" if woman else "men"])
        second = chance.choice(names["second_women" if woman else "second"])
        name = f"{'Bu' if woman else 'Pak'} {first} {second}"
        if name not in met:
            met.add(name)
            return name
