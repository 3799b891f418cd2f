"""Codes on paper for a kelurahan: whom they are for, and the sheet to print.

The sheet is the answer to the post itself: only hashes of its codes are kept, and so many fit into
no cookie. Whoever loads it anew is told that these codes are good still, and ends none by it.
"""

from __future__ import annotations

from typing import Any

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerHour

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import codes, fresh, handouts, titles
from sipokat.domain.activations import Made
from sipokat.domain.clock import day_of, now
from sipokat.domain.handouts import Recipient
from sipokat.domain.imports.places import kelurahan_names
from sipokat.domain.refusals import Refused
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.present import code_links, times
from sipokat.web.too_often import refuse_more

pages = own_pages("administration_handouts")
RATE = RateLimitItemPerHour(30)  # sheets for a kelurahan each


def _read() -> dict[str, Any]:
    """The kelurahan, the ids of the people who are chosen, and whether codes are replaced that are
    still good."""
    return body.read_form() | {"people": request.form.getlist("people")}


@pages.get("/pengelolaan/lembar")
@allow("diskominfo")
def choose() -> ResponseReturnValue:
    """Choose a kelurahan, then its people."""
    kelurahan = request.args.get("kelurahan", "")
    return _chooser(kelurahan)


def _chooser(kelurahan: str, refusal: Refused | None = None) -> ResponseReturnValue:
    session = db.session()
    try:
        people = handouts.recipients(session, kelurahan) if kelurahan else []
    except Refused as unknown:
        people, kelurahan, refusal = [], "", refusal or unknown
    html = render_template(
        "administration/handouts.html",
        kelurahan=kelurahan,
        options=kelurahan_names(session, day_of(now())),
        people=[_choice(one, refusal) for one in people],
        errors=refusal.fields if refusal else {},
    )
    return make_response(html, refusal.status if refusal else 200)


def _choice(one: Recipient, refusal: Refused | None) -> dict[str, Any]:
    """Somebody to choose: after a refusal as it was chosen, else who has no code and needs one."""
    said = "sudah pernah masuk" if one.was_there else ""
    if one.code_until:
        until = times.date_words(day_of(one.code_until))
        said = " dan ".join(filter(None, (said, f"punya kode sampai {until}")))
    chosen = one.person.id in g.body["people"] if refusal and "body" in g else one.waits
    facts = {"id": one.person.id, "name": one.person.name, "office": _office(one)}
    return facts | {"said": said, "chosen": chosen, "has_code": one.code_until is not None}


@pages.post("/pengelolaan/lembar")
@allow("diskominfo")
@takes(_read)
@require_fresh(fresh.to_activate)
def make() -> ResponseReturnValue:
    """Make a code for each of them, and show all on a sheet to print."""
    kelurahan, chosen = g.body.get("kelurahan", ""), set(g.body["people"])
    refuse_more(RATE, "handouts", me().id)
    try:
        with writing() as session:
            made = handouts.make(session, me(), kelurahan, chosen, bool(g.body.get("replace")))
    except Refused as refusal:
        db.session.rollback()
        return _chooser(kelurahan, refusal)
    for one, _code in made:
        security.note("activation_made", me().id, subject=one.person.id)
    return render_template(
        "administration/handout_sheet.html",
        kelurahan=kelurahan,
        handouts=[_handout(one, code) for one, code in made],
        site=code_links.site(),
    )


def _handout(one: Recipient, made: Made) -> dict[str, Any]:
    return {
        "name": one.person.name,
        "office": _office(one),
        "code": codes.shown(made.code),
        "picture": code_links.picture(made.code),
        "until": times.date_words(day_of(made.until)),
    }


def _office(one: Recipient) -> str:
    return titles.title(db.session(), one.role, one.region, seat=one.title)
