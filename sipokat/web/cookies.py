"""The two cookies: the token of the session, and one that marks a phone as known to an account."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Request, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.wrappers import Response

from sipokat.domain.clock import now
from sipokat.domain.offices import lasting
from sipokat.domain.sign_in import DEVICE_LIFE, SignedIn


class Messages(SecureCookieSessionInterface):
    """Flask's own session, which carries what is shown once on the next page: flashed messages, and
    a code that was just made. Hardly any request brings one, and to make ready for it takes as long
    as two statements."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _name(kind: str) -> str:
    return f"{current_app.config['COOKIE_PREFIX']}sipokat-{kind}"


def session_token() -> str | None:
    """The session's token in this request, None when there is none."""
    return request.cookies.get(_name("sesi"))


def device_token() -> str | None:
    """The token that this phone was given at an earlier sign-in."""
    return request.cookies.get(_name("hp"))


def set_cookies(response: Response, signed_in: SignedIn) -> None:
    """Give the browser both tokens."""
    life = lasting(signed_in.user)
    _set(response, _name("sesi"), signed_in.token, min(life.idle, life.at_most))
    _set(response, _name("hp"), signed_in.device_token, DEVICE_LIFE)


def renew_session(life: timedelta, response: Response) -> Response:
    """Set the session's cookie again, to expire `life` from now as the session does. Does nothing
    when this request has ended the session, or has given it another token."""
    if g.login_session is not None and not g.get("renewed"):
        _set(response, _name("sesi"), session_token() or "", life)
    return response


def renew_token(response: Response, token: str) -> None:
    """Give the browser the other token that its session has got. It ends when it would have."""
    g.renewed = True
    _set(response, _name("sesi"), token, g.login_session.lasts(now()))


def clear_session(response: Response) -> None:
    """Delete the session's cookie. The phone's own cookie stays."""
    g.login_session = None
    _set(response, _name("sesi"), "", timedelta(0))


def _set(response: Response, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=life,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
