"""The queue of the person's desk: bencana on top, then the reports, by groups or oldest first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import queue_groups
from sipokat.domain.queue_filter import LATE, Wanted
from sipokat.domain.queue_groups import Group
from sipokat.domain.roles import DECIDERS
from sipokat.web import queue_page, queue_part, report_json
from sipokat.web.access import allow, me
from sipokat.web.notices import note_opened
from sipokat.web.queue_address import asked
from sipokat.web.respond import respond

pages = Blueprint("queue", __name__)
# Where notices lead. A queue that is narrowed otherwise may not show what they told of.
TOLD_OF = {Wanted(): "/verifikasi", Wanted(age=LATE): f"/verifikasi?umur={LATE}"}


@pages.get("/verifikasi")
@allow(*DECIDERS)
def index() -> ResponseReturnValue:
    """The desk's queue, or what of it the address asks for."""
    part = queue_part.read(asked())
    if (wanted := part.address.wanted) in TOLD_OF:
        note_opened(TOLD_OF[wanted])

    def data() -> dict[str, Any]:
        items = report_json.queue_items(part.in_order, me())
        groups = queue_groups.groups(db.session(), me(), part.address.wanted)
        return {"groups": list(map(_json, groups)), "items": items, "next": part.next_url}

    template = "verification/index.html", "verification/_list.html"
    return respond(template[0], lambda: queue_page.context(part), template[1], data)


def _json(group: Group) -> dict[str, Any]:
    return {
        "region": group.region,
        "waiting": group.waiting,
        "late": group.late,
        "oldest": group.oldest.isoformat(),
    }
