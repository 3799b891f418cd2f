"""The headers of every answer."""

from __future__ import annotations

from flask import Flask, Response, current_app, g

from sipokat.domain.clock import now
from sipokat.domain.offices import lasting, next_end, rights_of

PICTURES = "img-src 'self' data: blob:"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        PICTURES,
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# No view sets one of these itself; a page with a map names its tiles' origin in `g.tile_origin`.
EVERY = (
    ("Sipokat", "1"),
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()"),
)


def register(app: Flask) -> None:
    """Let `add_headers` see every answer."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Mark the answer as ours (`Sipokat: 1`), and say what a browser may do with it and how long it
    may keep it. A view may have set Cache-Control itself."""
    headers = response.headers
    headers.extend(EVERY)
    if origin := g.get("tile_origin"):
        headers["Content-Security-Policy"] = POLICY.replace(PICTURES, f"{PICTURES} {origin}")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if g.get("copies_end"):
        headers["Sipokat-Copies"] = "end"
    if "Sipokat-Shell" not in headers:
        headers["Vary"] = "Accept, HX-Request, Cookie"
        _name_owner(response)
    return response


def _name_owner(response: Response) -> None:
    """Name the signed-in person on a page, so that the service worker keeps it for them alone, and
    shows it for no longer than copies may be shown in their offices, nor beyond the known end of
    one of them. With their rights it also sees that an office has ended or changed meanwhile.

    Views that never looked at the session send no Sipokat-User header: this runs after the request,
    when the database may be gone, and must not load the session.
    """
    person = g.get("_login_user")
    if response.mimetype != "text/html" or person is None or not person.is_authenticated:
        return
    response.headers["Sipokat-User"] = person.id
    if response.status_code != 200:
        return  # it is not kept, and may be an answer without a page, which has not read the terms
    response.headers["Sipokat-Rights"] = rights_of(person)
    if g.get("not_kept"):
        return  # a page without Sipokat-Copy-Seconds is kept on no device
    life, end = lasting(person).copies, next_end(person)
    seconds = (min(life, end - now()) if end else life).total_seconds()
    response.headers["Sipokat-Copy-Seconds"] = str(max(0, int(seconds)))
