"""Passwords: which are good enough, and proving who one is by the present one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy.orm import Session

from sipokat.domain import people, tries
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import WrongContent
from sipokat.models import User

PER_PASSWORD = 5  # wrong present passwords in a quarter of an hour
WRONG = "Kata sandi tidak cocok. Ketik lagi."
COMMON = "Kata sandi ini dipakai banyak orang: mudah ditebak. Pakai beberapa kata yang lain."
OURS = ("sipokat", "lubuklinggau", "linggau")
OWN = (
    "Nama, nomor HP, “sipokat” dan “lubuklinggau” mudah ditebak. Tambahkan kata lain, paling "
    f"sedikit {LIMITS.password_min} huruf."
)
FEWEST = 4  # different signs


def require_new(password: str, phone: str, name: str) -> None:
    """Raises WrongContent on `new`, with the reason, for a password that others would guess first:
    one that is too short or common, or little more than the person's number or name, or a word of
    this place. What is left without these must be long enough by itself."""
    reason = _weak(password, phone, name)
    if reason:
        raise WrongContent(reason, {"new": reason})


def _weak(password: str, phone: str, name: str) -> str:
    try:
        people.require_password(password)
    except ValueError as error:
        return str(error)
    typed = password.casefold()
    if _is_common(typed):
        return COMMON
    left = typed
    for guess in (*OURS, *_names(name), *_runs(typed, phone)):
        left = left.replace(guess, "")
    if left == typed:
        return ""
    return OWN if len(left.strip(" -_.,!0123456789")) < LIMITS.password_min else ""


def _is_common(typed: str) -> bool:
    return typed in _common() or len(set(typed)) < FEWEST


def _names(name: str) -> list[str]:
    """The parts of the name, longest first."""
    return sorted(re.findall(r"\w{3,}", name.casefold()), key=len, reverse=True)


def _runs(typed: str, phone: str) -> Iterator[str]:
    """The digits that stand together in it and are part of the number."""
    number = f"0{phone.removeprefix('+62')}"
    for digits in re.findall(r"[0-9]{4,}", typed):
        if digits in number or digits.removeprefix("62") in number:
            yield digits


@cache
def _common() -> frozenset[str]:
    text = files("sipokat.data").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))


def require_turn(user: User, at: datetime) -> None:
    """Raises TooMany for whom too many tries at their password have failed lately."""
    tries.require(_limits(user), at, user.id)


def prove(user: User, typed: str, at: datetime) -> Callable[[Session], None]:
    """Make sure, in one's turn to hash, that this is the person's password. Returns what takes the
    try back in the transaction that follows.

    Raises WrongContent on `proof` when it is another; TooMany after a few of these, so that whoever
    finds a phone signed in cannot guess on.
    """
    counted = tries.count(_limits(user), at, user.id)
    if not people.password_matches(user, typed):
        raise WrongContent(WRONG, {"proof": WRONG})
    return lambda session: tries.forget(session, counted)


def _limits(user: User) -> list[tries.Limit]:
    return [tries.Limit(f"password:{user.id}", PER_PASSWORD)]
