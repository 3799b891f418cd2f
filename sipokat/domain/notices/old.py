"""Old notices are forgotten, read or not: what a report went through stays on its page, and what
changed about an office in the administrative record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain.notices.digest import RULES
from sipokat.models import Notice

KEPT = timedelta(days=RULES["forget"]["days"])
PORTION: int = RULES["forget"]["portion"]  # so few that nobody waits long for the lock
_NOTICE = table(Notice).c


def are_there(session: Session, at: datetime) -> bool:
    """Whether `forget` would find one `at` that moment."""
    return bool(_oldest(session, at))


def forget(session: Session, at: datetime) -> int:
    """Delete a portion of what was told longer ago than KEPT; how many."""
    old = _oldest(session, at)
    session.execute(delete(table(Notice)).where(_NOTICE.id.in_(old)))
    return len(old)


def _oldest(session: Session, at: datetime) -> list[int]:
    """Looks only at the notices that were written first, so that it costs the same whether there
    are many or few; they are numbered as they were told."""
    first = select(_NOTICE.id, _NOTICE.at).order_by(_NOTICE.id).limit(PORTION).subquery()
    return list(session.scalars(select(first.c.id).where(first.c.at < at - KEPT)))
