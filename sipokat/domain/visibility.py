"""Who may see what. Every query for what a person reads starts from one of these."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from sipokat.domain.offices import held, roles_of
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import in_scope
from sipokat.domain.roles import ROLES, desks_below
from sipokat.models import Report, User


def visible_reports(user: User) -> Select[Report]:
    """What this person may read: what lies at or below the regions of their offices, and what they
    wrote themselves."""
    if not _reads(user):
        return select(Report).where(false())
    mine = [
        in_scope(Report.region_code, office.region)
        for office in held(user)
        if office.role.reads_reports
    ]
    return select(Report).where(or_(*mine, Report.reporter_id == user.id))


def _reads(user: User) -> bool:
    return any(ROLES[role].reads_reports for role in roles_of(user))


def require_reader(user: User) -> None:
    """Raises NeverAllowed for somebody whose roles never read reports (Diskominfo)."""
    if not _reads(user):
        raise NeverAllowed("Halaman ini bukan untuk jabatan Anda.")


def find_report(session: Session, user: User, number: str, lock: bool = False) -> Report:
    """The report with this number. Raises NotFound, the same whether it is out of this person's
    sight or does not exist."""
    require_reader(user)
    query = visible_reports(user).where(Report.number == number)
    if lock:
        query = query.with_for_update(of=Report, key_share=True)
    report = session.scalars(query).unique().one_or_none()
    if report is None:
        raise NotFound("Laporan tidak ditemukan. Periksa nomornya.")
    return report


def on_own_desk(user: User) -> ColumnElement[bool]:
    """The condition for a report that lies on a desk this person holds: to decide, or to mend on
    the author's own desk."""
    return or_(
        false(),
        *[
            and_(Report.desk == office.desk, in_scope(Report.region_code, office.region))
            for office in held(user)
            if office.desk
        ],
    )


def on_desk_below(user: User) -> ColumnElement[bool]:
    """The condition for a report that lies on a desk below one this person holds, and on none of
    their own."""
    below = [
        and_(
            Report.desk.in_(desks_below(office.desk)),
            in_scope(Report.region_code, office.region),
        )
        for office in held(user)
        if office.desk
    ]
    return and_(or_(false(), *below), not_(on_own_desk(user)))
