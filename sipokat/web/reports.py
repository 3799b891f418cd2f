"""Lists of reports, and the page of one."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import events, first_opened, listing, numbers, offices, queue, revisions
from sipokat.domain.cards import cards_of
from sipokat.domain.chain import DECISIONS
from sipokat.domain.clock import day_of
from sipokat.domain.limits import LIMITS
from sipokat.domain.periods import days_of, months
from sipokat.domain.refusals import Malformed, NeverAllowed, NotNow, Refused
from sipokat.domain.roles import READERS
from sipokat.domain.visibility import find_report
from sipokat.models import Report
from sipokat.web import body, list_filters, present, report_json
from sipokat.web.access import allow, me, takes
from sipokat.web.intake import keep_files
from sipokat.web.list_rows import list_rows
from sipokat.web.messages import tell
from sipokat.web.notices import note_opened
from sipokat.web.present import acting
from sipokat.web.present.telling import tellings
from sipokat.web.report_body import Arrived, read_revision
from sipokat.web.report_form import errors_of, form_context
from sipokat.web.respond import is_read, respond, see_other

pages = Blueprint("reports", __name__)


@pages.get("/laporan")
@allow(*READERS)
def index() -> ResponseReturnValue:
    """The reports that this person may see, filtered and paged."""
    wanted = list_filters.wanted()
    cursor = _cursor()
    found, following = listing.list_reports(db.session(), me(), wanted, cursor)
    next_url = _next_url(following)
    if told_of := list_filters.told_of(wanted):
        note_opened(told_of)

    def context() -> dict[str, Any]:
        choices = list_filters.choices()
        rows = list_rows(found, not offices.one_rt(me()), late=bool(wanted.late))
        in_pages = next_url and wanted == listing.NOTHING
        return {
            "rows": rows,
            "next_url": next_url,
            "month_before": months(days_of(rows[-1].month)[0])[1] if in_pages else None,
            "wanted": wanted,
            "chosen": list_filters.said(wanted, choices),
            "filtered": wanted != listing.NOTHING,
            "filters": list_filters.html(wanted, choices),
            "first_page": cursor is None,
            "export": None if offices.one_rt(me()) else _asked_for(),
        }

    def data() -> dict[str, Any]:
        return {"items": [report_json.item_json(one) for one in found], "next": next_url}

    return respond("reports/index.html", context, "reports/_list.html", data)


def _cursor() -> int | None:
    raw = request.args.get("cursor")
    if raw is None:
        return None
    try:
        return body.row_id(raw)
    except ValueError:
        raise Malformed("Halaman ini tidak dikenal. Mulai dari awal daftar.") from None


def _next_url(cursor: int | None) -> str | None:
    if cursor is None:
        return None
    return f"/laporan?{urlencode(_asked_for() | {'cursor': cursor})}"


def _asked_for() -> dict[str, str]:
    """What the address narrows the list to."""
    return {k: v for k, v in request.args.items() if v and k != "cursor"}


@pages.get("/laporan/<number>")
@allow(*READERS)
def show(number: str) -> ResponseReturnValue:
    """One report: content, photos, the chain as a time line, and what this person may do now."""
    report = find_report(db.session(), me(), number)
    if is_read():
        first_opened.note_opening(me(), report)
    note_opened(f"/laporan/{number}")
    return report_page(report)


def report_page(
    report: Report,
    status: int = 200,
    errors: dict[str, str] | None = None,
    values: dict[str, Any] | None = None,
    message: str = "",
    typed: str = "",
) -> ResponseReturnValue:
    """The report's page. After a refusal it shows `message` and `errors` and puts `values` back
    into its form; `typed` is text that it can only show, because its field is gone."""

    def context() -> dict[str, Any]:
        full = present.full(report, me())
        return {
            "report": full,
            "acting": acting.acting_on(me(), report),
            "acting_choices": acting.choices(me(), report),
            "leads_on": {} if message else _leads_on(full),
            "tellings": tellings(full, me()),
            "late_photos": present.late_photos(report, me()),
            "errors": errors or {},
            "values": values or {},
            "message": message,
            "typed": typed,
            "action_id": str(uuid.uuid4()),
        }

    def data() -> dict[str, Any]:
        return report_json.report_json(report)

    return respond("reports/show.html", context, "reports/_report.html", data, status)


def _leads_on(full: present.Full) -> dict[str, str]:
    """Where to go after one's own decision: to the next report that waits on one's desk."""
    last = full.card.events[-1]
    if last.actor_id != me().id or last.action not in DECISIONS:
        return {}
    waiting = queue.desk_queue(db.session(), me())
    deciders = [one for one in waiting if one.desk != one.author_desk]
    return {"url": f"/laporan/{deciders[0].number}" if deciders else ""}


@pages.get("/laporan/<number>/perbaikan")
@allow(*READERS)
def revise_form(number: str) -> ResponseReturnValue:
    """The form with the report's content, while it lies on the desk of its author's office."""
    report = find_report(db.session(), me(), number)
    full = present.full(report, me())
    if "revise" not in full.allowed:
        if report.author_desk not in offices.desks_over(me(), report.region_code):
            raise NeverAllowed("Hanya pelapor yang dapat memperbaikinya.")
        raise NotNow("Laporan ini belum dapat diperbaiki sekarang.", report)
    note_opened(f"/laporan/{number}")
    return _revision_page(full, _values_of(report), {}, 200)


def _revision_page(
    full: present.Full, values: dict[str, Any], errors: dict[str, str], status: int
) -> ResponseReturnValue:
    revision = {
        "number": full.number,
        "client_id": full.report.client_id,
        "version": full.report.version,
        "action_id": str(uuid.uuid4()),
        "written_on": day_of(full.report.written_at).isoformat(),
        "region": full.report.region_code,
        "kept_photos": full.photos,
        "why": full.why,
        "asked_at": full.asked_at,
        "report": full,
    }
    context = form_context(values, errors, revision)
    return make_response(render_template("reports/revise.html", **context), status)


def _values_of(report: Report) -> dict[str, Any]:
    values: dict[str, Any] = {
        "category": report.category,
        "keep": [f"{photo.client_id}:{photo.sha256}" for photo in report.photos if photo.current],
        "happened_on": report.happened_on.isoformat(),
        "text": report.text,
        "place_text": report.place_text or "",
        "lat": report.lat,
        "lon": report.lon,
        "accuracy_m": report.accuracy_m,
    }
    for key, value in report.fields.items():
        values[f"fields.{key}"] = _typed(value)
    return values


def _typed(value: Any) -> Any:
    """The value of a field as a person would have typed or chosen it."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return numbers.typed(value) if isinstance(value, float) else value


