"""Who is proposed to act in an office, from when until when, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from sipokat.database import db
from sipokat.domain import barred, titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.likely_deputies import Likely, likely
from sipokat.domain.posts import Post, posts_at
from sipokat.domain.regions import names_of
from sipokat.domain.roles import DESK_WORDS, ROLES
from sipokat.domain.term_days import runs_on
from sipokat.models import User
from sipokat.web.present import times
from sipokat.web.present.posts import address, naming


def candidate(person: User, post: Post) -> str:
    """A person as they are offered for this office, with what they are: `Siti Aminah, Sekretaris
    Kelurahan Petanang Ulu`. Of those at its desk no other office is told."""
    today = day_of(now())
    held = [one for one in person.terms if runs_on(one, today)]
    office = post.role, post.region
    held = [one for one in held if (one.role, one.region_code) == office] or held
    return ", ".join([person.name, *(titles.title_of(db.session(), one) for one in held)])


def proposed(found: Likely) -> dict[str, Any]:
    """What the form proposes: the likeliest person, from today on, by a letter of today."""
    today = day_of(now())
    return {
        "person": found.people[0].id if found.people else "",
        "since": today.isoformat(),
        "until": found.until.isoformat(),
        "letter_date": today.isoformat(),
    }


def days(values: dict[str, Any]) -> str:
    """`1 Des sampai 7 Des`, of what stands in the form."""
    try:
        first, last = (date.fromisoformat(values[name]) for name in ("since", "until"))
    except ValueError:
        return ""
    return f"{times.date_words(first)} sampai {times.date_words(last)}"


def barred_below(user: User) -> list[dict[str, Any]]:
    """The desks whose holders may not decide what lies there, each with who could be named."""
    session = db.session()
    counts = barred.waiting_for_deputy(session, user)
    if not counts:
        return []
    found = likely(session, posts_at(session, sorted(counts)))
    people = [one.people[0] for one in found if one.people]
    names_of(session, [*counts, *(term.region_code for one in people for term in one.terms)])
    return [_waiting(one, counts[one.post.region]) for one in found]


def _waiting(found: Likely, count: int) -> dict[str, Any]:
    """`Menunggu Plh. lurah`, with the form that names the likeliest person; without one where the
    office has a deputy already."""
    post, values = found.post, proposed(found)
    desk = ROLES[post.role].desk
    assert desk
    return {
        "what": f"Menunggu Plh. {DESK_WORDS[desk]}",
        "title": titles.title(db.session(), post.role, post.region),
        "count": f"{times.figure(count)} laporan",
        "url": address(post.role, post.region) if post.deputies else naming(post.role, post.region),
        "name": found.people[0].name if found.people and not post.deputies else "",
        "who": candidate(found.people[0], post).partition(", ")[2] if found.people else "",
        "days": days(values),
        "given": values | {"role": post.role, "region": post.region, "kind": "plh"},
    }
