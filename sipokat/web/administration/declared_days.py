"""The days that the city declares free or working, and those of the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db
from sipokat.domain import administration, day_changes, declared_days
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, Refused, WrongContent
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import administration as present
from sipokat.web.present import times
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_declared_days")
PATH = "/pengelolaan/hari"
KINDS: dict[str, bool | None] = {"libur": False, "kerja": True, "kalender": None}
SAID = {
    "libur": "menjadi hari libur.",
    "kerja": "menjadi hari kerja.",
    "kalender": "kembali mengikuti kalender.",
}
SO_ALREADY = {
    "libur": "sudah hari libur.",
    "kerja": "sudah hari kerja.",
    "kalender": "sudah mengikuti kalender.",
}
MOST = 20  # entries of the record on the page


@pages.get(PATH)
@allow("diskominfo")
def show() -> ResponseReturnValue:
    """The days that the city has declared, those of the calendar, and the form."""
    return _page()


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    session, today = db.session(), day_of(now())
    html = render_template(
        "administration/declared_days.html",
        declared=[
            {
                "day": one.day.isoformat(),
                "words": times.day_in_full(one.day),
                "working": one.working,
                "name": one.name,
                "over": one.day < today,
            }
            for one in declared_days.declared(session, today)
        ],
        calendar=[
            (times.day_in_full(one.day), one.name)
            for one in declared_days.of_calendar(session, today)
        ],
        changes=present.entries(declared_days.changes(session, MOST)),
        values=g.get("body") or {},
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)


@pages.post(PATH)
@allow("diskominfo")
@takes(given("day", "kind", "name"))
@require_fresh()
def declare() -> ResponseReturnValue:
    """Declare a day free or working, or as the calendar has it."""
    try:
        day, kind = _asked(g.body)
        name = " ".join(g.body.get("name", "").split())
        changed, moved = day_changes.set_day(
            lambda _: administration.diskominfo(me()), day, KINDS[kind], name
        )
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _page(refusal)
    if changed:
        security.note("day_declared", me().id)
    said = f"{times.date_words(day)} {SAID[kind] if changed else SO_ALREADY[kind]}"
    if moved:
        said += f" Batas waktu {moved} laporan ikut pindah."
    elif not changed:
        said += " Tidak ada yang diubah."
    if wants_json():
        return {"message": said, "moved": moved}
    tell(said)
    return see_other(PATH)


def _asked(said: dict[str, Any]) -> tuple[date, str]:
    """The day and the kind. Raises WrongContent on either."""
    wrong = {}
    try:
        day = date.fromisoformat(said.get("day", "").strip())
    except ValueError:
        wrong["day"] = "Isi tanggalnya."
    kind = said.get("kind", "")
    if kind not in KINDS:
        wrong["kind"] = "Pilih salah satu."
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)
    return day, kind
