"""Deputies: who acts in an office while its holder is away (Plh.) or while it is vacant (Plt.)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sipokat.domain import administration, term_checks, term_facts, titles
from sipokat.domain.administration import By
from sipokat.domain.letters import DAY, Letter, plh_days, require_none_overdue, require_sound
from sipokat.domain.offices import DEPUTIES, HOLDER, RULES
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.term_days import runs_between
from sipokat.domain.texts import written
from sipokat.models import Term, User


def appoint(session: Session, by: By, user: User, letter: Letter) -> Term:
    """Make the person deputy in an office, as the letter says.

    Raises WrongContent for what the letter says wrongly, NotNow where the office is not so that it
    needs this deputy: it has another on one of these days; nobody holds it, for a Plh.; somebody
    does, for a Plt.; or the person has acted in it as long as one may.
    """
    require_sound(letter)
    administration.take_turn(session, user)
    term_checks.ensure_region(session, by, letter.role, letter.region)
    term_checks.require_there(session, letter.region, letter.since, letter.until)
    term_checks.require_another(by, user)
    if not letter.number.strip():
        require_none_overdue(session, by.user)
    term = Term(
        role=letter.role,
        region_code=letter.region,
        kind=letter.kind,
        letter_number=letter.number.strip(),
        letter_date=letter.dated,
        since=letter.since,
        until=letter.until,
    )
    _require_no_other(session, term)
    holders = session.scalars(_heads(letter).order_by(Term.since)).all()
    if letter.kind == "plh":
        term.acts_for_id = _require_away(session, user, letter, holders)
        _require_days(user, letter)
    else:
        _require_vacant(session, letter, holders)
        _require_times(session, user, letter)
    user.terms.append(term)
    administration.record(session, by, user, "begin_term", became=term_facts.as_facts(term))
    return term


def _require_no_other(session: Session, term: Term) -> None:
    """Nobody else acts in the office on one of these days."""
    there = _office(term.role, term.region_code).where(
        Term.kind.in_(DEPUTIES), runs_between(term.since, term.until)
    )
    other = session.scalars(there.order_by(Term.since).limit(1)).first()
    if other is not None:
        raise NotNow(
            f"{other.user.name} sudah menjadi {titles.title_of(session, other)} "
            f"{written(other.since)} sampai {written(other.until)}. Akhiri dulu jabatan itu."
        )


def _require_away(session: Session, user: User, letter: Letter, holders: Sequence[Term]) -> str:
    """The id of the holder for whom a Plh. acts: one who holds the office on all these days."""
    whole = [one for one in holders if _holds_all(one, letter)]
    for one in whole:
        if one.user_id != user.id:
            return one.user_id
    office = titles.title(session, letter.role, letter.region)
    if whole:
        raise NotNow(f"{user.name} sendiri memegang jabatan {office}. Tunjuk orang lain.")
    if not holders:
        raise NotNow(f"Jabatan {office} kosong. Untuk jabatan yang kosong tunjuk Plt.")
    one = holders[0]
    if one.since > letter.since:
        raise NotNow(f"{one.user.name} baru memegang jabatan {office} mulai {written(one.since)}.")
    raise NotNow(
        f"{one.user.name} memegang jabatan {office} sampai {written(one.until)}. "
        "Plh. paling lama sampai hari itu."
    )


def _holds_all(term: Term, letter: Letter) -> bool:
    return term.since <= letter.since and (term.until is None or term.until >= letter.until)


def _require_vacant(session: Session, letter: Letter, holders: Sequence[Term]) -> None:
    if not holders:
        return
    one = holders[0]
    office = titles.title(session, letter.role, letter.region)
    until = f" sampai {written(one.until)}" if one.until else ""
    raise NotNow(
        f"{one.user.name} memegang jabatan {office} sejak {written(one.since)}{until}. "
        "Kalau berhalangan, tunjuk Plh."
    )


def _require_days(user: User, letter: Letter) -> None:
    first = _first_plh_day(user, letter.role, letter.region, letter.since)
    if letter.until >= first + plh_days():
        sentence = (
            f"{user.name} menjadi Plh. sejak {written(first)}, paling lama "
            f"{RULES['plh']['days']} hari. Tunjuk orang lain."
        )
        raise WrongContent(sentence, {"until": sentence})


def last_plh_day(user: User, role: str, region_code: str, since: date) -> date:
    """The last day on which the person may be Plh. in this office if they begin on `since`."""
    return _first_plh_day(user, role, region_code, since) + plh_days() - DAY


def _first_plh_day(user: User, role: str, region_code: str, since: date) -> date:
    """Since when the person is Plh. here without a break: several letters in a row count
    together."""
    for term in sorted(user.terms, key=lambda one: one.since, reverse=True):
        mine = (term.role, term.region_code, term.kind) == (role, region_code, "plh")
        if mine and term.until == since - DAY:
            since = term.since
    return since


def _require_times(session: Session, user: User, letter: Letter) -> None:
    """In one vacancy a person is Plt. so often at most."""
    ended = session.scalar(
        select(func.max(Term.until)).where(
            Term.role == letter.role,
            Term.region_code == letter.region,
            Term.kind == HOLDER,
            Term.title.is_(None),
            Term.until < letter.since,
        )
    )
    mine = [
        term
        for term in user.terms
        if (term.role, term.region_code, term.kind) == (letter.role, letter.region, "plt")
        and (ended is None or term.since > ended)
    ]
    if len(mine) >= RULES["plt"]["times"]:
        sentence = (
            f"{user.name} sudah {len(mine)} kali menjadi Plt. di jabatan ini. Tunjuk orang lain, "
            "atau angkat pejabat definitif."
        )
        raise NotNow(sentence)


def _heads(letter: Letter) -> Select[Term]:
    """Who holds the office as its head on one of these days."""
    return _office(letter.role, letter.region).where(
        Term.kind == HOLDER,
        Term.title.is_(None),
        runs_between(letter.since, letter.until),
    )


def _office(role: str, region_code: str) -> Select[Term]:
    return select(Term).where(Term.role == role, Term.region_code == region_code)
