"""A store of photos in memory, and the phone's requests about the photos of a report.

one = photo()
report = send(RAHMAN, "sampah", photos=[one])
put(Shelf(), report, one)
states(report)                     # {one.id: "received"}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sipokat.domain import photo_changes, photo_intake
from sipokat.domain.content import PhotoClaim
from sipokat.domain.receipts import Receipt, receipt
from sipokat.models import Report
from tests.cast import RAHMAN, Person
from tests.steps import user_of

NOW = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
DATA = b"the bytes of a picture"


@dataclass
class Shelf:
    """A store in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, key: str, data: bytes) -> None:
        self.kept[key] = data

    def read(self, key: str) -> bytes:
        return self.kept[key]

    def drop(self, key: str) -> None:
        self.kept.pop(key, None)


def put(
    shelf: Shelf,
    report: Report,
    claim: PhotoClaim,
    person: Person = RAHMAN,
    replaces: str | None = None,
    data: bytes = DATA,
) -> Receipt:
    """The phone sends the bytes of a photo that the report declares, at NOW."""
    return photo_intake.accept(
        user_of(person), report.client_id, claim.id, claim.sha256, data, shelf, replaces, NOW
    )


def states(about: Report | Receipt) -> dict[str, str]:
    """The state of each photo in the receipt, by its id."""
    told = about if isinstance(about, Receipt) else receipt(about)
    return {one["id"]: one["state"] for one in told.photos}


def drop(report: Report, claim: PhotoClaim, person: Person = RAHMAN) -> Report:
    """The person gives up a photo that has not arrived."""
    return photo_changes.drop(user_of(person), report.client_id, claim.id)
