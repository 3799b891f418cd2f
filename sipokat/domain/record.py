"""How an entry of the record is hashed. Nothing here asks the database.

All entries make one chain: `hash` is HMAC-SHA-256 (RFC 2104) under the record's key over the hash
of the entry before and the entry's own row. What the law may have erased is not in the row itself,
only its salted digest; without the salt nobody can try out which text it was.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# The columns that the hash covers, in this order. What a later version has to say goes into
# `detail`: another column here would change every hash.
HASHED = (
    "previous_hash",
    "seq",
    "report_id",
    "version",
    "at",
    "actor_id",
    "actor_desk",
    "actor_role",
    "actor_region",
    "actor_for",
    "action",
    "from_desk",
    "to_desk",
    "class",
    "reason",
    "action_id",
    "detail",
    "sealed",
    "mark",
    "key_id",
)
# What an erasure may blank: they are hashed only as `sealed`, with the salt.
BESIDE = ("note", "request_digest", "content_digest")
# Columns of a report that never change and that no event speaks of: its first event has their
# digest.
KEPT = ("client_id", "written_at_raw", "written_at", "clock_doubtful", "form_version", "urgent")


def entry_hash(secret: bytes, row: Mapping[str, Any]) -> str:
    """The hash of an entry, in hex: keyed, over its row and the hash of the entry before it."""
    values = [plain(row[name]) for name in HASHED]
    return hmac.digest(secret, json.dumps(values).encode(), hashlib.sha256).hex()


def seal(salt: str, row: Mapping[str, Any]) -> str:
    """The salted digest, in hex, of what lies beside an entry and may be erased."""
    values = [row[name] for name in BESIDE]
    return hmac.digest(salt.encode(), json.dumps(values).encode(), hashlib.sha256).hex()


def mark_of(secret: bytes, token: str) -> str:
    """The keyed digest, in hex, of the counter's random word."""
    return hmac.digest(secret, b"counter " + token.encode(), hashlib.sha256).hex()


def random_word() -> str:
    """32 hex digits that nobody can guess: a salt, or the counter's token."""
    return secrets.token_hex(16)


def kept_digest(report: Mapping[str, Any]) -> str:
    """The digest of what never changes about a report, for the detail of its first event."""
    values = [plain(report[name]) for name in KEPT]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as it is hashed: a point in time as UTC with microseconds, all else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
