"""What Diskominfo has changed in the demo city: an RT with a new head, one without a head, one that
was split in two, an account that was closed, a lurah who is Plh. next door, an RT head who is
sekretaris of the kelurahan too, and a day to come that is free. Done by the verbs themselves, so
that each is in the administrative record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from sipokat.demo import staged
from sipokat.demo.accounts import accounts as offered
from sipokat.demo.sources import data
from sipokat.demo.steps import Step
from sipokat.domain import (
    accounts,
    administration,
    day_changes,
    deputies,
    endings,
    people,
    region_changes,
    terms,
)
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of
from sipokat.domain.letters import Letter
from sipokat.domain.office_hours import is_working
from sipokat.domain.regions import at_desk, level_of
from sipokat.models import User


def make(session: Session, offices: Mapping[str, User], steps: Iterable[Step], today: date) -> None:
    """Make the changes; `steps` are those that were played."""
    given = data("city")["changes"]
    agus = people.find_by_phone(session, given["by"])
    assert agus is not None
    by = administration.diskominfo(agus)
    last = today - timedelta(days=given["days_ago"])
    moved = handed_over(steps, last)
    former = offices[moved]
    endings.end(session, by, former, former.terms[0], last)
    heir = given["heir"]
    since = last + timedelta(days=1)
    accounts.create(
        session, by, heir["phone"], heir["name"], "rt_head", moved, former.password_hash, since
    )
    gone = offices[given["vacant"]]
    endings.end(session, by, gone, gone.terms[0], last)
    accounts.disable(session, by, offices[given["closed"]])
    _split(session, by, given["split"], since, former.password_hash)
    _appoint(session, by, offices, given["plh"], since)
    head = offices[given["seat"]["rt"]]
    kelurahan = at_desk(given["seat"]["rt"], "kelurahan")
    terms.begin(session, by, head, "lurah", kelurahan, since, seat=given["seat"]["title"])
    free = today + timedelta(days=given["free"]["in_days"])
    while not is_working(free, {}):
        free += timedelta(days=1)
    day_changes.declare(session, by, free, False, given["free"]["name"])


def _split(
    session: Session, by: By, given: Mapping[str, str], since: date, password_hash: str
) -> None:
    """An RT goes on and a part of it becomes a new one, with a head of its own."""
    region_changes.split(session, by, given["rt"], [given["rt"], given["new"]], since)
    named = given["phone"], given["name"]
    accounts.create(session, by, *named, "rt_head", given["new"], password_hash, since)


def _appoint(
    session: Session, by: By, offices: Mapping[str, User], given: Mapping[str, Any], since: date
) -> None:
    """A lurah acts for the one next door, who is away for some days."""
    until = since + timedelta(days=given["days"] - 1)
    letter = Letter("lurah", given["of"], "plh", since, until, given["letter"], since)
    deputies.appoint(session, by, offices[given["by"]], letter)


def handed_over(steps: Iterable[Step], last: date) -> str:
    """The RT whose former head wrote most and has done nothing after `last`."""
    kept = {row["region"] for row in offered()} | staged.offices()
    wrote: dict[str, int] = {}
    later: set[str] = set()
    for step in steps:
        if level_of(step.office) != "rt" or step.office in kept:
            continue
        wrote[step.office] = wrote.get(step.office, 0) + 1
        if day_of(step.at) > last:
            later.add(step.office)
    return max(sorted(wrote.keys() - later), key=lambda code: wrote[code])
