"""Plans six months of the demo city as one list of steps in the order of time. Nothing here asks
the database or the clock, and the same day always gives the same plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sipokat.demo import staged
from sipokat.demo.accounts import accounts
from sipokat.demo.heads import DAYS, half_year, monthly, past_months
from sipokat.demo.life import Life
from sipokat.demo.reports import kinds, new_id, write
from sipokat.demo.sources import data, dice
from sipokat.demo.steps import Step, office_time
from sipokat.domain.clock import WIB
from sipokat.domain.regions import at_desk, level_of, lies_in

ACTIVE = 53  # one RT in ten
WRITING = {"kelurahan": 8, "kecamatan": 3}  # how many lurah and camat send reports of their own


def plan(today: date, codes: list[str]) -> list[Step]:
    """Every step from six months before `today` until the end of that day and later, oldest first.
    `codes` are the codes of all regions. No two steps of one report have the same time."""
    steps = list(staged.steps(today))
    changed = data("city")["changes"]
    for office in active(codes):
        if office not in (changed["vacant"], changed["closed"]):
            steps += half_year(office, today)
    for office, first in rising(codes, today):
        steps += monthly(office, first, today)
    for office in writing(codes):
        steps += _official(dice(f"official {office}"), office, today)
    return sorted(steps, key=lambda step: (step.at, step.story))


def active(codes: list[str]) -> list[str]:
    """The RT from which reports come. Those in blank spots are chosen last."""
    chosen = {row["region"] for row in accounts()} | staged.offices()
    chosen = {code for code in chosen if level_of(code) == "rt"}
    others = sorted(code for code in codes if level_of(code) == "rt" and code not in chosen)
    chance = dice("active")
    chance.shuffle(others)
    others.sort(key=lambda code: at_desk(code, "kelurahan") in data("city")["blank_spots"])
    return sorted([*chosen, *others[: ACTIVE - len(chosen)]])


def rising(codes: list[str], today: date) -> list[tuple[str, date]]:
    """The RT that have begun to report in the kecamatan where more and more do, each with the first
    day of its first month."""
    row, taken = data("city")["rising"], active(codes)
    others = [
        code
        for code in codes
        if level_of(code) == "rt" and lies_in(code, row["kecamatan"]) and code not in taken
    ]
    others.sort()
    dice("rising").shuffle(others)
    oldest_first = list(reversed(past_months(today)))
    firsts = [
        month
        for month, before, count in zip(oldest_first, [0, *row["rt"]], row["rt"], strict=False)
        for _ in range(count - before)
    ]
    return list(zip(others, firsts, strict=False))


def writing(codes: list[str]) -> list[str]:
    """The kelurahan and kecamatan whose lurah or camat sends reports of their own."""
    chance = dice("writing")
    chosen = []
    for level, count in WRITING.items():
        offered = [row["region"] for row in accounts()]
        mine = [code for code in offered if level_of(code) == level]
        others = sorted(code for code in codes if level_of(code) == level and code not in mine)
        chosen += [*mine, *chance.sample(others, count - len(mine))]
    return chosen


def _official(chance: Random, office: str, today: date) -> Iterator[Step]:
    """The steps of the monthly summaries that this lurah or camat sends, and of some other reports
    of theirs."""
    for first in past_months(today):
        if chance.random() < 0.5:
            rows = kinds("officials", "rekap_bulanan")
            after = (first + timedelta(days=31)).replace(day=1)
            yield from _at_work(chance, office, after, rows, first.strftime("%Y-%m"))
    for _ in range(chance.randint(0, 5)):
        day = today - timedelta(days=chance.randint(1, DAYS))
        yield from _at_work(chance, office, day, kinds("officials"), "")


def _at_work(
    chance: Random, office: str, day: date, rows: list[dict[str, Any]], period: str
) -> Iterator[Step]:
    weights = [row["weight"] or (1 if period else 0) for row in rows]
    kind = chance.choices(rows, weights)[0]
    at = office_time(datetime.combine(day, time(0), WIB), chance.uniform(20, 2000))
    draft = write(chance, kind, office, at.date(), period)
    yield from Life(chance, new_id(chance), draft).steps(at, at - timedelta(seconds=60))
