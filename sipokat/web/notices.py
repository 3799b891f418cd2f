"""What a person was told: the page, the count on every page, and which they have read."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from sipokat.database import db, write_if_possible, writing
from sipokat.domain.clock import day_of
from sipokat.domain.notices import inbox
from sipokat.domain.refusals import Malformed
from sipokat.models import Notice
from sipokat.web import body
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.present import notices
from sipokat.web.respond import is_read, respond, see_other, wants_fragment, wants_json

pages = Blueprint("notices", __name__)
READ = {"ids": body.whole_numbers, "until": body.whole}
IDS_MAX = 500


def unread() -> int:
    """How many notices the signed-in person has not read, for the header of their pages: as this
    request has found it, `inbox.MOST` at most."""
    return len(_told_at())


def _told_at() -> list[str]:
    """Where the notices lead that the session was found with, empty where nobody has one."""
    here = g.get("login_session")
    return here.told_at if here else []


def note_opened(url: str) -> None:
    """This page is opened: what leads to it, or to a part of it that the address asks for, has been
    read. When nothing can be written now, it stays unread until the next time."""
    told_at = _told_at()
    there = {one for one in told_at if one == url or one.startswith((f"{url}?", f"{url}&"))}
    if len(told_at) == inbox.MOST:
        there.add(url)  # there may be more than the session knows of
    if not there or not is_read():
        return
    ids = inbox.unread_at(db.session(), me(), there)
    if ids and write_if_possible("notices read", lambda session: inbox.read(session, me(), ids)):
        told_at[:] = [one for one in told_at if one not in there]


@pages.get("/pemberitahuan")
@allow(*EVERYBODY)
def index() -> ResponseReturnValue:
    """The person's notices, newest first."""
    before = _before()
    found, following = inbox.page(db.session(), me(), before)
    next_url = f"/pemberitahuan?sesudah={following}" if following else None

    def context() -> dict[str, Any]:
        return {
            "items": notices.rows(found),
            "next_url": next_url,
            "first_page": before is None,
            "newest": found[0].id if found else 0,
            "unread": inbox.unread(db.session(), me()),
            "under": _day_before(before) if wants_fragment() else None,
        }

    def data() -> dict[str, Any]:
        count = inbox.unread(db.session(), me())
        return {"unread": count, "items": notices.as_json(found), "next": next_url}

    return respond("notices/index.html", context, "notices/_list.html", data)


def _before() -> int | None:
    raw = request.args.get("sesudah")
    if raw is None:
        return None
    try:
        return body.row_id(raw)
    except ValueError:
        raise Malformed("Halaman ini tidak dikenal. Buka Pemberitahuan dari awal.") from None


def _day_before(before: int | None) -> date | None:
    """The day under which the page before this one ended: what goes on there needs no heading."""
    last = db.session.get(Notice, before) if before else None
    return day_of(last.at) if last is not None and last.user_id == me().id else None


def _read_body() -> dict[str, Any]:
    said = body.read_json(READ) if body.is_json() else _read_form(body.read_form())
    if len(said) != 1 or len(said.get("ids", ())) > IDS_MAX:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.")
    return said


def _read_form(form: dict[str, str]) -> dict[str, Any]:
    try:
        return {"until": body.row_id(form.get("until", ""))}
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None


@pages.post("/pemberitahuan/dibaca")
@allow(*EVERYBODY)
@takes(_read_body)
def read() -> ResponseReturnValue:
    """The person has read these notices (`ids`), or all up to one (`until`)."""
    with writing() as session:
        inbox.read(session, me(), g.body.get("ids", ()), g.body.get("until", 0))
        left = inbox.unread(session, me())
    if wants_json():
        return jsonify({"unread": left})
    return see_other("/pemberitahuan")
