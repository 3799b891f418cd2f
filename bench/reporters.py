"""Fills a migrated database with RT heads who are signed in: python -m bench.reporters [how many].

Prints their ids and session tokens as JSON. There are as many as it takes for no one to send more
than the rate limit lets one session send, which a city's heads do not either.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime

from bench.signed_in import sign_in
from sipokat import create_app
from sipokat.database import writing
from sipokat.domain import accounts, administration, regions

KELURAHAN = "16.73.04.1009"


def fill(count: int) -> list[tuple[str, str]]:
    """Add `count` heads, each with a session: their ids and tokens."""
    made, at = [], datetime.now(UTC)
    with create_app().app_context(), writing() as session:
        regions.ensure_official(session)
        for number in range(1, count + 1):
            where = f"{KELURAHAN}.{number:03d}"
            phone, name = f"0812{number:08d}", f"Ketua RT {number:03d}"
            by = administration.operator("bench")
            user = accounts.create(session, by, phone, name, "rt_head", where, "no password fits")
            token = secrets.token_urlsafe(32)
            sign_in(session, user, token, at)
            made.append((user.id, token))
    return made


if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]))))
