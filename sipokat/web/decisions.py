"""The decisions behind a figure of how far desks answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.regions import names_of
from sipokat.domain.responsiveness import decisions
from sipokat.domain.responsiveness.decisions import WHICH, Asked
from sipokat.domain.responsiveness.months import YEAR
from sipokat.domain.roles import DESKS, READERS
from sipokat.web.access import allow
from sipokat.web.monitoring import chosen_month, find_region, place_of
from sipokat.web.present import decisions as present
from sipokat.web.respond import respond

pages = Blueprint("decisions", __name__)


@pages.get("/pemantauan/<code>/keputusan")
@allow(*READERS)
def show(code: str) -> ResponseReturnValue:
    """The decisions of the desks at or below this region in a month, or in the twelve up to it: as
    many as the figure says."""
    names, session = find_region(code), db.session()
    _, month = chosen_month(day_of(now()))
    asked = read_asked(code, month, request.args)
    count = decisions.count(session, asked, now())
    found, following = decisions.page(session, asked, _after())
    names |= names_of(session, {one.region_code for one in found})

    def context() -> dict[str, Any]:
        shown = present.page(found, names, asked, count)
        chosen = {"meja": asked.desk, "pilihan": asked.which, "alasan": asked.reason}
        chosen["bulan"] = str(asked.span)
        shown["export"] = {"code": code, "periode": month} | chosen
        return place_of(code, month, names) | shown | {"next_url": _next(code, following)}

    def data() -> dict[str, Any]:
        items = [present.as_json(one) for one in found]
        return {"count": count, "items": items, "next": _next(code, following)}

    return respond("monitoring/decisions.html", context, None, data)


def read_asked(code: str, month: str, args: Mapping[str, str]) -> Asked:
    """Which decisions these values ask for, by the names of an address. Raises Malformed."""
    which, desk = args.get("pilihan", "semua"), args.get("meja", "")
    span = args.get("bulan", "1")
    if which not in WHICH or desk not in ("", *DESKS) or span not in ("1", str(YEAR)):
        raise Malformed(UNKNOWN_CHOICE)
    return Asked(code, desk, month, which, args.get("alasan", "")[:40], int(span))


def _after() -> int | None:
    raw = request.args.get("sesudah")
    if raw is None:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise Malformed(UNKNOWN_CHOICE)
    return int(raw)


def _next(code: str, following: int | None) -> str | None:
    if following is None:
        return None
    asked = {name: value for name, value in request.args.items() if value and name != "sesudah"}
    return f"/pemantauan/{code}/keputusan?{urlencode(asked | {'sesudah': following})}"
