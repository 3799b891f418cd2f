"""Who may use a route and how large its body may be: declared on each view, checked before it runs.

Who asks, and how much, comes before any work. A request is refused in this order: under a name that
is not ours, in a coding that we do not take, from another site, unreadable address, not signed in,
too often, too large, unreadable body, wrong role. So a body is parsed for nobody but who is signed
in, and their own refusals keep the order of `domain/refusals.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Flask, after_this_request, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import NotFound as NoSuchPage

from sipokat.domain.clock import now
from sipokat.domain.limits import LIMITS
from sipokat.domain.offices import roles_ever, roles_let_in
from sipokat.domain.refusals import Malformed, NeverAllowed, NotSignedIn
from sipokat.domain.roles import ROLES
from sipokat.domain.sessions import find_session, on_phone
from sipokat.extensions import login
from sipokat.models import User
from sipokat.web.body import gather_chunks, has_control, read_texts, too_large
from sipokat.web.cookies import device_token, renew_session, session_token
from sipokat.web.cross_site import refuse_cross_site, refuse_foreign_host
from sipokat.web.too_often import refuse_too_often

SAFE = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
EVERYBODY = tuple(ROLES)


def allow(*roles: str, signed_out: Callable[[], Any] | None = None) -> Callable[[View], View]:
    """Declare who may use the route: ANYONE, EVERYBODY who is signed in, with an office or without
    one, or keys of `ROLES` in `domain/roles.py`.

    `signed_out` is called when nobody is signed in and a plain form was posted, whose texts are in
    `g.body` then. It may return an answer of its own; when it returns None, the answer is the usual
    401.
    """

    def declare(view: View) -> View:
        view.access = roles  # type: ignore[attr-defined]
        view.signed_out = signed_out  # type: ignore[attr-defined]
        return view

    return declare


def takes(
    parser: Callable[[], Any], limit: int = LIMITS.body_bytes, form_limit: int | None = None
) -> Callable[[View], View]:
    """Declare the body of the route. `parser` reads it into `g.body`, or raises Malformed, once it
    is known who is signed in. `limit` is its size in bytes, `form_limit` that of a multipart form.
    """

    def declare(view: View) -> View:
        view.parser = parser  # type: ignore[attr-defined]
        view.limits = (limit, form_limit or limit)  # type: ignore[attr-defined]
        return view

    return declare


def me() -> User:
    """The signed-in person as a `User`. Flask-Login's `current_user` is only a proxy, which the
    domain could neither compare by identity nor put into a row."""
    person: User = current_user._get_current_object()
    return person


def register(app: Flask) -> None:
    """Let `check_request` see every request before its view, and Flask-Login find our session."""
    app.config["MAX_CONTENT_LENGTH"] = LIMITS.form_bytes  # each view's own limit is set then
    app.before_request(check_request)
    # WhiteNoise serves the files under /static/; only paths without a file reach this view.
    allow(ANYONE)(app.view_functions["static"])
    login.request_loader(_load_user)


def check_request() -> Any:
    """Refuse a request that must not reach its view, in the order given at the top. Otherwise parse
    its body into `g.body`.

    `g.copies_end` says that the phone must drop the pages that it has kept for this person: their
    session has ended, or their right to a page. A request from another site ends nothing.
    """
    refuse_foreign_host()
    _refuse_coded()
    if request.url_rule is None:
        return None
    view = current_app.view_functions[request.url_rule.endpoint]
    access: tuple[str, ...] = getattr(view, "access", ())
    changes = request.method not in SAFE
    if changes:
        refuse_cross_site()
    _refuse_unreadable_address()
    if ANYONE not in access and (answer := _refuse_strangers(view, changes)) is not None:
        return answer
    if changes:
        refuse_too_often()
    _refuse_too_large(view)
    parser = getattr(view, "parser", None)
    if parser is not None and changes:
        g.body = parser()
    if access not in ((ANYONE,), EVERYBODY) and roles_let_in(me()).isdisjoint(access):
        # A page that this person could open once and may not any more. (To post something is
        # another matter, and so is a page that never was theirs: anybody can make a link to it.)
        g.copies_end = not changes and not roles_ever(me()).isdisjoint(access)
        raise NeverAllowed("Halaman ini bukan untuk jabatan Anda.")
    return None


def _refuse_coded() -> None:
    """Refuse a body that is sent in any coding but `chunked` alone, as `gzip, chunked`: gunicorn
    takes such chunks apart, but nobody would count their bytes."""
    coding = request.headers.get("Transfer-Encoding")
    if coding is not None and not _is_chunked(coding):
        raise Malformed("Kiriman tidak terbaca. Muat ulang halaman, lalu kirim lagi.")


def _is_chunked(coding: str) -> bool:
    return coding.strip().lower() == "chunked"


def _refuse_unreadable_address() -> None:
    if any(has_control(str(value)) for value in (request.view_args or {}).values()):
        raise NoSuchPage
    if any(has_control(value) for value in request.args.values()):
        raise Malformed("Alamat ini tidak terbaca. Periksa tulisannya.")


def _refuse_strangers(view: Any, changes: bool) -> Any:
    """Refuse whoever is not signed in, or is somebody else than the phone says. What was typed into
    a plain form is kept for the page that says so; files are neither kept nor opened."""
    if current_user.is_authenticated:
        claimed = request.headers.get("Sipokat-User")
        if claimed is not None and claimed != current_user.id:
            g.copies_end = True
            raise NotSignedIn("HP ini sedang dipakai akun lain. Masuk dengan akun Anda.")
        return None
    g.copies_end = True
    if changes:
        g.body = typed = read_texts(_limit_of(view))
        keeps = getattr(view, "signed_out", None)
        if typed and keeps is not None and (answer := keeps()) is not None:
            return answer
    raise NotSignedIn("Masuk dulu untuk melanjutkan.")


def _load_user(_request: Any) -> User | None:
    at = now()
    found = g.login_session = find_session(session_token(), at)
    if found is None:
        return None
    if found.device_id is None:
        g.login_session = on_phone(found, device_token())
    if found.last_used_at == at:  # find_session has just prolonged the session
        after_this_request(partial(renew_session, found.lasts(at)))
    return found.user


def _limit_of(view: Any) -> int:
    """The size in bytes that the body of this request may have."""
    plain, form = getattr(view, "limits", (LIMITS.body_bytes, LIMITS.body_bytes))
    return int(form if request.mimetype == "multipart/form-data" else plain)


def _refuse_too_large(view: Any) -> None:
    limit = _limit_of(view)
    request.max_content_length = limit
    if _is_chunked(request.headers.get("Transfer-Encoding", "")):
        gather_chunks(limit)
    elif request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
