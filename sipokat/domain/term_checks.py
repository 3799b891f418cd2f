"""What a new term must be: in a region that is there, on days that can be, for somebody who may
hold it, and beside nobody who is in its way."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain import administration, offices
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.regions import ensure_rt
from sipokat.domain.roles import ROLES
from sipokat.domain.term_days import runs_between
from sipokat.domain.texts import written
from sipokat.domain.titles import title_of
from sipokat.models import Region, Term, User

FIRST_YEAR, YEARS_AHEAD = 1950, 50
# How long ago the day may be from which a change has effect: decrees are often written down late.
BACK = timedelta(days=31)


def require_day(day: date, field: str) -> None:
    """Raises WrongContent on `field` for a day on which no term of ours begins or ends: a year that
    was mistyped."""
    last = day_of(now()).year + YEARS_AHEAD
    if not FIRST_YEAR <= day.year <= last:
        sentence = f"Periksa tahunnya: dari {FIRST_YEAR} sampai {last}."
        raise WrongContent(sentence, {field: sentence})


def require_recent(by: By, day: date, field: str) -> None:
    """Raises WrongContent on `field` where a desk ends somebody's term longer ago than BACK: what
    they wrote since and have not sent yet would be refused. Diskominfo and commands may."""
    of_desk = by.office is not None and by.office.role.key != "diskominfo"
    if of_desk and day < day_of(now()) - BACK:
        sentence = f"Paling lama {BACK.days} hari yang lalu. Lebih lama dari itu, minta Diskominfo."
        raise WrongContent(sentence, {field: sentence})


def ensure_region(session: Session, by: By, role: str, region_code: str) -> None:
    """Make sure that the region of a term is there; an RT in a known kelurahan is added, with an
    entry. Raises WrongContent on `region` otherwise."""
    if session.get(Region, region_code) is not None:
        return
    try:
        if ROLES[role].level != "rt":
            raise offices.no_such_region(region_code)
        region = ensure_rt(session, region_code)
    except ValueError:
        raise offices.no_such_region(region_code) from None
    became = {"region": region.code, "name": region.name}
    administration.record(session, by, region, "add_region", became=became)


def require_seat(role: str, seat: str | None) -> str | None:
    """The title under which somebody sits at the desk of this role, None for its head. Raises
    WrongContent on `title` for one that there is not."""
    if seat and seat not in offices.TITLES.get(role, {}):
        raise WrongContent("Pilih jabatan.", {"title": "Pilih jabatan."})
    return seat or None


def ensure_known(session: Session, region_code: str) -> None:
    """Raises WrongContent on `region` for a region that is not there, and never was."""
    if session.get(Region, region_code) is None:
        raise offices.no_such_region(region_code)


def require_another(by: By, user: User, field: str = "person") -> None:
    """Raises WrongContent on `field` for whoever names themselves, and for a closed account: it
    could do nothing in the office."""
    sentence = ""
    if not user.active:
        sentence = f"Akun {user.name} ditutup. Buka dulu akunnya."
    elif by.user is user:
        sentence = "Tunjuk orang lain, bukan diri sendiri."
    if sentence:
        raise WrongContent(sentence, {field: sentence})


def require_there(session: Session, region_code: str, since: date, until: date | None) -> None:
    """Raises WrongContent for days on which the region is not there any more, or not yet."""
    region = session.get_one(Region, region_code)
    if region.until is not None and (until or date.max) > region.until:
        sentence = f"{region.name} hanya ada sampai {written(region.until)}."
        raise WrongContent(sentence, {"until" if since <= region.until else "since": sentence})
    if region.since is not None and since < region.since:
        sentence = f"{region.name} baru ada mulai {written(region.since)}."
        raise WrongContent(sentence, {"since": sentence})


def require_alone(session: Session, user: User, term: Term) -> None:
    """Raises NotNow if the person has this office on one of the days of this new term, or another
    has, where only one may: an RT has one head. A closed account still holds its office, since it
    may be opened again; a deputy acts beside the holder or in a vacant office
    (`domain/deputies.py`)."""
    there = select(Term).where(
        Term.role == term.role,
        Term.region_code == term.region_code,
        Term.kind == offices.HOLDER,
        runs_between(term.since, term.until),
    )
    if term.role != "rt_head":
        there = there.where(Term.user_id == user.id)
    other = session.scalars(there.order_by(Term.since).limit(1)).first()
    if other is None:
        return
    office, since = title_of(session, other), written(other.since)
    until = f" sampai {written(other.until)}" if other.until else ""
    if other.since > day_of(now()):
        raise NotNow(
            f"{other.user.name} akan memegang jabatan {office} mulai {since}{until}. "
            "Batalkan dulu jabatan itu."
        )
    raise NotNow(
        f"{other.user.name} memegang jabatan {office} sejak {since}{until}. "
        "Akhiri dulu jabatan itu."
    )
