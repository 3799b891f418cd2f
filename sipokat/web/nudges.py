"""RT that have not reported: the list to act on, asking them, and what came of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain.clock import day_of, now
from sipokat.domain.nudges import asking, heads, outcomes
from sipokat.domain.nudges.rules import NOTICE, asked_month
from sipokat.domain.participation import lists
from sipokat.domain.participation.closing import is_closed
from sipokat.domain.participation.month import by_rt
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.regions import names_of
from sipokat.domain.roles import DECIDERS, READERS
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.messages import tell
from sipokat.web.monitoring import chosen_month, find_region, place_of
from sipokat.web.present import monitoring as present_monitoring
from sipokat.web.present import nudged
from sipokat.web.present import nudges as present
from sipokat.web.respond import respond, safe_next, see_other, wants_json

pages = Blueprint("nudges", __name__)
LISTS = ("belum", "lama")
RESULTS = ("semua", "melapor")


@pages.get("/pemantauan/<code>/belum-melapor")
@allow(*READERS)
def silent(code: str) -> ResponseReturnValue:
    """The RT from which nothing came in the month, `keadaan=lama` those silent for long: who is
    their head, and what can be done."""
    names, at = find_region(code), now()
    today, session = day_of(at), db.session()
    offered, month = chosen_month(today, asked_month(today))
    which = _choice("keadaan", LISTS)
    closed = is_closed(session, month)
    every = [
        row
        for row in lists.rows(session, code, month, today, closed)
        if lists.WHICH["belum"](row) or lists.WHICH["lama"](row)
    ]
    asked = asked_month(today)
    known = heads.facts_of(session, [row.code for row in every], today)
    figures = by_rt(session, code, asked, today)
    rows = [present.Row(row, known[row.code], figures.get(row.code)) for row in every]
    names |= names_of(session, present.regions_in(rows))
    shown = [one for one in rows if lists.WHICH[which](one.row)]

    def context() -> dict[str, Any]:
        place = place_of(code, month, names) | {"closed": closed}
        shared: dict[str, Any] = {
            "periods": present_monitoring.periods(offered),
            "back_to": request.full_path.rstrip("?"),
        }
        counts = {key: sum(lists.WHICH[key](row) for row in every) for key in LISTS}
        shared["export"] = {"code": code, "periode": month, "keadaan": which}
        return place | shared | present.silent_page(shown, names, which, asked, at, counts)

    def data() -> dict[str, Any]:
        shared = {"region": code, "period": month, "closed": closed, "asked": asked}
        return shared | {"items": [present.row_json(one, names, at) for one in shown]}

    return respond("monitoring/silent.html", context, None, data)


@pages.get("/pemantauan/<code>/pengingat")
@allow(*READERS)
def asked_list(code: str) -> ResponseReturnValue:
    """The RT that were asked for the month's report, `hasil=melapor` those that sent it soon."""
    names, today = find_region(code), day_of(now())
    offered, month = chosen_month(today, asked_month(today))
    which = _choice("hasil", RESULTS)
    found = outcomes.results(db.session(), code, month)
    shown = [one for one in found if which == "semua" or one.answered]
    names |= names_of(db.session(), present.regions_asked(shown))

    def context() -> dict[str, Any]:
        closed = is_closed(db.session(), month)
        place = place_of(code, month, names) | {"closed": closed}
        shared = {"periods": present_monitoring.periods(offered), "which": which}
        return place | shared | nudged.results_page(found, shown, names)

    def data() -> dict[str, Any]:
        items = [nudged.result_json(one, names) for one in shown]
        return {"region": code, "period": month, "items": items}

    return respond("monitoring/asked.html", context, None, data)


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """What the address asks for, the first by default. Raises Malformed for anything else."""
    chosen = request.args.get(name, choices[0])
    if chosen not in choices:
        raise Malformed(UNKNOWN_CHOICE)
    return chosen


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError
    return [body.text(one) for one in value]


def _read() -> dict[str, Any]:
    if body.is_json():
        said = body.read_json({"regions": _texts, "way": body.text}, required=("regions",))
        body.require_sender()
        return said
    form = body.read_form()
    return {**form, "regions": request.form.getlist("regions")}


@pages.post("/pemantauan/pengingat")
@allow(*DECIDERS)
@takes(_read)
def ask() -> ResponseReturnValue:
    """Ask RT for their report, by a notice or by a message that WhatsApp opens with."""
    way = g.body.get("way", NOTICE)
    done = asking.ask(me(), g.body["regions"], way)
    names = names_of(db.session(), [one.facts.code for one in done])
    if wants_json():
        return jsonify({"results": [nudged.outcome_json(one, names, way) for one in done]})
    back = safe_next(g.body.get("back", ""))
    if len(done) == 1 and asking.may_open(done[0].facts, done[0].why, me(), way):
        message = nudged.message(done[0], names)
        return render_template("monitoring/whatsapp.html", message=message, back_to=back)
    tell(nudged.told(done, names))
    return see_other(back)
