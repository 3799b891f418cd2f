"""The headers that every answer bears."""

from __future__ import annotations

from flask import Flask, Response, current_app, g

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def register(app: Flask) -> None:
    """Mark every answer as ours, and say what a browser may do with it."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Add what the view did not say itself."""
    headers = response.headers
    headers["Sipokat"] = "1"
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if "Sipokat-Shell" not in headers:
        response.vary.update(("Accept", "HX-Request", "Cookie"))
        _name_owner(response)
    return response


def _name_owner(response: Response) -> None:
    """The worker keeps a page only for the person it was made for. A page that asked for nobody
    was made for nobody, and here it is too late to ask: the database may be gone."""
    person = g.get("_login_user")
    if response.mimetype == "text/html" and person is not None and person.is_authenticated:
        response.headers["Sipokat-User"] = person.id
