"""A term ends on a day, or is taken back before it began. Its last day is included, and no term in
which somebody can have done something is ever deleted."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sipokat.domain import administration, offices
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.last_diskominfo import require_diskominfo_without
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.term_checks import require_day, require_recent
from sipokat.domain.term_days import runs_between
from sipokat.domain.term_facts import as_facts
from sipokat.domain.texts import written
from sipokat.domain.titles import title_of
from sipokat.models import Term, User


def end(session: Session, by: By, user: User, term: Term, last: date) -> None:
    """Make `last` the last day of the term. What the person wrote in it stays theirs to read. Who
    acts as Plh. for them acts no longer than that.

    Raises WrongContent when that is before its first day, would make it longer, or is longer ago
    than a desk may end a term, NotNow when it has ended already or nobody else would act for
    Diskominfo after it. The same day is no change.
    """
    administration.take_turn(session, user)
    _read_anew(session, term)
    require_day(last, "until")
    require_recent(by, last, "until")
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


def give_way(session: Session, by: By, term: Term) -> None:
    """End what a Plt. acts in this office on the day before its head's new term. Raises NotNow for
    one who begins no earlier than the head."""
    if term.title is not None:
        return
    there = _same_office(term).where(Term.kind == "plt", runs_between(term.since, term.until))
    for plt in session.scalars(there).all():
        if plt.since >= term.since:
            office, since = title_of(session, plt), written(plt.since)
            raise NotNow(f"{plt.user.name} menjadi {office} mulai {since}. Batalkan dulu itu.")
        cut_short(session, by, plt, term.since - timedelta(days=1))


def cut_short(session: Session, by: By, term: Term, last: date) -> None:
    """End a term on `last` because its office ends then or is another's, or take it back if it
    would only begin after that. Raises NotNow for one that has begun after `last`, WrongContent on
    `since` for a day that is longer ago than a desk may end a term."""
    require_recent(by, last + timedelta(days=1), "since")
    was, user = as_facts(term), term.user
    if term.since > last:
        if term.since <= day_of(now()):
            office, since = title_of(session, term), written(term.since)
            began = f"{user.name} sudah menjadi {office} sejak {since}."
            raise NotNow(f"{began} Pilih hari sesudahnya.")
        session.delete(term)
        session.flush()
        session.expire(user, ["terms"])
        administration.record(session, by, user, "withdraw_term", was)
        return
    term.until = last
    administration.record(session, by, user, "end_term", was, as_facts(term))
    _end_plh(session, by, term, last)


def _end_plh(session: Session, by: By, term: Term, last: date) -> None:
    """Whoever is Plh. for the holder of this term acts no longer than it runs."""
    if term.kind == offices.HOLDER and term.title is None:
        after = _same_office(term).where(Term.kind == "plh", Term.acts_for_id == term.user_id)
        for plh in session.scalars(after.where(Term.until > last)).all():
            cut_short(session, by, plh, last)


def _read_anew(session: Session, term: Term) -> None:
    """Read the term as it is now. Raises NotNow when it was taken back meanwhile."""
    if session.get(Term, term.id, populate_existing=True) is None:
        raise NotNow("Jabatan itu sudah dibatalkan.")


def _same_office(term: Term) -> Select[Term]:
    return select(Term).where(Term.role == term.role, Term.region_code == term.region_code)


def _refuse_day(sentence: str) -> None:
    raise WrongContent(sentence, {"until": sentence})
