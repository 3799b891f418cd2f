"""A new password, which a person sets who knows the present one."""

from __future__ import annotations

from datetime import datetime

from sipokat.database import writing
from sipokat.domain import accounts, administration, people, tries
from sipokat.domain.clock import now as present
from sipokat.domain.refusals import WrongContent
from sipokat.models import User

PER_PASSWORD = 5  # wrong present passwords in a quarter of an hour


def change(
    user: User, old: str, new: str, phone: str | None = None, now: datetime | None = None
) -> None:
    """Set `new` in place of `old`. That ends every session of the person, their open code, and
    their PINs, but for that of the phone with the token `phone`, on which they do it.

    Raises WrongContent on `new` for what is too short, which is nobody's guess and counts as no
    try; on `old` when it is another; TooMany after a few of these, so that whoever finds a phone
    signed in cannot guess on. Raises Busy when too many passwords are being checked.
    """
    at = now or present()
    try:
        people.require_password(new)
    except ValueError as error:
        raise WrongContent(str(error), {"new": str(error)}) from None
    limits = [tries.Limit(f"password:{user.id}", PER_PASSWORD)]
    tries.require(limits, at, user.id)
    with people.turn_to_hash():
        counted = tries.count(limits, at, user.id)
        if not people.password_matches(user, old):
            sentence = "Kata sandi sekarang tidak cocok. Ketik lagi."
            raise WrongContent(sentence, {"old": sentence})
        hashed = people.hash_password(new)  # slow, so before `writing()` takes its lock
    with writing() as session:
        tries.forget(session, counted)
        accounts.set_password(session, administration.oneself(user), user, hashed, phone)
