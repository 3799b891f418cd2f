"""The names that the sentences of notices need: of regions by code, of people by id."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.notices import sentences
from sipokat.domain.notices.inbox import Entry
from sipokat.domain.regions import names_of
from sipokat.models import User


def of(session: Session, found: Sequence[Entry]) -> dict[str, str]:
    """All names for these notices, as they are today."""
    names = names_of(session, [code for one in found for code in sentences.regions_in(one)])
    people = {one.facts["who"] for one in found if "who" in one.facts}
    if people:
        query = select(User.id, User.name).where(User.id.in_(people))
        names |= dict(session.execute(query).all())
    return names
