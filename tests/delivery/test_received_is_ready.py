"""A photo that has a receipt is made ready: over HTTP, by the web and the worker as they run."""

from __future__ import annotations

from typing import Any

import pytest

from sipokat.domain.limits import LIMITS
from tests import wire
from tests.cast import RAHMAN
from tests.page import fresh_id
from tests.services import pictures
from tests.services.caller import Caller
from tests.services.server import Server
from tests.services.speed import tries


@pytest.mark.whole
def test_whatever_has_a_receipt_is_made_ready(server: Server) -> None:
    """Odd metadata, holes and all: by then the phone has deleted its copy."""
    rahman = Caller(server, RAHMAN)
    every = pictures.sound() | {name: data for name, (data, _) in pictures.ODD.items()}
    every |= {name: data for name, data in pictures.cut_inside().items() if "JPEG, half" in name}
    numbers = []
    for first in range(0, len(every), LIMITS.photos):
        names = list(every)[first : first + LIMITS.photos]
        photos = [wire.declared(every[name]) for name in names]
        receipt = wire.file_report(rahman, "sampah", photos=photos, text=fresh_id())
        for name, photo in zip(names, photos, strict=True):
            wire.put(rahman, receipt["client_id"], photo["id"], every[name])
        numbers.append(receipt["number"])
    states: list[Any] = []
    for _ in tries(60):
        reports = [rahman.json("GET", f"/laporan/{number}") for number in numbers]
        states = [photo["state"] for report in reports for photo in report["photos"]]
        if "received" not in states:
            break
    assert states == ["ready"] * len(every)
