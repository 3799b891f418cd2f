"""Codes on paper for a kelurahan: whom they are for, and the sheet to print.

The sheet is the answer to the post itself. Only hashes of its codes are kept, and so many fit into
no cookie; a browser that is to load it anew asks its person first.
"""

from __future__ import annotations

from typing import Any

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue

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

pages = own_pages("administration_handouts")


def _read() -> dict[str, Any]:
    """The kelurahan, and the ids of the people who are chosen."""
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
        people=[
            {"id": one.person.id, "name": one.person.name, "office": _office(one)}
            | {"was_there": one.was_there}
            for one in people
        ],
        errors=refusal.fields if refusal else {},
    )
    return make_response(html, refusal.status if refusal else 200)


@pages.post("/pengelolaan/lembar")
@allow("diskominfo")
@takes(_read)
@require_fresh(fresh.to_activate)
def make() -> ResponseReturnValue:
    """Make a code for each of them, and show all on a sheet to print."""
    kelurahan = g.body.get("kelurahan", "")
    try:
        with writing() as session:
            made = handouts.make(session, me(), kelurahan, set(g.body["people"]))
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
