"""Refuses what another site has a browser send in a signed-in person's name."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request

from sipokat.domain.refusals import NeverAllowed
from sipokat.web.cookies import session_token


def refuse_cross_site() -> None:
    """Raises NeverAllowed (403, `cross_site`) unless the request came from our own pages.

    A token in the cached form would be stale, so the browser's own headers decide: Sec-Fetch-Site,
    else Origin; a request with neither may not carry the session cookie.
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
