"""The requests of the phone's script, in a line each.

receipt = file_report(site(RAHMAN), "sampah", photos=[declared(data)])
put(site(RAHMAN), receipt, photo_id, data)
decide(site(HARTONO), number, "verifikasi", **{"class": "kinerja"})
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.page import fresh_id
from tests.steps import least, today

PLACED = ("sampah", "pembangunan", "bencana")


class Speaker(Protocol):
    """The sender: `tests.page.Visitor`, or `tests.services.caller.Caller` for a running server."""

    user_id: str | None

    def json(
        self, method: str, path: str, body: Any = None, status: int = 200, **options: Any
    ) -> Any: ...


def declared(data: bytes) -> dict[str, str]:
    """A photo as a report declares it."""
    return {"id": fresh_id(), "sha256": hashlib.sha256(data).hexdigest()}


def digest_of(data: bytes) -> str:
    """The value of Content-Digest (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def body(category: str = "pemerintahan", **changes: Any) -> dict[str, Any]:
    """The JSON of a correct report. None leaves a key out."""
    whole: dict[str, Any] = {
        "client_id": fresh_id(),
        "category": category,
        "happened_on": today().isoformat(),
        "text": "Rapat bulanan warga di balai RT.",
        "fields": least(category),
        "written_at": datetime.now(UTC).isoformat(),
        "form_version": "test",
        "photos": [],
    }
    if category in PLACED:
        whole["place_text"] = "Gang 3, depan musala"
    if category == "sampah":
        whole["photos"] = [declared(fresh_id().encode())]
    return {key: value for key, value in (whole | changes).items() if value is not None}


def form(category: str = "pemerintahan", **changes: Any) -> dict[str, Any]:
    """The same as a plain form sends it, with names like `fields.jenis`. None leaves one out."""
    given = body(category, **{"photos": None} | changes)
    fields = given.pop("fields", {})
    for name in ("client_id", "written_at"):
        given.pop(name, None)
    words = {True: "ya", False: "tidak"}
    return given | {
        f"fields.{key}": words[value] if isinstance(value, bool) else str(value)
        for key, value in fields.items()
    }


def file_report(
    visitor: Speaker, category: str = "pemerintahan", status: int = 201, **changes: Any
) -> Any:
    """Send a report. Returns the receipt."""
    return visitor.json("POST", "/laporan", body(category, **changes), status)


def put(
    visitor: Speaker,
    client_id: str,
    photo_id: str,
    data: bytes,
    status: int = 200,
    replaces: str | None = None,
    **headers: str,
) -> Any:
    """Send the bytes of a photo. Returns the receipt."""
    more = f"?ganti={replaces}" if replaces else ""
    sent = {"Content-Digest": digest_of(data), "Content-Type": "image/jpeg"}
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    path = f"/laporan/{client_id}/foto/{photo_id}{more}"
    return visitor.json("PUT", path, status=status, data=data, headers=sent | changed)


def decide(visitor: Speaker, number: str, noun: str, status: int = 200, **said: Any) -> Any:
    """Act on version 1 of the report, with what the action requires, unless given."""
    usual: dict[str, dict[str, Any]] = {
        "verifikasi": {"class": "kegiatan"},
        "pengembalian": {"reason": "lainnya", "note": "Mohon dilengkapi."},
        "penolakan": {"reason": "lainnya", "note": "Tidak terjadi."},
        "penarikan": {},
        "pembukaan-kembali": {"reason": "lainnya"},
    }
    whole = {"action_id": fresh_id(), "version": 1} | usual[noun] | said
    sent = {key: value for key, value in whole.items() if value is not None}
    return visitor.json("POST", f"/laporan/{number}/{noun}", sent, status)


def climb(number: str, *visitors: Speaker) -> Any:
    """Have these people verify a new report, one after the other."""
    report: Any = None
    for place, visitor in enumerate(visitors):
        said = {"version": place + 1} | ({"class": None} if place else {})
        report = decide(visitor, number, "verifikasi", **said)
    return report


def days_ago(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()
