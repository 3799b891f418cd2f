"""A code for somebody, in one tap: as a QR code, to read out, and as a message.

It is shown once. A plain form is answered by 303 with the code in the signed cookie of the maker's
own browser; the page takes it out, so a reload neither shows it again nor makes another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import jsonify, render_template, session
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import activations, codes, directory, fresh
from sipokat.domain.activations import Made
from sipokat.models import User
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import MANAGERS, given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import code_links, times
from sipokat.web.present.people import called, offices_held
from sipokat.web.respond import is_read, see_other, wants_fragment, wants_json
from sipokat.web.too_often import refuse_more

pages = own_pages("administration_activations")
RATE = RateLimitItemPerMinute(30)
SHOWN = "Kode hanya ditampilkan satu kali. Buat kode baru kalau masih perlu."


@pages.post("/pengelolaan/orang/<person_id>/aktivasi")
@allow(*MANAGERS)
@takes(given())
@require_fresh(fresh.to_activate)
def make(person_id: str) -> ResponseReturnValue:
    """Make a code. The one that was made before ends with it."""
    directory.find(db.session(), me(), person_id)  # refused before anybody waits for the lock
    refuse_more(RATE, "activation", me().id)
    with writing() as to_change:
        person, by = directory.hold(to_change, me(), person_id)
        made = activations.make(to_change, by, person)
    security.note("activation_made", me().id, subject=person.id)
    if wants_json():
        return jsonify(_as_json(person, made)), 201
    if wants_fragment():
        return render_template("administration/_activation.html", **_shown(person, made))
    session["code"] = {
        "of": me().id,
        "for": person.id,
        "code": made.code,
        "until": made.until.isoformat(),
        "replaces": made.replaces,
    }
    return see_other(f"/pengelolaan/orang/{person.id}/aktivasi")


@pages.get("/pengelolaan/orang/<person_id>/aktivasi")
@allow(*MANAGERS)
def show(person_id: str) -> ResponseReturnValue:
    """The code that was made a moment ago, once; afterwards the person's page."""
    person, _ = directory.find(db.session(), me(), person_id)
    kept = session.pop("code", None) if is_read() else session.get("code")
    if kept is None or (kept["of"], kept["for"]) != (me().id, person.id):
        tell(SHOWN)
        return see_other(f"/pengelolaan/orang/{person.id}")
    made = Made(kept["code"], datetime.fromisoformat(kept["until"]), kept["replaces"])
    return render_template("administration/activation.html", **_shown(person, made))


def _as_json(person: User, made: Made) -> dict[str, Any]:
    return {
        "user": {"id": person.id, "name": person.name, "offices": offices_held(person)},
        "code": codes.shown(made.code),
        "link": code_links.link(made.code),
        "until": made.until.isoformat(timespec="seconds"),
        "replaces": made.replaces,
    }


def _shown(person: User, made: Made) -> dict[str, Any]:
    return {
        "person": person,
        "offices": offices_held(person),
        "phone": times.phone(person.phone),
        "code": codes.shown(made.code),
        "until": times.moment(made.until),
        "replaces": made.replaces,
        "site": code_links.site(),
        "picture": code_links.picture(made.code),
        "message": _message(person, _text(person, made)),
    }


def _message(person: User, text: str) -> str:
    """The address that opens WhatsApp with this message to the person, not sent yet."""
    return f"https://wa.me/{person.phone.removeprefix('+')}?text={quote(text, safe='')}"


def _text(person: User, made: Made) -> str:
    """The message to the person. Whoever reads it on the way still needs the last digits of the
    number, and the code is good once."""
    return (
        f"Yth. {called(person.name)}, ini kode untuk memakai SIPOKAT di HP Anda.\n\n"
        f"1. Ketuk tautan ini: {code_links.link(made.code)}\n"
        "2. Isi 4 angka terakhir nomor HP, lalu buat PIN.\n"
        "3. Selesai, laporan bisa ditulis.\n\n"
        f"Kode: {codes.shown(made.code)}, berlaku sampai {times.moment(made.until)}. "
        "Jangan teruskan pesan ini kepada orang lain.\n\n"
        f"Terima kasih. {me().name}"
    )
