"""The map of what people report in a region, and the same places as a list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import places
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.regions import names_of
from sipokat.domain.roles import READERS
from sipokat.web.access import allow
from sipokat.web.monitoring import chosen_month, find_region, place_of
from sipokat.web.present import monitoring
from sipokat.web.present import places as present
from sipokat.web.respond import respond

pages = Blueprint("places", __name__)
OPEN = "terbuka"


@pages.get("/pemantauan/<code>/peta")
@allow(*READERS)
def show(code: str) -> ResponseReturnValue:
    """The places of a month's reports, or with `bencana=terbuka` those of bencana that stands."""
    names, session = find_region(code), db.session()
    offered, month = chosen_month(day_of(now()))
    bencana = request.args.get("bencana", "")
    if bencana not in ("", OPEN):
        raise Malformed(UNKNOWN_CHOICE)
    found = (
        places.of_open_bencana(session, code) if bencana else places.of_month(session, code, month)
    )
    names |= names_of(session, present.codes(found))

    def context() -> dict[str, Any]:
        tiles = current_app.config["MAP_TILES"]
        if tiles:
            g.tile_origin = f"{urlsplit(tiles).scheme}://{urlsplit(tiles).netloc}"
        shared = {"periods": monitoring.periods(offered), **place_of(code, month, names)}
        shared |= {"tiles": tiles, "credit": current_app.config["MAP_CREDIT"]}
        return shared | present.page(code, found, names, month, bool(bencana))

    def data() -> dict[str, Any]:
        period = None if bencana else month
        return {"region": code, "period": period, **present.as_json(found, names)}

    return respond("monitoring/places.html", context, None, data)
