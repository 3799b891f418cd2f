"""People: their phone numbers, their passwords, and an account as it is made."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.limits import LIMITS
from sipokat.domain.offices import HOLDER, require_office
from sipokat.domain.refusals import WrongContent
from sipokat.domain.texts import read, seen
from sipokat.models import Term, User
from sipokat.turns import Line

NAME_MAX = 80
_hasher = PasswordHasher()  # argon2id with the library's present defaults (RFC 9106)
# The hash of a random word that nobody knows. Making one at each start would cost every command as
# much as checking a password.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$3X3WzggFk4GBzoKQCurSMw"
    "$tr0kmObe2nO53dhyI7/T3vVCNki5MwXKSqmJ77OBkCU"
)
# Of an account that is opened by codes and PINs alone: a try of its password takes as long as any.
NO_PASSWORD = _NOBODY


# One takes a tenth of a second of a core and 64 MB. Whoever comes when enough others wait already
# is told to come again, so that signing in never takes all threads of a process.
HASHES = 4
_hashing = Line(at_once=HASHES, waiting=3, seconds=3)


def share_hashes(processes: int) -> None:
    """Let this process check so many passwords at once that all of them together check at most
    HASHES. Where there are more processes than that, each checks one."""
    global _hashing
    _hashing = Line(at_once=max(1, HASHES // processes), waiting=3, seconds=3)


@contextmanager
def turn_to_hash() -> Iterator[None]:
    """Wait for one's turn to check or hash a password. Raises Busy."""
    line = _hashing
    line.enter()
    try:
        yield
    finally:
        line.leave()


def normal_phone(typed: str) -> str | None:
    """The number as `+62812…`, however it was typed or pasted: `0812…`, `62812…`, `0062 0812…`,
    `tel:+62…`, with blanks, dots, dashes, slashes and signs of which nothing is seen. None if it
    cannot be a mobile number."""
    plain = seen(unicodedata.normalize("NFKC", typed))
    digits = re.sub(
        r"[().,/\u00b7\-\u2010-\u2015\u2212]", "", re.sub("^tel:", "", plain, flags=re.I)
    )
    match = re.fullmatch(r"(?:(?:\+|00)?620?|0)(8[0-9]{7,12})", digits)
    return f"+62{match[1]}" if match else None


def looks_like_phone(typed: str) -> bool:
    """Whether somebody meant a number: digits and no letter. It may be incomplete."""
    plain = seen(typed)
    return any(map(str.isdigit, plain)) and not any(map(str.isalpha, plain))


def require_phone(typed: str) -> str:
    """The number as `normal_phone` gives it. Raises WrongContent on `phone` for what cannot be one:
    that depends on the typing alone and tells nothing about accounts."""
    phone = normal_phone(typed)
    if phone is None:
        sentence = (
            "Nomor HP belum lengkap. Tulis seluruhnya, misalnya 0812 3456 7890."
            if seen(typed)
            else "Isi nomor HP."
        )
        raise WrongContent(sentence, {"phone": sentence})
    return phone


def require_name(typed: str) -> str:
    """The name as it is kept. Raises WrongContent on `name` for none, and for one that is too
    long."""
    name = " ".join(read(typed).split())
    if not 1 <= len(name) <= NAME_MAX:
        sentence = f"Isi nama, paling banyak {NAME_MAX} huruf."
        raise WrongContent(sentence, {"name": sentence})
    return name


def require_password(password: str) -> None:
    """Raises ValueError in words for what is too short to be a password."""
    if len(password) < LIMITS.password_min:
        raise ValueError(f"Kata sandi paling sedikit {LIMITS.password_min} huruf.")


def hash_password(password: str) -> str:
    """An argon2id hash. Raises ValueError when the password is too short."""
    require_password(password)
    return _hasher.hash(password)


def password_matches(user: User | None, password: str) -> bool:
    """Whether this is the password. Takes equally long without an account, so that the time
    does not tell which numbers have one."""
    return secret_matches(user.password_hash if user else None, password)


def hash_secret(secret: str) -> str:
    """An argon2id hash of something short that is kept from the server otherwise, such as a PIN."""
    return _hasher.hash(secret)


def secret_matches(kept: str | None, secret: str) -> bool:
    """Whether `kept` is the hash of this secret. Takes equally long where nothing is kept."""
    try:
        _hasher.verify(_NOBODY if kept is None else kept, secret)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def find_by_phone(session: Session, typed: str) -> User | None:
    """The account with this number, however it was typed."""
    phone = normal_phone(typed)
    return session.scalars(select(User).where(User.phone == phone)).first() if phone else None


def account(
    phone: str,
    name: str,
    role: str,
    region_code: str,
    password_hash: str,
    since: date | None = None,
) -> User:
    """An account and its first term, not added yet. Raises WrongContent for what is wrong in
    itself."""
    user = account_without_office(phone, name, role, password_hash)
    require_office(role, region_code)
    first = since or day_of(user.created_at)
    user.terms = [Term(role=role, region_code=region_code, kind=HOLDER, since=first)]
    return user


def account_without_office(phone: str, name: str, role: str, password_hash: str) -> User:
    """The same for somebody who is given a term next."""
    return User(
        id=str(uuid.uuid4()),
        phone=require_phone(phone),
        name=require_name(name),
        role=role,
        password_hash=password_hash,
        active=True,
        created_at=now(),
    )
