"""Refuses requests that another site makes the browser of a signed-in person send."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request

from sipokat.domain.refusals import NeverAllowed
from sipokat.web.cookies import session_token


def refuse_cross_site() -> None:
    """Raise NeverAllowed (403, `cross_site`) unless the request comes from our own pages.

    A form that the phone has cached cannot carry a fresh token, so the browser's headers decide:
    Sec-Fetch-Site, or else Origin. A request with neither is refused if it has a session cookie.
    (OWASP, Cross-Site Request Forgery Prevention: Fetch Metadata with the Origin fallback.)
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        passed = site in ("same-origin", "none")
    elif (origin := request.headers.get("Origin")) is not None:
        passed = origin == (current_app.config["ORIGIN"] or _own_origin())
    else:
        passed = session_token() is None
    if not passed:
        raise NeverAllowed(
            "Permintaan ini datang dari situs lain. Buka SIPOKAT, lalu coba lagi.",
            code="cross_site",
        )


def _own_origin() -> str | None:
    host = urlsplit(f"//{request.host}").hostname or ""
    allowed = current_app.config["HOSTS"]
    known = host in allowed or f"[{host}]" in allowed
    return f"{request.scheme}://{request.host}" if known else None
