"""Tells who begins in an office, whose term ends soon and whose has ended: each of them, whoever
sits at the desk above and names the next, and Diskominfo.

The worker tells it in the morning, and what is changed during the day soon after. Nothing is noted
but the notices themselves: what a person's own notice tells was told. So it is told once, whatever
worker dies when, and of a term that is cut short the new end is told too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from sipokat.database import take_turns
from sipokat.domain import administration
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.notices import rows, rt_news
from sipokat.domain.notices.digest import RULES
from sipokat.domain.office_hours import overrides
from sipokat.domain.offices import office_key
from sipokat.domain.regions import at_desk, last_days
from sipokat.domain.roles import DECIDERS, DESK_ROLES, ROLES, above
from sipokat.domain.term_days import over_by, runs_on
from sipokat.domain.term_warnings import DAYS, continued, succeeded, warning_day
from sipokat.models import AdministrativeEntry, Notice, Report, Term, User

BEGINS, ENDS, ENDED = "term_begins", "term_ends", "term_ended"
FROM = time.fromisoformat(RULES["terms"]["from"])
LATELY = timedelta(days=RULES["terms"]["lately"])
AHEAD = timedelta(days=2 * DAYS)  # no warning is brought forward so far by free days
Told = dict[tuple[str, str], dict[str, Any]]  # the rows, by person and key


class News(NamedTuple):
    """That this term begins, ends soon, or has ended. `open` says that nobody is there to follow;
    `quiet` whom of those above it need not be told: the id of who named them, or "*" for all."""

    kind: str
    term: Term
    open: bool
    quiet: str

    @property
    def day(self) -> date:
        """The day on which it is so."""
        day = self.term.since if self.kind == BEGINS else self.term.until
        assert day is not None
        return day

    @property
    def key(self) -> str:
        """What the person's own notice is called."""
        return f"{self.kind} {self.term.id} {self.day}"


def tell(session: Session, at: datetime) -> int:
    """Tell all of it that is to be told `at` that moment, in the caller's transaction; how many
    notices."""
    take_turns(session, "term news")
    found = to_tell(session, at)
    rows.add(session, found)
    return len(found)


def to_tell(session: Session, at: datetime) -> list[dict[str, Any]]:
    """The notices that are to be told `at` that moment and were not yet; none before FROM."""
    if at.astimezone(WIB).time() < FROM:
        return []
    day = day_of(at)
    told: Told = {}
    news = _untold(session, list(_news(session, day)))
    lying = _lying(session, [one.term for one in news])
    for one in news:
        _add(told, _to_themselves(one, lying, at))
    for row in _to_those_above(session, news, day, at):
        _add(told, row)
    for row in rt_news.to_tell(session, day - LATELY, day, at):
        _add(told, row)
    return list(told.values())


def _add(told: Told, row: dict[str, Any]) -> None:
    told.setdefault((row["user_id"], row["key"]), row)


def _news(session: Session, day: date) -> Iterator[News]:
    """All that is news of terms on that day, of people with an open account."""
    begun = and_(Term.since <= day, Term.since > day - LATELY)
    ending = and_(Term.until >= day - LATELY, Term.until <= day + AHEAD)
    found = session.scalars(
        select(Term)
        .join(Term.user)
        .where(User.active, or_(begun, ending))
        .order_by(Term.region_code, Term.id)
        .options(joinedload(Term.user))
    ).all()
    if not found:
        return
    codes = {term.region_code for term in found}
    beside = _by_office(session.scalars(select(Term).where(Term.region_code.in_(codes))))
    regions, overridden = last_days(session, codes), overrides(session)
    makers = _makers(session, [term for term in found if term.since > day - LATELY])
    for term in found:
        if day - LATELY < term.since <= day and not over_by(term, day):
            yield News(BEGINS, term, False, makers.get((term.user_id, term.since), ""))
        others = beside[_office(term)]
        if term.until is None or continued(term, others):
            continue
        last = regions.get(term.region_code)
        quiet = "*" if succeeded(term, others) or (last and last <= term.until) else ""
        head = term.kind != "plh" and term.title is None and ROLES[term.role].level != "kota"
        empty = head and not quiet
        warn = warning_day(term.since, term.until, overridden)
        if runs_on(term, day) and warn is not None and warn <= day:
            yield News(ENDS, term, empty, quiet)
        elif over_by(term, day) and term.until >= day - LATELY:
            yield News(ENDED, term, empty, quiet)


def _by_office(terms: Iterable[Term]) -> dict[tuple[str, str], list[Term]]:
    found: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in terms:
        found[_office(term)].append(term)
    return found


