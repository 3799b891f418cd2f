"""Tries of codes that nobody has: so few that no code is found by trying, and counted so that a
hall full of people who misread theirs does not wait. docs/decisions.md has the arithmetic.

The same code asked once more from the same network within a quarter of an hour tells nobody
anything new, so it neither counts nor waits: whoever taps again on a code that they have misread,
and whoever goes on from the first page of an activation to the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, write_if_possible
from sipokat.domain import tries
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import TooMany
from sipokat.domain.sign_in import area_of, network_of
from sipokat.domain.tries import Limit

CROWDED = (
    "Sedang banyak kode salah yang dicoba. Tunggu {} detik, lalu coba lagi. Kalau memakai Wi-Fi, "
    "coba dengan data seluler."
)


def asked_lately(code_hash: str, address: str, at: datetime) -> bool:
    """Whether this code was asked from this network in the last quarter of an hour."""
    return tries.lately(db.session(), _asked(code_hash, address), at, tries.WINDOW) > 0


def require(address: str, at: datetime) -> None:
    """Raises TooMany, in words for somebody who may have tried no wrong code, when no other code
    may be asked from this network now."""
    _take_turn(_limits(address, at), at, count=False)


def count(code_hash: str, address: str, at: datetime) -> None:
    """Nobody has this code: count it, and raise an alarm for each so many. Raises TooMany."""
    asked = Limit(_asked(code_hash, address), None)
    _take_turn([*_limits(address, at), asked], at, count=True)
    made = tries.lately(db.session(), "code", at, tries.WINDOW)
    if made % RULES.alarm_every == 0:
        security.note("codes_guessed", None, tries=str(made))


def remember(code_hash: str, address: str, at: datetime) -> None:
    """Somebody has this code: who goes on with it does not wait for what others try meanwhile."""
    asked = _asked(code_hash, address)
    write_if_possible("a code asked", lambda session: tries.note(session, asked, at))


def activated(session: Session, address: str, at: datetime) -> None:
    """A phone was activated from this network."""
    tries.note(session, _activated(address), at)


def _limits(address: str, at: datetime) -> list[Limit]:
    """What an unknown code counts against: the network, and all networks together.

    Where phones are being activated people are at work and not a program, so each one activated
    allows for some more misread codes, and nobody there waits for other networks. Nor does a
    network around which hardly any was tried: who tries from many networks must not shut out all
    others.
    """
    session = db.session()
    around = f"code-near:{area_of(address)}"
    phones = tries.lately(session, _activated(address), at, tries.WINDOW)
    fresh = phones or tries.lately(session, around, at) < RULES.unknown_fresh
    most = RULES.unknown_per_network + RULES.unknown_per_activation * phones
    return [
        Limit(f"code:{network_of(address)}", most, _seconds(RULES.network_pause_seconds)),
        Limit(around, None),
        Limit("code", None if fresh else RULES.unknown_in_all, _seconds(RULES.all_pause_seconds)),
    ]


def _take_turn(limits: Sequence[Limit], at: datetime, count: bool) -> None:
    try:
        if count:
            tries.count(limits, at)
        else:
            tries.require(limits, at)
    except TooMany as error:
        raise TooMany(CROWDED.format(error.retry_after), error.retry_after) from None


def _asked(code_hash: str, address: str) -> str:
    return f"asked:{network_of(address)}:{code_hash[:32]}"


def _activated(address: str) -> str:
    return f"activated:{network_of(address)}"


def _seconds(number: int) -> timedelta:
    return timedelta(seconds=number)
