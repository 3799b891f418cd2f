"""A new person with their first office, made by Diskominfo."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import accounts, administration, people, people_list
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, Refused, WrongContent
from sipokat.domain.roles import ROLES
from sipokat.models import User
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_new_person")
MADE = "{} sudah terdaftar. Buat kode aktivasi untuk HP-nya."


@pages.get("/pengelolaan/orang/baru")
@allow("diskominfo")
def form() -> ResponseReturnValue:
    """The empty form."""
    return _page({"since": day_of(now()).isoformat()})


@pages.post("/pengelolaan/orang")
@allow("diskominfo")
@takes(given("name", "phone", "role", "region", "rt", "since"))
@require_fresh()
def create() -> ResponseReturnValue:
    """Make the account and its first term. It has no password: a code opens it."""
    by, typed = administration.diskominfo(me()), g.body
    try:
        region, since = _region(typed), _since(typed.get("since", ""))
        with writing() as session:
            person = accounts.create(
                session,
                by,
                typed.get("phone", ""),
                typed.get("name", ""),
                typed.get("role", ""),
                region,
                people.NO_PASSWORD,
                since,
            )
    except (WrongContent, NotNow) as refusal:
        if wants_json():
            raise
        return _page(typed, refusal)
    security.note("account_made", me().id, subject=person.id)
    if wants_json():
        return jsonify(_as_json(person)), 201
    tell(MADE.format(person.name))
    return see_other(f"/pengelolaan/orang/{person.id}")


def _region(typed: dict[str, str]) -> str:
    """The code of the office's region. The form asks for the kelurahan of an RT and for its number;
    that number is official too and is not counted here."""
    region, rt = typed.get("region", "").strip(), typed.get("rt", "").strip()
    if typed.get("role") != "rt_head" or region.count(".") != 3:
        return region
    if not (rt.isascii() and rt.isdigit() and 1 <= int(rt) <= 999 and len(rt) <= 3):
        sentence = "Isi nomor RT, misalnya 003."
        raise WrongContent(sentence, {"rt": sentence})
    return f"{region}.{int(rt):03d}"


def _since(typed: str) -> date:
    if not typed.strip():
        return day_of(now())
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        sentence = "Isi tanggal mulai menjabat."
        raise WrongContent(sentence, {"since": sentence}) from None


def _page(typed: dict[str, Any], refusal: Refused | None = None) -> ResponseReturnValue:
    html = render_template(
        "administration/new_person.html",
        values=typed,
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
        roles=[(key, role.label) for key, role in ROLES.items()],
        regions=people_list.regions_of(db.session(), me(), whole=True),
    )
    return make_response(html, refusal.status if refusal else 200)


def _as_json(person: User) -> dict[str, Any]:
    (term,) = person.terms
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "role": term.role,
        "region": term.region_code,
        "since": term.since.isoformat(),
    }
