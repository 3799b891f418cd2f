"""A code as somebody typed it: whose it is, and what stands against trying many."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from sipokat import security
from sipokat.database import db
from sipokat.domain import codes, tries
from sipokat.domain.activations import activator, keyed
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NeverAllowed, NotFound, WrongContent
from sipokat.domain.sign_in import network_of
from sipokat.models import Activation

MISTYPED = "Kode belum benar. Periksa lagi, hurufnya satu per satu."
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi, atau minta kode baru kepada yang memberinya."
ENDED = "Kode ini tidak berlaku lagi. Minta kode baru kepada yang memberinya."


def look(typed: str, address: str, now: datetime | None = None) -> Activation:
    """The activation of this code: whose it is, and whether a PIN was chosen with it (`uses`). It
    is not spent. Raises WrongContent on `code`, and TooMany for whoever tries many that nobody has.
    """
    return find(typed, address, now or present())[1]


def find(typed: str, address: str, at: datetime) -> tuple[str, Activation]:
    """The code as it was made, and its open activation. Raises as `look` does."""
    code = codes.read(typed)
    if code is None:
        raise WrongContent(MISTYPED, {"code": MISTYPED})
    limits = _limits(address, at)
    tries.require(limits, at)
    query = select(Activation).where(Activation.code_hash == keyed(code))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        tries.count(limits, at)
        _raise_alarm(at)
        raise WrongContent(UNKNOWN, {"code": UNKNOWN})
    over = found.ended_at is not None or found.expires_at <= at or not found.user.active
    if over or not _still_allowed(found):
        raise WrongContent(ENDED, {"code": ENDED})
    return code, found


def _limits(address: str, at: datetime) -> list[tries.Limit]:
    """What a code that nobody has counts against: the network, and all networks together. Who tries
    from many networks must not shut out one that hardly tried any: it waits for nobody."""
    network = f"code:{network_of(address)}"
    fresh = tries.lately(db.session(), network, at) < RULES.unknown_fresh
    return [
        tries.Limit(
            network, RULES.unknown_per_network, timedelta(seconds=RULES.network_pause_seconds)
        ),
        tries.Limit(
            "code",
            None if fresh else RULES.unknown_in_all,
            timedelta(seconds=RULES.all_pause_seconds),
        ),
    ]


def _still_allowed(found: Activation) -> bool:
    """Whether whoever made the code might make it today: a code that was kept opens nothing once
    its person holds an office out of the maker's reach, or the maker holds none any more."""
    try:
        return found.made_by is None or bool(activator(found.made_by, found.user))
    except (NeverAllowed, NotFound):
        return False


def _raise_alarm(at: datetime) -> None:
    """Somebody tries codes: a line in the log for each so many of a quarter of an hour."""
    made = tries.lately(db.session(), "code", at, tries.WINDOW)
    if made % RULES.alarm_every == 0:
        security.note("codes_guessed", None, tries=str(made))
