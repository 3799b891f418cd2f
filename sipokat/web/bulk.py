"""Many reports of the queue verified at once: the answer says of each what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.domain import bulk
from sipokat.domain.bulk import Item, Outcome
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Malformed, NotNow, Refused, TooLarge, WrongContent
from sipokat.domain.roles import DECIDERS
from sipokat.web import body, bulk_page
from sipokat.web.access import allow, me, takes
from sipokat.web.present import states
from sipokat.web.present.last_move import last_move
from sipokat.web.queue_address import asked
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import wants_json

pages = Blueprint("bulk", __name__)

TOO_MANY = f"Paling banyak {LIMITS.together} laporan sekaligus. Kurangi pilihannya."
OLD_PAGE = "Halaman ini sudah lama. Muat ulang, lalu coba lagi."
ITEM: dict[str, body.Check] = {
    "number": body.text,
    "version": body.whole,
    "action_id": body.uuid_text,
    "office": body.text,
}


def _items(value: Any) -> list[Item]:
    """The items of the JSON. Raises TooLarge for more than are verified at once."""
    if not isinstance(value, list):
        raise ValueError
    if len(value) > LIMITS.together:
        raise TooLarge(TOO_MANY)
    return [Item(**body.checked(one, ITEM, optional=("office",))) for one in value]


def _ticked(value: str, form: Mapping[str, str]) -> dict[str, Any]:
    """An item as a plain form has it: `31989~1~<action_id>`, and where the form asks as what the
    person acts also the region of the desk."""
    number, version, action_id, *desk = value.split("~")
    said = {"number": number, "version": body.row_id(version), "action_id": action_id}
    if len(desk) > 1:
        raise ValueError
    office = form.get(f"office.{desk[0]}") if desk else None
    return said | ({"office": office} if office else {})


def _read() -> dict[str, Any]:
    if body.is_json():
        said = body.read_json({"class": body.text, "items": _items}, required=("items",))
        body.require_sender()
        return said
    form = body.read_form()
    try:
        items = _items([_ticked(one, form) for one in request.form.getlist("item")])
    except ValueError:
        raise Malformed(OLD_PAGE) from None
    return {"class": form.get("class") or None, "items": items}


@pages.get("/verifikasi/sekaligus")
@allow(*DECIDERS)
def pick() -> ResponseReturnValue:
    """The reports of the queue, or of what the address narrows it to, to be ticked."""
    return render_template("verification/pick.html", **bulk_page.context(asked()))


@pages.post("/verifikasi/sekaligus")
@allow(*DECIDERS)
@takes(_read)
def verify() -> ResponseReturnValue:
    """Verify what was ticked."""
    items = g.body["items"]
    if not items:
        raise WrongContent("Pilih dulu laporannya.", {"items": "Pilih dulu laporannya."})
    outcomes = list(bulk.verify_each(me(), g.body.get("class"), items))
    for one in outcomes:
        if one.refusal:
            note_refusal(one.refusal)
    if wants_json():
        return jsonify({"results": [_json(one) for one in outcomes]})
    done = Counter(one.desk for one in outcomes if not one.refusal)
    return render_template(
        "verification/together.html",
        done=[(count, states.done("verify", desk)) for desk, count in done.items()],
        left=[(one, _overtaken_by(one.refusal)) for one in outcomes if one.refusal],
    )


def _json(outcome: Outcome) -> dict[str, Any]:
    """A row of the answer. One that was not verified says why, as its own answer would have."""
    refusal = outcome.refusal
    if refusal is None:
        return {"number": outcome.item.number, "status": 200}
    said = {"error": refusal.code, "message": refusal.message, "fields": refusal.fields}
    row = {"number": outcome.item.number, "status": refusal.status, **said}
    return row | ({"last": last} if (last := _overtaken_by(refusal)) else {})


def _overtaken_by(refusal: Refused) -> dict[str, str]:
    """Who was first, where somebody was. The report was found, so this person may see it."""
    if not isinstance(refusal, NotNow) or not refusal.overtaken or refusal.report is None:
        return {}
    return last_move(refusal.report, me())
