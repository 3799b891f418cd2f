"""Getting in without a password: a code, the last four digits of the number, and a PIN.

The code stands behind `#` in the link, which no browser sends anywhere; the page's script puts it
into the form. GET and HEAD never spend it, and neither does the first of the two forms.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import activation_use, codes, titles, typed_codes
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import Refused, TooMany, WrongContent
from sipokat.domain.term_days import runs_on
from sipokat.extensions import login
from sipokat.models import Activation, User
from sipokat.turns import Busy
from sipokat.web import body
from sipokat.web.access import ANYONE, allow, takes
from sipokat.web.cookies import device_token
from sipokat.web.present.people import called
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import see_other, wants_json
from sipokat.web.sign_in import BUSY, device_name, signed_in_answer

pages = Blueprint("activation", __name__)


def _given(*names: str) -> Any:
    def read() -> dict[str, Any]:
        if body.is_json():
            return body.read_json(dict.fromkeys(names, body.text), required=names)
        return body.read_form()

    return read


@pages.get("/aktivasi")
@allow(ANYONE)
def form() -> ResponseReturnValue:
    """Where the link leads: the page asks for the code, or takes it from its own address."""
    return _page()


@pages.get("/aktivasi/orang")
@allow(ANYONE)
def back() -> ResponseReturnValue:
    """Whoever loads the second page anew begins again: its form was posted."""
    return see_other("/aktivasi")


@pages.post("/aktivasi/orang")
@allow(ANYONE)
@takes(_given("code"))
def look() -> ResponseReturnValue:
    """Whose code it is, to be confirmed. Nothing is spent."""
    try:
        found = typed_codes.look(g.body.get("code", ""), request.remote_addr or "")
    except (WrongContent, TooMany) as refusal:
        return _refused(refusal)
    if wants_json():
        answer = {"name": found.user.name, "offices": _offices(found.user)}
        return jsonify(answer | {"pin_chosen": bool(found.uses)})
    return _page(found)


@pages.post("/aktivasi")
@allow(ANYONE)
@takes(_given("code", "last4", "pin"))
def spend() -> ResponseReturnValue:
    """Activate this browser, and sign in. A session that it had before is ended."""
    code, last4, pin = (g.body.get(name, "") for name in ("code", "last4", "pin"))
    try:
        signed_in = activation_use.spend(
            code, last4, pin, request.remote_addr or "", device_token(), device_name()
        )
    except (WrongContent, TooMany) as refusal:
        return _refused(refusal)
    except Busy:
        if wants_json():
            raise
        return _refused(TooMany(BUSY, 5))
    return signed_in_answer(signed_in, "/beranda")


def _refused(refusal: Refused) -> ResponseReturnValue:
    """The page again with why, and with whose it is as long as the code is good."""
    if wants_json():
        raise refusal
    note_refusal(refusal)
    found = None
    if "code" not in refusal.fields and "last4" in g.body:
        found = _still(g.body.get("code", ""))
    response = make_response(_page(found, refusal))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _still(code: str) -> Activation | None:
    try:
        return typed_codes.look(code, request.remote_addr or "")
    except Refused:
        return None


def _page(found: Activation | None = None, refusal: Refused | None = None) -> ResponseReturnValue:
    """The page. Like the one to sign in it names no owner, even when this browser has a session."""
    g._login_user = login.anonymous_user()
    person = found.user if found else None
    read = codes.read((g.get("body") or {}).get("code", ""))
    html = render_template(
        "activation/show.html",
        person=person,
        offices=_offices(person) if person else [],
        called=called(person.name) if person else "",
        pin_chosen=bool(found and found.uses),
        code=codes.shown(read) if read else (g.get("body") or {}).get("code", ""),
        errors=refusal.fields if refusal else {},
        message="" if not refusal or refusal.fields else refusal.message,
        inside_app=_inside_app(),
    )
    return make_response(html, refusal.status if refusal else 200)


def _offices(user: User) -> list[str]:
    held = (term for term in user.terms if runs_on(term, day_of(now())))
    return [titles.title_of(db.session(), term) for term in held]


def _inside_app() -> bool:
    """Whether another app, such as WhatsApp, shows our page in a browser of its own, in which
    nothing would be kept for Chrome."""
    agent = request.user_agent.string
    return "; wv)" in agent or "WhatsApp" in agent
