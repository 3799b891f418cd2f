"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.user_agent import UserAgent

from sipokat import security
from sipokat.domain.refusals import NotSignedIn, Refused, TooMany, WrongContent
from sipokat.domain.sessions import sign_out
from sipokat.domain.sign_in import SignedIn, sign_in
from sipokat.extensions import login
from sipokat.turns import Busy
from sipokat.web import body
from sipokat.web.access import ANYONE, allow, takes
from sipokat.web.cookies import clear_session, device_token, session_token, set_cookies
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import safe_next, see_other, user_json, wants_json

pages = Blueprint("sign_in", __name__)
BUSY = "Banyak yang sedang masuk. Tunggu 5 detik, lalu coba lagi."


def _credentials() -> dict[str, Any]:
    if body.is_json():
        shape = {"phone": body.text, "password": body.text}
        return body.read_json(shape, required=("phone", "password"))
    return body.read_form()


def _nothing() -> dict[str, Any]:
    return body.read_json({}) if body.is_json() and request.get_data() else {}


@pages.get("/masuk")
@allow(ANYONE)
def form() -> ResponseReturnValue:
    """The page to sign in. After a plain form has signed out it tells the phone that it has no
    owner any more."""
    g.signed_out = session.pop("left", False)
    return _page({}, safe_next(request.args.get("lanjut", "/beranda")))


def _page(
    values: dict[str, Any], to: str, message: str = "", status: int = 200
) -> ResponseReturnValue:
    """The page to sign in. It never names an owner, even when this browser still has a session: a
    phone that was signed out offline must not take its former owner from it again."""
    inside = current_user.is_authenticated
    g._login_user = login.anonymous_user()
    html = render_template(
        "account/sign_in.html",
        values=values,
        next=to,
        message=message,
        inside=inside,
    )
    response = make_response(html, status)
    if g.get("signed_out"):
        response.headers["Sipokat-Signed-Out"] = "1"
    return response


@pages.post("/masuk")
@allow(ANYONE)
@takes(_credentials)
def enter() -> ResponseReturnValue:
    """Sign in. A session that this browser had before is ended."""
    to = safe_next(g.body.get("next", "/beranda"))
    phone, password = g.body.get("phone", ""), g.body.get("password", "")
    try:
        signed_in = sign_in(
            phone, password, request.remote_addr or "", device_token(), device_name()
        )
    except (NotSignedIn, TooMany, WrongContent) as refusal:
        if wants_json():
            raise
        note_refusal(refusal)
        return refused_page(refusal, {"phone": phone}, to)
    except Busy:
        if wants_json():
            raise
        return refused_page(TooMany(BUSY, 5), {"phone": phone}, to)
    return signed_in_answer(signed_in, to)


def signed_in_answer(signed_in: SignedIn, to: str) -> ResponseReturnValue:
    """The answer to who has just got in, with their cookies. A session that this browser had before
    is ended."""
    former = session_token()
    if former:
        sign_out(former)
    g._login_user = signed_in.user
    response = jsonify({"user": user_json()}) if wants_json() else see_other(to)
    set_cookies(response, signed_in)
    return response


def refused_page(refusal: Refused, values: dict[str, Any], to: str) -> ResponseReturnValue:
    """The page to sign in again, with why it was refused and what was typed."""
    response = make_response(_page(values, to, refusal.message, refusal.status))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


@pages.post("/keluar")
@allow(ANYONE)
@takes(_nothing)
def leave() -> ResponseReturnValue:
    """Sign out: end this browser's session, if it has one. When the phone names another person than
    the session's, the session is not ended."""
    claimed = request.headers.get("Sipokat-User")
    if claimed is not None and current_user.is_authenticated and claimed != current_user.id:
        raise NotSignedIn("HP ini sedang dipakai akun lain.")
    if current_user.is_authenticated:
        security.note("signed_out", current_user.id)
    sign_out(session_token())
    g._login_user = login.anonymous_user()
    # Where no script has told the phone, the page to sign in will. Nobody else can make it say so:
    # a form on another site's page has been refused.
    session["left"] = not wants_json()
    response = jsonify({"ok": True}) if wants_json() else see_other("/masuk")
    clear_session(response)
    return response


def device_name() -> str:
    """The browser and the system by its User-Agent: `Chrome di Android`. Another app's browser has
    that app's name, since on the same phone Chrome is another entry in the list of phones."""
    agent: UserAgent = request.user_agent
    text = agent.string
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browsers = (
        ("WhatsApp", "WhatsApp"),
        ("; wv)", "Aplikasi lain"),
        ("SamsungBrowser", "Samsung Internet"),
        ("OPR", "Opera"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    browser = next((name for sign, name in browsers if sign in text), "Aplikasi lain")
    system = next((name for sign, name in systems if sign in text), "")
    return f"{browser} di {system}" if system else browser
