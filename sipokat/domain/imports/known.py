"""Who has an account and holds which office, as an import compares its rows with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sipokat.domain.offices import HOLDER
from sipokat.models import Term, User


@dataclass
class Held:
    """An office that somebody holds from `since` to `until`; `head` is false for a deputy and for
    who sits at the desk under another title, `plt` true for who acts while it is vacant."""

    role: str
    region: str
    since: date
    until: date | None
    head: bool
    plt: bool

    def runs_from(self, day: date) -> bool:
        """Whether it still runs on that day or on a later one."""
        return self.until is None or self.until >= day


@dataclass
class Person:
    """An account, and all offices that its person holds, held or will hold."""

    id: str
    phone: str
    name: str
    active: bool
    offices: list[Held] = field(default_factory=list)


class Known:
    """All people, found by their number and by their office."""

    def __init__(self, people: list[Person]) -> None:
        self.by_phone = {person.phone: person for person in people}
        self._by_office: dict[tuple[str, str], list[Person]] = {}
        for person in people:
            for office in {(one.role, one.region) for one in person.offices}:
                self._by_office.setdefault(office, []).append(person)

    def holders(self, role: str, region: str, day: date) -> Iterator[Person]:
        """Who holds the office on that day or a later one; a closed account holds it too."""
        for person in self._by_office.get((role, region), ()):
            if self.holds(person, role, region, day):
                yield person

    def plt(self, role: str, region: str, day: date) -> Person | None:
        """Who acts as Plt. in the office on that day or a later one."""
        for person in self._by_office.get((role, region), ()):
            for one in person.offices:
                if one.plt and (one.role, one.region) == (role, region) and one.runs_from(day):
                    return person
        return None

    def holds(self, person: Person, role: str, region: str, day: date) -> bool:
        """Whether this person does."""
        return any(
            one.head and (one.role, one.region) == (role, region) and one.runs_from(day)
            for one in person.offices
        )


def known_people(session: Session) -> Known:
    """Read all of them, as plain rows."""
    people = {
        row.id: Person(row.id, row.phone, row.name, row.active)
        for row in session.execute(select(User.id, User.phone, User.name, User.active))
    }
    terms = select(
        Term.user_id,
        Term.role,
        Term.region_code,
        Term.since,
        Term.until,
        and_(Term.kind == HOLDER, Term.title.is_(None)).label("head"),
        (Term.kind == "plt").label("plt"),
    )
    for row in session.execute(terms.order_by(Term.since)):
        head, plt = bool(row.head), bool(row.plt)
        held = Held(row.role, row.region_code, row.since, row.until, head, plt)
        people[row.user_id].offices.append(held)
    return Known(list(people.values()))
