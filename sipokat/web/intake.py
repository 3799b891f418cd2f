"""Where reports arrive."""

from __future__ import annotations

import hashlib

from flask import Blueprint, current_app, g, jsonify
from flask.typing import ResponseReturnValue

from sipokat.domain import intake, photo_intake
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import NotSignedIn, Refused
from sipokat.domain.roles import READERS
from sipokat.web.access import allow, me, takes
from sipokat.web.messages import tell
from sipokat.web.report_body import Arrived, only_typed, read_report
from sipokat.web.report_form import refuse_form
from sipokat.web.respond import see_other

pages = Blueprint("intake", __name__)


def _keep_typed() -> ResponseReturnValue | None:
    """When the session of a plain form has ended, show the form again with what was typed, and ask
    to sign in in another tab."""
    sentence = "Masuk dulu di halaman SIPOKAT lain, lalu kirim lagi dari sini."
    return refuse_form(NotSignedIn(sentence), only_typed(g.body))


@pages.post("/laporan")
@allow(*READERS, signed_out=_keep_typed)
@takes(read_report, form_limit=LIMITS.form_bytes)
def submit() -> ResponseReturnValue:
    """Take in a report. Sent again, it is the same report."""
    arrived: Arrived = g.body
    if arrived.json:
        receipt, new = intake.submit(me(), arrived.submission())
        return jsonify(receipt.as_json()), 201 if new else 200
    try:
        intake.require_reporter(me())
        arrived.look_at_files()
        receipt, _ = intake.submit(me(), arrived.submission())
    except Refused as refusal:
        return refuse_form(refusal, arrived)
    keep_files(receipt.client_id, arrived)
    tell(f"Laporan {receipt.number} terkirim.")
    return see_other(f"/laporan/{receipt.number}")


def keep_files(client_id: str, arrived: Arrived) -> None:
    """Store the photos that came with a plain form."""
    store = current_app.extensions["photo_store"]
    for photo_id, data in arrived.files.items():
        sha256 = hashlib.sha256(data).hexdigest()
        photo_intake.accept(me(), client_id, photo_id, sha256, data, store)
