"""Tells a person that their account is used on a phone or computer that it has not known before.

Home warns of it on each of their other phones (`domain/account_news.py`), until it was read there;
this stands among what they were told. The first phone of an account is no news.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.administration import facts
from sipokat.domain.notices import rows
from sipokat.models import AdministrativeEntry

KIND = "new_phone"
WAYS_IN = ("activate", "new_phone")


def tell(session: Session, entry: AdministrativeEntry) -> None:
    """Tell of this entry, which says that somebody got in on a new phone, in its transaction."""
    assert entry.subject_id is not None
    one = AdministrativeEntry
    before = select(one.id).where(
        one.subject_id == entry.subject_id, one.id < entry.id, one.action.in_(WAYS_IN)
    )
    if session.scalar(before.limit(1)) is None:
        return
    device = facts(entry.became).get("device", "")
    given = entry.subject_id, KIND, f"{KIND} {entry.id}", entry.at, "/akun"
    rows.add(session, [rows.row(*given, facts={"device": device, "how": entry.action})])
