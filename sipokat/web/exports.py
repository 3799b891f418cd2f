"""Exports: a table is asked for, its page says how far it is, and its file is handed out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g, jsonify, make_response, render_template, request
from flask import send_file as send
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db, writing
from sipokat.delivery.export_files import ExportFiles
from sipokat.domain.clock import WIB
from sipokat.domain.exports import asking, finding
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.exports.rules import FORMATS
from sipokat.domain.exports.work import file_name
from sipokat.domain.refusals import UNKNOWN_CHOICE, Gone, Malformed, NotFound, NotNow
from sipokat.models import Export
from sipokat.web import body, export_filters
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.administration import own_pages
from sipokat.web.notices import note_opened
from sipokat.web.present import exports as present
from sipokat.web.respond import respond, see_other, wants_json

pages: Blueprint = own_pages("exports")
NAMES = (
    *("what", "format", "status", "category", "region", "month", "late", "by", "counted", "desk"),
    *("work", "cari", "code", "periode", "keadaan", "meja", "pilihan", "alasan", "bulan"),
    *("place", "role", "state", "di"),
)
MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _read() -> dict[str, str]:
    """A plain form or JSON with texts; `what` and `format` must be known."""
    if body.is_json():
        typed = body.read_json(dict.fromkeys(NAMES, body.text), ("what", "format"))
    else:
        typed = {name: value for name, value in body.read_form().items() if name in NAMES}
    if typed.get("what") not in KINDS or typed.get("format") not in FORMATS:
        raise Malformed(UNKNOWN_CHOICE)
    return typed


@pages.get("/unduhan")
@allow(*EVERYBODY)
def index() -> ResponseReturnValue:
    """What this person has asked for last."""
    found = finding.own(db.session(), me())
    return respond(
        "exports/index.html",
        lambda: {"rows": [present.row(one, _state(one)) for one in found], "message": ""},
        None,
        lambda: {"items": [present.as_json(one, _state(one)) for one in found]},
    )


@pages.post("/unduhan")
@allow(*EVERYBODY)
@takes(_read)
def ask() -> ResponseReturnValue:
    """Ask for a table. A worker makes it; the answer says where it can be seen how far it is."""
    what, file_format = g.body["what"], g.body["format"]
    filters, said = export_filters.read(what, g.body)
    most = current_app.config["EXPORTS_WAITING"]
    try:
        with writing() as session:
            one, new = asking.ask(session, me(), what, file_format, filters, said, most)
    except NotNow as refusal:
        if wants_json():
            raise
        rows = [present.row(other, _state(other)) for other in finding.own(db.session(), me())]
        html = render_template("exports/index.html", rows=rows, message=refusal.message)
        return make_response(html, refusal.status)
    if new:
        _note("export_asked", one)
    if wants_json():
        return jsonify(present.as_json(one, _state(one))), 202
    return see_other(f"/unduhan/{one.id}")


@pages.get("/unduhan/<export_id>")
@allow(*EVERYBODY)
def show(export_id: str) -> ResponseReturnValue:
    """How far one of them is, and its file once it is there."""
    one = finding.find(db.session(), me(), _id(export_id))
    note_opened(f"/unduhan/{one.id}")

    def context() -> dict[str, Any]:
        return {"one": present.row(one, _state(one))}

    return respond(
        "exports/show.html",
        context,
        "exports/_state.html",
        lambda: present.as_json(one, _state(one)),
    )


@pages.get("/unduhan/<export_id>/berkas")
@allow(*EVERYBODY)
def file(export_id: str) -> ResponseReturnValue:
    """The file itself."""
    one = finding.to_hand_out(db.session(), me(), _id(export_id))
    path = _path(one)
    if not path.is_file():
        raise Gone(finding.OVER)
    if request.method == "GET":
        _note("export_taken", one)
    day = one.asked_at.astimezone(WIB)
    name = f"sipokat-{KINDS[one.what].name}-{day:%Y-%m-%d}-{one.id}.{one.format}"
    response = send(path, MIMES[one.format], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _path(one: Export) -> Path:
    files: ExportFiles = current_app.extensions["export_files"]
    return files.path(file_name(one.id, one.claim, one.format))


def _state(one: Export) -> str:
    """Its state as this person finds it: what is said to be ready is given out as well."""
    state = finding.state_of(one)
    if state in ("waiting", "working", "ready") and not finding.within_reach(me(), one):
        return "out_of_reach"
    return "expired" if state == "ready" and not _path(one).is_file() else state


def _id(raw: str) -> int:
    try:
        return body.row_id(raw)
    except ValueError:
        raise NotFound("Unduhan tidak ditemukan. Buka daftar unduhan Anda.") from None


def _note(event: str, one: Export) -> None:
    """Who takes out which personal data: an event for whoever watches over the accounts."""
    scopes = " ".join(json.loads(one.scopes))
    facts = {"export": str(one.id), "what": one.what, "format": one.format, "scopes": scopes}
    if event == "export_asked":
        security.note("export_asked", me().id, **facts)
    else:
        security.note("export_taken", me().id, **facts, rows=str(one.done))
