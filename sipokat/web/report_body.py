"""Reads a report or a revision, from the outbox's JSON or a plain form, into the same values."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import request

from sipokat.delivery.pictures import inspect
from sipokat.domain.content import PhotoClaim, Raw
from sipokat.domain.intake import Submission
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Malformed
from sipokat.web import body

_PHOTO_NAMES = uuid.UUID("5d2b6c1e-9a0f-4a53-8d5e-6f1f0f1c7a11")

CONTENT = {
    "happened_on": body.text,
    "text": body.text,
    "fields": body.scalars,
    "lat": body.number,
    "lon": body.number,
    "accuracy_m": body.number,
    "place_text": body.text,
    "photos": body.photo_claims,
    "written_at": body.moment_text,
    "form_version": body.text,
}
REPORT = CONTENT | {
    "client_id": body.uuid_text,
    "category": body.text,
    "region": body.text,
}
REVISION = CONTENT | {"action_id": body.uuid_text, "version": body.whole}


@dataclass
class Arrived:
    """What was sent. The last three are of a plain form: `files` are its photos by id, `typed` is
    what to show again when it is refused, `had_files` whether photos must be chosen again then."""

    values: dict[str, Any]
    json: bool
    files: dict[str, bytes] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    had_files: bool = False

    def look_at_files(self) -> None:
        """Refuse a file of a plain form that is no photo. For once it is known that this person may
        send it. More photos than a report may have are left to the domain, which refuses them."""
        if len(self.files) <= LIMITS.photos:
            for data in self.files.values():
                inspect(data)

    def raw(self) -> Raw:
        """The content, for the domain to judge."""
        given = self.values
        return Raw(
            happened_on=given.get("happened_on", ""),
            text=given.get("text", ""),
            fields=given.get("fields", {}),
            lat=given.get("lat"),
            lon=given.get("lon"),
            accuracy_m=given.get("accuracy_m"),
            place_text=given.get("place_text", ""),
            photos=given.get("photos", ()),
        )

    def submission(self) -> Submission:
        """The whole report, for the domain to take in."""
        given = self.values
        written = given.get("written_at")
        return Submission(
            category=given.get("category", ""),
            raw=self.raw(),
            client_id=given.get("client_id"),
            region=given.get("region") or None,
            written_at=body.moment(written) if written else None,
            written_at_raw=written,
            sent_at=body.sent_at(),
            form_version=(given.get("form_version") or "")[:40] or None,
        )


def read_report() -> Arrived:
    """Read the body of `POST /laporan`."""
    if body.is_json():
        required = ("client_id", "category", "happened_on")
        values = body.read_json(REPORT, required)
        body.require_sender()
        return Arrived(values, json=True)
    return _from_form()


def read_revision() -> Arrived:
    """Read the body of `POST /laporan/<number>/perbaikan`."""
    if body.is_json():
        values = body.read_json(REVISION, required=("action_id", "version", "happened_on"))
        body.require_sender()
        return Arrived(values, json=True)
    arrived = _from_form()
    form = arrived.typed
    try:
        arrived.values["version"] = int(form.get("version", ""))
        if form.get("action_id"):
            arrived.values["action_id"] = body.uuid_text(form["action_id"])
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None
    return arrived


def _from_form() -> Arrived:
    form = body.read_form()
    values: dict[str, Any] = {
        key: form[key]
        for key in ("category", "region", "happened_on", "text", "place_text", "form_version")
        if key in form
    }
    values |= {key: form[key] for key in ("lat", "lon", "accuracy_m") if form.get(key)}
    values["fields"] = {
        key.removeprefix("fields."): value
        for key, value in form.items()
        if key.startswith("fields.") and value != ""
    }
    arrived = Arrived(values, json=False, typed=dict(form))
    values["photos"] = (*_kept(), *_files(arrived))
    return arrived


def only_typed(typed: dict[str, str]) -> Arrived:
    """What is left of a plain form by somebody who is not signed in, by `body.read_texts`."""
    kept = {key: value for key, value in typed.items() if key != body.FILES}
    return Arrived({}, json=False, typed=kept, had_files=body.FILES in typed)


def _kept() -> list[PhotoClaim]:
    """The photos of an earlier revision that a plain form keeps: each `keep` is `<id>:<sha256>`."""
    try:
        pairs = [value.split(":") for value in request.form.getlist("keep")]
        return [PhotoClaim(body.uuid_text(one), body.sha256_text(two)) for one, two in pairs]
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None


def _files(arrived: Arrived) -> list[PhotoClaim]:
    """The photos of a plain form. Their ids are made from their bytes, so that the same form sent
    twice is the same report."""
    claims = []
    files = [file for file in request.files.getlist("photos") if file.filename]
    for place, file in enumerate(files):
        data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        photo_id = str(uuid.uuid5(_PHOTO_NAMES, f"{sha256}:{place}"))
        arrived.files[photo_id] = data
        claims.append(PhotoClaim(photo_id, sha256))
    arrived.had_files = bool(files)
    return claims
