"""The job that makes a received photo ready to be shown. `domain/photo_work.py` has the rules of
the rows: who may claim a photo, what becomes of it, and when its original is dropped."""

from __future__ import annotations

from datetime import date, timedelta

import structlog

from sipokat.database import db
from sipokat.delivery.photo_store import PhotoStore
from sipokat.delivery.pictures import make_ready
from sipokat.domain import photo_work
from sipokat.domain.clock import day_of, now
from sipokat.domain.photos import original_key, picture_key
from sipokat.models import Photo

# Wait a week before calling a missing original lost: its disk may only be unmounted, or a backup
# may bring it back.
LOST = timedelta(days=7)
log = structlog.get_logger()


class PhotoJob:
    """Received photos, as a kind of job of `worker.py`."""

    def __init__(self, store: PhotoStore) -> None:
        self.store = store
        self._swept_on: date | None = None
        self._served = ""  # whose photo this worker had last

    def claim(self, worker: str) -> int | None:
        """Claim one received photo. Returns its row's id, None when no photo waits."""
        return photo_work.claim(worker, after=self._served)

    def do(self, photo_id: int, worker: str) -> None:
        """Make the claimed photo ready, or mark it as broken when its bytes are no picture.

        A full disk, a missing original or a database that is gone is no fault of the photo's: it
        is given back and the exception raised again.
        """
        try:
            photo = db.session.get_one(Photo, photo_id)
            self._served = photo.declared_by
            size = self._make_ready(photo)
            photo_work.settle(photo_id, worker, size)
        except Exception as error:
            log.error("photo_waits", photo=photo_id, why=repr(error))
            db.session.remove()
            photo_work.give_back(photo_id, worker)
            raise

    def tidy(self) -> None:
        """Drop originals that are no longer needed and, once a day, files of killed processes."""
        photo_work.drop_originals(self.store)
        today = day_of(now())
        if self._swept_on != today:
            self.store.sweep()
            self._swept_on = today

    def _make_ready(self, photo: Photo) -> tuple[int, int] | None:
        """Write the photo's picture and thumbnail to the store. Returns the picture's size in
        pixels, None when the photo is broken."""
        try:
            data = self.store.read(original_key(photo.report_id, photo.client_id))
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
        self.store.keep(picture_key(photo, "thumbnail"), thumbnail)
        self.store.keep(picture_key(photo, "photo"), picture)
        return size
