"""Terms: an office begins and ends on a day. Both days are included, and no term in which
somebody can have done something is ever deleted.

`domain/offices.py` says what somebody holds; here it is given and taken, each time with an entry
in the administrative record.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from sipokat.domain import administration, offices
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.regions import ensure_rt, names_of
from sipokat.domain.roles import ROLES
from sipokat.domain.texts import written
from sipokat.models import Region, Term, User

LAST_DISKOMINFO = (
    "Ini satu-satunya akun Diskominfo. Angkat orang lain di Diskominfo dulu, supaya akun tetap ada "
    "yang mengurus."
)
FIRST_YEAR, YEARS_AHEAD = 1950, 50


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


def require_day(day: date, field: str) -> None:
    """Raises WrongContent on `field` for a day on which no term of ours begins or ends: a year that
    was mistyped."""
    last = day_of(now()).year + YEARS_AHEAD
    if not FIRST_YEAR <= day.year <= last:
        sentence = f"Periksa tahunnya: dari {FIRST_YEAR} sampai {last}."
        raise WrongContent(sentence, {field: sentence})


def end(session: Session, by: By, user: User, term: Term, last: date) -> None:
    """Make `last` the last day of the term. What the person wrote in it stays theirs to read. Who
    acts as Plh. for them acts no longer than that.

    Raises WrongContent when that is before its first day or would make it longer, NotNow when it
    has ended already or nobody else would act for Diskominfo after it. The same day is no change.
    """
    administration.take_turn(session, user)
    _read_anew(session, term)
    require_day(last, "until")
    today = day_of(now())
    if term.until is not None and term.until < today:
        raise NotNow(f"Jabatan itu sudah berakhir pada {written(term.until)}.")
    if last < term.since:
        _refuse_day(f"Jabatan itu baru mulai pada {written(term.since)}.")
    if term.until is not None and last > term.until:
        _refuse_day(f"Jabatan itu berakhir lebih dulu, pada {written(term.until)}.")
    if last == term.until:
        return
    require_diskominfo_without(session, [term], max(last + timedelta(days=1), today))
    was = as_facts(term)
    term.until = last
    administration.record(session, by, user, "end_term", was, as_facts(term))
    _end_plh(session, by, term, last)


def _end_plh(session: Session, by: By, term: Term, last: date) -> None:
    """Whoever is Plh. for the holder of this term acts no longer than it runs."""
    if term.kind == offices.HOLDER and term.title is None:
        after = _same_office(term).where(Term.kind == "plh", Term.acts_for_id == term.user_id)
        for plh in session.scalars(after.where(Term.until > last)).all():
            cut_short(session, by, plh, last)


def withdraw(session: Session, by: By, user: User, term: Term, unused: bool = False) -> None:
    """Take back a term that has not begun, such as one with a wrong day, or one that has begun and
    that was `unused`, as when an import is undone. It has given nobody anything yet, so its row is
    deleted; what it was stays in its entries.

    Raises NotNow once it has begun and may have been used, and when nobody else would act for
    Diskominfo in its place.
    """
    administration.take_turn(session, user)
    _read_anew(session, term)
    today = day_of(now())
    if term.since <= today and not unused:
        raise NotNow(f"Jabatan itu sudah mulai pada {written(term.since)}. Akhiri jabatan itu.")
    require_diskominfo_without(session, [term], today)
    was = as_facts(term)
    session.delete(term)
    session.flush()
    session.expire(user, ["terms"])
    administration.record(session, by, user, "withdraw_term", was)


def _read_anew(session: Session, term: Term) -> None:
    """Read the term as it is now. Raises NotNow when it was taken back meanwhile."""
    if session.get(Term, term.id, populate_existing=True) is None:
        raise NotNow("Jabatan itu sudah dibatalkan.")


def give_way(session: Session, by: By, term: Term) -> None:
    """End what a Plt. acts in this office on the day before its head's new term. Raises NotNow for
    one who begins no earlier than the head."""
    if term.title is not None:
        return
    there = _same_office(term).where(Term.kind == "plt", Term.until >= term.since)
    for plt in session.scalars(there.where(Term.since <= (term.until or date.max))).all():
        if plt.since >= term.since:
            office, since = title_of(session, plt), written(plt.since)
            raise NotNow(f"{plt.user.name} menjadi {office} mulai {since}. Batalkan dulu itu.")
        cut_short(session, by, plt, term.since - timedelta(days=1))


def cut_short(session: Session, by: By, term: Term, last: date) -> None:
    """End a term on `last` because its office ends then or is another's, or take it back if it
    would only begin after that. Raises NotNow for one that has begun after `last`."""
    was, user = as_facts(term), term.user
    if term.since > last:
        if term.since <= day_of(now()):
            office, since = title_of(session, term), written(term.since)
            raise NotNow(f"{user.name} sudah menjadi {office} sejak {since}.")
        session.delete(term)
        session.flush()
        session.expire(user, ["terms"])
        administration.record(session, by, user, "withdraw_term", was)
        return
    term.until = last
    administration.record(session, by, user, "end_term", was, as_facts(term))
    _end_plh(session, by, term, last)


def _same_office(term: Term) -> Select[Term]:
    return select(Term).where(Term.role == term.role, Term.region_code == term.region_code)


def find(user: User, role: str, region_code: str, day: date) -> Term:
    """The person's term in this office that runs on `day`, else the one that begins next. Raises
    NotNow when there is none."""
    mine = [term for term in user.terms if (term.role, term.region_code) == (role, region_code)]
    for term in mine:  # in the order of their first days
        if term.until is None or term.until >= day:
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


def title(
    session: Session, role: str, region_code: str, kind: str | None = None, seat: str | None = None
) -> str:
    """The office in words: `Ketua RT 001 Petanang Ulu`, `Plh. Lurah Petanang Ulu`, `Diskominfo`."""
    parent = region_code.rpartition(".")[0]
    names = names_of(session, [region_code])
    name = names.get(region_code, region_code)
    label = offices.label_of(role, kind, seat)
    if role == "rt_head":
        return f"{label.removesuffix(' RT')} {name} {names.get(parent, '')}".strip()
    return label if ROLES[role].level == "kota" else f"{label} {name}"


def title_of(session: Session, term: Term) -> str:
    """What the person is called in this term, in the same words."""
    return title(session, term.role, term.region_code, term.kind, term.title)


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
        or_(Term.until.is_(None), Term.until >= term.since),
        Term.since <= (term.until or date.max),
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


def require_diskominfo_without(session: Session, gone: Iterable[Term], since: date) -> None:
    """Raises NotNow when there is a day, from `since` on, on which one of these terms would run,
    and without them nobody with an open account acts for Diskominfo."""
    gone = [term for term in gone if term.role == "diskominfo"]
    of_open = select(Term).join(User, User.id == Term.user_id).where(User.active)
    terms = session.scalars(of_open.where(Term.role == "diskominfo").order_by(Term.since)).all()
    others = [term for term in terms if term not in gone]
    for term in gone:
        day, last = max(term.since, since), term.until or date.max
        if day <= last and not _covered(others, day, last):
            raise NotNow(LAST_DISKOMINFO, code="last_diskominfo")


def _covered(terms: Iterable[Term], day: date, last: date) -> bool:
    """Whether one of these terms, in the order of their first days, runs on each day from `day` to
    `last`."""
    for term in terms:
        if term.since > day:
            return False
        until = term.until or date.max
        if until >= last:
            return True
        day = max(day, until + timedelta(days=1))
    return False


def as_facts(term: Term) -> dict[str, Any]:
    """The term as an entry of the administrative record keeps it."""
    facts: dict[str, Any] = {
        "role": term.role,
        "region": term.region_code,
        "since": term.since.isoformat(),
    }
    if term.until is not None:
        facts["until"] = term.until.isoformat()
    if term.title:
        facts["title"] = term.title
    if term.kind in offices.DEPUTIES:
        assert term.letter_date is not None
        facts |= {"kind": term.kind, "letter": term.letter_number}
        facts |= {"letter_date": term.letter_date.isoformat()}
    if term.acts_for_id:
        facts["acts_for"] = term.acts_for_id
    return facts


def _refuse_day(sentence: str) -> None:
    raise WrongContent(sentence, {"until": sentence})
