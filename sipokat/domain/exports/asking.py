"""Somebody asks for a table as a file: what they may be told is settled now."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat.database import take_turns
from sipokat.domain.clock import now
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.table import Asked
from sipokat.domain.refusals import NotNow
from sipokat.domain.texts import dots
from sipokat.models import Export, User


def ask(
    session: Session,
    user: User,
    what: str,
    file_format: str,
    filters: Mapping[str, str],
    said: str,
    most: int,
) -> tuple[Export, bool]:
    """Enter that this person asks for this table, narrowed to `filters`, which `said` says in
    words. The second value is False where they wait for the very same already.

    The regions of their offices are frozen here, so that an office that comes meanwhile adds
    nothing to the file. Raises NeverAllowed, NotFound, and NotNow to who waits for `most`.
    """
    scopes = KINDS[what].scopes(user, filters)
    take_turns(session, f"export {user.id}")
    wanted = {name: value for name, value in filters.items() if value}
    made = Export(
        made_by_id=user.id,
        asked_at=now(),
        what=what,
        format=file_format,
        filters=_written(wanted),
        said=said,
        scopes=json.dumps(scopes),
    )
    waiting = select(Export).where(Export.made_by_id == user.id, Export.state == "waiting")
    for other in session.scalars(waiting):
        if _same(other, made):
            return other, False
    if (session.scalar(select(func.count()).select_from(waiting.subquery())) or 0) >= most:
        raise NotNow(
            f"Masih ada {dots(most)} unduhan Anda yang disiapkan. Tunggu sampai satu siap."
        )
    session.add(made)
    session.flush()
    return made, True


def asked_of(one: Export) -> Asked:
    """What was asked for, as it was then."""
    return Asked(
        one.made_by_id,
        one.what,
        json.loads(one.filters),
        tuple(json.loads(one.scopes)),
        one.asked_at,
    )


def _written(filters: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(filters.items())), ensure_ascii=False)


def _same(one: Export, other: Export) -> bool:
    names = ("what", "format", "filters", "scopes")
    return all(getattr(one, name) == getattr(other, name) for name in names)
