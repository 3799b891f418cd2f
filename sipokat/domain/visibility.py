"""Who may see what. Every query for what a person reads starts from one of these.

A report is found by its region in one of two ways. By the column of the scope's level, whose index
holds the newest reports of each region in their order. Or, where only what is not final is wanted,
by conditions that no index knows: then the small index of what is not final is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union
from sqlalchemy.orm import Session, lazyload

from sipokat.domain.offices import Office, held, roles_ever, roles_let_in
from sipokat.domain.refusals import NeverAllowed, NotFound
from sipokat.domain.regions import in_scope, level_of, lies_in
from sipokat.domain.roles import DESK_ROLES, DESKS, ROLES, desks_below
from sipokat.models import Report, User

_BY_LEVEL: dict[str, Any] = {
    "kota": Report.kota_code,
    "kecamatan": Report.kecamatan_code,
    "kelurahan": Report.kelurahan_code,
    "rt": Report.region_code,
}
NO_REGION = "Wilayah tidak ditemukan. Mulai dari wilayah Anda."


def reports_in(scope: str, indexed: bool = True) -> ColumnElement[bool]:
    """The condition for a report at or below `scope`. Not `indexed`, it is spelled so that neither
    database looks for an index of its column."""
    try:
        column = _BY_LEVEL[level_of(scope)]
    except ValueError:  # a province or the whole country
        return in_scope(Report.region_code, scope)
    same: ColumnElement[bool] = column == scope if indexed else column.concat("") == scope
    return same


def visible_reports(user: User) -> Select[Report]:
    """What this person may read: what lies at or below the regions of their offices, and what they
    wrote themselves."""
    if not reads(user):
        return select(Report).where(false())
    mine = [reports_in(scope) for scope in scopes_of(user)]
    return select(Report).where(or_(*mine, Report.reporter_id == user.id))


def visible_open(user: User) -> ColumnElement[bool]:
    """The condition for a report that this person may read and that is not final."""
    return open_in(user.id, scopes_of(user)) if reads(user) else false()


def open_in(user_id: str, scopes: Iterable[str]) -> ColumnElement[bool]:
    """The condition for a report that is not final and lies in one of these scopes or was written
    by this person."""
    return and_(is_open(), seen_in(user_id, scopes))


def seen_by(user: User) -> ColumnElement[bool]:
    """The condition for a report that this person may read; no index knows it."""
    return seen_in(user.id, scopes_of(user)) if reads(user) else false()


def seen_in(user_id: str, scopes: Iterable[str]) -> ColumnElement[bool]:
    """The condition for a report that lies in one of these scopes or was written by this person;
    no index knows it."""
    mine = [reports_in(scope, indexed=False) for scope in scopes]
    return or_(*mine, Report.reporter_id.concat("") == user_id)


def newest_visible(
    user: User, limit: int, conditions: list[ColumnElement[bool]], region: str = ""
) -> Select[Report]:
    """The newest reports that this person may read, at or below `region`, newest first."""
    if not reads(user):
        return select(Report).where(false())
    return newest_in(user.id, scopes_of(user, region), limit, conditions, region)


def newest_in(
    user_id: str,
    scopes: Iterable[str],
    limit: int,
    conditions: Sequence[ColumnElement[bool]] = (),
    region: str = "",
) -> Select[Report]:
    """The newest reports that lie in one of these scopes, or that this person wrote at or below
    `region`, newest first.

    Each scope, and what they wrote, gives its newest `limit`, which its index holds in this order;
    of these the newest are taken.
    """
    wrote = Report.reporter_id == user_id
    if region:
        wrote = and_(wrote, in_scope(Report.region_code, region))
    parts = [wrote, *(reports_in(scope) for scope in scopes)]
    return first_of(
        [select(Report.id).where(part, *conditions) for part in parts], [Report.id.desc()], limit
    )


def first_of(parts: list[Select[Any]], order: list[Any], limit: int) -> Select[Report]:
    """The first reports of several selects of ids, in this order. Each gives its own first `limit`,
    so that no more than these are sorted."""
    some = [part.order_by(*order).limit(limit).subquery() for part in parts]
    ids = union(*(select(one.c.id) for one in some)).subquery()
    found = select(Report).where(Report.id.in_(select(ids.c.id)))
    return found.order_by(*order).limit(limit)


def is_open() -> ColumnElement[bool]:
    """The condition for a report that lies on a desk, as the indexes of these spell it."""
    return Report.desk_code.is_not(None)


def scopes_of(user: User, region: str = "") -> Iterator[str]:
    """What the person's offices let them read, each part once, at or below `region`."""
    return narrowed({office.region for office in held(user) if office.role.reads_reports}, region)


def narrowed(reach: Collection[str], region: str = "") -> Iterator[str]:
    """What these regions are of what lies at or below `region`, each part once."""
    for scope in sorted(reach):
        if any(scope != other and lies_in(scope, other) for other in reach):
            continue
        if lies_in(region, scope) and region:
            yield region
        elif lies_in(scope, region):
            yield scope


def require_region(user: User, code: str) -> None:
    """Raises NotFound for a region of which the person does not read all."""
    if not any(lies_in(code, scope) for scope in scopes_of(user)):
        raise NotFound(NO_REGION)


def reads(user: User) -> bool:
    """Whether one of the roles that let the person in reads reports: all of an office's region, or
    only what they wrote."""
    return any(ROLES[role].reads_reports for role in roles_let_in(user))


def require_reader(user: User) -> None:
    """Raises NeverAllowed for somebody whose roles never read reports (Diskominfo), and who never
    filed one."""
    if not reads(user):
        raise NeverAllowed("Halaman ini bukan untuk jabatan Anda.")


def find_report(session: Session, user: User, number: str, lock: bool = False) -> Report:
    """The report with this number. Raises NotFound, the same whether it is out of this person's
    sight or does not exist."""
    require_reader(user)
    query = visible_reports(user).where(Report.number == number).options(lazyload(Report.photos))
    if lock:
        query = query.with_for_update(of=Report, key_share=True)
    report = session.scalars(query).unique().one_or_none()
    if report is None:
        raise NotFound("Laporan tidak ditemukan. Periksa nomornya.")
    return report


def desks_of(user: User) -> list[Office]:
    """The person's offices that have a desk."""
    return [office for office in held(user) if office.desk]


def authors_read(user: User) -> frozenset[str]:
    """The roles whose reports this person may come to read: those at or below each office held now
    or before, all where that has no desk."""
    read: set[str] = set()
    for key in roles_ever(user):
        desk = ROLES[key].desk
        desks = (*desks_below(desk), desk) if desk else DESKS
        read.update(DESK_ROLES[one] for one in desks)
    return frozenset(read)


def may_see(session: Session, user: User, report: Report) -> bool:
    """Whether this person may read the report now."""
    query = visible_reports(user).where(Report.id == report.id).with_only_columns(Report.id)
    return session.scalars(query).first() is not None


def on_own_desk(user: User) -> ColumnElement[bool]:
    """The condition for a report that lies on a desk this person holds: to decide, or to mend on
    the author's own desk."""
    return Report.desk_code.in_([office.region for office in desks_of(user)])
