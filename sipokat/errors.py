"""Answers every refusal and failure in the form that was asked for: page, fragment or JSON."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from sipokat.database import db
from sipokat.domain.refusals import DoneBefore, NotNow, Refused, TooMany
from sipokat.domain.visibility import may_see
from sipokat.extensions import login
from sipokat.turns import Busy

log = structlog.get_logger()
RETRY_SECONDS = 20

# Status: (code, title, sentence).
WORDS = {
    400: ("malformed", "Halaman tidak bisa dibuka", "Muat ulang halaman, lalu coba lagi."),
    401: ("not_signed_in", "Masuk dulu", "Masuk dulu untuk melanjutkan."),
    403: ("forbidden", "Bukan untuk akun ini", "Halaman ini bukan untuk jabatan Anda."),
    404: ("not_found", "Tidak ditemukan", "Periksa alamat atau nomornya."),
    405: ("wrong_method", "Belum bisa", "Kembali ke beranda, lalu coba lagi."),
    409: ("conflict", "Sudah berubah", "Lihat keadaannya sekarang."),
    410: ("gone", "Tidak ada lagi", "Buat lagi kalau masih perlu."),
    413: ("too_large", "Terlalu besar", "Kirim foto yang lebih kecil."),
    415: ("wrong_type", "Jenis berkas tidak diterima", "Pilih foto dari kamera atau galeri."),
    421: ("foreign_host", "Alamat lain", "Periksa alamatnya."),
    422: ("wrong_content", "Mohon periksa kembali", "Ada isian yang perlu diperbaiki."),
    429: ("too_many", "Terlalu sering", "Tunggu sebentar, lalu coba lagi."),
    500: ("broken", "Ada gangguan di SIPOKAT", "Kami mencatatnya. Coba beberapa menit lagi."),
    503: ("busy", "Sedang penuh", "Yang tersimpan di HP tetap aman. Coba beberapa menit lagi."),
}
# Titles of refusals that mean something else than their status usually does.
BY_CODE = {"cross_site": ("cross_site", "Buka dari SIPOKAT", "Buka SIPOKAT, lalu coba lagi.")}
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def register(app: Flask) -> None:
    """Register a handler for every refusal and failure."""
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(Busy, _without_database(not_ones_turn))
    for kind, handler in (
        (DoneBefore, done_before),
        (Refused, refused),
        (HTTPException, http_error),
        (OSError, file_error),
        (Exception, unforeseen),
    ):
        app.register_error_handler(kind, _without_database(handler))


def _without_database(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wrap the handler: if the database fails while it renders, which asks who is signed in, the
    answer is that of a database error."""

    @wraps(handler)
    def handle(error: Any) -> Any:
        try:
            return handler(error)
        except DBAPIError as gone:
            return database_error(gone)

    return handle


def answer(
    status: int,
    message: str = "",
    fields: dict[str, str] | None = None,
    code: str = "",
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """Answer with this status. Message and code default to those in WORDS; `extra` is added to the
    JSON."""
    from sipokat.web.respond import error_response

    word = BY_CODE.get(code) or WORDS.get(status, WORDS[500])
    body = {
        "error": code or word[0],
        "message": message or word[2],
        "fields": fields or {},
        **(extra or {}),
    }
    return error_response(status, word[1], body, headers or {})


def refused(error: Refused) -> ResponseReturnValue:
    """Answer a refusal of the domain. A NotNow about a report carries the report as it is now, and
    who was first, if the person may see it now."""
    from sipokat.web.access import me
    from sipokat.web.present.last_move import last_move
    from sipokat.web.refusals import note_refusal
    from sipokat.web.report_json import report_json
    from sipokat.web.respond import wants_json

    db.session.rollback()
    note_refusal(error)
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, NotNow):
        extra |= error.done or {}
        if error.report is not None and wants_json() and may_see(db.session(), me(), error.report):
            extra["report"] = report_json(error.report)
            extra |= {"last": last_move(error.report, me())} if error.overtaken else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if error.code == "cross_site":
        headers["Sipokat-Refusal"] = error.code  # it says nothing about the person's rights
    return answer(error.status, error.message, error.fields, error.code, extra, headers)


def done_before(error: DoneBefore) -> ResponseReturnValue:
    """Answer a repeat by somebody who may not see any more what they did."""
    from sipokat.web.respond import see_other, wants_json

    db.session.rollback()
    return jsonify(error.done) if wants_json() else see_other("/beranda")


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer what Flask or a library refused. Redirects are returned as they are."""
    status = error.code or 500
    if status < 400:
        return error
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
    if status == 429:
        headers.setdefault("Retry-After", "60")
    return answer(status, headers=headers)


def not_ones_turn(error: Busy) -> ResponseReturnValue:
    """Answer 503 when too many wait already for what only few can do at once."""
    db.session.rollback()
    log.error("busy", why=str(error))
    return answer(503, headers={"Retry-After": str(RETRY_SECONDS)})


def database_error(error: DBAPIError) -> ResponseReturnValue:
    """Answer 503 when the database is locked, full or gone: the phone keeps its entry and sends it
    again later. Any other database error is a fault of ours."""
    db.session.rollback()
    read_only = getattr(error.orig, "sqlstate", None) == "25006"  # PostgreSQL; it is no Operational
    if isinstance(error, OperationalError | InterfaceError) or (
        error.connection_invalidated or read_only
    ):
        log.error("database_unavailable", why=str(error.orig))
        # The error page must not ask the database who is signed in.
        g._login_user = login.anonymous_user()
        return answer(503, headers={"Retry-After": str(RETRY_SECONDS)})
    return unforeseen(error)


def file_error(error: OSError) -> ResponseReturnValue:
    """Answer 503 when the disk is full or failing. Any other OSError is a fault of ours."""
    db.session.rollback()
    if error.errno in NO_SPACE:
        log.error("storage_unavailable", why=str(error))
        return answer(503, headers={"Retry-After": str(RETRY_SECONDS)})
    return unforeseen(error)


def unforeseen(error: Exception) -> ResponseReturnValue:
    """Answer 500 for a fault of ours. The details are logged and not shown."""
    db.session.rollback()
    log.error("unforeseen", path=request.path, exc_info=error)
    if current_app.config["TESTING"] and current_app.config.get("RAISE_UNFORESEEN"):
        raise error
    return answer(500)
