"""Who is likely to act in an office, and until when: what naming a deputy proposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from sipokat.domain import barred
from sipokat.domain.clock import day_of, now
from sipokat.domain.deputies import last_plh_day
from sipokat.domain.letters import DAY, months_after
from sipokat.domain.offices import HOLDER, TITLES
from sipokat.domain.posts import Post
from sipokat.domain.regions import in_scope
from sipokat.domain.term_days import running_on
from sipokat.models import Term, User

WEEK = 7 * DAY


@dataclass(frozen=True)
class Likely:
    """Who may act in this office, the likeliest first, and the last day that is proposed from today
    on: a week for a Plh., the longest time for a Plt."""

    post: Post
    people: tuple[User, ...]
    until: date


def likely(session: Session, posts: Sequence[Post]) -> list[Likely]:
    """For each of these offices: who sits at its desk under another title, a sekretaris first, then
    who holds an office like it next door, the nearest first. Not who has to do with the reports for
    which its desk waits, nor who has been its Plh. as long as one may. In a fixed number of
    statements."""
    if not posts:
        return []
    involved = barred.involved(session, posts)
    with_terms = joinedload(Term.user).selectinload(User.terms)
    found = session.scalars(_around(posts).options(with_terms)).all()
    return [_likely(post, found, involved.get(post.region, frozenset())) for post in posts]


def _around(posts: Iterable[Post]) -> Select[Term]:
    places = [
        and_(
            Term.role == post.role,
            or_(
                and_(Term.region_code == post.region, Term.title.is_not(None)),
                and_(in_scope(Term.region_code, _parent(post)), Term.title.is_(None)),
            ),
        )
        for post in posts
    ]
    holders = select(Term).join(User, User.id == Term.user_id).where(User.active, or_(*places))
    return holders.where(Term.kind == HOLDER, running_on(day_of(now())))


def _likely(post: Post, found: Iterable[Term], involved: frozenset[str]) -> Likely:
    today = day_of(now())
    taken = involved | {term.user_id for term in (*post.heads, *post.deputies)}
    near = sorted(
        (
            term
            for term in found
            if term.role == post.role and term.user_id not in taken and _is_around(term, post)
            if post.vacant or last_plh_day(term.user, post.role, post.region, today) >= today
        ),
        key=lambda term: _distance(term, post),
    )
    people = tuple(dict.fromkeys(term.user for term in near))
    return Likely(post, people, _until(post, people, today))


def _until(post: Post, people: Sequence[User], today: date) -> date:
    if post.vacant:
        return months_after(today) - DAY
    last = [today + WEEK - DAY, *(head.until for head in post.heads[:1] if head.until)]
    if people:
        last.append(last_plh_day(people[0], post.role, post.region, today))
    return min(last)


def _is_around(term: Term, post: Post) -> bool:
    at_desk = term.region_code == post.region
    return at_desk if term.title else term.region_code.rpartition(".")[0] == _parent(post)


def _distance(term: Term, post: Post) -> tuple[int, int]:
    """How far from the office: those at its desk by their title, the others by their code."""
    if term.title:
        return 0, list(TITLES.get(post.role, {})).index(term.title)
    number, own = (int(code.rpartition(".")[2]) for code in (term.region_code, post.region))
    return 1, abs(number - own)


def _parent(post: Post) -> str:
    return post.region.rpartition(".")[0]
