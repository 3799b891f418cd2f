"""The keys that sign the record: the present one, and former ones, each with the number of the last
entry that it has signed. `config.py` reads them from the environment."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SHORTEST = 32


@dataclass(frozen=True)
class Key:
    """A secret and its id, which is stored with every entry that it signs. `last` is the number of
    the last entry that a former key has signed; None for the present key."""

    id: str
    secret: bytes = field(repr=False)
    last: int | None = None


@dataclass(frozen=True)
class RecordKeys:
    """The present key, which alone signs, and the former ones, oldest first, which only verify."""

    present: Key
    former: tuple[Key, ...] = ()

    def of(self, seq: int) -> Key:
        """The one key that may have signed the entry of this number. A former key counts only up to
        its last number, so whoever finds an old key can sign nothing new with it."""
        for key in self.former:
            if key.last is not None and seq <= key.last:
                return key
        return self.present

    def of_checkpoint(self, last: int) -> tuple[Key, ...]:
        """The keys that may have signed a checkpoint up to this number. At the very number where
        the key changed, both may."""
        return tuple({key.id: key for key in (self.of(last), self.of(last + 1))}.values())


def key_of(secret: str, last: int | None = None) -> Key:
    """The key with this secret. Its id is derived from the secret and does not give it away."""
    raw = secret.encode()
    key_id = hmac.digest(raw, b"sipokat: id of a record key", hashlib.sha256).hex()[:16]
    return Key(key_id, raw, last)


def is_weak(secret: str) -> bool:
    """Whether a secret is too short or of too few different characters to be a key."""
    return len(secret) < SHORTEST or len(set(secret)) < 10


def read_former(raw: str) -> tuple[Key, ...]:
    """Former keys as written in the settings: `secret@last number`, with commas between, oldest
    first. Raises ValueError in words."""
    keys = []
    for part in filter(None, (one.strip() for one in raw.split(","))):
        secret, _, last = part.rpartition("@")
        if not re.fullmatch(r"[0-9]{1,9}", last) or is_weak(secret):
            raise ValueError("each former key is written as secret@last number")
        keys.append(key_of(secret, int(last)))
    lasts = [key.last or 0 for key in keys]
    if any(before >= after for before, after in pairwise(lasts)):
        raise ValueError("former keys stand oldest first, each with a higher last number")
    return tuple(keys)


def together(present: str, former: Sequence[Key]) -> RecordKeys:
    """All keys. Raises ValueError when the present key is a former one as well."""
    key = key_of(present)
    if key.id in {one.id for one in former}:
        raise ValueError("the present key must not be one of the former keys")
    return RecordKeys(key, tuple(former))
