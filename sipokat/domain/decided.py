"""When a decision was made that waited on a phone for a signal.

The move counts from its receipt, as every other: the next desk's clock starts then, and the office
is judged then. But the time for which the phone had no signal is no delay of the person, so the
time on their own desk ends when they decided, as far as that can be believed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sipokat.domain.clock import corrected
from sipokat.models import Event

# The key in the detail of an event (`domain/record.py` hashes it): the moment in UTC. It is missing
# where the decision came at once, and where the phone's word was not believed.
KEY = "decided"


@dataclass(frozen=True)
class Claim:
    """What the phone says of a decision that has waited there. `decided_at` and `sent_at` are by
    the phone's clock; `seen_at` is SIPOKAT's own time on the page or card where it was made."""

    decided_at: datetime
    seen_at: datetime | None
    sent_at: datetime | None


def believed(claim: Claim, arrived_at: datetime, received_at: datetime) -> datetime | None:
    """When the decision was made by the server's clock: never before the report arrived on that
    desk or was fetched to be read, never after the receipt. None where the phone's clock cannot be
    right, or does not say enough to be corrected: then the decision counts from its receipt."""
    if claim.seen_at is None or claim.sent_at is None:
        return None
    moment, doubtful = corrected(claim.decided_at, claim.sent_at, received_at)
    if doubtful:
        return None
    return min(max(moment, claim.seen_at, arrived_at), received_at)


def of_event(event: Event) -> datetime:
    """When the person decided: the end of the report's time on their desk. That is the event's own
    time unless the decision had waited on a phone."""
    told = json.loads(event.detail or "{}").get(KEY)
    return datetime.fromisoformat(told) if told else event.at
