"""Refuses requests that another site makes the browser of a signed-in person send, and those under
a host name that is not ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request

from sipokat.domain.refusals import Misdirected, NeverAllowed
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
            "Ini dikirim dari situs lain. Buka SIPOKAT, lalu coba lagi.",
            code="cross_site",
        )


def refuse_foreign_host() -> None:
    """Raise Misdirected in production for a host name that is not ours: links and redirects made
    from it would lead away, and another site's name could be made to point here."""
    if current_app.config["MODE"] == "production" and not _is_ours(request.host):
        raise Misdirected("Alamat ini bukan alamat SIPOKAT. Periksa alamatnya.")


def _is_ours(host: str) -> bool:
    """Whether it is one of our names, on whatever port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    allowed = current_app.config["HOSTS"]
    return name in allowed or f"[{name}]" in allowed


def _own_origin() -> str | None:
    return f"{request.scheme}://{request.host}" if _is_ours(request.host) else None
