"""Which refusals are written to the log for whoever watches over the accounts."""

from __future__ import annotations

from flask import g, request

from sipokat import security
from sipokat.domain.refusals import Misdirected, NeverAllowed, Refused, TooMany


def note_refusal(refusal: Refused) -> None:
    """Log a limit, a 403, a request from another site or under a foreign name. Must not look up who
    is signed in: it names whoever the request has found already."""
    person = g.get("_login_user")
    user = person.id if person is not None and person.is_authenticated else None
    where = request.endpoint or ""
    if isinstance(refusal, TooMany):
        security.note("limited", refusal.account or user, where=where)
    elif isinstance(refusal, Misdirected):
        security.note(refusal.code, user, host=request.host[:100])
    elif isinstance(refusal, NeverAllowed):
        security.note(refusal.code, user, where=where)
