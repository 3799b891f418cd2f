"""Who may see what. Every query for reports starts from `visible_reports`."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import at_desk, in_scope, level_of
from sipokat.domain.roles import ROLES
from sipokat.models import Report, Term, User


def holds_on(term: Term, day: date) -> bool:
    """Whether the term runs on that day; its last day is `until`."""
    return term.since <= day and (term.until is None or day <= term.until)


def scopes(user: User, day: date | None = None) -> list[str]:
    """The region codes that the person holds on `day` (today by default)."""
    day = day or day_of(now())
    return [term.region_code for term in user.terms if holds_on(term, day)]


def visible_reports(user: User) -> Select[Report]:
    """What this person may read: what lies at or below their regions, and what they wrote."""
    if not ROLES[user.role].reads_reports:
        return select(Report).where(false())
    mine = [in_scope(Report.region_code, scope) for scope in scopes(user)]
    return select(Report).where(or_(*mine, Report.reporter_id == user.id))


def require_reader(user: User) -> None:
    """Raises NeverAllowed for a role that never reads reports (Diskominfo)."""
    if not ROLES[user.role].reads_reports:
        raise NeverAllowed("Peran Anda tidak membaca isi laporan.")


def find_report(session: Session, user: User, number: str, lock: bool = False) -> Report:
    """The report with this number. NotFound, the same for out of sight and no such thing."""
    require_reader(user)
    query = visible_reports(user).where(Report.number == number)
    if lock:
        query = query.with_for_update(of=Report, key_share=True)
    report = session.scalars(query).unique().one_or_none()
    if report is None:
        raise NotFound("Laporan tidak ditemukan. Periksa nomornya.")
    return report


def desks_over(user: User, region_code: str) -> frozenset[str]:
    """The desks over this region that the person holds today."""
    desk = ROLES[user.role].desk
    if desk is None:
        return frozenset()
    place = at_desk(region_code, desk)
    sits = level_of(place) == desk and place in scopes(user)
    return frozenset({desk}) if sits else frozenset()


def on_desk_of(user: User) -> Select[Report]:
    """The reports that lie on the desks this person holds, to decide or, at the author's own
    desk, to mend."""
    desk = ROLES[user.role].desk
    places = [in_scope(Report.region_code, scope) for scope in scopes(user)]
    if desk is None or not places:
        return select(Report).where(false())
    return select(Report).where(and_(Report.desk == desk, or_(*places)))


def may_file_for(user: User, region_code: str, days: tuple[date, ...]) -> bool:
    """Whether the person held this very office on one of `days`, even if the term has ended."""
    return any(
        term.region_code == region_code and any(holds_on(term, day) for day in days)
        for term in user.terms
    )
