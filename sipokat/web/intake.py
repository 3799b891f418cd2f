"""Where reports and their photos arrive."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from flask import Blueprint, current_app, flash, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from sipokat.delivery.pictures import inspect
from sipokat.domain import intake, photos
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Malformed, NotSignedIn, Refused, TooLarge, WrongType
from sipokat.domain.roles import READERS
from sipokat.extensions import limiter
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.cookies import sender
from sipokat.web.report_body import Arrived, read_report
from sipokat.web.report_form import refuse_form
from sipokat.web.respond import see_other

pages = Blueprint("intake", __name__)


def _keep_typed() -> ResponseReturnValue | None:
    """When the session of a plain form has ended, show the form again with what was typed, and ask
    to sign in in another tab. A photo that was refused is told instead, since it comes first."""
    if g.body.json:
        return None
    sentence = "Masuk dulu di tab lain, lalu kirim lagi dari halaman ini."
    return refuse_form(g.body.refusal or NotSignedIn(sentence), g.body)


@pages.post("/laporan")
@limiter.limit("600/minute", key_func=sender)
@allow(*READERS, signed_out=_keep_typed)
@takes(read_report, form_limit=LIMITS.form_bytes)
def submit() -> ResponseReturnValue:
    """Take in a report. Sent again, it is the same report."""
    arrived: Arrived = g.body
    if arrived.json:
        receipt, new = intake.submit(me(), arrived.submission())
        return jsonify(receipt.as_json()), 201 if new else 200
    try:
        if arrived.refusal is not None:
            raise arrived.refusal
        receipt, _ = intake.submit(me(), arrived.submission())
    except Refused as refusal:
        return refuse_form(refusal, arrived)
    keep_files(receipt.client_id, arrived)
    flash(f"Laporan {receipt.number} terkirim.", "ok")
    return see_other(f"/laporan/{receipt.number}")


def keep_files(client_id: str, arrived: Arrived) -> None:
    """Store the photos that came with a plain form."""
    store = current_app.extensions["photo_store"]
    for photo_id, data in arrived.files.items():
        sha256 = hashlib.sha256(data).hexdigest()
        photos.accept(me(), client_id, photo_id, sha256, data, store)


def _photo_ids() -> dict[str, Any]:
    args = request.view_args or {}
    try:
        ids: dict[str, Any] = {
            name: body.uuid_text(args[name]) for name in ("client_id", "photo_id")
        }
        old = request.args.get("ganti")
        ids["replaces"] = body.uuid_text(old) if old else None
    except ValueError:
        raise Malformed("Nomor foto ini tidak terbaca.") from None
    return ids


def _photo_head() -> dict[str, Any]:
    """The ids and the digest of a photo. This checks all that is in the address and the headers,
    before the bytes are read."""
    body = _photo_ids()
    if not request.mimetype.startswith("image/") and request.mimetype not in (
        "application/octet-stream",
        "",
    ):
        raise WrongType("Berkas ini bukan foto. Pilih foto JPEG, PNG atau WebP.")
    match = re.search(r"sha-256=:([A-Za-z0-9+/]{43}=):", request.headers.get("Content-Digest", ""))
    if match is None:
        raise Malformed("Tanda pengenal isi foto tidak ada.", code="no_digest")
    body["sha256"] = base64.b64decode(match[1]).hex()
    return body


@pages.put("/laporan/<client_id>/foto/<photo_id>")
@limiter.limit("600/minute", key_func=sender)
@allow(*READERS)
@takes(_photo_head, limit=LIMITS.photo_bytes)
def put_photo(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Take in the bytes of one photo. The receipt is sent once they are durable.

    Content-Digest is as in RFC 9530. When the connection is cut, nothing is stored.
    """
    data = _whole_body()
    if hashlib.sha256(data).hexdigest() != g.body["sha256"]:
        raise Malformed("Isi foto berubah di jalan. Kirim lagi.", code="digest_mismatch")
    inspect(data)
    report = photos.accept(
        me(),
        g.body["client_id"],
        g.body["photo_id"],
        g.body["sha256"],
        data,
        current_app.extensions["photo_store"],
        g.body["replaces"],
    )
    return jsonify(intake.receipt(report).as_json())


def _whole_body() -> bytes:
    try:
        data = request.get_data(cache=False)
    except ClientDisconnected:
        raise Malformed("Foto terpotong di jalan. Kirim lagi.", code="digest_mismatch") from None
    if len(data) > LIMITS.photo_bytes:
        raise TooLarge(f"Foto terlalu besar, paling besar {LIMITS.photo_bytes // 1024**2} MB.")
    return data


@pages.delete("/laporan/<client_id>/foto/<photo_id>")
@allow(*READERS)
@takes(_photo_ids)
def drop_photo(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Take a photo that never arrived, or is broken, out of the report."""
    report = photos.drop(me(), g.body["client_id"], g.body["photo_id"])
    return jsonify(intake.receipt(report).as_json())
