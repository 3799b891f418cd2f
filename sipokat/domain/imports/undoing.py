"""Takes an import back, as long as nobody has used what it gave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from sipokat.domain import accounts, administration, terms
from sipokat.domain.administration import By
from sipokat.domain.clock import now
from sipokat.domain.imports import kept
from sipokat.domain.imports.applying import UNDONE
from sipokat.domain.refusals import NotNow
from sipokat.models import AdministrativeEntry, Event, ImportRow, LoginSession, PeopleImport, User

_NAMED = 3


def undo(session: Session, by: By, one: PeopleImport) -> int:
    """Take back all that was applied of this import; how many rows that were.

    Names and numbers become what they were. Accounts that it made are closed and lose the office,
    so that a corrected file can give number and office again. Raises NotNow when somebody has used
    it, or when there is nothing to take back."""
    administration.take_turn(session)
    session.refresh(one)
    if one.undone_at is not None:
        raise NotNow(UNDONE)
    rows = kept.applied(session, one)
    if one.applied_at is None or not rows:
        raise NotNow("Impor ini belum diterapkan.")
    if users := used(session, rows):
        names = ", ".join(user.name for user in users[:_NAMED])
        more = f" dan {len(users) - _NAMED} orang lain" if len(users) > _NAMED else ""
        raise NotNow(
            f"Impor ini tidak bisa dibatalkan lagi, karena sudah dipakai {names}{more}. "
            "Ubah di halaman orangnya."
        )
    for row in reversed(rows):
        user = session.get_one(User, row.user_id)
        for change in reversed(json.loads(row.changes or "[]")):
            _take_back(session, by, user, change)
    one.undone_at = now()
    kept.forget(session, one)
    return len(rows)


def used(session: Session, rows: Sequence[ImportRow]) -> list[User]:
    """Who has used what these rows gave them: signed in with it, acted in the office, or was
    changed since. A code that was only made is no use."""
    found = []
    for row in rows:
        since = select(AdministrativeEntry.at).where(AdministrativeEntry.id == row.entry_id)
        fields = {change["field"] for change in json.loads(row.changes or "[]")}
        if _used(session, row, session.scalars(since).one(), fields):
            found.append(session.get_one(User, row.user_id))
    return found


def _used(session: Session, row: ImportRow, since: datetime, fields: set[str]) -> bool:
    later = exists().where(
        AdministrativeEntry.subject_id == row.user_id,
        AdministrativeEntry.id > row.entry_id,
        AdministrativeEntry.action != "make_activation",
    )
    signed_in = exists().where(
        LoginSession.user_id == row.user_id, LoginSession.created_at >= since
    )
    acted = exists().where(Event.actor_id == row.user_id, Event.at >= since)
    signs = [later]
    if fields & {"account", "phone"}:
        signs.append(signed_in)
    if fields & {"account", "office"}:
        signs.append(acted)
    return bool(session.scalar(select(or_(*signs))))


def _take_back(session: Session, by: By, user: User, change: dict[str, str]) -> None:
    field, was = change["field"], change["was"]
    if field == "name":
        accounts.change_name(session, by, user, was)
    elif field == "phone":
        accounts.change_phone(session, by, user, was)
    elif field == "office" or (field == "account" and not was):
        session.refresh(user, ["terms"])
        term = max(user.terms, key=lambda one: one.id)  # the import gave it: nothing came after
        terms.withdraw(session, by, user, term, unused=True)
    if field == "account":
        accounts.disable(session, by, user)
