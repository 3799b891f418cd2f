"""Monitoring: who reports and who answers, of one region and those below it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain.clock import day_of, now
from sipokat.domain.nudges.asking import office_over
from sipokat.domain.nudges.outcomes import results
from sipokat.domain.participation import lists, overview
from sipokat.domain.participation.closing import is_closed, last_closing
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed, NotFound
from sipokat.domain.regions import level_of, names_of
from sipokat.domain.responsiveness import overview as responsiveness
from sipokat.domain.roles import READERS
from sipokat.domain.visibility import NO_REGION, require_region, scopes_of
from sipokat.web import monitoring_json
from sipokat.web.access import allow, me
from sipokat.web.present import monitoring as present
from sipokat.web.present import nudged, response
from sipokat.web.respond import respond, see_other

pages = Blueprint("monitoring", __name__)


@pages.get("/pemantauan")
@allow(*READERS)
def own() -> ResponseReturnValue:
    """Leads each person to the highest region that they read; home where they read none."""
    return see_other(own_address() or "/beranda")


def own_address() -> str:
    """The page of the highest region that the person reads; empty where they read none. Home leads
    to it by its own address, under which phones keep its copy."""
    mine = sorted(scopes_of(me()), key=len)
    return f"/pemantauan/{mine[0]}" if mine else ""


@pages.get("/pemantauan/<code>")
@allow(*READERS)
def show(code: str) -> ResponseReturnValue:
    """One region in one month: its figures, and the regions right below it."""
    names, today = find_region(code), day_of(now())
    offered, month = chosen_month(today)
    seen = overview.overview(db.session(), code, month, today)
    answered = responsiveness.overview(db.session(), code, month, now())
    names |= names_of(db.session(), [one.code for one in seen.below])

    def context() -> dict[str, Any]:
        shared = {"periods": present.periods(offered), **place_of(code, month, names)}
        targets: dict[str, int] = current_app.config["TARGETS"]
        if level_of(code) == "rt":
            before = present.formers(db.session(), me(), code, month)
            return shared | before | present.rt(db.session(), seen) | response.rt(answered)
        rows = lists.rows(db.session(), code, month, today, seen.closed)
        shared["export"] = {"code": code, "periode": month}
        figures = present.region(seen, names, rows, targets["active"])
        figures["acts"] = office_over(me(), code) is not None
        figures["figures"] += nudged.figures(results(db.session(), code, month), code, month)
        return shared | figures | response.region(answered, names, targets)

    page = "monitoring/rt.html" if level_of(code) == "rt" else "monitoring/show.html"
    return respond(page, context, None, lambda: monitoring_json.region_json(seen, answered, names))


@pages.get("/pemantauan/<code>/rt")
@allow(*READERS)
def rt_list(code: str) -> ResponseReturnValue:
    """The RT behind one figure of this region, `keadaan`: as many as the figure says."""
    names, today = find_region(code), day_of(now())
    _, month = chosen_month(today)
    which = request.args.get("keadaan", "semua")
    if which not in lists.WHICH:
        raise Malformed(UNKNOWN_CHOICE)
    closed = is_closed(db.session(), month)
    every = lists.rows(db.session(), code, month, today, closed)
    rows = [row for row in every if lists.WHICH[which](row)]
    names |= names_of(db.session(), [row.code for row in rows])

    def context() -> dict[str, Any]:
        shown = present.rt_list(rows, names, which, closed)
        shown["export"] = {"code": code, "periode": month, "keadaan": which}
        return place_of(code, month, names) | shown

    def data() -> dict[str, Any]:
        shared = {"region": code, "period": month, "closed": closed, "state": which}
        return shared | {"items": [monitoring_json.row_json(row, names) for row in rows]}

    return respond("monitoring/list.html", context, None, data)


def find_region(code: str) -> dict[str, str]:
    """The names of this region and of those above it. Raises NotFound where there is none, or it is
    out of sight."""
    try:
        level_of(code)
    except ValueError:
        raise NotFound(NO_REGION) from None
    require_region(me(), code)
    names = names_of(db.session(), [code])
    if code not in names:
        raise NotFound(NO_REGION)
    return names


def chosen_month(today: date, usual: str = "", said: str | None = None) -> tuple[list[str], str]:
    """The months that have figures, and the one that is `said`, or that the address asks for: by
    default the `usual` one, or the last whose reporting is over. Raises Malformed for any other."""
    offered = overview.offered(db.session(), today)
    usual = max(usual or last_closing(today), offered[0])
    asked = (request.args.get("periode", "") if said is None else said).strip() or usual
    if asked not in offered:
        raise Malformed("Bulan ini tidak ada angkanya. Pilih bulan dari daftar.")
    return offered, asked


def place_of(code: str, month: str, names: dict[str, str]) -> dict[str, Any]:
    """Where one is: the region, the way up as far as the person may see it, the month, and the
    person's other regions."""
    mine = list(scopes_of(me()))
    return present.place(code, month, names | names_of(db.session(), mine), mine)
