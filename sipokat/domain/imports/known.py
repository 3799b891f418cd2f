"""Who has an account and holds which office, as an import compares its rows with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.imports.cells import Office
from sipokat.domain.offices import HOLDER
from sipokat.models import Term, User


@dataclass
class Held:
    """An office that somebody holds from `since` to `until`, under a title if they are not its
    head. `holder` is false for a deputy, `plt` true for who acts while it is vacant."""

    role: str
    region: str
    title: str | None
    since: date
    until: date | None
    holder: bool
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
        self._at_desk: dict[tuple[str, str], list[Person]] = {}
        for person in people:
            for desk in {(one.role, one.region) for one in person.offices}:
                self._at_desk.setdefault(desk, []).append(person)

    def holders(self, office: Office, day: date) -> Iterator[Person]:
        """Who holds the office on that day or a later one; a closed account holds it too."""
        for person in self._at_desk.get(office[:2], ()):
            if self.holds(person, office, day):
                yield person

    def plt(self, office: Office, day: date) -> Person | None:
        """Who acts as Plt. in the office on that day or a later one."""
        for person in self._at_desk.get(office[:2], ()):
            for one in person.offices:
                if one.plt and (one.role, one.region) == office[:2] and one.runs_from(day):
                    return person
        return None

    def holds(self, person: Person, office: Office, day: date) -> bool:
        """Whether this person does."""
        return office in [(*office[:2], one.title) for one in self.seats(person, office, day)]

    def seats(self, person: Person, office: Office, day: date) -> list[Held]:
        """What the person holds at the desk of this office, under whatever title."""
        return [
            one
            for one in person.offices
            if one.holder and (one.role, one.region) == office[:2] and one.runs_from(day)
        ]


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
        Term.title,
        (Term.kind == HOLDER).label("holder"),
        (Term.kind == "plt").label("plt"),
    )
    for row in session.execute(terms.order_by(Term.since)):
        kind = bool(row.holder), bool(row.plt)
        held = Held(row.role, row.region_code, row.title, row.since, row.until, *kind)
        people[row.user_id].offices.append(held)
    return Known(list(people.values()))
