"""The offices right below somebody, each with who holds it, who acts in it, and since when nobody
does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from sipokat.domain import offices
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import HOLDER, RULES
from sipokat.domain.regions import in_scope, level_of, there_on
from sipokat.domain.roles import DESK_ROLES, ROLES, below
from sipokat.domain.term_days import runs_on
from sipokat.models import Region, Term, User


@dataclass(frozen=True)
class Post:
    """One office on a day. `heads` hold it and `deputies` act in it, `staff` sit at its desk under
    another title; `coming` are terms that begin later, `numberless` those of deputies, ended ones
    too, whose letter has no number yet. `ended` is the last day of its last holder or deputy before
    that day, None where there was none."""

    role: str
    region: str
    heads: tuple[Term, ...]
    deputies: tuple[Term, ...]
    staff: tuple[Term, ...]
    coming: tuple[Term, ...]
    numberless: tuple[Term, ...]
    ended: date | None

    @property
    def shared(self) -> bool:
        """Whether several people hold it side by side, so that a new one takes nobody's place."""
        return ROLES[self.role].level == "kota"

    @property
    def vacant(self) -> bool:
        """Whether nobody holds the office, so that its deputy is a Plt."""
        return not self.heads

    @property
    def empty(self) -> bool:
        """Whether nobody with an open account acts in it either."""
        return not any(term.user.active for term in (*self.heads, *self.deputies))


def post_of(session: Session, role: str, region_code: str) -> Post:
    """This office today."""
    return _posts(session, [(role, region_code)])[0]


def posts_at(session: Session, codes: Iterable[str]) -> list[Post]:
    """The offices that hold the desks of these regions today, in one statement."""
    return _posts(session, [(DESK_ROLES[level_of(code)], code) for code in codes])


def posts_of_city(session: Session, region_code: str) -> list[Post]:
    """The offices of city hall itself, which several people hold side by side."""
    roles = [role.key for role in ROLES.values() if role.level == level_of(region_code)]
    return _posts(session, [(role, region_code) for role in roles])


def posts_in(session: Session, region_code: str) -> list[Post]:
    """The offices right below this region today, in the order of their codes."""
    level = below(level_of(region_code))
    if level is None:
        return []
    there = select(Region.code).where(Region.parent_code == region_code, there_on(day_of(now())))
    return posts_at(session, session.scalars(there.order_by(Region.code)))


def right_below(session: Session, user: User) -> list[Post]:
    """The offices one level below the person's desks today, in one statement."""
    levels = [
        (level, office.region)
        for office in offices.held(user)
        if office.desk and (level := below(office.desk))
    ]
    if not levels:
        return []
    places = [(Region.level == level) & in_scope(Region.code, code) for level, code in levels]
    roles = [(Region.level == level) & (Term.role == DESK_ROLES[level]) for level, _ in levels]
    query = (
        select(Region.code, Region.level, Term)
        .outerjoin(Term, (Term.region_code == Region.code) & or_(*roles))
        .where(or_(*places), there_on(day_of(now())))
        .order_by(Region.code, Term.since, Term.id)
        .options(joinedload(Term.user))
    )
    found: dict[tuple[str, str], list[Term]] = {}
    for code, level, term in session.execute(query):
        found.setdefault((DESK_ROLES[level], code), []).extend([term] if term else [])
    return [_post(role, code, held) for (role, code), held in found.items()]


def ending(user: User, below_it: Iterable[Post]) -> list[Term]:
    """The deputies' terms that end within the days of warning: the person's own, and those of the
    offices right below theirs."""
    today = day_of(now())
    last = today + timedelta(days=RULES["warning"]["days"])
    terms = [*user.terms, *(term for post in below_it for term in post.deputies)]
    soon = [
        term
        for term in dict.fromkeys(terms)
        if term.kind != HOLDER and runs_on(term, today)
        if term.until is not None and term.until <= last
    ]
    return sorted(soon, key=lambda term: (term.until or last, term.id))


def _posts(session: Session, wanted: Sequence[tuple[str, str]]) -> list[Post]:
    """These offices, each a role and a region."""
    roles, codes = {role for role, _ in wanted}, {code for _, code in wanted}
    query = select(Term).where(Term.role.in_(roles), Term.region_code.in_(codes))
    query = query.order_by(Term.since, Term.id).options(joinedload(Term.user))
    found: dict[tuple[str, str], list[Term]] = {office: [] for office in wanted}
    for term in session.scalars(query) if wanted else ():
        if (term.role, term.region_code) in found:
            found[term.role, term.region_code].append(term)
    return [_post(role, code, held) for (role, code), held in found.items()]


def _post(role: str, code: str, held: Iterable[Term]) -> Post:
    today = day_of(now())
    running = [term for term in held if runs_on(term, today)]
    over = [one.until for one in held if one.until and one.until < today and one.title is None]
    return Post(
        role,
        code,
        tuple(one for one in running if one.kind == HOLDER and one.title is None),
        tuple(one for one in running if one.kind != HOLDER),
        tuple(one for one in running if one.title is not None),
        tuple(one for one in held if one.since > today),
        tuple(one for one in held if one.letter_number == ""),
        max(over, default=None),
    )
