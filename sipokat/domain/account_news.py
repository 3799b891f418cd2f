"""What a person is told on each of their phones until they have read it there: every way in that
is new. Codes that were made for them, phones that were activated or signed in for the first time,
PINs, and another number. Whoever gets into somebody's account, or prepares it, must be seen.

Each phone remembers the last entry of the administrative record that was read on it
(`known_device.read_entry_id`), so that nobody reads the news for another phone.
"""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.models import AdministrativeEntry, KnownDevice, LoginSession, User

TOLD = ("make_activation", "activate", "new_phone", "set_pin", "change_phone")
MOST = 5


def announce(
    session: Session, user: User, entry: AdministrativeEntry, on: int | None = None
) -> None:
    """`entry` was written, and is told: the sessions of the person say so from now on, and home
    asks what it is only where one does. On the phone with the id `on`, where they did it
    themselves, it is no news, unless something else is still to be read there."""
    theirs = update(LoginSession).where(LoginSession.user_id == user.id)
    session.execute(theirs.values(has_news=True))
    if on is not None and [one.id for one in unread(session, user, on, most=2)] == [entry.id]:
        mark_read(session, user, on, entry.id)


def unread(
    session: Session, user: User, phone_id: int | None, most: int = MOST
) -> list[AdministrativeEntry]:
    """What the person has not read on the phone with this id, newest first. Nothing on a session
    that does not say which phone it is on."""
    entry = AdministrativeEntry
    query = (
        select(entry)
        .join(KnownDevice, KnownDevice.user_id == entry.subject_id)
        .where(
            KnownDevice.id == phone_id,
            entry.subject_id == user.id,
            entry.id > KnownDevice.read_entry_id,
            entry.action.in_(TOLD),
        )
    )
    return list(session.scalars(query.order_by(entry.id.desc()).limit(most)))


def read(user: User, phone_id: int, last: int) -> None:
    """The person has read on this phone of theirs what was entered up to the entry with the id
    `last`. What comes later is told all the same, whatever number is given."""
    with writing() as session:
        mine = select(func.max(AdministrativeEntry.id)).where(
            AdministrativeEntry.subject_id == user.id, AdministrativeEntry.id <= last
        )
        mark_read(session, user, phone_id, session.scalar(mine) or 0)


def mark_read(session: Session, user: User, phone_id: int, entry_id: int) -> None:
    """Note on the phone that nothing up to this entry is news on it."""
    there = update(KnownDevice).where(
        KnownDevice.id == phone_id,
        KnownDevice.user_id == user.id,
        KnownDevice.read_entry_id < entry_id,
    )
    session.execute(there.values(read_entry_id=entry_id))
    left = bool(unread(session, user, phone_id, most=1))
    on_it = (LoginSession.device_id == phone_id, LoginSession.user_id == user.id)
    session.execute(update(LoginSession).where(*on_it).values(has_news=left))


def newest(session: Session, user_id: str) -> int:
    """The id of the newest entry about this person; 0 for none. A phone that the account has not
    known before begins there."""
    about = select(func.max(AdministrativeEntry.id))
    return session.scalar(about.where(AdministrativeEntry.subject_id == user_id)) or 0
