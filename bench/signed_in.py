"""Signs people in for the benchmarks, without their passwords: each on a phone that the account
knows, as every sign-in leaves it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sipokat.domain.sessions import hashed
from sipokat.models import KnownDevice, LoginSession, User


def sign_in(session: Session, user: User, token: str, at: datetime) -> None:
    """Open a session with this token for the person, on a phone of its own."""
    phone = KnownDevice(user_id=user.id, token_hash=hashed(f"phone {token}"), last_used_at=at)
    session.add(phone)
    session.flush()
    session.add(
        LoginSession(
            user_id=user.id,
            token_hash=hashed(token),
            device="bench",
            device_id=phone.id,
            created_at=at,
            last_used_at=at,
        )
    )