def _office(term: Term) -> tuple[str, str]:
    return term.role, term.region_code


def _makers(session: Session, terms: Iterable[Term]) -> dict[tuple[str, date], str]:
    """Who has let these people begin on that day or later: they know it."""
    people = {term.user_id for term in terms}
    entry = AdministrativeEntry
    query = select(entry.subject_id, entry.at, entry.actor_id, entry.became).where(
        entry.subject_id.in_(people), entry.action.in_(("create", "begin_term"))
    )
    found: dict[tuple[str, date], str] = {}
    for subject, at, actor, became in session.execute(query) if people else ():
        said = administration.facts(became).get("since")
        if not said:  # the new account of a deputy: their term has an entry of its own
            continue
        since = date.fromisoformat(said)
        if subject and actor and day_of(at) >= since:
            found[subject, since] = actor
    return found


def _untold(session: Session, news: list[News]) -> list[News]:
    people = {one.term.user_id for one in news}
    keys = {one.key for one in news}
    query = select(Notice.user_id, Notice.key).where(
        Notice.user_id.in_(people), Notice.key.in_(keys)
    )
    told = {tuple(row) for row in session.execute(query)} if news else set()
    return [one for one in news if (one.term.user_id, one.key) not in told]


def _lying(session: Session, terms: Iterable[Term]) -> dict[str, int]:
    """How many reports lie on the desks of these terms, by the desk's code."""
    codes = {term.region_code for term in terms if ROLES[term.role].desk}
    counted = select(Report.desk_code, func.count()).where(Report.desk_code.in_(codes))
    found = session.execute(counted.group_by(Report.desk_code)) if codes else ()
    return {str(code): count for code, count in found}


def _to_themselves(one: News, lying: Mapping[str, int], at: datetime) -> dict[str, Any]:
    """What the person is told; who begins at a desk, also what lies on it."""
    term, facts, url = one.term, _facts(one.term), "/akun"
    if one.kind == BEGINS and ROLES[term.role].desk:
        facts["lying"] = lying.get(term.region_code, 0)
        url = "/verifikasi" if term.role in DECIDERS else url
        if term.role == "rt_head" and facts["lying"]:
            url = "/laporan?status=returned"
    return rows.row(term.user_id, one.kind, one.key, at, url, facts=facts)


def _facts(term: Term) -> dict[str, Any]:
    facts = {"role": term.role, "region": term.region_code, "since": term.since.isoformat()}
    facts |= {"until": term.until.isoformat()} if term.until else {}
    return facts | {"kind": term.kind} | ({"title": term.title} if term.title else {})


def _to_those_above(
    session: Session, news: Iterable[News], day: date, at: datetime
) -> Iterator[dict[str, Any]]:
    """What is told above: what somebody is told of one kind together is one notice."""
    loud = [one for one in news if one.quiet != "*"]
    offices = {office for one in loud for office in _above(one.term)}
    there: dict[tuple[str, str], list[str]] = defaultdict(list)
    for holder in rows.holders(session, offices, day):
        there[holder.role, holder.region].append(holder.user_id)
    told: dict[tuple[str, str], tuple[tuple[str, str], dict[str, News]]] = {}
    for one in loud:
        for office in _above(one.term):
            for user_id in there[office]:
                if user_id not in (one.quiet, one.term.user_id):
                    told.setdefault((user_id, one.kind), (office, {}))[1][one.key] = one
    for (user_id, kind), (office, together) in told.items():
        yield _row_above(user_id, kind, office_key(*office), list(together.values()), at)


def _above(term: Term) -> list[tuple[str, str]]:
    """The offices whose people are told, (role, region): that of the desk above, and Diskominfo."""
    desk = ROLES[term.role].desk
    up = above(desk) if desk else None
    mine = [(DESK_ROLES[up], at_desk(term.region_code, up))] if up else []
    return [*mine, ("diskominfo", at_desk(term.region_code, "kota"))]


def _row_above(
    user_id: str, kind: str, office: str, news: list[News], at: datetime
) -> dict[str, Any]:
    """Of one term the notice leads to its office, of several to the list of offices."""
    first = news[0]
    facts: dict[str, Any] = {"open": all(one.open for one in news)}
    if len(news) == 1:
        facts |= _facts(first.term) | {"who": first.term.user_id}
        url = f"/pengelolaan/jabatan/{first.term.role}/{first.term.region_code}"
    else:
        facts["count"], url = len(news), "/pengelolaan/jabatan"
    return rows.row(user_id, kind, f"{first.key} above", at, url, office, facts=facts)
