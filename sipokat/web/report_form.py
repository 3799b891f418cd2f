"""The report form: empty and the same for everybody, or filled with what somebody typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from sipokat.database import db
from sipokat.domain import recording
from sipokat.domain.categories import Category, categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import roles_of
from sipokat.domain.periods import months
from sipokat.domain.refusals import NeverAllowed, NotFound, Refused
from sipokat.domain.regions import PARTS, level_of
from sipokat.domain.roles import REPORTERS, ROLES
from sipokat.web import menu
from sipokat.web.access import ANYONE, allow
from sipokat.web.present import times
from sipokat.web.present.former import former
from sipokat.web.refusals import note_refusal
from sipokat.web.report_body import Arrived
from sipokat.web.respond import owner
from sipokat.web.shell import shell, shell_version

pages = Blueprint("report_form", __name__)


@pages.get("/laporan/baru")
@allow(ANYONE)
def form() -> ResponseReturnValue:
    """The empty form, a shell. `?kategori=` opens the form of one category, for phones without
    script."""
    key = request.args.get("kategori", "")
    if key in categories():
        region = _recorded_for()
        _refuse_others(categories()[key].roles, "rt_head" if region else None)
        return filled_form({"category": key} | ({"region": region} if region else {}), {}, 200)
    return shell("reports/new.html", **form_context({}, {}))


def _recorded_for() -> str:
    """The RT for which somebody of its kelurahan writes: `?untuk=16.73.04.1009.003`. Else empty.
    Raises NotFound for one that is there no more."""
    region = request.args.get("untuk", "")
    if not region or not current_user.is_authenticated:
        return ""
    today = day_of(now())
    if not recording.recorder(current_user, region, today):
        return ""
    if not recording.is_there(db.session(), region, today):
        raise NotFound("RT ini tidak ada hari ini. Pilih RT yang lain.")
    return region


def _refuse_others(roles: tuple[str, ...], as_role: str | None) -> None:
    """Refuse a signed-in person who files no such reports, but for one who writes for an RT. The
    phone does the same where it shows the form from its shell."""
    if not current_user.is_authenticated:
        return
    if ({as_role} if as_role else roles_of(current_user)).isdisjoint(roles):
        raise NeverAllowed("Halaman ini bukan untuk jabatan Anda.")
    ended = None if as_role else former(current_user)
    if ended and not ended["open"]:
        raise NeverAllowed(ended["words"])


def form_context(
    values: dict[str, Any], errors: dict[str, str], revision: Any = None
) -> dict[str, Any]:
    """What the form's templates need.

    A revision is judged by the day when the report was first written. So its form offers the days
    and months of that time, and always the day and month that the report has now.
    """
    latest = day_of(now())
    offered = set(months(latest))
    if revision is not None:
        report = revision["report"].report
        written_on = day_of(report.written_at)
        latest = max(written_on, report.happened_on)
        offered = {*months(written_on), report.period or months(written_on)[0]}
    category = categories().get(values.get("category", ""))
    return {
        "categories": list(categories().values()),
        "category": category,
        "values": values,
        "errors": errors,
        "revision": revision,
        # The shell has no dates, or its bytes would change every day: the phone's script adds them.
        "today": latest.isoformat() if category else "",
        "months": [(one, times.month(one)) for one in sorted(offered, reverse=True)]
        if category
        else [],
        # Only a form that was posted may show the person's own regions: the empty form is the
        # cached shell, so it must not contain anything about the signed-in person.
        "regions": _own_regions(category, values.get("region"), "region" in errors),
        "parts": {key: _parts(one) for key, one in categories().items()},
    }


def _parts(category: Category) -> str:
    """How many parts the codes of the regions have for which it is filed; empty for all."""
    if set(category.roles) == set(REPORTERS):
        return ""
    return " ".join(str(PARTS[ROLES[role].level]) for role in category.roles)


def _own_regions(category: Category | None, chosen: str | None, wrong: bool) -> list[list[str]]:
    """The regions to choose from, none where the RT was named for which somebody writes."""
    own: list[list[str]] = (owner() or {}).get("regions", [])
    if category:
        levels = {ROLES[role].level for role in category.roles}
        own = [one for one in own if level_of(one[0]) in levels]
    return own if wrong or chosen in [code for code, _ in own] else []


def filled_form(values: dict[str, Any], errors: dict[str, str], status: int) -> ResponseReturnValue:
    """The form of one category, with what was typed and a sentence at each wrong field. Whoever
    holds no office any more is told until which day."""
    ended = former(current_user) if current_user.is_authenticated else None
    latest = ended["last"] if ended else day_of(now()).isoformat()
    values.setdefault("happened_on", latest)
    html = render_template(
        "reports/new.html",
        shell=True,
        owner=None,
        nav=menu.places(shell=True),
        form_version=shell_version(),
        signed_out=status == 401,
        former=ended,
        **form_context(values, errors) | {"today": latest},
    )
    return make_response(html, status)


def refuse_form(refusal: Refused, arrived: Arrived) -> ResponseReturnValue:
    """Show the form again with all that was typed. Photos must be chosen again, since a page cannot
    fill in a file."""
    note_refusal(refusal)
    return filled_form(arrived.typed, errors_of(refusal, arrived), refusal.status)


def errors_of(refusal: Refused, arrived: Arrived) -> dict[str, str]:
    """The sentences of a refused plain form by field; the key `form` is for the whole form."""
    errors = dict(refusal.fields)
    if not errors:
        errors["photos" if refusal.status in (413, 415) else "form"] = refusal.message
    if arrived.had_files:
        errors.setdefault("photos", "Pilih fotonya sekali lagi: Chrome tidak menyimpannya.")
    return errors
