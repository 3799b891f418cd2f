"""Takes in the photos of a report, and shows them to those who may see it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from sipokat.database import db
from sipokat.delivery.pictures import inspect
from sipokat.domain.limits import LIMITS
from sipokat.domain.photo_changes import drop
from sipokat.domain.photo_intake import accept
from sipokat.domain.photos import find_visible, picture_key
from sipokat.domain.receipts import receipt
from sipokat.domain.refusals import Malformed, NotFound, TooLarge, WrongType
from sipokat.domain.roles import READERS
from sipokat.web import body
from sipokat.web.access import allow, me, takes

pages = Blueprint("photos", __name__)
log = structlog.get_logger()


@pages.get("/laporan/<number>/foto/<photo_id>")
@allow(*READERS)
def show(number: str, photo_id: str) -> ResponseReturnValue:
    """A photo or, with `?ukuran=kecil`, its thumbnail. The browser asks again each time, and each
    time it is checked whether the person may see it."""
    photo = find_visible(db.session(), me(), number, photo_id)
    size = "thumbnail" if request.args.get("ukuran") == "kecil" else "photo"
    try:
        data = current_app.extensions["photo_store"].read(picture_key(photo, size))
    except FileNotFoundError:  # the disk is not mounted, or the backup that was restored lacked it
        log.error("photo_missing", photo=photo.id)
        raise NotFound("Foto ini belum dapat dibuka. Coba lagi nanti.") from None
    response = Response(data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{photo.sha256[:32]}-{size}")
    return response.make_conditional(request)


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
    head = _photo_ids()
    if not request.mimetype.startswith("image/") and request.mimetype not in (
        "application/octet-stream",
        "",
    ):
        raise WrongType("Berkas ini bukan foto. Pilih foto dari kamera atau galeri.")
    match = re.search(r"sha-256=:([A-Za-z0-9+/]{43}=):", request.headers.get("Content-Digest", ""))
    if match is None:
        raise Malformed("Tanda pengenal isi foto tidak ada.", code="no_digest")
    head["sha256"] = base64.b64decode(match[1]).hex()
    return head


@pages.put("/laporan/<client_id>/foto/<photo_id>")
@allow(*READERS)
@takes(_photo_head, limit=LIMITS.photo_bytes)
def put(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Take in the bytes of one photo. The receipt is sent once they are durable.

    Content-Digest is as in RFC 9530. When the connection is cut, nothing is stored.
    """
    data = _whole_body()
    if hashlib.sha256(data).hexdigest() != g.body["sha256"]:
        raise Malformed("Isi foto berubah di jalan. Kirim lagi.", code="digest_mismatch")
    told = accept(
        me(),
        g.body["client_id"],
        g.body["photo_id"],
        g.body["sha256"],
        data,
        current_app.extensions["photo_store"],
        g.body["replaces"],
        look=inspect,
    )
    return jsonify(told.as_json())


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
def leave_out(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Take a photo that never arrived, or is broken, out of the report."""
    report = drop(me(), g.body["client_id"], g.body["photo_id"])
    return jsonify(receipt(report).as_json())
