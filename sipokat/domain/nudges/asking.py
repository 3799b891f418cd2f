"""Asks RT for the missing report of a month: each at most once in some days, whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sipokat.database import table, writing
from sipokat.domain import daily
from sipokat.domain.clock import day_of, now
from sipokat.domain.notices import nudge_news, rows
from sipokat.domain.nudges.heads import Asked, Facts, facts_of, last_asked
from sipokat.domain.nudges.rules import ANSWER, MOST, NOTICE, WAYS, WHATSAPP, asked_month, free_at
from sipokat.domain.offices import HOLDER, Office, held
from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.month import by_rt
from sipokat.domain.refusals import NeverAllowed, NotFound, TooLarge, WrongContent
from sipokat.domain.regions import level_of, lies_in, names_of, up_from
from sipokat.domain.telling import may_call
from sipokat.domain.visibility import NO_REGION, require_region
from sipokat.models import Nudge, Region, User

NAME = "nudge"  # of the job of a day
PORTION = 500  # rows of a statement
NOT_YOURS = "Yang mengingatkan RT adalah lurah, camat atau Bag. Pemerintahan."
CHOOSE = "Pilih dulu RT-nya."
TOO_MANY = f"Paling banyak {MOST} RT sekaligus. Ingatkan per kelurahan."
# Why an RT is not asked: nobody is its head, their account is closed, they are the person who asks,
# something stands for the month, somebody has asked in the last days; and of one way alone, that
# nobody would read a notice, or that the number is not for the person who asks.
VACANT, CLOSED, OWN, REPORTED, RECENT = "vacant", "closed", "own", "reported", "recent"
NO_PHONE, NO_NUMBER = "no_phone", "no_number"

_NUDGE = table(Nudge)
_INSERTS: dict[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one RT. `why` is None where it was asked; `facts` have the nudge that was made
    now, or the last one before."""

    facts: Facts
    month: str
    why: str | None


def office_over(user: User, code: str) -> Office | None:
    """The office in which this person asks that RT: the nearest above it, their own before one as
    a deputy. None for somebody who may not."""
    over = [
        office
        for office in held(user)
        if office.role.decides and office.desk and lies_in(code, office.region)
    ]
    order = [(-len(one.region), one.title is not None, one.kind != HOLDER) for one in over]
    return over[order.index(min(order))] if over else None


def why_not(
    facts: Facts, figures: Figures | None, way: str, user: User | None, at: datetime
) -> str | None:
    """Why this RT is not asked in this way at that moment by that person (None: by SIPOKAT itself);
    None where it may be. `figures` are those of the month that is asked for, None of an RT that is
    not expected."""
    head = facts.head
    if head is None or figures is None:
        return VACANT
    if figures.active:
        return REPORTED
    if user is not None and head.person.id == user.id:
        return OWN
    if not head.person.active:
        return CLOSED
    if facts.asked and at < free_at(facts.asked.at):
        return RECENT
    if way == NOTICE:
        return None if head.has_phone else NO_PHONE
    return None if user is not None and may_call(user, head.person) else NO_NUMBER


def ask(user: User, codes: Sequence[str], way: str, at: datetime | None = None) -> list[Outcome]:
    """Ask these RT in this way. What is wrong with one holds up no other.

    Raises NotFound where one is out of sight or there is none, NeverAllowed where the person may
    only look at one, WrongContent for none, for what is no RT or for another way, TooLarge for more
    than MOST; then none is asked.
    """
    at, wanted = at or now(), list(dict.fromkeys(codes))
    if way not in WAYS:
        raise WrongContent("Pilih cara mengingatkan.", {"way": "Pilih cara mengingatkan."})
    if not wanted:
        raise WrongContent(CHOOSE, {"regions": CHOOSE})
    if len(wanted) > MOST:
        raise TooLarge(TOO_MANY)
    for code in wanted:
        _require_rt(user, code)
    offices = {code: _require_office(user, code) for code in wanted}
    with writing() as session:
        if len(names_of(session, wanted).keys() & set(wanted)) < len(wanted):
            raise NotFound(NO_REGION)
        return _ask(session, wanted, way, at, user, offices)


def _require_rt(user: User, code: str) -> None:
    require_region(user, code)
    try:
        level = level_of(code)
    except ValueError:
        raise NotFound(NO_REGION) from None
    if level != "rt":
        raise WrongContent(CHOOSE, {"regions": CHOOSE})


