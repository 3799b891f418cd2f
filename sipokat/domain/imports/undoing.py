"""Takes an import back, as long as nobody has used what it gave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from sipokat.domain import accounts, administration, endings, region_changes
from sipokat.domain.administration import By
from sipokat.domain.clock import now
from sipokat.domain.imports import kept
from sipokat.domain.imports.applying import ROWS_A_TURN, UNDONE
from sipokat.domain.refusals import NotNow
from sipokat.models import (
    AdministrativeEntry,
    Event,
    ImportRow,
    KnownDevice,
    LoginSession,
    PeopleImport,
    Term,
    User,
)

# What changes nothing about a person: whether they were inside is asked apart.
NO_CHANGE = ("make_activation", "new_phone")
_NAMED = 3
_NEVER = datetime.min.replace(tzinfo=UTC)


def undo(session: Session, by: By, one: PeopleImport, most: int = ROWS_A_TURN) -> tuple[int, int]:
    """Take back what was applied of this import, `most` rows of it: how many that were, and how
    many are left.

    Names and numbers become what they were. Accounts that it made are closed and lose the office,
    and an RT that it added goes again unless it holds something of others: so a corrected file can
    give number, office and RT again. Raises NotNow when somebody has used what is left of it, or
    when there is nothing to take back."""
    administration.take_turn(session)
    session.refresh(one)
    rows = [row for row in kept.applied(session, one) if row.entry_id is not None]
    if not rows:
        raise NotNow("Impor ini belum diterapkan." if one.undone_at is None else UNDONE)
    if users := used(session, rows):
        names = ", ".join(user.name for user in users[:_NAMED])
        more = f" dan {len(users) - _NAMED} orang lain" if len(users) > _NAMED else ""
        raise NotNow(
            f"Impor ini tidak bisa dibatalkan lagi, karena sudah dipakai {names}{more}. "
            "Ubah di halaman orangnya."
        )
    turn, added = rows[-most:], list[str]()
    for row in reversed(turn):
        user = session.get_one(User, row.user_id)
        for change in reversed(json.loads(row.changes or "[]")):
            if change["field"] == "region":
                added.append(change["became"])
            else:
                _take_back(session, by, user, change)
        row.entry_id = None
    region_changes.withdraw(session, by, added)
    one.undone_at = now()
    kept.forget(session, one)
    return len(turn), len(rows) - len(turn)


def used(session: Session, rows: Sequence[ImportRow]) -> list[User]:
    """Who has used what these rows gave them: signed in since, also in a session that has ended;
    acted in the office, or has a Plh. in it; or was changed since, as by a code that was spent. A
    code that was only made is no use."""
    ids = [row.user_id for row in rows]
    made = [row.entry_id for row in rows]
    entry = AdministrativeEntry
    given_at = _by_key(session, select(entry.id, entry.at).where(entry.id.in_(made)))
    changed = _by_key(
        session,
        select(entry.subject_id, func.max(entry.id))
        .where(entry.subject_id.in_(ids), entry.action.not_in(NO_CHANGE))
        .group_by(entry.subject_id),
    )
    signed_in = _newest(session, LoginSession.user_id, LoginSession.created_at, ids)
    # What a phone keeps of a session that has ended: when it was last used.
    on_phone = _newest(session, KnownDevice.user_id, KnownDevice.last_used_at, ids)
    acted = _newest(session, Event.actor_id, Event.at, ids)
    deputised = set(session.scalars(_with_plh(ids)))
    found = []
    for row in rows:
        who, since = row.user_id, given_at[row.entry_id]
        fields = {change["field"] for change in json.loads(row.changes or "[]")}
        inside = max(signed_in.get(who, _NEVER), on_phone.get(who, _NEVER)) >= since
        in_office = acted.get(who, _NEVER) >= since or who in deputised
        if (
            changed.get(who, 0) > (row.entry_id or 0)
            or (inside and fields & {"account", "phone", "office"})
            or (in_office and fields & {"account", "office"})
        ):
            found.append(session.get_one(User, who))
    return found


def _with_plh(ids: Sequence[str | None]) -> Select[str]:
    """Those of these people for whom somebody acts, or will act, in their newest office."""
    newest = select(func.max(Term.id)).where(Term.user_id.in_(ids)).group_by(Term.user_id)
    plh = aliased(Term)
    same = and_(plh.role == Term.role, plh.region_code == Term.region_code)
    acts = exists().where(plh.acts_for_id == Term.user_id, same)
    return select(Term.user_id).where(Term.id.in_(newest), acts)


def _newest(session: Session, who: Any, when: Any, ids: Sequence[str | None]) -> dict[Any, Any]:
    return _by_key(session, select(who, func.max(when)).where(who.in_(ids)).group_by(who))


def _by_key(session: Session, query: Select[Any, Any]) -> dict[Any, Any]:
    return dict(session.execute(query).all())


def _take_back(session: Session, by: By, user: User, change: dict[str, str]) -> None:
    field, was = change["field"], change["was"]
    if field == "name":
        accounts.change_name(session, by, user, was)
    elif field == "phone":
        accounts.change_phone(session, by, user, was)
    elif field == "office" or (field == "account" and not was):
        session.refresh(user, ["terms"])
        term = max(user.terms, key=lambda one: one.id)  # the import gave it: nothing came after
        endings.withdraw(session, by, user, term, unused=True)
    if field == "account":
        accounts.disable(session, by, user)
