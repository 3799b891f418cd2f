"""Shows photos to those who may see the report."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain.photos import find_visible, picture_key
from sipokat.domain.refusals import NotFound
from sipokat.domain.roles import READERS
from sipokat.web.access import allow, me

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
