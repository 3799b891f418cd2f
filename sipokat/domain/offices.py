"""Who holds which desk over which region on a day, and for whom.

A person holds offices through terms: each term has a role and a region of its own, so a lurah who
acts for the camat sits at two desks, each over its own region and no more.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sipokat.domain.clock import day_of, now, start_of
from sipokat.domain.refusals import WrongContent
from sipokat.domain.regions import at_desk, level_of
from sipokat.domain.roles import DESK_ROLES, ROLES, Role
from sipokat.domain.term_days import runs_on
from sipokat.models import Term, User

RULES: dict[str, Any] = tomllib.loads(
    files("sipokat.data").joinpath("terms.toml").read_text("utf-8")
)
HOLDER = "definitif"
DEPUTIES = ("plh", "plt")
TITLES: dict[str, dict[str, str]] = RULES["titles"]


@dataclass(frozen=True)
class Office:
    """One office as somebody holds it. `kind` is HOLDER or one of DEPUTIES; `acts_for` is the id of
    the person whose place a Plh. takes; `title` what somebody is called who sits at the desk
    without being its head (`Term.title`)."""

    role: Role
    region: str
    acts_for: str | None = None
    kind: str = HOLDER
    title: str | None = None

    @property
    def label(self) -> str:
        """`Camat`, `Plh. Camat`, `Sekretaris Kecamatan`."""
        return label_of(self.role.key, self.kind, self.title)

    @property
    def key(self) -> str:
        """The office itself, whoever holds it as what: `lurah 16.73.04.1009`."""
        return office_key(self.role.key, self.region)

    @property
    def held_as(self) -> str:
        """What tells it apart from another office of the same person at the same desk: `definitif`,
        `plh`, `plt`, or the title."""
        return self.title or self.kind

    @property
    def as_detail(self) -> dict[str, str]:
        """What the detail of an event keeps of it, beside the event's columns: nothing of a
        holder who is the head of the desk."""
        detail = {"kind": self.kind} if self.kind != HOLDER else {}
        return detail | ({"title": self.title} if self.title else {})

    @property
    def desk(self) -> str | None:
        """The desk that comes with the office; None for an office without one, and for a term whose
        region is not of its role's level: that is nobody's desk."""
        return self.role.desk if level_of(self.region) == self.role.level else None

    @property
    def reports(self) -> bool:
        """Whether reports are filed in this office."""
        return self.role.reports and self.desk is not None


def office_key(role: str, region: str) -> str:
    """An office as one word for each: its role and its region."""
    return f"{role} {region}"


def label_of(role: str, kind: str | None = HOLDER, title: str | None = None) -> str:
    """What somebody is called in an office of this role: `Camat`, `Plh. Camat`, `Sekretaris
    Kecamatan`."""
    label = TITLES.get(role, {}).get(title, ROLES[role].label) if title else ROLES[role].label
    return f"{RULES[kind]['label']} {label}" if kind in DEPUTIES else label


def require_office(role: str, region_code: str) -> None:
    """Raises WrongContent on `role` for what is no role, and on `region` for a code of no region,
    or of one that is not of the role's level. Whether the region is there, `terms` knows."""
    if role not in ROLES:
        raise WrongContent("Pilih jabatan.", {"role": "Pilih jabatan."})
    try:
        level = level_of(region_code)
    except ValueError:
        raise no_such_region(region_code) from None
    if level != ROLES[role].level:
        sentence = f"Wilayah {region_code} tidak cocok dengan jabatan {ROLES[role].label}."
        raise WrongContent(sentence, {"region": sentence})


def no_such_region(region_code: str) -> WrongContent:
    """The refusal of a code that names no region."""
    sentence = f"Wilayah {region_code} tidak ada." if region_code else "Isi wilayah jabatan."
    return WrongContent(sentence, {"region": sentence})


def held(user: User, day: date | None = None) -> tuple[Office, ...]:
    """The offices that the person holds on `day` (today in Lubuklinggau by default)."""
    day = day or day_of(now())
    return tuple(_office(term) for term in user.terms if runs_on(term, day))


def held_on_any(user: User, days: tuple[date, ...]) -> tuple[Office, ...]:
    """The offices that the person held on at least one of `days`."""
    return tuple(_office(term) for term in user.terms if any(runs_on(term, day) for day in days))


def _office(term: Term) -> Office:
    return _office_of(
        term.role, term.region_code, term.acts_for_id, term.kind or HOLDER, term.title
    )


@lru_cache(10_000)
def _office_of(
    role: str, region: str, acts_for: str | None, kind: str, title: str | None
) -> Office:
    """Kept, since each page asks twenty times what the person holds."""
    return Office(ROLES[role], region, acts_for, kind, title)


def roles_of(user: User) -> frozenset[str]:
    """The roles in which the person acts today: those of the offices held. Somebody who holds none
    any more reads on what they wrote in the account's role, and has none if that reads no reports.
    """
    return roles_among(user, held(user))


