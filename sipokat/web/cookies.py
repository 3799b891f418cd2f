"""The two cookies: the session's token, and the token by which an account knows a phone."""

from __future__ import annotations

from flask import Response, current_app, request

from sipokat.domain.roles import ROLES
from sipokat.domain.sign_in import DEVICE_LIFE, SignedIn, hashed


def _name(kind: str) -> str:
    return f"{current_app.config['COOKIE_PREFIX']}sipokat-{kind}"


def session_token() -> str | None:
    """The token of the session that this request bears."""
    return request.cookies.get(_name("sesi"))


def sender() -> str:
    """Whom a limit counts: the session, since many phones share an address."""
    return hashed(session_token() or request.remote_addr or "")


def device_token() -> str | None:
    """The token that this phone was given at an earlier sign-in."""
    return request.cookies.get(_name("hp"))


def set_cookies(response: Response, signed_in: SignedIn) -> None:
    """Give the browser both tokens."""
    life = ROLES[signed_in.user.role].session
    _set(response, _name("sesi"), signed_in.token, int(life.total_seconds()))
    _set(response, _name("hp"), signed_in.device_token, int(DEVICE_LIFE.total_seconds()))


def clear_session(response: Response) -> None:
    """Take the session's token back; the phone stays known."""
    _set(response, _name("sesi"), "", 0)


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
