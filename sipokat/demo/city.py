"""Loads the demo city: half a year of made-up reports, each filed and decided through the domain's
own functions."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from sipokat.database import db, writing
from sipokat.delivery.photo_store import PhotoStore
from sipokat.demo import people, pictures
from sipokat.demo.accounts import PASSWORD
from sipokat.demo.plan import plan
from sipokat.demo.reports import Draft
from sipokat.demo.scenery import SIZE
from sipokat.demo.steps import Step
from sipokat.domain import (
    chain,
    erasure,
    first_opened,
    intake,
    photos,
    revisions,
    verification,
)
from sipokat.domain.clock import day_of, now
from sipokat.domain.content import PhotoClaim
from sipokat.domain.photos import original_key, picture_key
from sipokat.models import Photo, Region, Report, User


def load(store: PhotoStore) -> str:
    """Fill an empty database with the demo city. Returns one line that says what is in it.

    Everything is committed in one transaction, after the pictures have been synced to the disk.
    Raises ValueError when the database has an account already.
    """
    moment = now()
    with writing() as session:
        if session.scalars(select(User.id).limit(1)).first() is not None:
            raise ValueError("the database is not empty: nothing was loaded")
        offices = people.settle(session, day_of(moment))
        play = Play(offices, store)
        for step in plan(day_of(moment), list(session.scalars(select(Region.code)))):
            if step.at <= moment:
                play.step(step)
        accounts = len(list(session.scalars(select(User.id))))
        os.sync()  # once for all pictures: no row refers to one of them before the commit
    return (
        f"Demo city: {accounts} accounts, {len(play.reports)} reports, {play.photos} photos; "
        f"the password of all is {PASSWORD}"
    )


class Play:
    """Does the steps of the plan on the database, each as the person who holds its office."""

    def __init__(self, offices: Mapping[str, User], store: PhotoStore) -> None:
        self.offices = offices
        self.store = store
        self.reports: dict[str, Report] = {}
        self.drawn: dict[str, tuple[bytes, bytes]] = {}
        self.claims: dict[str, PhotoClaim] = {}
        self.photos = 0

    def step(self, step: Step) -> None:
        """Do one step. Raises the domain's refusal if the rules forbid it."""
        person = self.offices[step.office]
        if step.action == "submit":
            self._submit(person, step)
        elif step.action == "read":
            first_opened.note_opening(person, self.reports[step.story], step.at)
        elif step.action == "revise":
            self._revise(person, step)
        elif step.action == "arrive":
            self._arrive(person, step)
        elif step.action == "erase":
            number = self.reports[step.story].number
            erasure.erase(person, number, step.note, self.store, step.at)
        else:
            report = self.reports[step.story]
            request = chain.Request(step.action, report.version, step.klass, step.reason, step.note)
            verification.act(person, report.number, request, step.action_id, step.at)

    def _submit(self, person: User, step: Step) -> None:
        assert step.draft is not None
        self._draw(step.draft)
        written = step.written_at or step.at
        sent = intake.Submission(
            category=step.draft.category,
            raw=step.draft.raw(self.claims),
            client_id=step.story,
            written_at=written,
            written_at_raw=written.isoformat(),
            sent_at=step.at,
            form_version="demo",
        )
        receipt, _ = intake.submit(person, sent, step.at)
        query = select(Report).where(Report.number == receipt.number)
        report = db.session.scalars(query).unique().one()
        self.reports[step.story] = report
        self._keep(report, step.draft, step.at)

    def _revise(self, person: User, step: Step) -> None:
        assert step.draft is not None
        report = self.reports[step.story]
        self._draw(step.draft)
        raw = step.draft.raw(self.claims)
        revisions.revise(person, report.number, report.version, raw, step.action_id, step.at)
        self._keep(report, step.draft, step.at)

    def _arrive(self, person: User, step: Step) -> None:
        """The photos that were missing arrive, and are made ready."""
        report = self.reports[step.story]
        for photo in report.photos:
            if photo.state != "missing":
                continue
            picture, thumbnail = self.drawn.pop(photo.client_id)
            sent = (report.client_id, photo.client_id, photo.sha256, picture)
            photos.accept(person, *sent, self.store, now=step.at)
            db.session.refresh(photo)
            photo.original = False
            self.store.drop(original_key(report.id, photo.client_id))
            self._show(photo, picture, thumbnail)

    def _draw(self, draft: Draft) -> None:
        for one in draft.pictures:
            if one.id not in self.claims:
                self.drawn[one.id] = pictures.draw(one.scene, one.seed)
                digest = hashlib.sha256(self.drawn[one.id][0]).hexdigest()
                self.claims[one.id] = PhotoClaim(one.id, digest)

    def _keep(self, report: Report, draft: Draft, at: datetime) -> None:
        """Store the report's pictures and mark its photos as ready, as the worker would."""
        missing = {one.id for one in draft.pictures if one.missing}
        for place, photo in enumerate(report.photos):
            if photo.client_id in missing or photo.client_id not in self.drawn:
                continue
            photo.received_at = at + timedelta(seconds=9 * (place + 1))
            self._show(photo, *self.drawn.pop(photo.client_id))

    def _show(self, photo: Photo, picture: bytes, thumbnail: bytes) -> None:
        _write(self.store, picture_key(photo, "photo"), picture)
        _write(self.store, picture_key(photo, "thumbnail"), thumbnail)
        photo.state, (photo.width, photo.height) = "ready", SIZE
        self.photos += 1


def _write(store: PhotoStore, key: str, data: bytes) -> None:
    path = store.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
