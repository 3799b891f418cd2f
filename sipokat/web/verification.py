"""One route for each action of the chain."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import chain, decided, queue, reasons, texts, verification
from sipokat.domain.refusals import Malformed, NotNow, Refused, WrongContent
from sipokat.domain.roles import READERS
from sipokat.domain.visibility import find_report
from sipokat.models import Report
from sipokat.web import body, present, report_json
from sipokat.web.access import allow, me, takes
from sipokat.web.decision_forms import decision_forms
from sipokat.web.messages import tell
from sipokat.web.present import acting, states
from sipokat.web.present.telling import tellings
from sipokat.web.reports import receipt, report_page
from sipokat.web.respond import see_other, wants_fragment, wants_json

pages = Blueprint("verification", __name__)

ACTION: dict[str, body.Check] = {
    "action_id": body.uuid_text,
    "version": body.whole,
    "class": body.text,
    "reason": body.text,
    "other": body.text,
    "note": body.text,
    "office": body.text,
}
# What a phone says besides of a decision that has waited there, see `domain/decided.py`.
WAITED: dict[str, body.Check] = {"decided_at": body.moment, "seen_at": body.moment}
# The last part of the address of each action.
NOUNS = {
    "verifikasi": "verify",
    "pengembalian": "return",
    "penolakan": "reject",
    "penarikan": "withdraw",
    "pembukaan-kembali": "reopen",
}


@pages.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "classes": list(chain.CLASSES.items()),
        "classes_mean": "Kinerja ikut dinilai, kegiatan biasa tidak.",
        "reason_choices": _reason_choices,
        "asks_other": [one.key for one in reasons.offered("return") if one.other],
        "ready_sentences": reasons.ready_sentences,
    }


def _reason_choices(action: str, author_desk: str) -> list[tuple[str, str]]:
    return [(one.key, one.said(author_desk)) for one in reasons.offered(action)]


def _read_action() -> dict[str, Any]:
    if body.is_json():
        said = body.read_json(ACTION | WAITED, required=("version", "action_id"))
        body.require_sender()
        return said
    form = body.read_form()
    said = {k: v for k, v in form.items() if v and k in ACTION}
    said["next"] = form.get("next", "")
    try:
        said["version"] = int(form.get("version", ""))
        if "action_id" in said:
            said["action_id"] = body.uuid_text(said["action_id"])
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None
    return said


@pages.post("/laporan/<number>/<any({}):noun>".format(",".join(f'"{noun}"' for noun in NOUNS)))
@allow(*READERS)
@takes(_read_action)
def act(number: str, noun: str) -> ResponseReturnValue:
    """One move of one report."""
    action, asks = NOUNS[noun], g.body
    asked = chain.Request(
        action,
        asks["version"],
        asks.get("class"),
        asks.get("reason"),
        texts.read(asks.get("note")),
        texts.read(asks.get("other")),
        asks.get("office") or "",
    )
    try:
        report = verification.act(me(), number, asked, asks.get("action_id"), claim=_claim(asks))
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _refused(refusal, number, action)
    if wants_json():
        # A plain form of a program that asks for JSON need not name its action.
        mine = receipt(report, asks["action_id"]) if "action_id" in asks else {}
        return jsonify(report_json.report_json(report) | mine)
    said = states.done(action, report.desk)
    if wants_fragment():
        return _done(report, action, said)
    tell(f"Laporan {number} {said}")
    return see_other("/verifikasi" if asks["next"] == "/verifikasi" else f"/laporan/{number}")


def _claim(asks: dict[str, Any]) -> decided.Claim | None:
    at = asks.get("decided_at")
    return decided.Claim(at, asks.get("seen_at"), body.sent_at()) if at else None


def _done(report: Report, action: str, said: str) -> ResponseReturnValue:
    """What replaces the card once it has folded away, which takes 150 ms."""
    waiting = queue.waiting(db.session(), me())
    told = tellings(present.full(report, me()), me()) if action in ("return", "reject") else []
    html = render_template(
        "verification/_done.html",
        report=report,
        action=action,
        said=said,
        waiting=waiting,
        tellings=told,
    )
    response = make_response(html)
    response.headers["HX-Reswap"] = "outerHTML swap:150ms"
    return response


def _refused(refusal: Refused, number: str, action: str) -> ResponseReturnValue:
    """The card or page of the report as it is now, with what was typed and why it was refused."""
    db.session.rollback()
    db.session.expire_all()
    report = find_report(db.session(), me(), number)
    typed_in = ("class", "reason", "other", "note", "office")
    values = {key: g.body.get(key, "") for key in typed_in} | {"action": action}
    full = present.full(report, me())
    forms = ""
    if "verify" in full.allowed:
        typed_before = {"values": values, "errors": refusal.fields}
        forms = decision_forms(
            full, str(uuid.uuid4()), acting.choices(me(), report), **typed_before
        )
    # Where the action is not offered any more, the field of its note is gone.
    typed = "" if action in full.allowed else texts.read(values["note"])
    if not wants_fragment():
        return report_page(report, refusal.status, refusal.fields, values, refusal.message, typed)
    html = render_template(
        "verification/_cards.html",
        shown=[{"report": full, "decide": forms}],
        message=refusal.message,
        typed=typed,
    )
    return make_response(html, refusal.status)
