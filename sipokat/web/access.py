"""Who may use a route, and what it takes: declared on the view, enforced in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask_login import current_user

from sipokat.domain.roles import ROLES
from sipokat.models import User

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
EVERYBODY = tuple(ROLES)


def allow(*roles: str, signed_out: Callable[[], Any] | None = None) -> Callable[[View], View]:
    """Declare who may use the route: ANYONE, or roles of `domain/roles.py`. `signed_out` may
    answer somebody without a session in a way of its own; None from it means the usual 401."""

    def declare(view: View) -> View:
        view.access = roles  # type: ignore[attr-defined]
        view.signed_out = signed_out  # type: ignore[attr-defined]
        return view

    return declare


def takes(
    parser: Callable[[], Any], limit: int = 64 * 1024, form_limit: int | None = None
) -> Callable[[View], View]:
    """Declare the body: `parser` reads the request into `g.body` or raises Malformed, before
    anybody is asked who they are. `limit` is in bytes; `form_limit` that of a multipart post."""

    def declare(view: View) -> View:
        view.parser = parser  # type: ignore[attr-defined]
        view.limits = (limit, form_limit or limit)  # type: ignore[attr-defined]
        return view

    return declare


def me() -> User:
    """The signed-in person themselves, not Flask-Login's stand-in: the domain keeps hold of it."""
    person: User = current_user._get_current_object()
    return person
