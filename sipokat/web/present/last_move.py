"""Who was first, in words for whoever comes second with a decision of their own."""

from __future__ import annotations

import json

from sipokat.database import db
from sipokat.domain import events, titles
from sipokat.models import Report, User

# What has been done to the report, and what the reader has done to it themselves.
_DONE = {
    "verify": ("diverifikasi", "verifikasi"),
    "return": ("dikembalikan", "kembalikan"),
    "reject": ("ditolak", "tolak"),
    "withdraw": ("dibatalkan", "batalkan"),
    "revise": ("diperbaiki", "perbaiki"),
    "reopen": ("dibuka kembali", "buka kembali"),
}


def last_move(report: Report, reader: User) -> dict[str, str]:
    """The report's last move: `what` is `Sudah diverifikasi Camat Lubuklinggau Utara I`, or `Sudah
    Anda verifikasi`, and `at` when it was."""
    event = events.moves_of(db.session(), report)[-1]
    done, own = _DONE[event.action]
    if event.actor_id == reader.id:
        what = f"Sudah Anda {own}"
    else:
        detail = json.loads(event.detail or "{}")
        office = (event.actor_role, event.actor_region, detail.get("kind"), detail.get("title"))
        what = f"Sudah {done} {titles.title(db.session(), *office)}"
    return {"what": what, "at": event.at.isoformat()}
