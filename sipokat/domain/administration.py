"""The administrative record: who changed an account, an office or a region, as what, and when.

Every verb that changes an account, a term or a region (`domain/accounts.py`, `domain/terms.py`,
`domain/endings.py`, `domain/region_changes.py`, `domain/activations.py` …) writes its entry here,
in the transaction of the change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import take_turns
from sipokat.domain import offices
from sipokat.domain.clock import now
from sipokat.domain.refusals import NeverAllowed
from sipokat.domain.regions import in_scope
from sipokat.models import AdministrativeEntry, Region, User

OPERATOR_MAX = 80


@dataclass(frozen=True)
class By:
    """Who makes a change: a person in one of their offices, or whoever runs a command on the
    server, who may do it for a person. So what one typed never stands there as another's alone."""

    user: User | None = None
    office: offices.Office | None = None
    operator: str | None = None


def operator(name: str) -> By:
    """Whoever runs a command on the server under this user name of the system."""
    return By(operator=name[:OPERATOR_MAX] or "?")


def diskominfo(user: User) -> By:
    """The person, acting as Diskominfo. Raises NeverAllowed for whoever is not that today."""
    office = next((one for one in offices.held(user) if one.role.key == "diskominfo"), None)
    if office is None or not user.active:
        raise NeverAllowed("Hanya Diskominfo yang mengubah akun dan jabatan.")
    return By(user, office)


def oneself(user: User) -> By:
    """The person, changing their own account: in their first office, if they hold one."""
    return By(user, next(iter(offices.held(user)), None))


def take_turn(session: Session, *changed: User) -> None:
    """Wait until no other transaction changes accounts or offices, and read these people and their
    terms anew: the rules of a change look at more than one row."""
    take_turns(session, "administration")
    for user in changed:
        session.refresh(user)
        session.expire(user, ["terms"])


def record(
    session: Session,
    by: By,
    subject: User | Region,
    action: str,
    was: Mapping[str, Any] | None = None,
    became: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> AdministrativeEntry:
    """Append one entry about `subject`, a person or a region; `was` and `became` hold what can be
    written as JSON."""
    office = by.office
    entry = AdministrativeEntry(
        at=at or now(),
        subject_id=subject.id if isinstance(subject, User) else None,
        region_code=subject.code if isinstance(subject, Region) else None,
        action=action,
        actor_id=by.user.id if by.user else None,
        actor_role=office.role.key if office else None,
        actor_region=office.region if office else None,
        actor_kind=office.kind if office else None,
        actor_for=office.acts_for if office else None,
        operator=by.operator,
        was=_written(was),
        became=_written(became),
    )
    session.add(entry)
    session.flush()
    return entry


def entries_about(session: Session, user: User, limit: int = 20) -> list[AdministrativeEntry]:
    """What was changed about this person, newest first."""
    query = select(AdministrativeEntry).where(AdministrativeEntry.subject_id == user.id)
    return list(session.scalars(query.order_by(AdministrativeEntry.id.desc()).limit(limit)))


def entries_in(session: Session, code: str, limit: int = 20) -> list[AdministrativeEntry]:
    """What was changed about this region and those below it, newest first."""
    query = select(AdministrativeEntry).where(in_scope(AdministrativeEntry.region_code, code))
    return list(session.scalars(query.order_by(AdministrativeEntry.id.desc()).limit(limit)))


def last_of(session: Session, user: User, action: str) -> AdministrativeEntry | None:
    """The newest entry about this person that is of this action."""
    about = (AdministrativeEntry.subject_id == user.id, AdministrativeEntry.action == action)
    query = select(AdministrativeEntry).where(*about).order_by(AdministrativeEntry.id.desc())
    return session.scalars(query.limit(1)).first()


def facts(written: str | None) -> dict[str, Any]:
    """What `record` has written as `was` or `became`."""
    found: dict[str, Any] = json.loads(written) if written else {}
    return found


def _written(facts: Mapping[str, Any] | None) -> str | None:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else None
