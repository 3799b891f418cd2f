"""The worker that makes received photos ready. Several may run; any may be killed at any time."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import structlog

from sipokat.database import db
from sipokat.delivery.photo_store import PhotoStore
from sipokat.delivery.pictures import make_ready
from sipokat.domain import photo_work
from sipokat.domain.clock import now
from sipokat.domain.photos import original_key, picture_key
from sipokat.models import Photo

IDLE_SECONDS = 0.5
PAUSE_SECONDS = 5
# So long bytes that are not there may lie on a disk that is not mounted, or be brought back.
LOST = timedelta(days=7)
log = structlog.get_logger()


def work_once(store: PhotoStore, name: str) -> bool:
    """Make one photo ready as the worker of this name, or find that it is no picture. False when
    there was nothing to do. What else goes wrong is raised after the photo was given back."""
    photo_id = photo_work.claim(name)
    if photo_id is None:
        photo_work.drop_originals(store)
        db.session.remove()
        return False
    try:
        size = _make_ready(store, db.session.get_one(Photo, photo_id))
        photo_work.settle(photo_id, name, size)
    except Exception as error:
        log.error("photo_waits", photo=photo_id, why=repr(error))
        db.session.remove()
        photo_work.give_back(photo_id, name)
        raise
    finally:
        db.session.remove()
    return True


def _make_ready(store: PhotoStore, photo: Photo) -> tuple[int, int] | None:
    """Keep what is served of the photo; its size, or None when its bytes are no picture."""
    try:
        data = store.read(original_key(photo.report_id, photo.client_id))
    except FileNotFoundError:
        if photo.received_at is None or now() - photo.received_at < LOST:
            raise
        log.error("photo_lost", photo=photo.id)
        return None
    try:
        picture, thumbnail, size = make_ready(data)
    except ValueError as error:
        log.warning("photo_broken", photo=photo.id, why=str(error))
        return None
    store.keep(picture_key(photo, "thumbnail"), thumbnail)
    store.keep(picture_key(photo, "photo"), picture)
    return size


def work(store: PhotoStore, stop: threading.Event) -> None:
    """Work until told to stop; what goes wrong with one photo, the disk or the database is logged
    and tried again later."""
    name = str(uuid.uuid4())
    while not stop.is_set():
        try:
            busy = work_once(store, name)
        except Exception:
            log.exception("worker_stumbled")
            db.session.remove()
            stop.wait(PAUSE_SECONDS)
            continue
        if not busy:
            stop.wait(IDLE_SECONDS)
