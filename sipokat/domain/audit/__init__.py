"""Whether the record is as it was appended: who looks here learns the name of every row that was
changed, removed, inserted by hand or put in another order.

`entries.py` looks at the chain of entries and the counter, `reports.py` at what lies beside it:
reports, revisions and photos. Values are read as the database has them, and one that cannot be read
is named like any other. Not looked at are names of people and regions, accounts and terms, first
openings, the pictures themselves, and when and how far a photo has arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from sipokat.domain import checkpoints
from sipokat.domain.audit import entries, reports
from sipokat.domain.audit.rows import reading
from sipokat.keys import RecordKeys
from sipokat.models import guards


@dataclass
class Verdict:
    """What was found: `faults`, of which each means that the record does not hold, and `notes`,
    which only say what somebody should know."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entries: int = 0
    reports: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything is as it was appended."""
        return not self.faults


def verify(
    connection: Connection,
    keys: RecordKeys,
    kept: Sequence[checkpoints.Kept],
    now: datetime,
) -> Verdict:
    """Look at the whole record as it is at one moment; others may write meanwhile.

    `kept` are the checkpoints, which must have been read before: a later one would know of entries
    that this moment does not have.
    """
    verdict = Verdict()
    with reading(connection):
        verdict.faults += guards.faults(connection)
        chain = entries.look(connection, keys, {one.last for one in kept if one.last is not None})
        verdict.faults += chain.faults
        told = checkpoints.compare(kept, keys, chain.hashes, chain.first_at, chain.last, now)
        verdict.faults += told.faults
        verdict.notes += told.notes
        beside = reports.look(connection, chain.erased)
        verdict.faults += beside.faults
        verdict.entries, verdict.reports = chain.count, beside.count
    return verdict
