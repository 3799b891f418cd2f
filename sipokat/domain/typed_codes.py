"""A code as somebody typed it: whose it is, or why it activates nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from sipokat.database import db
from sipokat.domain import code_tries, codes
from sipokat.domain.activations import activator, keyed, open_until
from sipokat.domain.clock import now as present
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import NeverAllowed, NotFound, WrongContent
from sipokat.models import Activation

MISTYPED = "Kode belum benar. Periksa lagi, hurufnya satu per satu."
UNKNOWN = "Kode ini tidak dikenal. Periksa lagi, atau minta kode baru kepada yang memberinya."
ENDED = "Kode ini tidak berlaku lagi"
ASK = "Minta kode baru kepada yang memberinya."
OVER = f"{ENDED}. {ASK}"
FAILED = f"{ENDED}: terlalu banyak jawaban yang salah. {ASK}"
NEWER = f"{ENDED}: sudah ada kode yang lebih baru. Pakai kode yang terakhir Anda terima."


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
    code_hash = keyed(code)
    again = code_tries.asked_lately(code_hash, address, at)
    if not again:
        code_tries.require(address, at)
    query = select(Activation).where(Activation.code_hash == code_hash)
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        if not again:
            code_tries.count(code_hash, address, at)
        raise WrongContent(UNKNOWN, {"code": UNKNOWN})
    if not again:
        code_tries.remember(code_hash, address, at)
    require_good(found, at)
    return code, found


def require_good(found: Activation, at: datetime) -> None:
    """Raises WrongContent on `code`, with the reason, for one that activates nothing any more."""
    over = found.ended_at is not None or found.expires_at <= at or not found.user.active
    if not over and _still_allowed(found):
        return
    sentence = OVER
    if found.uses >= RULES.browsers:
        sentence = f"{ENDED}: sudah dipakai di dua HP. {ASK}"
    elif found.failures >= RULES.failures:
        sentence = FAILED
    elif found.expires_at <= at:
        sentence = f"{ENDED}: sudah lewat waktunya. {ASK}"
    elif found.ended_at and found.user.active and open_until(db.session(), found.user, at):
        sentence = NEWER
    raise WrongContent(sentence, {"code": sentence})


def _still_allowed(found: Activation) -> bool:
    """Whether whoever made the code might make it today: a code that was kept opens nothing once
    its person holds an office out of the maker's reach, or the maker holds none any more."""
    try:
        return found.made_by is None or bool(activator(found.made_by, found.user))
    except (NeverAllowed, NotFound):
        return False
