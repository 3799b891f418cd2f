"""Deputies: who acts in an office while its holder is away (Plh.) or while it is vacant (Plt.).

Both act by a surat perintah and until a day (UU 30/2014 about administration of government,
art. 14). How long at most is the city's rule, in `data/terms.toml`: a Plh. thirty days in a row, a
Plt. three months, and once more in the same vacancy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sipokat.domain import administration, offices, term_checks, term_facts, titles
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES, HOLDER, RULES
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, WrongContent
from sipokat.domain.regions import lies_in
from sipokat.domain.roles import ROLES, above, below
from sipokat.domain.term_days import runs_between
from sipokat.domain.texts import written
from sipokat.models import Term, User

LETTER_MAX = 60
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """A surat perintah: who shall act, in which office, as what, and for how long."""

    role: str
    region: str
    kind: str
    since: date
    until: date
    number: str
    dated: date


def appointer(user: User, role: str, region_code: str) -> By:
    """Who appoints a deputy for this office, and as what: a holder of the desk above it, or
    Diskominfo. So a lurah does it for the RT heads of her kelurahan.

    Raises NeverAllowed for roles that never do it, NotFound out of one's region.
    """
    offices.require_office(role, region_code)
    appoints = [one for one in offices.held(user) if _appoints(one)]
    if not appoints or not user.active:
        raise NeverAllowed("Plh. dan Plt. ditunjuk pejabat di atasnya atau Diskominfo.")
    desk = ROLES[role].desk
    for office in appoints:
        above_it = office.desk and desk and above(desk) == office.desk
        if office.role.key == "diskominfo" or (above_it and lies_in(region_code, office.region)):
            return By(user, office)
    raise NotFound("Jabatan ini tidak ada tepat di bawah jabatan Anda.")


def _appoints(office: offices.Office) -> bool:
    return office.role.key == "diskominfo" or bool(office.desk and below(office.desk))


def appoint(session: Session, by: By, user: User, letter: Letter) -> Term:
    """Make the person deputy in an office, as the letter says.

    Raises WrongContent for what the letter says wrongly, NotNow where the office is not so that it
    needs this deputy: it has another on one of these days; nobody holds it, for a Plh.; somebody
    does, for a Plt.; or the person has acted in it as long as one may.
    """
    _require_sound(letter)
    administration.take_turn(session, user)
    term_checks.ensure_region(session, by, letter.role, letter.region)
    term_checks.require_there(session, letter.region, letter.since, letter.until)
    term_checks.require_another(by, user)
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


def _require_sound(letter: Letter) -> None:
    """What is wrong in the letter itself, all at once."""
    offices.require_office(letter.role, letter.region)
    wrong: dict[str, str] = {}
    if letter.kind not in DEPUTIES:
        wrong["kind"] = "Pilih Plh. atau Plt."
    if ROLES[letter.role].desk is None:
        wrong["role"] = f"Untuk {ROLES[letter.role].label} tidak ada Plh. atau Plt."
    number, today = letter.number.strip(), day_of(now())
    if not number:
        wrong["letter_number"] = "Isi nomor surat perintah."
    elif len(number) > LETTER_MAX:
        wrong["letter_number"] = f"Nomor surat paling banyak {LETTER_MAX} huruf."
    if letter.dated > today:
        wrong["letter_date"] = "Tanggal surat perintah belum tiba."
    if letter.until < letter.since:
        wrong["until"] = "Hari terakhir tidak boleh sebelum hari pertama."
    elif letter.until < today:
        wrong["until"] = "Hari terakhir sudah lewat."
    elif letter.since > today + timedelta(days=RULES["ahead"]["days"]):
        wrong["since"] = f"Hari pertama paling jauh {RULES['ahead']['days']} hari lagi."
    elif letter.kind == "plh" and letter.until >= letter.since + _plh_days():
        wrong["until"] = f"Plh. paling lama {RULES['plh']['days']} hari."
    elif letter.kind == "plt" and letter.until >= months_after(letter.since):
        last = written(months_after(letter.since) - DAY)
        wrong["until"] = f"Plt. paling lama {RULES['plt']['months']} bulan, jadi sampai {last}."
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)


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
    """Several letters in a row for one Plh. count together."""
    first = letter.since
    for term in sorted(user.terms, key=lambda one: one.since, reverse=True):
        mine = (term.role, term.region_code, term.kind) == (letter.role, letter.region, "plh")
        if mine and term.until == first - DAY:
            first = term.since
    if letter.until >= first + _plh_days():
        sentence = (
            f"{user.name} menjadi Plh. sejak {written(first)}, paling lama "
            f"{RULES['plh']['days']} hari. Tunjuk orang lain."
        )
        raise WrongContent(sentence, {"until": sentence})


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


def _plh_days() -> timedelta:
    return timedelta(days=RULES["plh"]["days"])


def months_after(day: date) -> date:
    """The day on which the months of a Plt. that began on `day` are over: the same day of the
    month, or the first of the next where there is none."""
    months = day.month - 1 + RULES["plt"]["months"]
    year, month = day.year + months // 12, months % 12 + 1
    try:
        return day.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