@pages.post("/laporan/<number>/perbaikan")
@allow(*READERS)
@takes(read_revision, form_limit=LIMITS.form_bytes)
def revise(number: str) -> ResponseReturnValue:
    """Replace the content and send the report to the desk above its author's."""
    arrived: Arrived = g.body
    action_id = arrived.values.get("action_id")
    try:
        _look_at_files(number, arrived)
        report = revisions.revise(me(), number, arrived.values["version"], arrived.raw(), action_id)
    except Refused as refusal:
        if arrived.json or refusal.status not in (409, 413, 415, 422):
            raise
        return _refused_revision(number, refusal, arrived)
    if arrived.json:
        return jsonify(
            report_json.report_json(report) | receipt(report, arrived.values["action_id"])
        )
    keep_files(report.client_id, arrived)
    tell("Perbaikan terkirim.")
    return see_other(f"/laporan/{number}")


def _look_at_files(number: str, arrived: Arrived) -> None:
    """Refuse a file that is no photo, if this person may revise the report now: otherwise the
    domain refuses all of it, and no file needs to be opened."""
    if arrived.files:
        report = find_report(db.session(), me(), number)
        (card,) = cards_of(db.session(), me(), [report])
        if "revise" in card.allowed:
            arrived.look_at_files()


def receipt(report: Report, action_id: str) -> dict[str, str]:
    """What lets the phone delete its copy of the action; the time is the action's."""
    mine = (me().id, action_id)
    moves = events.moves_of(db.session(), report)
    at = next(event.at for event in moves if (event.actor_id, event.action_id) == mine)
    return {"action_id": action_id, "received_at": at.isoformat()}


def _refused_revision(number: str, refusal: Refused, arrived: Arrived) -> ResponseReturnValue:
    db.session.rollback()
    db.session.expire_all()
    report = find_report(db.session(), me(), number)
    if isinstance(refusal, NotNow):
        typed = arrived.typed.get("text", "")
        return report_page(report, refusal.status, message=refusal.message, typed=typed)
    values = arrived.typed | {"category": report.category, "keep": request.form.getlist("keep")}
    full = present.full(report, me())
    return _revision_page(full, values, errors_of(refusal, arrived), refusal.status)
