"""Where reports and their photos arrive."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from flask import Blueprint, current_app, flash, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from sipokat.delivery.pictures import inspect
from sipokat.domain import intake, photos
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.content import months
from sipokat.domain.refusals import Malformed, NotSignedIn, Refused, TooLarge, WrongType
from sipokat.domain.roles import READERS
from sipokat.extensions import limiter
from sipokat.models import Report
from sipokat.web import menu, shapes, words
from sipokat.web.access import ANYONE, allow, me, takes
from sipokat.web.cookies import sender
from sipokat.web.outbox import shell, shell_version
from sipokat.web.report_body import Arrived, read_report
from sipokat.web.respond import owner, see_other

pages = Blueprint("intake", __name__)
PHOTO_MAX = 6 * 1024 * 1024
FORM_MAX = 20 * 1024 * 1024


@pages.get("/laporan/baru")
@allow(ANYONE)
def form() -> ResponseReturnValue:
    """The form: the same bytes for everybody. `?kategori=` opens one for phones without script."""
    key = request.args.get("kategori", "")
    if key in categories():
        return filled_form({"category": key}, {}, 200)
    return shell("reports/new.html", **form_context({}, {}))


def form_context(
    values: dict[str, Any], errors: dict[str, str], revision: Any = None
) -> dict[str, Any]:
    """What the form's templates need.

    A revision is judged by the day of the first writing: it offers the days and months of then,
    and always what the report says now.
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
        # Dates would make the shell another one every day: there the script puts them in.
        "today": latest.isoformat() if category else "",
        "months": [(one, words.month(one)) for one in sorted(offered, reverse=True)]
        if category
        else [],
        # Asked for only once it was missing: the page that nobody has posted yet is everybody's.
        "regions": (owner() or {}).get("regions", [])
        if "region" in errors or values.get("region")
        else [],
    }


def filled_form(values: dict[str, Any], errors: dict[str, str], status: int) -> ResponseReturnValue:
    """The form of one category, with what was typed and a sentence beside each wrong field."""
    values.setdefault("happened_on", day_of(now()).isoformat())
    html = render_template(
        "reports/new.html",
        shell=True,
        owner=None,
        nav=menu.places(shell=True),
        form_version=shell_version(),
        signed_out=status == 401,
        **form_context(values, errors),
    )
    return make_response(html, status)


def _keep_typed() -> ResponseReturnValue | None:
    """A plain form whose session has ended comes back as it was typed; a photo that cannot be
    taken is said first."""
    if g.body.json:
        return None
    sentence = "Masuk dulu di tab lain, lalu kirim lagi dari halaman ini."
    return refuse_form(g.body.refusal or NotSignedIn(sentence), g.body)


@pages.post("/laporan")
@limiter.limit("600/minute", key_func=sender)
@allow(*READERS, signed_out=_keep_typed)
@takes(read_report, form_limit=FORM_MAX)
def submit() -> ResponseReturnValue:
    """Take a report in, exactly once."""
    arrived: Arrived = g.body
    if arrived.json:
        report, new = intake.submit(me(), arrived.submission())
        return jsonify(intake.receipt(report)), 201 if new else 200
    try:
        if arrived.refusal is not None:
            raise arrived.refusal
        report, _ = intake.submit(me(), arrived.submission())
    except Refused as refusal:
        return refuse_form(refusal, arrived)
    keep_files(report, arrived)
    flash(f"Laporan {report.number} terkirim.", "ok")
    return see_other(f"/laporan/{report.number}")


def refuse_form(refusal: Refused, arrived: Arrived) -> ResponseReturnValue:
    """The form again, with everything typed kept, photos excepted: a browser gives no file back."""
    return filled_form(arrived.typed, errors_of(refusal, arrived), refusal.status)


def errors_of(refusal: Refused, arrived: Arrived) -> dict[str, str]:
    """The sentences of a refused plain form by field, `form` for the whole of it."""
    errors = dict(refusal.fields)
    if not errors:
        errors["photos" if refusal.status in (413, 415) else "form"] = refusal.message
    if request.files.getlist("photos") and arrived.files:
        errors.setdefault("photos", "Pilih fotonya sekali lagi: peramban tidak menyimpannya.")
    return errors


def keep_files(report: Report, arrived: Arrived) -> None:
    """Store the photos that came with a plain form."""
    store = current_app.extensions["photo_store"]
    client_id = report.client_id
    for photo_id, data in arrived.files.items():
        sha256 = hashlib.sha256(data).hexdigest()
        photos.accept(me(), client_id, photo_id, sha256, data, store)


def _photo_ids() -> dict[str, Any]:
    args = request.view_args or {}
    try:
        ids: dict[str, Any] = {
            name: shapes.uuid_text(args[name]) for name in ("client_id", "photo_id")
        }
        old = request.args.get("ganti")
        ids["replaces"] = shapes.uuid_text(old) if old else None
    except ValueError:
        raise Malformed("Nomor foto ini tidak terbaca.") from None
    return ids


def _photo_head() -> dict[str, Any]:
    """Everything about a photo that can be judged before its bytes are read."""
    body = _photo_ids()
    if not request.mimetype.startswith("image/") and request.mimetype not in (
        "application/octet-stream",
        "",
    ):
        raise WrongType("Berkas ini bukan foto. Pilih foto JPEG, PNG atau WebP.")
    match = re.search(r"sha-256=:([A-Za-z0-9+/]{43}=):", request.headers.get("Content-Digest", ""))
    if match is None:
        raise Malformed("Tanda pengenal isi foto tidak ada.", code="no_digest")
    body["sha256"] = base64.b64decode(match[1]).hex()
    return body


@pages.put("/laporan/<client_id>/foto/<photo_id>")
@limiter.limit("600/minute", key_func=sender)
@allow(*READERS)
@takes(_photo_head, limit=PHOTO_MAX)
def put_photo(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Take the bytes of one photo; the receipt says so once they are durable.

    Content-Digest as in RFC 9530. Only whole bodies count: a cut connection stores nothing.
    """
    data = _whole_body()
    if hashlib.sha256(data).hexdigest() != g.body["sha256"]:
        raise Malformed("Isi foto berubah di jalan. Kirim lagi.", code="digest_mismatch")
    inspect(data)
    report = photos.accept(
        me(),
        g.body["client_id"],
        g.body["photo_id"],
        g.body["sha256"],
        data,
        current_app.extensions["photo_store"],
        g.body["replaces"],
    )
    return jsonify(intake.receipt(report))


def _whole_body() -> bytes:
    try:
        data = request.get_data(cache=False)
    except ClientDisconnected:
        raise Malformed("Foto terpotong di jalan. Kirim lagi.", code="digest_mismatch") from None
    if len(data) > PHOTO_MAX:
        raise TooLarge("Foto terlalu besar, paling besar 6 MB.")
    return data


@pages.delete("/laporan/<client_id>/foto/<photo_id>")
@allow(*READERS)
@takes(_photo_ids)
def drop_photo(client_id: str, photo_id: str) -> ResponseReturnValue:
    """Send the report without a photo that never arrived or is broken."""
    report = photos.drop(me(), g.body["client_id"], g.body["photo_id"])
    return jsonify(intake.receipt(report))
