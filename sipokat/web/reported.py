"""What people report in a region: categories from month to month."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain.clock import day_of, now
from sipokat.domain.reported import reported
from sipokat.domain.roles import READERS
from sipokat.web.access import allow
from sipokat.web.monitoring import chosen_month, find_region, place_of
from sipokat.web.present import monitoring
from sipokat.web.present import reported as present
from sipokat.web.respond import respond

pages = Blueprint("reported", __name__)


@pages.get("/pemantauan/<code>/isi")
@allow(*READERS)
def show(code: str) -> ResponseReturnValue:
    """How many reports of each category stand for a month, and for the eleven before it."""
    names, today = find_region(code), day_of(now())
    offered, month = chosen_month(today)
    found = reported(db.session(), code, month)

    def context() -> dict[str, Any]:
        shared: dict[str, Any] = {
            "periods": monitoring.periods(offered),
            **place_of(code, month, names),
        }
        shared["export"] = {"code": code, "periode": month}
        return shared | present.page(code, found)

    return respond(
        "monitoring/reported.html", context, None, lambda: present.as_json(code, found, names)
    )
