"""When it is said that a term ends soon, and whether somebody is there to follow.

The rule (`data/terms.toml`): 14 days before the last day, of a shorter term half of its days before
it; where the offices are closed on that day, on the last working day before. So a Plh. of 30 days
is warned of 14 days ahead, one of a week on its fourth day, and nobody on the first day already: a
term of one or two days is not warned of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sipokat.domain.office_hours import is_working
from sipokat.domain.offices import HOLDER, RULES
from sipokat.models import Term

DAYS: int = RULES["warning"]["days"]
DAY = timedelta(days=1)


def warning_day(since: date, until: date, overridden: Mapping[date, bool]) -> date | None:
    """The day from which it is said that a term of these days ends; None for one so short that it
    never is. Free days do not bring it forward to the first day or before."""
    length = (until - since).days + 1
    wanted = until - min(DAYS, length // 2) * DAY
    if wanted == until or wanted <= since:
        return None
    day = wanted
    while not is_working(day, overridden):
        day -= DAY
    return day if day > since else wanted


def continued(term: Term, others: Iterable[Term]) -> bool:
    """Whether the same person goes on in the office without a break, as a Plt. who is renewed."""
    return any(
        one.user_id == term.user_id and one.title == term.title and _follows(one, term)
        for one in others
    )


def succeeded(term: Term, others: Iterable[Term]) -> bool:
    """Whether somebody begins in the office before it would be empty: a new head, or a deputy. A
    head who comes back after a Plh. does not count: whether they do nobody has written down."""
    return any(
        one.title is None
        and one.since > term.since
        and _follows(one, term)
        and (one.kind == HOLDER or term.kind != HOLDER or one.kind == "plt")
        for one in others
    )


def _follows(one: Term, term: Term) -> bool:
    """Whether `one` is another term in the same office that runs on the day after `term` ends."""
    assert term.until is not None
    same = (one.role, one.region_code) == (term.role, term.region_code)
    after = term.until + DAY
    return (
        one is not term
        and same
        and one.since <= after
        and (one.until is None or one.until >= after)
    )
