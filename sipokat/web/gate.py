"""What every request passes, in this order: cross-site, size and shape, who it is, their role."""

from __future__ import annotations

import io
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, after_this_request, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import NotFound as NoSuchPage

from sipokat.domain.clock import now
from sipokat.domain.refusals import Malformed, NeverAllowed, NotSignedIn, TooLarge
from sipokat.domain.roles import ROLES
from sipokat.domain.sign_in import find_session
from sipokat.extensions import login
from sipokat.models import User
from sipokat.web.access import ANYONE, allow
from sipokat.web.cookies import renew_session, session_token
from sipokat.web.shapes import has_control

SAFE = ("GET", "HEAD", "OPTIONS")
SMALL = 64 * 1024
TOO_LARGE = "Kiriman terlalu besar. Kirim foto yang lebih kecil."


def register(app: Flask) -> None:
    """Put the gate before every view."""
    app.before_request(pass_gate)
    # What is there under /static/ is served before Flask is asked; the rest is nowhere.
    allow(ANYONE)(app.view_functions["static"])
    login.request_loader(_load_user)


def pass_gate() -> Any:
    """Refuse what must not reach the view."""
    if request.url_rule is None:
        return None
    view = current_app.view_functions[request.url_rule.endpoint]
    if request.method not in SAFE:
        _refuse_cross_site()
    _refuse_too_large(view)
    if any(has_control(str(value)) for value in (request.view_args or {}).values()):
        raise NoSuchPage
    if any(has_control(value) for value in request.args.values()):
        raise Malformed("Alamat ini tidak terbaca. Periksa tulisannya.")
    parser = getattr(view, "parser", None)
    if parser is not None and request.method not in SAFE:
        g.body = parser()
    access: tuple[str, ...] = getattr(view, "access", ())
    if ANYONE in access:
        return None
    if not current_user.is_authenticated:
        keeps = getattr(view, "signed_out", None)
        if keeps is not None and (answer := keeps()) is not None:
            return answer
        raise NotSignedIn("Masuk dulu dengan nomor HP dan kata sandi Anda.")
    claimed = request.headers.get("Sipokat-User")
    if claimed is not None and claimed != current_user.id:
        raise NotSignedIn("HP ini sedang dipakai akun lain. Masuk dengan akun Anda.")
    if current_user.role not in access:
        raise NeverAllowed("Halaman ini bukan untuk peran Anda.")
    return None


def _load_user(_request: Any) -> User | None:
    at = now()
    found = g.login_session = find_session(session_token(), at)
    if found is None:
        return None
    if found.last_used_at == at:  # written down just now
        after_this_request(partial(renew_session, ROLES[found.user.role].session))
    return found.user


def _refuse_cross_site() -> None:
    """A cached form cannot carry a token that is still fresh, so the browser's own word counts:
    Sec-Fetch-Site, else Origin; a request with neither may not bear the session's cookie.
    (OWASP, Cross-Site Request Forgery Prevention: Fetch Metadata with the Origin fallback.)"""
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


def _refuse_too_large(view: Any) -> None:
    plain, form = getattr(view, "limits", (SMALL, SMALL))
    limit = form if request.mimetype == "multipart/form-data" else plain
    request.max_content_length = limit
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        _gather(limit)
    elif request.content_length is not None and request.content_length > limit:
        raise TooLarge(TOO_LARGE)


def _gather(limit: int) -> None:
    """Put the chunks together, whose sum nobody said beforehand: a stream with a limit would end
    there in silence, and half a body be taken for a whole one."""
    environ = request.environ
    if not environ.get("wsgi.input_terminated"):
        return  # the server does not undo chunks, so there is no body
    body = bytearray()
    try:
        while len(body) <= limit and (part := environ["wsgi.input"].read(64 * 1024)):
            body += part
    except (OSError, ValueError):
        raise Malformed("Kiriman terpotong di jalan. Kirim lagi.") from None
    if len(body) > limit:
        raise TooLarge(TOO_LARGE)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    del environ["HTTP_TRANSFER_ENCODING"]
