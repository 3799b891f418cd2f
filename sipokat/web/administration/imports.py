"""People of a spreadsheet: what each row would change, changing it, and taking it back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db, writing
from sipokat.delivery import sheets
from sipokat.domain import administration
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import applying, judging, kept, undoing, verdicts
from sipokat.domain.imports.applying import Applied
from sipokat.domain.imports.columns import FIELDS
from sipokat.domain.imports.places import kelurahan_names
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import Malformed, NotFound, Refused, WrongContent
from sipokat.models import PeopleImport
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import imports as present
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_imports")
CHOICES_BYTES = 262_144  # a form with the lines of 10,000 rows
TURNS_MAX = 50  # in one request: 2,000 rows
CHOOSE_FILE = "Pilih berkasnya dulu."


def _read_file() -> tuple[str, bytes]:
    """The name and the bytes of the form's file. It is taken apart only by a view."""
    if body.is_json():
        raise Malformed("Kirim berkasnya dengan formulir.")
    body.read_form()
    file = next((one for one in request.files.getlist("file") if one.filename), None)
    return (file.filename or "", file.read()) if file else ("", b"")


def _read_lines() -> dict[str, Any]:
    """`all`, or `rows` with the lines that are chosen; of all rows those that ask count only where
    they are chosen as well. `seen` is the digest of what was shown."""
    if body.is_json():
        shape = {"all": body.flag, "rows": body.whole_numbers, "seen": body.text}
        return body.read_json(shape)
    form: dict[str, Any] = dict(body.read_form())
    try:
        form["rows"] = [body.row_id(line) for line in request.form.getlist("rows")]
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None
    return form


@pages.get("/pengelolaan/impor")
@allow("diskominfo")
def index() -> ResponseReturnValue:
    """Choose a file; and the imports of before."""
    return _index()


def _index(refusal: Refused | None = None) -> ResponseReturnValue:
    html = render_template(
        "administration/imports.html",
        imports=[present.listed(one) for one in kept.newest(db.session())],
        error=refusal.message if refusal else "",
    )
    return make_response(html, refusal.status if refusal else 200)


@pages.post("/pengelolaan/impor")
@allow("diskominfo")
@takes(_read_file, form_limit=LIMITS.form_bytes)
def load() -> ResponseReturnValue:
    """Read a file and keep its rows. Nobody's account is changed yet."""
    name, data = g.body
    try:
        if not data and not name:
            raise WrongContent(CHOOSE_FILE, {"file": CHOOSE_FILE})
        rows = sheets.read(data)
        with writing() as session:
            made = kept.keep(session, me(), name, rows)
    except Refused as refusal:
        if wants_json():
            raise
        return _index(refusal)
    if wants_json():
        return jsonify(_as_json(made)), 201
    return see_other(f"/pengelolaan/impor/{made.id}")


@pages.get("/pengelolaan/impor/<import_id>")
@allow("diskominfo")
def show(import_id: str) -> ResponseReturnValue:
    """What each row would change, or has changed."""
    one = _find(import_id)
    return jsonify(_as_json(one)) if wants_json() else _page(one)


@pages.post("/pengelolaan/impor/<import_id>/kolom")
@allow("diskominfo")
@takes(body.read_form)
def remap(import_id: str) -> ResponseReturnValue:
    """Take other columns for the fields."""
    one = _find(import_id)
    try:
        chosen = {key: body.row_id(g.body[key]) for key in FIELDS if g.body.get(key)}
        with writing() as session:
            kept.remap(session, one, chosen, g.body.get("semua"))
    except ValueError:
        raise Malformed("Halaman ini sudah lama. Muat ulang, lalu coba lagi.") from None
    except Refused as refusal:
        return _refused(one, refusal)
    return see_other(f"/pengelolaan/impor/{one.id}")


