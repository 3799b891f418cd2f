"""The people whom somebody looks after, to be searched and narrowed to those who need a hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, selectinload

from sipokat.domain import directory, people
from sipokat.domain.clock import day_of, now
from sipokat.domain.codes import RULES
from sipokat.domain.regions import in_scope, level_of, named, there_on
from sipokat.domain.term_days import not_over_by
from sipokat.models import KnownDevice, LoginSession, Region, Term, User

PAGE = 30
SILENT = timedelta(days=30)  # without any contact; a head has something to say once a month


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; empty means everybody. `said` is a part of a name, or a whole
    number. `state` is a key of STATES."""

    region: str = ""
    role: str = ""
    state: str = ""
    said: str = ""


@dataclass(frozen=True)
class Listed:
    """A person as the list shows them. `state` is a key of STATES, empty for who needs no hand."""

    person: User
    last_contact: datetime | None
    state: str


@dataclass(frozen=True)
class Found:
    """One page of people; `total` counts those of all pages, `more` says whether others follow."""

    people: Sequence[Listed]
    total: int
    more: bool


def _latest(model: type[LoginSession | KnownDevice]) -> Any:
    query = select(func.max(model.last_used_at)).where(model.user_id == User.id)
    return query.correlate(User).scalar_subquery()


IN_SESSION, ON_PHONE = _latest(LoginSession), _latest(KnownDevice)
BY_PIN = exists().where(
    KnownDevice.user_id == User.id,
    KnownDevice.pin_hash.is_not(None),
    KnownDevice.pin_failures < RULES.pin_failures,
)
_NEVER = and_(IN_SESSION.is_(None), ON_PHONE.is_(None))


def _silent(at: datetime) -> ColumnElement[bool]:
    since = at - SILENT
    before = [func.coalesce(one, since) <= since for one in (IN_SESSION, ON_PHONE)]
    return and_(~_NEVER, *before)


def _states(at: datetime) -> dict[str, ColumnElement[bool]]:
    """The states in which somebody needs a hand, the first that is true is shown."""
    return {
        "closed": ~User.active,
        "never": and_(User.active, _NEVER),
        "silent": and_(User.active, _silent(at)),
        "no_phone": and_(User.active, ~BY_PIN, IN_SESSION.is_(None)),
    }


STATES = ("closed", "never", "silent", "no_phone")
STATE_NAMES = {
    "never": "Belum pernah masuk",
    "no_phone": "Tanpa HP",
    "silent": "Lama tidak masuk",
    "closed": "Akun ditutup",
}


def list_people(session: Session, user: User, wanted: Filter, page: int = 1) -> Found:
    """One page of those whom `user` looks after, by the region of their first office, then by name.
    Raises NeverAllowed for who looks after nobody."""
    states = _states(now())
    running = not_over_by(day_of(now()))
    region = select(func.min(Term.region_code)).where(Term.user_id == User.id, running)
    query = (
        select(
            User,
            IN_SESSION.label("in_session"),
            ON_PHONE.label("on_phone"),
            func.count().over().label("total"),
            *(condition.label(key) for key, condition in states.items()),
        )
        .where(directory.looked_after(user), _narrowed(wanted, states))
        .order_by(func.coalesce(region.scalar_subquery(), "~"), User.name, User.id)
        .options(selectinload(User.terms))
    )
    rows = session.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    listed = [_listed(row) for row in rows[:PAGE]]
    return Found(listed, rows[0].total if rows else 0, len(rows) > PAGE)


def portion(
    session: Session,
    user: User,
    wanted: Filter,
    scopes: Sequence[str],
    after: tuple[str, str, str] | None,
    most: int,
) -> tuple[list[Listed], tuple[str, str, str] | None]:
    """The same people in portions of `most`, of those alone who hold an office in one of `scopes`;
    the empty one is everywhere. `after` is where the portion before has ended."""
    states = _states(now())
    running = not_over_by(day_of(now()))
    region = select(func.min(Term.region_code)).where(Term.user_id == User.id, running)
    order = (func.coalesce(region.scalar_subquery(), "~"), User.name, User.id)
    query = (
        select(
            User,
            IN_SESSION.label("in_session"),
            ON_PHONE.label("on_phone"),
            order[0].label("first_region"),
            *(condition.label(key) for key, condition in states.items()),
        )
        .where(directory.looked_after(user), _narrowed(wanted, states), _in_scopes(scopes))
        .options(selectinload(User.terms))
    )
    if after is not None:
        query = query.where(tuple_(*order) > after)
    rows = session.execute(query.order_by(*order).limit(most)).all()
    last = rows[-1] if len(rows) == most else None
    return [_listed(row) for row in rows], (
        (last.first_region, last.User.name, last.User.id) if last else None
    )


def count(session: Session, user: User, wanted: Filter, scopes: Sequence[str]) -> int:
    """How many they are."""
    conditions = (directory.looked_after(user), _narrowed(wanted, _states(now())))
    query = select(func.count(User.id)).where(*conditions, _in_scopes(scopes))
    return session.scalar(query) or 0


def _in_scopes(scopes: Sequence[str]) -> ColumnElement[bool]:
    if "" in scopes:
        return true()
    there = or_(*(in_scope(Term.region_code, scope) for scope in scopes))
    return exists().where(Term.user_id == User.id, not_over_by(day_of(now())), there)


def _listed(row: Any) -> Listed:
    contact = max(filter(None, (row.in_session, row.on_phone)), default=None)
    state = next((key for key in STATES if getattr(row, key)), "")
    return Listed(row.User, contact, state)


def _narrowed(wanted: Filter, states: dict[str, ColumnElement[bool]]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.region or wanted.role:
        running = not_over_by(day_of(now()))
        of_role = Term.role == wanted.role if wanted.role else true()
        there = in_scope(Term.region_code, wanted.region)
        conditions.append(exists().where(Term.user_id == User.id, running, of_role, there))
    if wanted.state:
        conditions.append(states[wanted.state])
    if wanted.said:
        named = User.name.icontains(wanted.said, autoescape=True)
        conditions.append(or_(named, User.phone == people.normal_phone(wanted.said)))
    return and_(*conditions)


def count_states(session: Session, user: User) -> dict[str, int]:
    """How many of those whom `user` looks after are in each state, in all its states each."""
    counted = (func.count().filter(one).label(key) for key, one in _states(now()).items())
    row = session.execute(select(*counted).where(directory.looked_after(user))).one()
    return dict(row._mapping)


def regions_of(session: Session, user: User, whole: bool = False) -> list[tuple[str, str]]:
    """The kecamatan and kelurahan to which the list may be narrowed, with `whole` the kota too:
    code and name, none where there is but one."""
    levels = ("kota", "kecamatan", "kelurahan") if whole else ("kecamatan", "kelurahan")
    scopes = [in_scope(Region.code, office.region) for office in directory.looking_after(user)]
    today = day_of(now())
    query = select(Region.code, named(today)).where(or_(*scopes), Region.level.in_(levels))
    found = session.execute(query.where(there_on(today)).order_by(Region.code)).all()
    return [(code, _indented(code, name)) for code, name in found] if len(found) > 1 else []


def _indented(code: str, name: str) -> str:
    return f"– {name}" if level_of(code) == "kelurahan" else name
