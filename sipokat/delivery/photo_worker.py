"""The worker that makes received photos ready. Several may run; any may be killed at any time."""

from __future__ import annotations

import threading

import structlog

from sipokat.database import db
from sipokat.delivery.photo_store import PhotoStore
from sipokat.delivery.pictures import make_ready
from sipokat.domain import photos
from sipokat.models import Photo

IDLE_SECONDS = 0.5
log = structlog.get_logger()


def work_once(store: PhotoStore) -> bool:
    """Make one photo ready, or find that it is broken. False when there was nothing to do."""
    claimed = photos.claim()
    if claimed is None:
        photos.drop_originals(store)
        db.session.remove()
        return False
    photo_id, token = claimed
    photo = db.session.get_one(Photo, photo_id)
    try:
        picture, thumbnail, size = make_ready(
            store.read(photos.original_key(photo.report_id, photo.client_id))
        )
    except (ValueError, FileNotFoundError) as error:
        log.warning("photo_broken", photo=photo_id, why=str(error))
        photos.settle(photo_id, token, None)
    else:
        store.keep(photos.picture_key(photo, "thumbnail"), thumbnail)
        store.keep(photos.picture_key(photo, "photo"), picture)
        photos.settle(photo_id, token, size)
    db.session.remove()
    return True


def work(store: PhotoStore, stop: threading.Event) -> None:
    """Work until told to stop; what goes wrong with one photo or with the database is logged and
    tried again later."""
    while not stop.is_set():
        try:
            busy = work_once(store)
        except Exception:
            log.exception("worker_stumbled")
            db.session.remove()
            stop.wait(5)
            continue
        if not busy:
            stop.wait(IDLE_SECONDS)