@pages.post("/pengelolaan/impor/<import_id>/terapkan")
@allow("diskominfo")
@takes(_read_lines, limit=CHOICES_BYTES)
@require_fresh()
def apply(import_id: str) -> ResponseReturnValue:
    """Change what the chosen rows say, or all of them."""
    one = _find(import_id)
    try:
        done = _apply_in_turns(one, g.body)
    except Refused as refusal:
        return _refused(one, refusal)
    security.note("import_applied", me().id, rows=str(done.count))
    if wants_json():
        refused = [{"line": line, "why": why} for line, why in done.refused]
        said = {"applied": done.count, "refused": refused, "left": len(done.left)}
        return said | {"import": _as_json(one)}
    tell(present.applied_words(done))
    return see_other(f"/pengelolaan/impor/{one.id}")


def _apply_in_turns(one: PeopleImport, given: dict[str, Any]) -> Applied:
    """Apply the rows a part at a time, so that reports are taken between two of them; after
    TURNS_MAX of them the person is told how many are left."""
    count, refused = 0, list[tuple[int, str]]()
    ticked, seen = given.get("rows", []), given.get("seen")
    lines = None if given.get("all") else ticked
    for _turn in range(TURNS_MAX):
        with writing() as session:
            by = administration.diskominfo(me())
            done = applying.apply(session, by, one, lines, seen, also=ticked)
        count, refused = count + done.count, refused + done.refused
        lines, seen = done.left, done.seen
        if not lines:
            break
    return Applied(count, refused, done.left, done.seen)


@pages.post("/pengelolaan/impor/<import_id>/urungkan")
@allow("diskominfo")
@takes(_read_lines)
@require_fresh()
def undo(import_id: str) -> ResponseReturnValue:
    """Take back what was applied, as long as nobody has used it."""
    one = _find(import_id)
    count, left = 0, 1
    try:
        while left:
            with writing() as session:
                done, left = undoing.undo(session, administration.diskominfo(me()), one)
            count += done
    except Refused as refusal:
        return _refused(one, refusal)
    security.note("import_undone", me().id, rows=str(count))
    if wants_json():
        return {"undone": count, "import": _as_json(one)}
    tell(f"Dibatalkan: {count} baris kembali seperti semula.")
    return see_other(f"/pengelolaan/impor/{one.id}")


def _find(import_id: str) -> PeopleImport:
    try:
        return kept.find(db.session(), body.row_id(import_id))
    except ValueError:
        raise NotFound from None


def _refused(one: PeopleImport, refusal: Refused) -> ResponseReturnValue:
    """The page of the import as it is now, with why not; what was chosen is chosen still."""
    if wants_json():
        raise refusal
    db.session.rollback()
    return _page(one, refusal)


def _page(one: PeopleImport, refusal: Refused | None = None) -> ResponseReturnValue:
    session = db.session()
    found, applied = kept.verdicts(session, one), kept.applied(session, one)
    counts = Counter("asks" if row.asks else row.kind for row in found)
    typed = g.get("body") if refusal else None
    remapped = typed if isinstance(typed, dict) and "rows" not in typed else None
    html = render_template(
        "administration/import.html",
        one=present.listed(one),
        groups=present.groups(found),
        counts=counts,
        applicable=counts["new"] + counts["changed"],
        applied=[present.applied_row(session, row) for row in applied],
        handouts=present.kelurahan_of(session, applied),
        may_undo=any(row.entry_id is not None for row in applied),
        lacking=judging.lacking(kept.columns_of(one), one.kelurahan) if found else [],
        seen=verdicts.digest(found),
        fields=FIELDS,
        columns=remapped or kept.columns_of(one),
        options=present.columns(kept.heads_of(one), kept.samples_of(session, one)),
        kelurahan=kelurahan_names(session, day_of(now())),
        for_all=(remapped or {}).get("semua") or one.kelurahan or "",
        chosen=set((typed or {}).get("rows", ())) if isinstance(typed, dict) else set(),
        errors=refusal.fields if refusal and remapped else {},
        message=refusal.message if refusal else "",
    )
    return make_response(html, refusal.status if refusal else 200)


def _as_json(one: PeopleImport) -> dict[str, Any]:
    session = db.session()
    found = kept.verdicts(session, one)
    return present.as_json(one, found, len(kept.applied(session, one)))
