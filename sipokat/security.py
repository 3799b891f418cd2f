"""What whoever watches over the accounts has to see: one line of the log each, by the user's id,
without names, numbers or addresses."""

from __future__ import annotations

import structlog

log = structlog.get_logger()


def note(event: str, user: str | None, **facts: str) -> None:
    """Write the event to the log. `user` is the id of the account it is about, None for none."""
    log.warning(event, security=True, user=user, **facts)
