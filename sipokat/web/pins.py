"""Signing in by PIN, on a phone that was activated for the person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import pins
from sipokat.domain.refusals import NotSignedIn, TooMany
from sipokat.domain.who_helps import who_helps
from sipokat.turns import Busy
from sipokat.web import body
from sipokat.web.access import ANYONE, allow, takes
from sipokat.web.cookies import device_token
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import safe_next, wants_json
from sipokat.web.sign_in import BUSY, device_name, refused_page, signed_in_answer

pages = Blueprint("pins", __name__)


def _given() -> dict[str, Any]:
    if body.is_json():
        return body.read_json({"pin": body.text, "user": body.text}, required=("pin",))
    return body.read_form()


@pages.post("/masuk/pin")
@allow(ANYONE)
@takes(_given)
def enter() -> ResponseReturnValue:
    """Sign in. A session that this browser had before is ended."""
    to, user = safe_next(g.body.get("next", "/beranda")), g.body.get("user")
    address = request.remote_addr or ""
    try:
        signed_in = pins.enter(g.body.get("pin", ""), user, device_token(), address, device_name())
    except (NotSignedIn, TooMany) as refusal:
        if wants_json():
            raise
        note_refusal(refusal)
        return refused_page(refusal, {"user": user, "by_pin": True}, to)
    except Busy:
        if wants_json():
            raise
        return refused_page(TooMany(BUSY, 5), {"user": user, "by_pin": True}, to)
    return signed_in_answer(signed_in, to)


def pin_people() -> list[dict[str, Any]]:
    """Who may sign in by PIN on this phone, and whom each asks for a new code: for the page to sign
    in, last used first."""
    session = db.session()
    return [
        {
            "id": one.id,
            "name": one.name,
            "pair": (one.id, one.name),
            "call": who_helps(session, one),
        }
        for one in pins.known_on(session, device_token())
    ]


def code_calls() -> list[str]:
    """Whom to ask for a new code, where one is all that opens an account on this phone: it knows
    somebody who has neither a PIN here any more nor a password, and nobody else by a PIN. As a
    rule it is an RT head's that was put out as lost."""
    session, token = db.session(), device_token()
    if pins.known_on(session, token):
        return []
    return list(dict.fromkeys(who_helps(session, one) for one in pins.lost_on(session, token)))
