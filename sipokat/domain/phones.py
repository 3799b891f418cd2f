"""Phones on which a person is signed in: one of them is put out, as when it was lost."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from sipokat.database import lock_rows, writing
from sipokat.domain import activations, administration, pins
from sipokat.models import LoginSession, User


def put_out(user: User, session_id: int) -> None:
    """Sign the person out on the phone that has this session of theirs; another's is left alone.

    Whoever holds the phone gets in no more: its PIN ends with every session of the person there,
    and so does the open code, which may stand in a message on it. Of a session that does not say
    which phone it is on, since a version before opened it, all PINs end.
    """
    with writing() as session:
        # A PIN that is being checked on the phone ends first, or finds that it is none any more.
        lock_rows(session, select(User.id).where(User.id == user.id))
        mine = select(LoginSession).where(
            LoginSession.id == session_id, LoginSession.user_id == user.id
        )
        found = session.scalars(mine).unique().first()
        if found is None:
            return
        phone, device = found.device_id, found.device
        there = or_(LoginSession.id == session_id, LoginSession.device_id == phone)
        session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, there))
        pins.end_all(session, user, on=phone)
        activations.end_all(session, user)
        by = administration.oneself(user)
        administration.record(session, by, user, "end_session", {"device": device})
