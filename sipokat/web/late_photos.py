"""Photos that the phone never sent or that are broken: from the report's page the author's office
sends another one, from whichever phone, or does without."""

from __future__ import annotations

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.delivery.pictures import inspect
from sipokat.domain import photo_changes, photo_intake
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Refused, WrongContent
from sipokat.domain.roles import READERS
from sipokat.domain.visibility import find_report
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.messages import tell
from sipokat.web.reports import report_page
from sipokat.web.respond import see_other, wants_json

pages = Blueprint("late_photos", __name__)


def _read_photo() -> bytes:
    """The bytes of the plain form's photo, empty if none was chosen. What they are is looked at
    only once it is known that they are awaited."""
    body.read_form()
    file = next((one for one in request.files.getlist("photos") if one.filename), None)
    data: bytes = file.read() if file else b""
    return data


@pages.post("/laporan/<number>/foto/<photo_id>/susulan")
@allow(*READERS)
@takes(_read_photo, form_limit=LIMITS.form_bytes)
def send(number: str, photo_id: str) -> ResponseReturnValue:
    """Take a photo in the place of one that has not arrived or is broken."""
    try:
        photo_intake.find_late(db.session(), me(), number, photo_id)
        if not g.body:
            raise WrongContent("Pilih fotonya dulu.", {"photos": "Pilih fotonya dulu."})
        store = current_app.extensions["photo_store"]
        photo_intake.send_late(me(), number, photo_id, g.body, store, inspect)
    except Refused as refusal:
        return _refused(number, photo_id, refusal)
    tell("Foto terkirim.")
    return see_other(f"/laporan/{number}")


@pages.post("/laporan/<number>/foto/<photo_id>/penarikan")
@allow(*READERS)
@takes(body.read_form)
def leave_out(number: str, photo_id: str) -> ResponseReturnValue:
    """Do without a photo that has not arrived or is broken."""
    try:
        photo = photo_intake.find_late(db.session(), me(), number, photo_id)
        photo_changes.drop(me(), photo.report.client_id, photo_id)
    except Refused as refusal:
        return _refused(number, photo_id, refusal)
    tell("Laporan dilanjutkan tanpa foto itu.")
    return see_other(f"/laporan/{number}")


def _refused(number: str, photo_id: str, refusal: Refused) -> ResponseReturnValue:
    """The report's page with what is wrong, beside the photo that it is about."""
    if wants_json() or refusal.status not in (409, 413, 415, 422):
        raise refusal
    db.session.rollback()
    report = find_report(db.session(), me(), number)
    errors = {} if refusal.status == 409 else {"photos": refusal.message}
    return report_page(report, refusal.status, errors, {"photo": photo_id}, refusal.message)
