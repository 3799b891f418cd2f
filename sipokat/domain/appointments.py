"""Somebody is named for an office: a deputy, by a letter, or a holder from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sipokat.domain import accounts, appointers, deputies, handovers, people, term_checks, terms
from sipokat.domain.administration import By
from sipokat.domain.letters import Letter
from sipokat.domain.refusals import WrongContent
from sipokat.domain.roles import ROLES
from sipokat.models import Term, User

NO_ACCOUNT = "Nomor ini belum punya akun. Pilih orang lain, atau minta Diskominfo menunjuknya."
OTHER_NAME = "Nomor ini dipakai akun dengan nama lain. Periksa nama dan nomornya."
TWO_PEOPLE = (
    "Anda juga menulis nama atau nomor lain. Kosongkan itu, atau pilih “Yang tertulis di bawah "
    "ini”."
)


@dataclass(frozen=True)
class Whom:
    """Who is meant: somebody of whom the account is known, else by name and number."""

    person: str
    name: str
    phone: str


def name_deputy(session: Session, by: By, whom: Whom, letter: Letter) -> Term:
    """Name a Plh. or a Plt. Somebody without an account gets one from whoever may also name the
    holder. Raises as `deputies.appoint` does, and WrongContent for a number with another name, for
    nobody's, and for whom the desk may not give an office."""
    user = _found(session, whom)
    if user is not None:
        field = "person" if whom.person else "phone"
        appointers.require_own(by, user, field, letter.until)
    elif by.user and not appointers.may_settle(by.user, letter.role):
        raise WrongContent(NO_ACCOUNT, {"phone": NO_ACCOUNT})
    else:
        user = accounts.create_for_deputy(session, by, whom.phone, whom.name, letter.role)
    return deputies.appoint(session, by, user, letter)


def name_holder(
    session: Session, by: By, whom: Whom, role: str, region: str, since: date, seat: str | None
) -> Term:
    """Name a holder of the office from `since` on: its new head in the place of the present one, or
    with a `seat` somebody beside it. Somebody without an account gets one. It has no password: a
    code opens it."""
    found = _found(session, whom)
    if found is not None:
        field = "person" if whom.person else "phone"
        term_checks.require_another(by, found, field)
        appointers.require_own(by, found, field)
    seat = term_checks.require_seat(role, seat)
    heads = not seat and ROLES[role].level != "kota"
    if found is not None and heads:
        return handovers.hand_over(session, by, found, role, region, since)
    if found is not None:
        return terms.begin(session, by, found, role, region, since, seat=seat)
    if heads:
        handovers.vacate(session, by, role, region, since)
    typed, none = (whom.phone, whom.name), people.NO_PASSWORD
    return accounts.create(session, by, *typed, role, region, none, since, seat).terms[0]


def _found(session: Session, whom: Whom) -> User | None:
    """The person; None where nobody has that number."""
    if whom.person and (whom.name.strip() or whom.phone.strip()):
        raise WrongContent(TWO_PEOPLE, {"person": TWO_PEOPLE})
    if whom.person:
        person = session.get(User, whom.person)
        if person is None:
            raise WrongContent("Pilih orangnya.", {"person": "Pilih orangnya."})
        return person
    name = people.require_name(whom.name)
    person = people.find_by_phone(session, people.require_phone(whom.phone))
    if person is not None and person.name.casefold() != name.casefold():
        raise WrongContent(OTHER_NAME, {"phone": OTHER_NAME})
    return person
