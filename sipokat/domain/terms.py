"""Terms: somebody is given an office from a day on. `domain/endings.py` takes it back, and
`domain/offices.py` says what somebody holds. Each change is an entry in the administrative record.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from sipokat.domain import administration, offices
from sipokat.domain.administration import By
from sipokat.domain.endings import give_way
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.term_checks import (
    ensure_region,
    require_alone,
    require_day,
    require_seat,
    require_there,
)
from sipokat.domain.term_days import over_by
from sipokat.domain.term_facts import as_facts
from sipokat.domain.texts import written
from sipokat.models import Term, User


def begin(
    session: Session,
    by: By,
    user: User,
    role: str,
    region_code: str,
    since: date,
    until: date | None = None,
    seat: str | None = None,
) -> Term:
    """Give the person an office from `since` on, until the end of `until` if that is given. With a
    `seat` (`sekretaris`) they sit at its desk under that title, beside its head.

    A Plt. who acts in the office gives way to its new head. Raises WrongContent for a region or
    days that cannot be, and NotNow where the person holds the office on one of these days already,
    or somebody else heads the RT: two heads of one RT on one day are refused, several people at any
    other desk are fine.
    """
    offices.require_office(role, region_code)
    require_day(since, "since")
    if until is not None and until < since:
        sentence = "Hari terakhir tidak boleh sebelum hari pertama."
        raise WrongContent(sentence, {"until": sentence})
    administration.take_turn(session, user)
    ensure_region(session, by, role, region_code)
    term = Term(
        role=role,
        region_code=region_code,
        since=since,
        until=until,
        kind=offices.HOLDER,
        title=require_seat(role, seat),
    )
    require_there(session, region_code, since, until)
    require_alone(session, user, term)
    give_way(session, by, term)
    user.terms.append(term)
    administration.record(session, by, user, "begin_term", became=as_facts(term))
    return term


def find(user: User, role: str, region_code: str, day: date) -> Term:
    """The person's term in this office that runs on `day`, else the one that begins next. Raises
    NotNow when there is none."""
    mine = [term for term in user.terms if (term.role, term.region_code) == (role, region_code)]
    for term in mine:  # in the order of their first days
        if not over_by(term, day):
            return term
    if mine:
        raise NotNow(f"Jabatan itu sudah berakhir pada {written(mine[-1].until)}.")
    raise NotNow(f"{user.name} tidak memegang jabatan itu.")


def find_from(user: User, role: str, region_code: str, since: date) -> Term:
    """The person's term in this office whose first day is `since`. Raises NotNow when there is
    none."""
    wanted = (role, region_code, since)
    for term in user.terms:
        if (term.role, term.region_code, term.since) == wanted:
            return term
    raise NotNow(f"{user.name} tidak memegang jabatan itu sejak {written(since)}.")
