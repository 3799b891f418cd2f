"""Takes an import back, as long as nobody has used what it gave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sipokat.domain import accounts, administration, endings
from sipokat.domain.administration import By
from sipokat.domain.clock import now
from sipokat.domain.imports import kept
from sipokat.domain.imports.applying import ROWS_A_TURN, UNDONE
from sipokat.domain.refusals import NotNow
from sipokat.models import AdministrativeEntry, Event, ImportRow, LoginSession, PeopleImport, User

_NAMED = 3


def undo(session: Session, by: By, one: PeopleImport, most: int = ROWS_A_TURN) -> tuple[int, int]:
    """Take back what was applied of this import, `most` rows of it: how many that were, and how
    many are left.

    Names and numbers become what they were. Accounts that it made are closed and lose the office,
    so that a corrected file can give number and office again. Raises NotNow when somebody has used
    what is left of it, or when there is nothing to take back."""
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
    turn = rows[-most:]
    for row in reversed(turn):
        user = session.get_one(User, row.user_id)
        for change in reversed(json.loads(row.changes or "[]")):
            _take_back(session, by, user, change)
        row.entry_id = None
    one.undone_at = now()
    kept.forget(session, one)
    return len(turn), len(rows) - len(turn)


def used(session: Session, rows: Sequence[ImportRow]) -> list[User]:
    """Who has used what these rows gave them: signed in with it, acted in the office, or was
    changed since. A code that was only made is no use."""
    ids = [row.user_id for row in rows]
    entry, login = AdministrativeEntry, LoginSession
    made = [row.entry_id for row in rows]
    given_at = _by_key(session, select(entry.id, entry.at).where(entry.id.in_(made)))
    changed = _by_key(
        session,
        select(entry.subject_id, func.max(entry.id))
        .where(entry.subject_id.in_(ids), entry.action != "make_activation")
        .group_by(entry.subject_id),
    )
    signed_in = _by_key(
        session,
        select(login.user_id, func.max(login.created_at))
        .where(login.user_id.in_(ids))
        .group_by(login.user_id),
    )
    acted = _by_key(
        session,
        select(Event.actor_id, func.max(Event.at))
        .where(Event.actor_id.in_(ids))
        .group_by(Event.actor_id),
    )
    found = []
    for row in rows:
        who, since = row.user_id, given_at[row.entry_id]
        fields = {change["field"] for change in json.loads(row.changes or "[]")}
        if (
            changed.get(who, 0) > (row.entry_id or 0)
            or (fields & {"account", "phone"} and who in signed_in and signed_in[who] >= since)
            or (fields & {"account", "office"} and who in acted and acted[who] >= since)
        ):
            found.append(session.get_one(User, who))
    return found


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