def _require_office(user: User, code: str) -> Office:
    office = office_over(user, code)
    if office is None:
        raise NeverAllowed(NOT_YOURS)
    return office


def ask_by_itself(session: Session, day: date, at: datetime) -> int | None:
    """Have SIPOKAT ask every RT that is silent, whom nobody has asked in the last days and who can
    read it; how many. None, and nothing is done, when it was done already that day."""
    if not daily.take(session, NAME, day, at):
        return None
    count = 0
    for top in session.scalars(select(Region.code).where(Region.parent_code.is_(None))).all():
        found = by_rt(session, top, asked_month(day), day)
        silent = sorted(code for code, figures in found.items() if figures.silent)
        for start in range(0, len(silent), PORTION):
            some = silent[start : start + PORTION]
            count += sum(one.why is None for one in _ask(session, some, NOTICE, at, None, {}))
    return count


def _ask(
    session: Session,
    codes: Sequence[str],
    way: str,
    at: datetime,
    user: User | None,
    offices: dict[str, Office],
) -> list[Outcome]:
    today = day_of(at)
    month = asked_month(today)
    facts = facts_of(session, codes, today)
    figures = by_rt(session, _common(codes), month, today) if codes else {}
    why = {code: why_not(facts[code], figures.get(code), way, user, at) for code in codes}
    made = [
        nudge_row(facts[code], month, at, way, user, offices.get(code))
        for code in sorted(codes)
        if why[code] is None
    ]
    done = _append(session, made)
    lost = [row["region_code"] for row in made if row["region_code"] not in done]
    first = last_asked(session, lost) if lost else {}
    if way == NOTICE:
        _tell(session, [row for row in made if row["region_code"] in done], today)
    asked = {row["region_code"]: _asked(row) for row in made} | first
    return [
        Outcome(
            replace(facts[code], asked=asked.get(code, facts[code].asked)),
            month,
            RECENT if code in first else why[code],
        )
        for code in codes
    ]


def nudge_row(
    facts: Facts,
    month: str,
    at: datetime,
    way: str,
    user: User | None,
    office: Office | None,
) -> dict[str, Any]:
    """The row of the next nudge of this RT, but for its id."""
    assert facts.head is not None
    return {
        "region_code": facts.code,
        "number": facts.asked.number + 1 if facts.asked else 1,
        "month": month,
        "at": at,
        "until": at + ANSWER,
        "way": way,
        "head_id": facts.head.person.id,
        "by_id": user.id if user else None,
        "by_role": office.role.key if office else None,
        "by_region": office.region if office else None,
        "by_kind": office.held_as if office else None,
    }


def _append(session: Session, made: Sequence[dict[str, Any]]) -> set[str]:
    """Insert these rows; the RT of which it was done. Of two who ask at the same moment the second
    waits for the first, and then its number is taken."""
    insert, done = _INSERTS[session.get_bind().dialect.name], set[str]()
    for start in range(0, len(made), PORTION):
        added = insert(_NUDGE).values(made[start : start + PORTION])
        added = added.on_conflict_do_nothing(index_elements=["region_code", "number"])
        done.update(session.scalars(added.returning(_NUDGE.c.region_code)))
    return done


def _tell(session: Session, made: Collection[dict[str, Any]], day: date) -> None:
    offices = {("rt_head", row["region_code"]) for row in made}
    there = rows.holders(session, offices, day)
    rows.add(session, [told for row in made for told in nudge_news.rows_of(row, there)])


def _asked(row: dict[str, Any]) -> Asked:
    names = ("number", "month", "at", "way", "by_id", "by_role", "by_region", "by_kind")
    return Asked(*(row[name] for name in names))


def may_open(facts: Facts, why: str | None, user: User, way: str) -> bool:
    """Whether WhatsApp opens with the message: it was recorded now, or by this person before, whose
    phone may never have got the answer. `facts` have the last nudge."""
    head, asked = facts.head, facts.asked
    if way != WHATSAPP or head is None or asked is None:
        return False
    again = why == RECENT and (asked.by_id, asked.way) == (user.id, WHATSAPP)
    return why is None or (again and may_call(user, head.person))


def _common(codes: Sequence[str]) -> str:
    """The lowest region in which all of these lie."""
    shared = set.intersection(*(set(up_from(code)) for code in codes))
    return max(shared, key=len, default="")