def roles_among(user: User, offices: Iterable[Office]) -> frozenset[str]:
    """The same for a day on which these are the offices held."""
    roles = frozenset(office.role.key for office in offices)
    if roles or not ROLES[user.role].reads_reports:
        return roles
    return frozenset({user.role})


@dataclass(frozen=True)
class Lasting:
    """How long a person's sessions last since their last use (`idle`) and since signing in
    (`at_most`), and how old the pages may be that their phone has kept (`copies`)."""

    idle: timedelta
    at_most: timedelta
    copies: timedelta


def lasting(user: User) -> Lasting:
    """The shortest of what the roles allow in which the person holds an office today: one who is RT
    head and lurah is an official. Without an office, as the account's own role allows."""
    return _lasting(
        frozenset(one.role.key for one in held(user)) or frozenset({main_role(user).key})
    )


@cache
def _lasting(keys: frozenset[str]) -> Lasting:
    """Kept, since every request asks."""
    roles = [ROLES[key] for key in keys]
    return Lasting(
        min(role.session for role in roles),
        min(role.session_at_most for role in roles),
        min(role.copies for role in roles),
    )


def roles_let_in(user: User) -> frozenset[str]:
    """The roles by which the pages let the person in: those in which they act, and where none of
    these reads reports (Diskominfo), also those in which they filed reports before. So whoever
    wrote a report keeps access to it, and what they wrote in their time is still taken."""
    roles = roles_of(user)
    if any(ROLES[role].reads_reports for role in roles):
        return roles
    return roles | roles_filed_in(user)


def roles_filed_in(user: User) -> frozenset[str]:
    """The roles of the offices, held today or before, in which the person could file reports."""
    today = day_of(now())
    return frozenset(
        term.role for term in user.terms if ROLES[term.role].reports and term.since <= today
    )


def main_role(user: User) -> Role:
    """The role by which the person is called: the account's own, unless they hold offices today and
    none in it."""
    roles = [office.role for office in held(user)]
    own = ROLES[user.role]
    return own if not roles or own in roles else roles[0]


def roles_ever(user: User) -> frozenset[str]:
    """The roles in which the person acts or has acted: the account's own, and that of each term."""
    return frozenset({user.role, *(term.role for term in user.terms)})


def regions_of(user: User) -> list[str]:
    """The codes of the regions in which the person holds an office today, in the order of terms."""
    return list(dict.fromkeys(office.region for office in held(user)))


def rights_of(user: User) -> str:
    """A digest of the person, their role and the offices that they hold today. It is another one
    once what they may read has changed, and tells nothing else. It begins with the same eight signs
    for the same person."""
    offices = sorted(
        (office.role.key, office.region, office.acts_for or "") for office in held(user)
    )
    parts = (user.id, repr((user.id, user.role, offices)))
    return "-".join(hashlib.sha256(part.encode()).hexdigest()[:8] for part in parts)


def next_end(user: User) -> datetime | None:
    """The moment when the first of the offices that the person holds today ends: midnight in
    Lubuklinggau after its last day. None when no end is known."""
    day = day_of(now())
    last = [term.until for term in user.terms if term.until and runs_on(term, day)]
    return start_of(min(last) + timedelta(days=1)) if last else None


def desks_over(user: User, region_code: str) -> frozenset[str]:
    """The desks over this region that the person holds today."""
    return desks_among(held(user), region_code)


def desks_among(offices: Iterable[Office], region_code: str) -> frozenset[str]:
    """The desks over this region that come with these offices."""
    return frozenset(
        office.desk
        for office in offices
        if office.desk and at_desk(region_code, office.desk) == office.region
    )


def acting_choices(
    user: User, desk: str, region_code: str, day: date | None = None
) -> list[Office]:
    """The offices in which the person may act at this desk over this region on `day`, today by
    default. The first is taken where they choose none: their own as its head, then as a deputy,
    then under another title, as a sekretaris who is Plh. acts as Plh."""
    region = at_desk(region_code, desk)
    mine = [office for office in held(user, day) if (office.desk, office.region) == (desk, region)]
    return sorted(mine, key=lambda office: (office.title is not None, office.kind != HOLDER))


def acting_at(
    user: User, desk: str, region_code: str, day: date | None = None, chosen: str = ""
) -> Office:
    """The one of these offices that is held as `chosen`, else the first. Somebody whose term has
    ended since still speaks for the office that they wrote in."""
    mine = acting_choices(user, desk, region_code, day)
    for office in mine:
        if office.held_as == chosen:
            return office
    return mine[0] if mine else Office(ROLES[DESK_ROLES[desk]], at_desk(region_code, desk))


def one_kelurahan(user: User) -> bool:
    """Whether all that the person's offices reach lies in one kelurahan, as for a lurah with no
    other office."""
    reach = {office.region for office in held(user)}
    return len(reach) == 1 and level_of(next(iter(reach))) == "kelurahan"


def one_rt(user: User) -> bool:
    """Whether the person reads no more than one RT's reports, as the head of an RT does."""
    offices = held(user)
    main = main_role(user).key
    return main == "rt_head" and len(offices) <= 1 and all(o.desk == "rt" for o in offices)
