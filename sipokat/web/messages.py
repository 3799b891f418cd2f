"""One-time messages: shown on the next page, to the person they are for and to nobody else."""

from __future__ import annotations

from typing import Any

from flask import flash, get_flashed_messages
from flask_login import current_user


def _reader() -> str:
    return str(current_user.id) if current_user.is_authenticated else ""


def tell(text: str, reader: str | None = None) -> None:
    """Show this on the next page, if the same person opens it; with `reader=""`, if nobody is
    signed in then."""
    flash(text, _reader() if reader is None else reader)


def told() -> list[str]:
    """The messages for whoever is signed in. Those for others are dropped: on a shared phone the
    next person must not read them."""
    kept: list[Any] = get_flashed_messages(with_categories=True)
    reader = _reader()
    return [text for one, text in kept if one == reader]
