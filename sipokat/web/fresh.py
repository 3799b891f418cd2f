"""Views that ask anew who somebody is, when they have not proved it lately.

    @pages.post("/pengelolaan/orang/<user_id>/aktivasi")
    @allow("lurah", "camat", "diskominfo")
    @takes(body.read_form)
    @require_fresh(fresh.to_activate)
    def activate(user_id: str) -> ResponseReturnValue: ...

A page shows the small form in its place and leads back to itself. A form that was posted is shown
as that small form, with all that was typed carried along unseen: it is posted once more, to the
same view. It takes no files, which a browser does not send twice.
JSON and htmx get 401 `prove`; after `POST /akun/pastikan` they ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.domain import fresh
from sipokat.domain.refusals import NotSignedIn, Refused, TooMany, WrongContent
from sipokat.extensions import login
from sipokat.models import User
from sipokat.web import body
from sipokat.web.access import EVERYBODY, SAFE, View, allow, me, takes
from sipokat.web.cookies import clear_session, device_token
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import error_response, safe_next, see_other, wants_fragment, wants_json
from sipokat.web.sign_in import refused_page

pages = Blueprint("fresh", __name__)
FIELD = "proof"
ASK = "Ketik lagi untuk memastikan ini Anda."


def require_fresh(
    within: Callable[[User], timedelta] = fresh.usual,
) -> Callable[[View], Callable[..., Any]]:
    """Let the view run only for whoever has proved who they are, so lately as `within` says of
    them. Whether they may use it at all has been asked before. A form may bring the proof in a
    field of its own, `proof`, which the view does not see."""

    def declare(view: View) -> Callable[..., Any]:
        @wraps(view)
        def asked(*args: Any, **kwargs: Any) -> Any:
            typed = request.form.get(FIELD)
            if isinstance(given := g.get("body"), dict):
                given.pop(FIELD, None)
            if fresh.is_fresh(g.login_session.proved_at, within(me())):
                return view(*args, **kwargs)
            if typed is None:
                return _ask()
            return _prove(typed, _ask) or view(*args, **kwargs)

        asked.asks_anew = True  # type: ignore[attr-defined]
        return asked

    return declare


@pages.get("/akun/pastikan")
@allow(*EVERYBODY)
def form() -> ResponseReturnValue:
    """The small form by itself, which leads to `lanjut`."""
    return _page(safe_next(request.args.get("lanjut", "/akun")), status=200)


def _given() -> dict[str, Any]:
    if body.is_json():
        return body.read_json({FIELD: body.text}, required=(FIELD,))
    return body.read_form()


@pages.post("/akun/pastikan")
@allow(*EVERYBODY)
@takes(_given)
def prove() -> ResponseReturnValue:
    """Prove who one is, by PIN or password."""
    to = safe_next(g.body.get("next", "/akun"))
    answer = _prove(g.body.get(FIELD, ""), lambda refusal: _page(to, refusal))
    return answer or (jsonify({"ok": True}) if wants_json() else see_other(to))


def _prove(typed: str, again: Callable[[Refused], Any]) -> ResponseReturnValue | None:
    """None when it is proved. After the last wrong PIN nobody is signed in any more."""
    found = g.login_session
    try:
        at = fresh.prove(me(), found.id, typed, device_token())
    except (WrongContent, TooMany) as refusal:
        if wants_json():
            raise
        note_refusal(refusal)
        answer: ResponseReturnValue = again(refusal)
        return answer
    except NotSignedIn as refusal:
        return shut_out(refusal)
    g.login_session = replace(found, proved_at=at)
    return None


def shut_out(refusal: NotSignedIn) -> ResponseReturnValue:
    """The answer to who has typed the last wrong PIN that was allowed: the phone knows them no
    more, and its copies go."""
    g.copies_end = True
    if wants_json():
        raise refusal
    note_refusal(refusal)
    g._login_user = login.anonymous_user()
    response = make_response(refused_page(refusal, {}, "/beranda"))
    clear_session(response)
    return response


def _ask(refusal: Refused | None = None) -> ResponseReturnValue:
    """Ask for the proof in place of the view."""
    if wants_json() or wants_fragment():
        words = {"error": "prove", "message": ASK, "fields": {}}
        return error_response(401, "Pastikan ini Anda", words, {})
    if request.method in SAFE:
        return _page(request.full_path.rstrip("?"), refusal)
    return _page(request.full_path.rstrip("?"), refusal, repeat=True)


def _page(
    to: str,
    refusal: Refused | None = None,
    status: int = 401,
    repeat: bool = False,
) -> ResponseReturnValue:
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if repeat and name != FIELD and name not in body.PASSWORDS
    ]
    html = render_template(
        "fresh/ask.html",
        to=to,
        repeat=repeat,
        carried=carried,
        by_pin=fresh.by_pin(me(), device_token()),
        error=refusal.message if refusal else "",
    )
    response = make_response(html, refusal.status if refusal else status)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
