"""The city's own days, so read that they are still true when a limit that was reckoned by them is
committed.

Whoever sets a limit holds the counter of the record's numbers first, which they need anyway, and
reads the days then. Whoever declares a day holds the counter last, and looks for limits to move
once more after that transaction (`domain/day_changes.py`). So a limit is either reckoned by the new
days, or its report is there when that looks.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, table
from sipokat.domain import office_hours
from sipokat.models import Counter

_COUNTER = table(Counter).c
_NUMBERS = select(_COUNTER.value).where(_COUNTER.name == bindparam("counter"))


def hold(session: Session) -> None:
    """Wait until every transaction that has taken a number has ended; until this one ends, others
    wait to take theirs."""
    lock_rows(session, _NUMBERS, {"counter": "event"})


def overrides(session: Session) -> dict[date, bool]:
    """The days that the city declared working (True) or free (False), as `office_hours` has them,
    for whoever sets a limit in this transaction."""
    hold(session)
    return office_hours.overrides(session)
