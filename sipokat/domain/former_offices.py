"""What is taken of somebody whose office has ended: for `former_days` what happened or was written
in it, as a report may have waited on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sipokat.domain.clock import day_of, now
from sipokat.domain.limits import LIMITS
from sipokat.domain.offices import roles_of
from sipokat.domain.regions import at_desk
from sipokat.domain.roles import DESK_ROLES, ROLES
from sipokat.models import Term, User

LATELY = timedelta(days=LIMITS.former_days)


@dataclass(frozen=True)
class Ends:
    """`last` is the last day in the office, `until` the last one on which its reports are taken."""

    last: date
    until: date

    @property
    def over(self) -> bool:
        """Whether the office has ended."""
        return self.last < day_of(now())

    @property
    def closed(self) -> bool:
        """Whether nothing of it is taken any more."""
        return self.until < day_of(now())


def reporting_ends(user: User) -> Ends | None:
    """The end of the last office in which the person files reports. None as long as one of them has
    no known end, and for whoever files in none by their present roles."""
    held = _reporting(user)
    last = [term.until for term in held if term.until]
    if not last or len(last) < len(held) or not any(ROLES[one].reports for one in roles_of(user)):
        return None
    return Ends(max(last), max(last) + LATELY)


def lately_reporting(user: User) -> list[str]:
    """The regions of the ended offices of which reports are still taken, in the order of terms."""
    since = day_of(now()) - LATELY
    return [term.region_code for term in _reporting(user) if term.until and term.until >= since]


def _reporting(user: User) -> list[Term]:
    today = day_of(now())
    return [term for term in user.terms if ROLES[term.role].reports and term.since <= today]


def held_lately(user: User, region: str, role: str, day: date) -> bool:
    """Whether the person holds this office on `day`, or held it until at most `former_days` before:
    so long what they wrote in it is taken."""
    return any(
        term.region_code == region and term.role == role and (term.until or day) >= day - LATELY
        for term in user.terms
    )


def desk_held_lately(user: User, region_code: str, desk: str, day: date) -> bool:
    """The same for the office that holds this desk over the region."""
    return held_lately(user, at_desk(region_code, desk), DESK_ROLES[desk], day)
