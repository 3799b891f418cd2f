"""Who names whoever holds an office, or acts in it: those of the desk above it, and Diskominfo."""

from __future__ import annotations

from datetime import date

from sipokat.domain import directory, offices
from sipokat.domain.administration import By
from sipokat.domain.offices import Office
from sipokat.domain.refusals import NeverAllowed, NotFound, WrongContent
from sipokat.domain.regions import lies_in
from sipokat.domain.roles import ROLES, above, below
from sipokat.domain.term_days import runs_on
from sipokat.models import Term, User

ELSEWHERE = "{} memegang jabatan lain, sekarang atau dahulu. Minta Diskominfo yang mengangkatnya."


def appointer(user: User, role: str, region_code: str) -> By:
    """Who appoints a deputy for this office, and as what: a holder of the desk above it, or
    Diskominfo. So a lurah does it for the RT heads of her kelurahan.

    Raises NeverAllowed for roles that never do it, NotFound out of one's region.
    """
    offices.require_office(role, region_code)
    appoints = [one for one in offices.held(user) if _appoints(one)]
    if not appoints or not user.active:
        raise NeverAllowed("Plh. dan Plt. ditunjuk pejabat di atasnya atau Diskominfo.")
    desk = ROLES[role].desk
    for office in appoints:
        above_it = office.desk and desk and above(desk) == office.desk
        if office.role.key == "diskominfo" or (above_it and lies_in(region_code, office.region)):
            return By(user, office)
    raise NotFound("Jabatan ini tidak ada tepat di bawah jabatan Anda.")


def appoints(user: User, term: Term) -> bool:
    """Whether the person may name who acts in the office of this term."""
    try:
        return bool(appointer(user, term.role, term.region_code))
    except (NeverAllowed, NotFound):
        return False


def _appoints(office: Office) -> bool:
    return office.role.key == "diskominfo" or bool(office.desk and below(office.desk))


def scopes(user: User) -> list[str]:
    """The regions in whose offices, right below, the person appoints. Raises NeverAllowed where
    there are none."""
    found = {office.region for office in offices.held(user) if _appoints(office)}
    if not found or not user.active:
        raise NeverAllowed("Halaman ini untuk lurah, camat, Bag. Pemerintahan dan Diskominfo.")
    return sorted(found)


def require_scope(user: User, region_code: str) -> None:
    """Raises NotFound where the person sees no offices right below this region: Diskominfo sees
    them everywhere, the others in their own regions."""
    own = scopes(user)
    everywhere = [one.region for one in offices.held(user) if one.role.key == "diskominfo"]
    if region_code not in own and not any(lies_in(region_code, one) for one in everywhere):
        raise NotFound("Wilayah ini tidak ada di bawah jabatan Anda.")


def may_settle(user: User, role: str) -> bool:
    """Whether the person, who may appoint deputies for offices of this role, may also name their
    holders: Diskominfo all, a lurah the heads of her RT."""
    return role == "rt_head" or any(one.role.key == "diskominfo" for one in offices.held(user))


def require_own(by: By, person: User, field: str, until: date | None = None) -> None:
    """Raises WrongContent on `field` for somebody whom a desk may not give an office below it: who
    holds or held one that is not below it. With the new one the desk would look after their
    account, and could read by it what they wrote there.

    A deputy acts until `until` alone. Whom the desk looks after anyway may be one, and so may who
    holds the other office longer: the desk does not look after them then, nor if the other office
    ends sooner than it seemed (`activations.activator`).
    """
    office = by.office
    if office is None or office.role.key == "diskominfo" or not office.role.activates:
        return
    elsewhere = [term for term in person.terms if not _is_below(term, office)]
    if until and any(runs_on(term, until) for term in elsewhere):
        return
    if until and by.user and directory.looks_after(by.user, person):
        return
    if elsewhere:
        sentence = ELSEWHERE.format(person.name)
        raise WrongContent(sentence, {field: sentence})


def _is_below(term: Term, office: Office) -> bool:
    return term.role in office.role.activates and lies_in(term.region_code, office.region)
